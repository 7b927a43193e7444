"""Reminding people of seats that are offered to them: R-REM-6."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from notifications.models import Notification
from sessions_app.models import PlaceState
from sessions_app.services import course, nudging, promotion, seats, waitlist
from sessions_app.tasks import advance_queues
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db

NUDGE = "session_offer_reminder"


@pytest.fixture
def place():
    """An offer that ends in an hour."""
    return WaitlistEntryFactory(session=SessionFactory(max_participants=2), offered=True)


def reminders():
    return Notification.objects.filter(type=NUDGE)


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_an_offer_is_due_to_be_reminded_of_when_half_of_its_time_is_over():
    session = SessionFactory(max_participants=2, starts_at=timezone.now() + timedelta(days=1))
    leaver, _ = (ParticipantFactory(session=session).user for _ in range(2))
    student = StudentFactory()
    seats.join_session(session.pk, user=student, wants_to_wait=True, asks_first=True)

    seats.leave_session(session.pk, user=leaver)

    offer = session.waitlist.get(user=student)
    assert offer.offer_expires_at == timezone.now() + timedelta(hours=6)
    assert offer.nudge_at == timezone.now() + timedelta(hours=3)


def test_who_has_not_answered_by_then_is_told_once_when_the_offer_ends(place):
    assert nudging.nudge_due(now=place.nudge_at - timedelta(seconds=1)) == 0

    counts = [nudging.nudge_due(now=place.nudge_at), nudging.nudge_due(now=place.offer_expires_at)]

    assert counts == [1, 0]
    told = reminders().get()
    assert (told.recipient, told.link) == (place.user, f"/sessions/{place.session_id}")
    assert f"accept it by {place.offer_expires_at:%Y-%m-%d %H:%M} UTC" in told.message
    place.refresh_from_db()
    assert (place.state, place.nudge_at) == (PlaceState.OFFERED, None)


@pytest.mark.parametrize(
    "answer", [waitlist.accept, waitlist.decline, waitlist.withdraw], ids=["accepted", "declined", "withdrawn"]
)
def test_an_offer_that_is_answered_is_not_reminded_of(place, answer):
    answer(place.session_id, user=place.user)

    assert nudging.nudge_due(now=place.nudge_at) == 0
    assert not reminders().exists()


def test_after_the_clock_stood_still_an_offer_that_is_over_lapses_and_is_not_reminded_of(place):
    with time_machine.travel(place.offer_expires_at, tick=False):
        counts = nudging.nudge_due(now=timezone.now()), promotion.advance_overdue(now=timezone.now())

    assert counts == (0, 1)
    place.refresh_from_db()
    assert place.state == PlaceState.LAPSED
    assert not reminders().exists()


def test_nobody_is_reminded_of_a_seat_in_what_has_begun_or_is_called_off(place):
    course.cancel_session(place.session_id, actor=place.session.creator)
    begun = WaitlistEntryFactory(offered=True, session__starts_at=timezone.now() + timedelta(minutes=20))

    assert nudging.nudge_due(now=begun.nudge_at) == 0
    assert not reminders().exists()


def test_who_comes_back_and_is_offered_a_seat_again_is_reminded_again(place):
    nudging.nudge_due(now=place.nudge_at)
    waitlist.decline(place.session_id, user=place.user)
    place.session.refresh_from_db()
    again = WaitlistEntryFactory(session=place.session, user=place.user, offered=True)

    nudging.nudge_due(now=again.nudge_at)

    assert reminders().filter(recipient=place.user).count() == 2


@pytest.mark.parametrize(
    "run", [advance_queues, lambda: call_command("advance_sessions")], ids=["the task", "the command"]
)
def test_the_clock_sees_to_it(place, run):
    with time_machine.travel(place.nudge_at, tick=False):
        run()
        run()

    assert reminders().count() == 1


def test_reminding_many_takes_as_many_statements_as_reminding_few(django_assert_max_num_queries):
    now = timezone.now() + timedelta(minutes=40)
    with django_assert_max_num_queries(3):  # and two of them are the test's savepoint
        nudging.nudge_due(now=now)
    counts = []
    for people in (1, 8):
        for _ in range(people):
            WaitlistEntryFactory(offered=True)
        with django_assert_max_num_queries(100) as queries:
            assert nudging.nudge_due(now=now) == people
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_one_run_takes_so_many_and_leaves_the_rest_to_the_next():
    places = [WaitlistEntryFactory(offered=True) for _ in range(3)]
    now = places[-1].nudge_at

    assert [nudging.nudge_due(now=now, limit=2) for _ in range(3)] == [2, 1, 0]
    assert reminders().count() == 3
