"""The session machine: started, completed, cancelled, by its host or by the clock."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import InvalidTransition
from notifications.models import Notification
from sessions_app.errors import NotTheCreator, TooEarly
from sessions_app.models import TRANSITIONS, SessionKind, SessionStatus
from sessions_app.services import course, hosting
from sessions_app.tasks import advance_sessions
from tests.factories import AdminFactory, ParticipantFactory, SessionFactory, TutorFactory

pytestmark = pytest.mark.django_db

MOVES = {
    SessionStatus.ONGOING: course.start_session,
    SessionStatus.COMPLETED: course.complete_session,
    SessionStatus.CANCELLED: course.cancel_session,
}
LEGAL = sorted((before, after) for before, allowed in TRANSITIONS.items() for after in allowed)
ILLEGAL = sorted((before, after) for before in SessionStatus for after in MOVES if (before, after) not in set(LEGAL))


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_every_legal_move_is_made_audited_and_told_to_who_has_a_seat(before, after):
    seat = ParticipantFactory(session__status=before)

    session = MOVES[after](seat.session.pk, actor=seat.session.creator)

    assert session.status == after
    assert session.version == 2
    assert AuditEntry.objects.get().action == f"session.{after}"
    told = Notification.objects.get()
    assert told.recipient == seat.user
    assert told.data["status"] == after


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_every_other_move_changes_nothing_and_names_what_would_be_allowed(before, after):
    session = SessionFactory(status=before)

    with pytest.raises(InvalidTransition) as refusal:
        MOVES[after](session.pk, actor=session.creator)

    session.refresh_from_db()
    assert session.status == before
    assert refusal.value.extra == {"current_state": before, "allowed": sorted(TRANSITIONS.get(before, ()))}


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_nobody_but_the_creator_moves_a_session_and_admins_only_cancel(before, after):
    session = SessionFactory(status=before)

    with pytest.raises(NotTheCreator):
        MOVES[after](session.pk, actor=TutorFactory())
    if after != SessionStatus.CANCELLED:
        with pytest.raises(NotTheCreator):
            MOVES[after](session.pk, actor=AdminFactory())

    session.refresh_from_db()
    assert session.status == before


def test_an_admin_cancels_with_a_reason_and_the_host_is_told():
    session = SessionFactory()

    course.cancel_session(session.pk, actor=AdminFactory(), reason="Spam")

    session.refresh_from_db()
    assert session.end_reason == "Spam"
    assert Notification.objects.get().recipient == session.creator


def test_cancelling_keeps_the_participants_on_record():
    seat = ParticipantFactory()

    session = course.cancel_session(seat.session.pk, actor=seat.session.creator)

    assert session.seats_taken == session.participants.joined().count() == 1


def test_a_session_starts_at_any_time_unless_the_site_limits_it(settings):
    early, too_early = SessionFactory(), SessionFactory()

    course.start_session(early.pk, actor=early.creator)
    settings.SESSION_START_EARLY_MINUTES = 15
    with pytest.raises(TooEarly) as refusal:
        course.start_session(too_early.pk, actor=too_early.creator)

    assert refusal.value.extra == {"allowed_at": too_early.starts_at - timedelta(minutes=15)}


def test_a_session_starts_within_the_limit(settings):
    settings.SESSION_START_EARLY_MINUTES = 15
    session = SessionFactory(starts_at=timezone.now() + timedelta(minutes=14))

    assert course.start_session(session.pk, actor=session.creator).status == SessionStatus.ONGOING


def over_since(**ago):
    """Fields of a session that ended that long ago."""
    ended = timezone.now() - timedelta(**ago)
    return {"starts_at": ended - timedelta(hours=1), "ends_at": ended}


def test_what_nobody_started_is_cancelled_half_an_hour_after_its_end_and_everybody_is_told():
    seat = ParticipantFactory(session=SessionFactory(**over_since(minutes=30)))
    SessionFactory(**over_since(minutes=29))

    assert course.advance_overdue(now=timezone.now()) == 1

    seat.session.refresh_from_db()
    assert (seat.session.status, seat.session.end_reason) == (SessionStatus.CANCELLED, "host_absent")
    told = set(Notification.objects.values_list("recipient_id", flat=True))
    assert told == {seat.user_id, seat.session.creator_id}
    assert AuditEntry.objects.get().actor_id is None


def test_what_nobody_ended_is_completed_two_hours_after_its_end():
    overdue = SessionFactory(status=SessionStatus.ONGOING, **over_since(hours=2))
    running = SessionFactory(status=SessionStatus.ONGOING, **over_since(minutes=119))

    advance_sessions()

    overdue.refresh_from_db()
    running.refresh_from_db()
    assert overdue.status == SessionStatus.COMPLETED
    assert running.status == SessionStatus.ONGOING


def test_a_private_session_waits_for_its_booking():
    session = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1, **over_since(days=1))

    assert course.advance_overdue(now=timezone.now()) == 0

    course.catch_up(session)
    assert session.status == SessionStatus.UPCOMING


def test_the_clock_is_applied_before_a_host_may_act_even_if_no_job_has_run():
    session = SessionFactory(**over_since(hours=1))

    with pytest.raises(InvalidTransition) as refusal:
        course.start_session(session.pk, actor=session.creator)

    assert refusal.value.extra["current_state"] == SessionStatus.CANCELLED


def test_the_command_says_how_many_moved_on(capsys):
    SessionFactory(**over_since(days=1))

    call_command("advance_sessions")

    assert capsys.readouterr().out.splitlines()[0] == "1 sessions moved on"


def test_advancing_twice_tells_nobody_twice():
    ParticipantFactory(session=SessionFactory(**over_since(days=1)))

    first, second = (course.advance_overdue(now=timezone.now()) for _ in range(2))

    assert (first, second) == (1, 0)
    assert Notification.objects.count() == 2


def test_a_session_that_somebody_took_meanwhile_is_left_alone():
    session = SessionFactory(**over_since(days=1))
    hosting.delete_session(session.pk, actor=session.creator)

    assert course.advance_overdue(now=timezone.now()) == 0
    assert not course._advance_one(session.pk + 1, timezone.now())
