"""Joining and leaving: R-SEAT-1 to 4."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import InvalidTransition, NotFound, StaleVersion
from notifications.models import Notification
from sessions_app.errors import AlreadyJoined, CannotJoin, NotJoined, OwnSession, SessionFull
from sessions_app.models import Participant, SessionKind, SessionStatus
from sessions_app.services import seats
from tests.factories import AdminFactory, ParticipantFactory, SessionFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


def test_joining_takes_a_seat_tells_the_host_and_is_audited():
    session, student = SessionFactory(), StudentFactory(first_name="Ada", last_name="L")

    joined = seats.join_session(session.pk, user=student)

    assert joined.session.seats_taken == 1
    assert joined.conflicts == []
    assert session.participants.joined().get().user == student
    told = Notification.objects.get()
    assert (told.recipient, told.type) == (session.creator, "session_joined")
    assert told.message == "Ada L joined Algebra together."
    assert AuditEntry.objects.get(action="session.joined").actor_id == student.pk


def test_a_tutor_who_joins_somebody_elses_session_sits_there_as_a_tutor():
    session = SessionFactory()

    seats.join_session(session.pk, user=TutorFactory())

    assert session.participants.get().role == Participant.Role.TUTOR


def test_the_last_free_seat_can_be_taken_and_the_next_person_is_refused():
    session = SessionFactory(max_participants=2)
    ParticipantFactory(session=session)

    seats.join_session(session.pk, user=StudentFactory())
    with pytest.raises(SessionFull) as refusal:
        seats.join_session(session.pk, user=StudentFactory())

    session.refresh_from_db()
    assert session.seats_taken == session.participants.joined().count() == 2
    assert refusal.value.extra == {"waitlist_available": True, "waitlist_length": 0}


def test_nobody_joins_twice_and_the_counted_seat_is_given_back():
    seat = ParticipantFactory()

    with pytest.raises(AlreadyJoined):
        seats.join_session(seat.session.pk, user=seat.user)

    seat.session.refresh_from_db()
    assert seat.session.seats_taken == 1
    assert not Notification.objects.exists()


def test_who_has_joined_a_full_session_hears_that_and_not_that_it_is_full():
    session = SessionFactory(max_participants=2)
    seat = ParticipantFactory(session=session)
    ParticipantFactory(session=session)

    with pytest.raises(AlreadyJoined):
        seats.join_session(session.pk, user=seat.user)


def test_the_creator_takes_no_seat():
    session = SessionFactory()

    with pytest.raises(OwnSession):
        seats.join_session(session.pk, user=session.creator)

    session.refresh_from_db()
    assert session.seats_taken == 0


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.UPCOMING}))
def test_nobody_joins_a_session_that_is_not_upcoming(status):
    session = SessionFactory(status=status)

    with pytest.raises(CannotJoin):
        seats.join_session(session.pk, user=StudentFactory())

    assert not session.participants.exists()


def test_nobody_joins_once_the_time_has_come():
    session = SessionFactory(starts_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(CannotJoin):
        seats.join_session(session.pk, user=StudentFactory())


def test_a_deleted_session_does_not_exist():
    session = SessionFactory(deleted_at=timezone.now())

    with pytest.raises(NotFound):
        seats.join_session(session.pk, user=AdminFactory())


def test_a_private_session_does_not_exist_for_strangers_and_cannot_be_joined_by_admins():
    session = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1)

    with pytest.raises(NotFound):
        seats.join_session(session.pk, user=StudentFactory())
    with pytest.raises(SessionFull):
        seats.join_session(session.pk, user=AdminFactory())

    assert not session.participants.exists()


def test_joining_with_a_stale_version_changes_nothing():
    session = SessionFactory()

    with pytest.raises(StaleVersion):
        seats.join_session(session.pk, user=StudentFactory(), version=7)

    assert not session.participants.exists()


def test_joining_two_sessions_at_one_time_is_allowed_and_names_the_clash():
    seat = ParticipantFactory()
    other = SessionFactory(starts_at=seat.session.starts_at + timedelta(minutes=30))

    joined = seats.join_session(other.pk, user=seat.user)

    assert [clash["id"] for clash in joined.conflicts] == [seat.session.pk]


def test_leaving_frees_the_seat_and_tells_the_host_and_the_leaver_and_nobody_else():
    seat = ParticipantFactory()
    ParticipantFactory(session=seat.session)

    session = seats.leave_session(seat.session.pk, user=seat.user)

    assert session.seats_taken == 1
    assert session.participants.joined().count() == 1
    told = set(Notification.objects.filter(type="session_left").values_list("recipient_id", flat=True))
    assert told == {session.creator_id, seat.user_id}


def test_who_left_can_come_back_and_takes_a_new_place_in_the_order():
    early, late = ParticipantFactory(), ParticipantFactory()
    late.session = early.session
    seats.join_session(early.session.pk, user=late.user)

    seats.leave_session(early.session.pk, user=early.user)
    seats.join_session(early.session.pk, user=early.user)

    order = early.session.participants.joined().order_by("joined_at").values_list("user_id", flat=True)
    assert list(order) == [late.user_id, early.user_id]
    early.session.refresh_from_db()
    assert early.session.seats_taken == 2


def test_nobody_leaves_a_session_that_they_are_not_in():
    session = SessionFactory()

    with pytest.raises(NotJoined):
        seats.leave_session(session.pk, user=StudentFactory())


def test_nobody_leaves_twice():
    seat = ParticipantFactory()
    seats.leave_session(seat.session.pk, user=seat.user)

    with pytest.raises(NotJoined):
        seats.leave_session(seat.session.pk, user=seat.user)

    seat.session.refresh_from_db()
    assert seat.session.seats_taken == 0


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.UPCOMING}))
def test_nobody_leaves_a_session_that_is_no_longer_upcoming(status):
    seat = ParticipantFactory(session__status=status)

    with pytest.raises(InvalidTransition):
        seats.leave_session(seat.session.pk, user=seat.user)

    seat.refresh_from_db()
    assert seat.state == "joined"
