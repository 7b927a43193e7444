"""Creating, changing and deleting sessions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import TutorStatus
from audit.models import AuditEntry
from common.errors import InvalidTransition, NotFound, StaleVersion
from notifications.models import Delivery, Notification
from notifications.services.preferences import choose
from sessions_app.errors import (
    AlreadyStarted,
    CapacityBelowParticipants,
    InstructorsOnly,
    NotTheCreator,
    PastDate,
    TimeConflict,
    TutorSuspended,
)
from sessions_app.models import LIVE, SessionStatus, TutoringSession
from sessions_app.services import host_calendar, hosting
from tests.factories import (
    AdminFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


def create(creator, **fields):
    fields = {"title": "Algebra", "starts_at": timezone.now() + TOMORROW, "max_participants": 8} | fields
    return hosting.create_session(creator=creator, **fields)


def test_a_tutor_publishes_a_session_of_one_hour_and_it_is_audited():
    tutor = TutorFactory()

    session = create(tutor)

    assert session.status == SessionStatus.UPCOMING
    assert session.duration_minutes == 60
    assert AuditEntry.objects.get(action="session.created").object_id == str(session.pk)


@pytest.mark.parametrize("factory", [StudentFactory, AdminFactory])
def test_only_tutors_host(factory):
    with pytest.raises(InstructorsOnly):
        create(factory())

    assert not TutoringSession.objects.exists()


def test_a_suspended_tutor_cannot_host():
    tutor = TutorFactory(profile__status=TutorStatus.SUSPENDED)

    with pytest.raises(TutorSuspended):
        create(tutor)


def test_a_tutor_who_is_not_approved_yet_may_host_unless_the_site_asks_for_approval(settings):
    tutor = TutorFactory(profile__status=TutorStatus.DRAFT)
    create(tutor)

    settings.SESSION_CREATE_NEEDS_APPROVAL = True
    with pytest.raises(TutorSuspended):
        create(tutor, starts_at=timezone.now() + 2 * TOMORROW)


def test_a_session_begins_in_the_future():
    with pytest.raises(PastDate):
        create(TutorFactory(), starts_at=timezone.now() - timedelta(seconds=1))


def test_a_host_is_not_in_two_places_and_is_told_what_is_in_the_way():
    existing = SessionFactory()

    with pytest.raises(TimeConflict) as refusal:
        create(existing.creator, starts_at=existing.starts_at + timedelta(minutes=59))

    assert [clash["id"] for clash in refusal.value.extra["conflicts"]] == [existing.pk]


def test_back_to_back_is_no_conflict():
    existing = SessionFactory()

    create(existing.creator, starts_at=existing.ends_at)
    create(existing.creator, starts_at=existing.starts_at - timedelta(hours=1))

    assert TutoringSession.objects.filter(creator=existing.creator).count() == 3


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - set(LIVE)))
def test_a_session_that_is_over_takes_nobodys_time(status):
    existing = SessionFactory(status=status)

    assert create(existing.creator, starts_at=existing.starts_at).pk


def test_a_deleted_session_takes_nobodys_time():
    existing = SessionFactory(deleted_at=timezone.now())

    assert create(existing.creator, starts_at=existing.starts_at).pk


def test_two_hosts_may_meet_at_the_same_time():
    existing = SessionFactory()

    assert create(TutorFactory(), starts_at=existing.starts_at).pk


@pytest.mark.parametrize("status", LIVE)
def test_the_database_itself_refuses_an_overlap(status):
    existing = SessionFactory(status=status)

    with pytest.raises(IntegrityError, match="session_host_in_one_place"), transaction.atomic():
        SessionFactory(creator=existing.creator, starts_at=existing.starts_at + timedelta(minutes=30))


def test_the_database_itself_refuses_to_move_a_session_onto_another():
    existing = SessionFactory()
    other = SessionFactory(creator=existing.creator, starts_at=existing.ends_at)

    with pytest.raises(IntegrityError, match="session_host_in_one_place"), transaction.atomic():
        TutoringSession.objects.filter(pk=other.pk).update(starts_at=existing.starts_at)


def test_the_database_itself_refuses_to_bring_a_session_back_onto_another():
    existing = SessionFactory(status=SessionStatus.CANCELLED)
    SessionFactory(creator=existing.creator, starts_at=existing.starts_at)

    with pytest.raises(IntegrityError, match="session_host_in_one_place"), transaction.atomic():
        TutoringSession.objects.filter(pk=existing.pk).update(status=SessionStatus.UPCOMING)


def test_a_conflict_that_only_the_database_sees_is_the_same_refusal(monkeypatch):
    existing = SessionFactory()
    monkeypatch.setattr(host_calendar, "conflicts", lambda session: [])

    with pytest.raises(TimeConflict):
        create(existing.creator, starts_at=existing.starts_at)


def test_another_constraint_is_not_taken_for_a_time_conflict():
    with pytest.raises(IntegrityError):
        create(TutorFactory(), max_participants=21)


@pytest.mark.parametrize("broken", [{"max_participants": 1}, {"max_participants": 21}, {"seats_taken": 9}])
def test_the_database_itself_keeps_seats_within_bounds(broken):
    session = SessionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        TutoringSession.objects.filter(pk=session.pk).update(**broken)


def test_changing_the_time_tells_everybody_with_a_seat_but_not_the_host_who_did_it():
    seat = ParticipantFactory()
    later = seat.session.starts_at + timedelta(days=2)

    session = hosting.update_session(seat.session.pk, {"starts_at": later}, actor=seat.session.creator)

    assert session.starts_at == later
    assert session.duration_minutes == 60
    assert session.version == 2
    told = Notification.objects.get()
    assert (told.recipient, told.type, told.title) == (seat.user, "session_updated", "Session moved")


SOON, LATER = timedelta(hours=3), timedelta(days=3)


@pytest.mark.parametrize(("starts_in", "change", "is_mandatory"), [
    (SOON, {"starts_at": LATER}, True),
    (LATER, {"starts_at": SOON}, True),
    (SOON, {"duration_minutes": 90}, True),
    (LATER, {"starts_at": 2 * LATER}, False),
    (SOON, {"description": "Bring a pencil."}, False),
])  # fmt: skip
def test_a_change_is_mandatory_if_it_moves_what_begins_or_was_to_begin_within_a_day(starts_in, change, is_mandatory):
    now = timezone.now()
    seat = ParticipantFactory(session=SessionFactory(starts_at=now + starts_in))
    choose(seat.user, {"email": False})
    if "starts_at" in change:
        change = {"starts_at": now + change["starts_at"]}

    hosting.update_session(seat.session.pk, change, actor=seat.session.creator)

    mail = Delivery.objects.get(recipient=seat.user, channel="email")
    assert (mail.is_mandatory, mail.status) == (is_mandatory, "queued" if is_mandatory else "suppressed")


def test_changing_the_subject_is_audited_by_its_number():
    session, subject = SessionFactory(), SubjectFactory()

    hosting.update_session(session.pk, {"subject": subject}, actor=session.creator)

    session.refresh_from_db()
    assert session.subject == subject
    entry = AuditEntry.objects.get(action="session.updated")
    assert (entry.before, entry.after) == ({"subject": None}, {"subject": subject.pk})


def test_a_session_may_move_to_a_time_that_overlaps_its_own_old_one():
    session = SessionFactory()
    later = session.starts_at + timedelta(minutes=15)

    assert hosting.update_session(session.pk, {"starts_at": later}, actor=session.creator).starts_at == later


def test_a_longer_session_must_not_run_into_the_next_one():
    first = SessionFactory()
    SessionFactory(creator=first.creator, starts_at=first.ends_at)

    with pytest.raises(TimeConflict):
        hosting.update_session(first.pk, {"duration_minutes": 65}, actor=first.creator)

    first.refresh_from_db()
    assert first.duration_minutes == 60


def test_an_update_that_changes_nothing_tells_nobody_and_keeps_the_version():
    seat = ParticipantFactory()

    session = hosting.update_session(seat.session.pk, {"title": seat.session.title}, actor=seat.session.creator)

    assert session.version == 1
    assert not Notification.objects.exists()


def test_an_admin_may_change_a_session_and_its_host_hears_of_it():
    session = SessionFactory()

    hosting.update_session(session.pk, {"title": "Better"}, actor=AdminFactory())

    assert Notification.objects.get().recipient == session.creator


def test_nobody_else_changes_a_session():
    session = SessionFactory()

    with pytest.raises(NotTheCreator):
        hosting.update_session(session.pk, {"title": "Mine now"}, actor=TutorFactory())

    session.refresh_from_db()
    assert session.title == "Algebra together"


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.CANCELLED])
def test_a_session_that_is_over_does_not_change(status):
    session = SessionFactory(status=status)

    with pytest.raises(InvalidTransition):
        hosting.update_session(session.pk, {"title": "Too late"}, actor=session.creator)


def test_a_running_session_keeps_its_time_but_not_its_title():
    session = SessionFactory(status=SessionStatus.ONGOING)

    hosting.update_session(session.pk, {"title": "Algebra, part two"}, actor=session.creator)
    with pytest.raises(AlreadyStarted):
        hosting.update_session(session.pk, {"starts_at": session.starts_at + timedelta(hours=3)}, actor=session.creator)

    session.refresh_from_db()
    assert session.title == "Algebra, part two"


def test_seats_cannot_become_fewer_than_those_taken_but_as_few():
    session = SessionFactory()
    for _ in range(3):
        ParticipantFactory(session=session)

    with pytest.raises(CapacityBelowParticipants):
        hosting.update_session(session.pk, {"max_participants": 2}, actor=session.creator)
    updated = hosting.update_session(session.pk, {"max_participants": 3}, actor=session.creator)

    assert updated.is_full


def test_a_session_does_not_move_into_the_past():
    session = SessionFactory()

    with pytest.raises(PastDate):
        hosting.update_session(session.pk, {"starts_at": timezone.now() - TOMORROW}, actor=session.creator)


def test_a_stale_version_changes_nothing():
    session = SessionFactory(version=3)

    with pytest.raises(StaleVersion) as refusal:
        hosting.update_session(session.pk, {"title": "New"}, actor=session.creator, version=2)

    assert refusal.value.extra == {"current_version": 3}


def test_deleting_an_upcoming_session_cancels_it_first_and_tells_who_had_a_seat():
    seat = ParticipantFactory()

    hosting.delete_session(seat.session.pk, actor=seat.session.creator)

    seat.session.refresh_from_db()
    assert seat.session.deleted_at
    assert seat.session.status == SessionStatus.CANCELLED
    assert Notification.objects.get().type == "session_cancelled"
    actions = AuditEntry.objects.values_list("action", flat=True).order_by("pk")
    assert list(actions) == ["session.cancelled", "session.deleted"]


def test_deleting_an_empty_or_cancelled_session_tells_nobody():
    for session in (SessionFactory(), SessionFactory(status=SessionStatus.CANCELLED)):
        hosting.delete_session(session.pk, actor=session.creator)

    assert not Notification.objects.exists()


@pytest.mark.parametrize("status", [SessionStatus.ONGOING, SessionStatus.COMPLETED])
def test_a_session_that_began_is_not_deleted(status):
    session = SessionFactory(status=status)

    with pytest.raises(InvalidTransition):
        hosting.delete_session(session.pk, actor=session.creator)

    session.refresh_from_db()
    assert session.deleted_at is None


def test_deleting_twice_finds_nothing():
    session = SessionFactory()
    hosting.delete_session(session.pk, actor=session.creator)

    with pytest.raises(NotFound):
        hosting.delete_session(session.pk, actor=session.creator)


def test_the_guard_is_there_on_this_engine():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'session_host_in_one_place'")
        else:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'session_host_in_one_place_INSERT'")

        assert cursor.fetchone() == (1,)
