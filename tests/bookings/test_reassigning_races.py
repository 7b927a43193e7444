"""A lesson that is given to another tutor while somebody else does something with it, or with that tutor's time
(R-BOOK-7): real threads on the engine of this run.
"""

from datetime import datetime
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import TutorProfile, User
from accounts.services import moderation
from adminpanel import integrity
from bookings.errors import SlotTaken
from bookings.models import LIVE, Booking, BookingStatus
from bookings.services import access, answering, cancelling, clock, reassigning, rescheduling
from common.errors import Busy, NotFound
from sessions_app.models import TutoringSession
from tests.factories import AdminFactory, StudentFactory
from tests.support import market
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lesson():
    """A confirmed lesson, its tutor's and another tutor's profile, and an admin; the rows are made in this order, so
    that the other tutor's id is the highest.
    """
    tutor, other = market.make_open_tutors(2)
    booking = market.make_booking(StudentFactory().pk, tutor["profile"], market.slot(day=3))
    answering.confirm_booking(booking, actor=User.objects.get(pk=tutor["id"]))
    return Booking.objects.with_everything().get(pk=booking), TutorProfile.objects.get(pk=other["profile"])


def reassigning_to(booking, tutor):
    return partial(reassigning.reassign, booking.pk, tutor.pk, actor=AdminFactory(), reason="ill")


def is_sound(booking):
    row = Booking.objects.with_everything().get(pk=booking.pk)
    assert row.session.creator_id == row.tutor.user_id
    assert market.state_of(booking.pk)["faults"] == []
    assert integrity.run(actor=None, now=timezone.now()).issues == []
    return row


@pytest.mark.parametrize("round_", range(3))
def test_of_a_cancellation_and_a_reassignment_at_once_nothing_is_lost(round_, lesson):
    booking, other = lesson
    deadlocks = market.deadlocks()

    results = at_once(
        [reassigning_to(booking, other), partial(cancelling.cancel_booking, booking.pk, actor=booking.student)]
    )

    row = is_sound(booking)
    reassigned, cancelled = results
    assert set(kinds(results)) <= {"ok", "InvalidTransition", "Busy"}
    if isinstance(cancelled, Busy):  # the lesson has gone to the other tutor: the client asks again
        cancelled = cancelling.cancel_booking(booking.pk, actor=booking.student)
    assert isinstance(cancelled, Booking)
    row.refresh_from_db()
    assert (row.status, row.refund_percent) == (BookingStatus.CANCELLED, 100)
    assert (row.tutor_id == other.pk) is isinstance(reassigned, Booking)
    assert market.deadlocks() == deadlocks


@pytest.mark.parametrize("round_", range(3))
def test_of_a_booking_and_a_reassignment_for_one_time_of_a_tutor_one_wins(round_, lesson):
    booking, other = lesson
    start = booking.starts_at.isoformat()
    books = [partial(market.make_booking, StudentFactory().pk, other.pk, start) for _ in range(2)]

    results = at_once([books[0], reassigning_to(booking, other), books[1]])

    assert kinds(results) == {"ok": 1, SlotTaken.__name__: 2}, results
    assert len(market.live_bookings(other.pk)) == market.live_sessions(other.pk) == 1
    is_sound(booking)


def test_two_lessons_at_one_time_go_to_one_tutor_once(lesson):
    booking, other = lesson
    (third,) = market.make_open_tutors()
    pk = market.make_booking(StudentFactory().pk, third["profile"], booking.starts_at.isoformat())
    answering.confirm_booking(pk, actor=User.objects.get(pk=third["id"]))

    results = at_once([reassigning_to(booking, other), reassigning_to(Booking.objects.get(pk=pk), other)])

    assert kinds(results) == {"ok": 1, SlotTaken.__name__: 1}, results
    assert market.live_sessions(other.pk) == 1


def test_of_a_move_and_a_reassignment_the_lesson_is_where_its_session_is(lesson):
    booking, other = lesson
    to = datetime.fromisoformat(market.slot(day=4))
    calls = [
        partial(rescheduling.reschedule_booking, booking.pk, actor=booking.tutor.user, starts=[to]),
        reassigning_to(booking, other),
    ]

    results = at_once(calls)

    assert set(kinds(results)) <= {"ok", "Busy", "NotYourPart"}, results
    is_sound(booking)


def test_who_has_lost_the_lesson_while_they_waited_for_it_does_nothing_to_it(lesson, monkeypatch):
    """The former tutor has found the lesson, and before they have the calendars it is another tutor's."""
    booking, other = lesson
    catch_up, reassign = clock.catch_up, reassigning_to(booking, other)

    def reassigned_first(found, *, now):
        monkeypatch.setattr(clock, "catch_up", catch_up)
        reassign()
        return catch_up(found, now=now)

    for call in (
        partial(cancelling.cancel_booking, booking.pk, actor=booking.tutor.user),
        partial(rescheduling.reschedule_booking, booking.pk, actor=booking.tutor.user, starts=[booking.starts_at]),
    ):
        Booking.objects.filter(pk=booking.pk).update(tutor=booking.tutor)
        TutoringSession.objects.filter(pk=booking.session_id).update(creator=booking.tutor.user)
        monkeypatch.setattr(clock, "catch_up", reassigned_first)
        with pytest.raises(Busy):
            call()

    assert access.find(booking.pk, other.user).status == BookingStatus.CONFIRMED
    with pytest.raises(NotFound):
        cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)


def test_control_without_a_second_look_at_who_teaches_it_they_would_call_it_off(lesson, monkeypatch):
    booking, other = lesson
    catch_up, reassign = clock.catch_up, reassigning_to(booking, other)

    def reassigned_first(found, *, now):
        monkeypatch.setattr(clock, "catch_up", catch_up)
        reassign()
        return catch_up(found, now=now)

    monkeypatch.setattr(clock, "catch_up", reassigned_first)
    monkeypatch.setattr(access, "lock_again", lambda found, version=None: access.lock_row(found.pk, version=version))

    cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)

    assert Booking.objects.get(pk=booking.pk).status == BookingStatus.CANCELLED


def test_of_a_reassignment_and_a_suspension_of_the_heir_no_lesson_stays_with_who_is_suspended(lesson):
    booking, other = lesson
    suspends = partial(moderation.suspend_tutor, other.user_id, actor=AdminFactory(), reason="no-shows")

    results = at_once([reassigning_to(booking, other), suspends])

    assert set(kinds(results)) <= {"ok", NotFound.__name__}, results
    row = Booking.objects.get(pk=booking.pk)
    if row.tutor_id == other.pk and row.status in LIVE:  # then the clock finds it, as any lesson of that tutor's
        assert clock.cancel_lessons_of(other.user_id, now=timezone.now()) == 1
    assert not Booking.objects.filter(tutor=other, status__in=LIVE).exists()


def test_ten_admins_reassign_it_once(lesson):
    booking, other = lesson

    results = at_once([reassigning_to(booking, other) for _ in range(10)])

    assert kinds(results)["ok"] == 1
    assert set(kinds(results)) <= {"ok", "SameTutor", "Busy"}
    assert booking.events.filter(kind="reassigned").count() == 1
    assert TutoringSession.objects.get(pk=booking.session_id).creator_id == other.user_id
