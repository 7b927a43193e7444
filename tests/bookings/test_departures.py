"""What becomes of lessons when their tutor stops teaching (R-BOOK-7)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus
from accounts.services import moderation, tutor_moves
from bookings.models import BookingStatus, CreditKind, Party, TutorStrike
from bookings.services import answering, clock, creating
from common.errors import InvalidTransition, NotFound
from notifications.models import Notification
from tests.factories import AdminFactory, BookingFactory, StudentFactory, SubjectFactory, TutorSubjectFactory
from tests.support import market

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


def suspend(booking, admin, **how):
    return moderation.suspend_tutor(booking.tutor.user_id, actor=admin, reason="no-shows", **how)


def again(booking):
    return type(booking).objects.select_related("session").get(pk=booking.pk)


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_a_suspension_calls_off_the_lessons_to_come_at_no_cost(status, admin, django_capture_on_commit_callbacks):
    booking = BookingFactory(status=status)
    other = BookingFactory(status=status)

    with django_capture_on_commit_callbacks(execute=True):
        suspend(booking, admin)

    off = again(booking)
    assert (off.status, off.cancelled_by, off.refund_percent) == (BookingStatus.CANCELLED, Party.TUTOR, 100)
    assert off.session.status == "cancelled"
    assert again(other).status == status
    assert not TutorStrike.objects.exists()
    notice = Notification.objects.get(recipient=booking.student)
    assert (notice.type, notice.data["cancelled_by"]) == ("booking_cancelled", "tutor")
    event = off.events.get(kind="cancelled")
    assert (event.actor, event.party) == (None, Party.SYSTEM)


def test_the_credit_is_released(admin, django_capture_on_commit_callbacks):
    tutor = market.make_open_tutors()[0]
    student = StudentFactory()
    purchase = market.make_purchase(student.pk, tutor["profile"], credits=1)
    booking = market.make_booking(student.pk, tutor["profile"], market.slot(day=3), purchase=purchase)

    with django_capture_on_commit_callbacks(execute=True):
        moderation.suspend_tutor(tutor["id"], actor=admin, reason="no-shows")

    assert market.credits_of(purchase) == {"available": 1, "sum": 1}
    assert market.state_of(booking)["faults"] == []
    kinds = list(student.bookings.get().credit_entries.order_by("id").values_list("kind", flat=True))
    assert kinds == [CreditKind.RESERVE, CreditKind.RELEASE]


def test_the_student_is_told_who_else_has_that_time(admin, django_capture_on_commit_callbacks):
    subject = SubjectFactory()
    gone, free, busy, paused, elsewhere = (tutor["profile"] for tutor in market.make_open_tutors(5))
    for profile in (gone, free, busy, paused):
        TutorSubjectFactory(tutor=TutorProfile.objects.get(pk=profile), subject=subject)
    TutorProfile.objects.filter(pk=paused).update(accepts_bookings=False)
    start = market.slot(day=3)
    market.make_booking(StudentFactory().pk, busy, start)
    student = StudentFactory()
    booking = creating.create_booking(
        student=student,
        tutor_profile_id=gone,
        starts_at=datetime.fromisoformat(start),
        duration_minutes=60,
        subject=subject,
    )

    with django_capture_on_commit_callbacks(execute=True):
        moderation.suspend_tutor(TutorProfile.objects.get(pk=gone).user_id, actor=admin, reason="no-shows")

    notice = Notification.objects.get(recipient=student, data__booking_id=booking.pk)
    assert [tutor["id"] for tutor in notice.data["tutors"]] == [free]
    assert elsewhere not in [tutor["id"] for tutor in notice.data["tutors"]]


def test_a_lost_message_is_made_up_for_by_the_periodic_task(admin):
    booking = BookingFactory(status="confirmed")
    suspend(booking, admin)
    assert again(booking).status == BookingStatus.CONFIRMED

    assert clock.advance_overdue(now=timezone.now()) == 1
    assert clock.advance_overdue(now=timezone.now()) == 0

    assert again(booking).status == BookingStatus.CANCELLED


def test_and_by_whoever_wants_to_write_to_the_lesson(admin):
    booking = BookingFactory(status="pending")
    suspend(booking, admin)

    with pytest.raises(InvalidTransition):
        answering.confirm_booking(booking.pk, actor=booking.tutor.user)

    assert again(booking).status == BookingStatus.CANCELLED


def test_a_closed_account_means_the_same(admin):
    booking = BookingFactory(status="confirmed")
    moderation.deactivate(booking.tutor.user_id, actor=admin)

    clock.advance_overdue(now=timezone.now())

    assert again(booking).status == BookingStatus.CANCELLED


def test_a_lesson_that_has_begun_goes_on(admin, django_capture_on_commit_callbacks):
    booking = BookingFactory(status="confirmed")

    with time_machine.travel(booking.starts_at), django_capture_on_commit_callbacks(execute=True):
        suspend(booking, admin)

    assert again(booking).status == BookingStatus.CONFIRMED


def test_a_suspension_whose_time_is_over_calls_nothing_off(admin):
    booking = BookingFactory(status="confirmed")
    end = timezone.now() + timedelta(minutes=1)
    suspend(booking, admin, until=end)

    assert clock.advance_overdue(now=end) == 0
    assert again(booking).status == BookingStatus.CONFIRMED


def test_a_tutor_whose_suspension_is_over_can_be_booked_before_the_clock_has_said_so(admin):
    tutor = market.make_open_tutors()[0]
    end = timezone.now() + timedelta(minutes=1)
    moderation.suspend_tutor(tutor["id"], actor=admin, reason="no-shows", until=end)
    student = StudentFactory()
    start = market.slot(day=3)

    with pytest.raises(NotFound):
        market.make_booking(student.pk, tutor["profile"], start)
    with time_machine.travel(end):
        market.make_booking(student.pk, tutor["profile"], start)

    assert market.live_bookings(tutor["profile"])


def test_reinstating_before_the_clock_came_by_keeps_the_lessons(admin):
    booking = BookingFactory(status="confirmed")
    suspend(booking, admin)
    moderation.reinstate_tutor(booking.tutor.user_id, actor=admin)

    assert clock.advance_overdue(now=timezone.now()) == 0
    assert TutorProfile.objects.get(pk=booking.tutor_id).status == TutorStatus.APPROVED
    assert not tutor_moves.reinstate_if_over(booking.tutor_id, now=timezone.now())
