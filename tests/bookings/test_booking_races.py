"""What several people can do to bookings at the same time, done at the same time, on the engine of this run.

The same against real server processes, with the negative controls, is in tests/chaos/test_booking_race.py.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from bookings.models import TRANSITIONS, Booking, BookingStatus, CreditEntry
from bookings.services import answering, cancelling, clock, creating, no_shows, rescheduling
from common.errors import DomainError
from sessions_app.models import TutoringSession
from sessions_app.services import hosting
from tests.factories import (
    BookingFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    StudentFactory,
)
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def in_days(days, *, minutes=0):
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days, minutes=minutes)


def booking_of(student, tutor, starts_at, **fields):
    return partial(
        creating.create_booking,
        student=student,
        tutor_profile_id=tutor.pk,
        starts_at=starts_at,
        duration_minutes=60,
        **fields,
    )


def assert_consistent(booking):
    """Booking, session and history agree."""
    booking.refresh_from_db()
    session = {"pending": "upcoming", "confirmed": "upcoming", "completed": "completed"}
    assert booking.session.status == session.get(booking.status, "cancelled")
    assert (booking.session.starts_at, booking.session.ends_at) == (booking.starts_at, booking.ends_at)
    edges = list(booking.events.values_list("from_status", "to_status"))
    assert all(after == before or after in TRANSITIONS.get(before, ()) for before, after in edges if before)


def test_of_twenty_who_book_one_slot_one_gets_it():
    tutor, start = OpenTutorFactory(), in_days(3)
    students = [StudentFactory() for _ in range(20)]

    results = at_once([booking_of(student, tutor, start) for student in students])

    assert kinds(results) == {"ok": 1, "SlotTaken": 19}
    assert Booking.objects.count() == TutoringSession.objects.count() == 1


def test_of_overlapping_slots_one_is_booked():
    tutor, start = OpenTutorFactory(terms__slot_step_minutes=15), in_days(3)
    calls = [booking_of(StudentFactory(), tutor, start + timedelta(minutes=15 * (n % 4))) for n in range(16)]

    results = at_once(calls)

    assert kinds(results) == {"ok": 1, "SlotTaken": 15}


def test_one_student_is_not_with_two_tutors_at_once():
    student, start = StudentFactory(), in_days(3)

    results = at_once([booking_of(student, OpenTutorFactory(), start) for _ in range(8)])

    assert kinds(results) == {"ok": 1, "StudentConflict": 7}


def test_three_credits_pay_for_three_lessons():
    tutor, student = OpenTutorFactory(), StudentFactory()
    purchase = PackagePurchaseFactory(student=student, package__tutor=tutor, session_count=3)
    calls = [booking_of(student, tutor, in_days(3) + n * HOUR, use_package_id=purchase.pk) for n in range(10)]

    results = at_once(calls)

    assert kinds(results) == {"ok": 3, "InsufficientCredits": 7}
    purchase.refresh_from_db()
    assert purchase.available == sum(purchase.entries.values_list("change", flat=True)) == 0


def test_ten_cancellations_give_one_credit_back():
    tutor, student = OpenTutorFactory(), StudentFactory()
    purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
    booking = booking_of(student, tutor, in_days(3), use_package_id=purchase.pk)()

    results = at_once([partial(cancelling.cancel_booking, booking.pk, actor=student)] * 10)

    assert kinds(results) == {"ok": 1, "InvalidTransition": 9}
    purchase.refresh_from_db()
    assert purchase.available == 5
    assert CreditEntry.objects.filter(booking=booking).count() == 2
    assert_consistent(booking)


def test_a_request_is_either_confirmed_and_cancelled_or_only_cancelled():
    tutor, student = OpenTutorFactory(), StudentFactory()
    purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
    for day in range(3, 8):
        booking = booking_of(student, tutor, in_days(day), use_package_id=purchase.pk)()

        results = at_once(
            [
                partial(answering.confirm_booking, booking.pk, actor=tutor.user),
                partial(cancelling.cancel_booking, booking.pk, actor=student),
                partial(answering.decline_booking, booking.pk, actor=tutor.user),
            ]
        )

        assert set(kinds(results)) <= {"ok", "InvalidTransition"}
        assert_consistent(booking)
        assert booking.status in (BookingStatus.CANCELLED, BookingStatus.DECLINED)
        assert booking.version == 1 + kinds(results)["ok"]
    purchase.refresh_from_db()
    assert purchase.available == 5


def test_of_two_that_move_to_one_time_one_arrives():
    tutor = OpenTutorFactory()
    first, second = (booking_of(StudentFactory(), tutor, in_days(3) + n * 3 * HOUR)() for n in range(2))
    goal = in_days(5)

    results = at_once(
        [partial(rescheduling.reschedule_booking, one.pk, actor=one.student, starts=[goal]) for one in (first, second)]
    )

    assert kinds(results) == {"ok": 1, "SlotTaken": 1}
    assert TutoringSession.objects.live().filter(starts_at=goal).count() == 1
    for one in (first, second):
        assert_consistent(one)


def test_a_proposal_is_answered_once():
    tutor = OpenTutorFactory()
    booking = BookingFactory(tutor=tutor, starts_at=in_days(3))
    rescheduling.reschedule_booking(booking.pk, actor=tutor.user, starts=[in_days(4)])
    student = booking.student

    results = at_once(
        [
            *[partial(rescheduling.accept_proposal, booking.pk, actor=student)] * 3,
            *[partial(rescheduling.decline_proposal, booking.pk, actor=student)] * 3,
            *[partial(rescheduling.withdraw_proposal, booking.pk, actor=tutor.user)] * 3,
        ]
    )

    assert kinds(results) == {"ok": 1, "NoOpenProposal": 8}
    assert_consistent(booking)
    assert booking.sequence == (booking.proposals.get().state == "accepted")


def test_both_who_say_that_the_other_did_not_come_open_a_dispute():
    booking = BookingFactory(starts_at=timezone.now() - timedelta(minutes=20))

    results = at_once(
        [
            partial(no_shows.mark_tutor_absent, booking.pk, actor=booking.student),
            partial(no_shows.mark_student_absent, booking.pk, actor=booking.tutor.user, was_present=True),
        ]
    )

    assert kinds(results) == {"ok": 2}
    booking.refresh_from_db()
    assert booking.dispute_state == "open"


def test_a_request_expires_once_whoever_notices_it_first():
    tutor = OpenTutorFactory()
    now = timezone.now()
    fields = {"status": BookingStatus.PENDING, "expires_at": now - HOUR, "tutor": tutor}
    requests = [BookingFactory(**fields, starts_at=in_days(3) + n * HOUR) for n in range(4)]

    results = at_once(
        [
            *[partial(clock.advance_overdue, now=now)] * 3,
            *[partial(answering.confirm_booking, one.pk, actor=tutor.user) for one in requests],
            *[booking_of(StudentFactory(), tutor, one.starts_at) for one in requests],
        ]
    )

    assert kinds(results) == {"ok": 7, "InvalidTransition": 4}
    for one in requests:
        assert_consistent(one)
        assert one.status == BookingStatus.EXPIRED
        assert one.events.filter(kind="expired").count() == 1


def test_tutor_and_students_who_do_everything_at_once_never_wait_in_a_circle():
    """Calendars, bookings, sessions, purchases and streams are each locked in one order."""
    tutors, students = [OpenTutorFactory() for _ in range(2)], [StudentFactory() for _ in range(3)]

    def live(number):
        student, tutor = students[number % 3], tutors[number % 2]
        for step in range(4):
            start = in_days(3 + step) + (number % 5) * HOUR
            try:
                booking = booking_of(student, tutor, start)()
                answering.confirm_booking(booking.pk, actor=tutor.user)
                rescheduling.reschedule_booking(booking.pk, actor=tutor.user, starts=[start + 9 * HOUR])
                rescheduling.accept_proposal(booking.pk, actor=student)
                cancelling.cancel_booking(booking.pk, actor=(student, tutor.user)[step % 2])
            except DomainError:
                continue

    def host(tutor):
        for step in range(4):
            try:
                hosting.create_session(
                    creator=tutor.user, title="Algebra", starts_at=in_days(3 + step) + 2 * HOUR, max_participants=8
                )
            except DomainError:
                continue

    results = at_once([*[partial(live, number) for number in range(10)], *[partial(host, tutor) for tutor in tutors]])

    assert kinds(results) == {"ok": 12}, results
    for booking in Booking.objects.all():
        assert_consistent(booking)
