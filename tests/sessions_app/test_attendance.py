"""Who was there, and sessions that too few have joined (R-SEAT-10)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import InvalidTransition
from notifications.models import Notification
from sessions_app.errors import MinimumAboveCapacity, NotSeated, NotTheCreator, PrivateSession
from sessions_app.models import SeatState, SessionKind, SessionStatus
from sessions_app.services import attendance, course, hosting, seats
from sessions_app.tasks import advance_sessions
from tests.factories import (
    AdminFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [SessionStatus.ONGOING, SessionStatus.COMPLETED])
def test_the_host_says_who_was_there_and_may_correct_it(status):
    here, away = (ParticipantFactory(session=SessionFactory(status=status)) for _ in range(2))
    away.session = here.session
    away.save()
    here.session.seats_taken = 2
    here.session.save()
    host = here.session.creator

    attendance.mark(here.session.pk, {here.user_id: SeatState.ATTENDED, away.user_id: SeatState.ABSENT}, actor=host)
    attendance.mark(here.session.pk, {here.user_id: SeatState.ABSENT}, actor=host)
    attendance.mark(here.session.pk, {here.user_id: SeatState.ABSENT}, actor=host)

    assert set(here.session.participants.values_list("user", "state")) == {
        (here.user_id, "absent"),
        (away.user_id, "absent"),
    }
    here.session.refresh_from_db()
    assert here.session.seats_taken == here.session.participants.joined().count() == 2
    entries = AuditEntry.objects.filter(action="session.attendance_marked").order_by("pk")
    assert [entry.after for entry in entries] == [
        {str(here.user_id): "attended", str(away.user_id): "absent"},
        {str(here.user_id): "absent"},
    ]


@pytest.mark.parametrize("status", [SessionStatus.UPCOMING, SessionStatus.CANCELLED])
def test_nobody_is_marked_for_what_has_not_begun_or_does_not_take_place(status):
    seat = ParticipantFactory(session__status=status)

    with pytest.raises(InvalidTransition):
        attendance.mark(seat.session.pk, {seat.user_id: SeatState.ABSENT}, actor=seat.session.creator)

    seat.refresh_from_db()
    assert seat.state == SeatState.JOINED


def test_only_those_with_a_seat_are_marked_and_only_by_host_or_admin():
    seat = ParticipantFactory(session__status=SessionStatus.COMPLETED)
    stranger = StudentFactory()

    with pytest.raises(NotSeated) as refusal:
        attendance.mark(
            seat.session.pk,
            {seat.user_id: SeatState.ABSENT, stranger.pk: SeatState.ATTENDED},
            actor=seat.session.creator,
        )
    assert refusal.value.extra == {"user_ids": [stranger.pk]}
    for actor in (seat.user, TutorFactory()):
        with pytest.raises(NotTheCreator):
            attendance.mark(seat.session.pk, {seat.user_id: SeatState.ATTENDED}, actor=actor)
    seat.refresh_from_db()
    assert seat.state == SeatState.JOINED

    attendance.mark(seat.session.pk, {seat.user_id: SeatState.ATTENDED}, actor=AdminFactory())
    seat.refresh_from_db()
    assert seat.state == SeatState.ATTENDED


def test_a_booking_knows_by_itself_who_came():
    session = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1, status=SessionStatus.ONGOING)
    seat = ParticipantFactory(session=session)

    with pytest.raises(PrivateSession):
        attendance.mark(session.pk, {seat.user_id: SeatState.ABSENT}, actor=session.creator)


# --- The minimum ---------------------------------------------------------------------------------------------------


def announced(**fields):
    """For three days from now, for three people at least; one has joined."""
    host = TutorFactory()
    session = hosting.create_session(
        creator=host,
        title="Algebra together",
        starts_at=timezone.now() + timedelta(days=3),
        max_participants=8,
        **({"min_participants": 3} | fields),
    )
    return ParticipantFactory(session=session)


def hours_before(session, hours):
    return time_machine.travel(session.starts_at - timedelta(hours=hours), tick=False)


def warned(session):
    return Notification.objects.filter(recipient=session.creator, type="session_minimum_at_risk").count()


def test_the_host_is_warned_once_a_day_before():
    session = announced().session

    with hours_before(session, 24.1):
        advance_sessions()
        assert warned(session) == 0
    for hours in (24, 23, 13):
        with hours_before(session, hours):
            advance_sessions()

    assert warned(session) == 1
    session.refresh_from_db()
    assert session.status == SessionStatus.UPCOMING


def test_half_a_day_before_it_is_cancelled_and_everybody_is_told():
    seat = announced()
    session = seat.session
    request = JoinRequestFactory(session=session)

    with hours_before(session, 12):
        advance_sessions()

    session.refresh_from_db()
    request.refresh_from_db()
    assert (session.status, session.end_reason) == (SessionStatus.CANCELLED, "minimum_not_met")
    assert request.state == "closed"
    told = Notification.objects.filter(type="session_cancelled")
    assert set(told.values_list("recipient", flat=True)) == {seat.user_id, session.creator_id}
    assert told.first().message == "Algebra together does not take place: too few have joined."


@pytest.mark.parametrize("why", ["enough", "runs anyway"])
def test_it_stays_with_enough_people_or_where_the_host_wants_it_all_the_same(why):
    seat = announced(runs_anyway=why == "runs anyway")
    if why == "enough":
        for _ in range(2):
            ParticipantFactory(session=seat.session)

    with hours_before(seat.session, 12):
        advance_sessions()
    if why == "enough":
        seats.leave_session(seat.session.pk, user=seat.user)  # too late to bring it down
    with hours_before(seat.session, 1):
        advance_sessions()

    seat.session.refresh_from_db()
    assert seat.session.status == SessionStatus.UPCOMING
    assert seat.session.minimum_checked_at is not None


def test_the_host_who_comes_too_late_to_start_it_hears_why():
    session = announced().session

    with hours_before(session, 2), pytest.raises(InvalidTransition):
        course.start_session(session.pk, actor=session.creator)


def test_what_is_announced_at_short_notice_is_meant():
    host = TutorFactory()
    session = hosting.create_session(
        creator=host,
        title="Tonight",
        starts_at=timezone.now() + timedelta(hours=6),
        max_participants=8,
        min_participants=3,
    )

    advance_sessions()

    session.refresh_from_db()
    assert (session.status, warned(session)) == (SessionStatus.UPCOMING, 0)


def test_a_session_that_is_moved_is_looked_at_anew():
    session = announced().session
    with hours_before(session, 20):
        advance_sessions()
        later = session.starts_at + timedelta(days=5)
        hosting.update_session(session.pk, {"starts_at": later}, actor=session.creator)
    session.refresh_from_db()
    assert (session.minimum_warned_at, session.minimum_checked_at) == (None, None)

    with hours_before(session, 20):
        advance_sessions()

    assert warned(session) == 2


def ask_for_three(session):
    hosting.update_session(session.pk, {"min_participants": 3}, actor=session.creator)


def test_a_minimum_that_is_raised_after_its_deadline_calls_nothing_off():
    session = announced(min_participants=1).session

    for hours in (6, 1):
        with hours_before(session, hours):
            if hours == 6:
                ask_for_three(session)
            advance_sessions()

    session.refresh_from_db()
    assert (session.status, warned(session)) == (SessionStatus.UPCOMING, 0)


@pytest.mark.parametrize("first", [1, 2])
def test_of_a_minimum_that_is_raised_before_its_deadline_the_host_is_warned_first(first):
    session = announced(min_participants=first).session
    ParticipantFactory(session=session)

    with hours_before(session, 23):
        advance_sessions()
    with hours_before(session, 20):
        ask_for_three(session)
        advance_sessions()
        assert warned(session) == 1
    with hours_before(session, 12):
        advance_sessions()

    session.refresh_from_db()
    assert (session.status, session.end_reason) == (SessionStatus.CANCELLED, "minimum_not_met")


def test_a_session_that_is_moved_to_a_later_day_with_a_higher_minimum_is_looked_at_then():
    session = announced(min_participants=1).session

    with hours_before(session, 6):
        changes = {"min_participants": 3, "starts_at": session.starts_at + timedelta(days=5)}
        hosting.update_session(session.pk, changes, actor=session.creator)
    session.refresh_from_db()
    with hours_before(session, 12):
        advance_sessions()

    session.refresh_from_db()
    assert session.status == SessionStatus.CANCELLED


def test_the_minimum_is_never_more_than_there_are_seats():
    session = announced().session

    for changes in ({"min_participants": 9}, {"max_participants": 2}):
        with pytest.raises(MinimumAboveCapacity):
            hosting.update_session(session.pk, changes, actor=session.creator)
    with pytest.raises(MinimumAboveCapacity):
        hosting.create_session(
            creator=TutorFactory(),
            title="Algebra",
            starts_at=timezone.now() + timedelta(days=1),
            max_participants=2,
            min_participants=3,
        )
