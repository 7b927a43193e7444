"""A booking is called off: by whom, at what price, and who learns of it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from bookings.errors import BookingStarted, NothingToWaive, NotYourPart, QuoteExpired, WaiverUsed
from bookings.models import Booking, BookingStatus, CreditEntry, TutorStrike
from bookings.services import answering, cancelling, rescheduling
from common.errors import Forbidden, InvalidTransition, NotFound, StaleVersion
from notifications.models import Notification
from tests.bookings.conftest import FINAL, HOUR, MINUTE, NOW
from tests.factories import AdminFactory, BookingFactory, PackagePurchaseFactory, StudentFactory

pytestmark = pytest.mark.django_db


def counted(student):
    return cancelling.late_cancellations_of(student.pk, now=timezone.now())


class TestTheStudent:
    def test_gets_everything_back_in_time(self, agreed, student, tutor):
        booking = agreed(hours=72)

        booking = cancelling.cancel_booking(booking.pk, actor=student, reason="Schedule conflict")

        booking.refresh_from_db()
        assert (booking.status, booking.cancelled_by) == (BookingStatus.CANCELLED, "student")
        assert booking.cancel_reason == "Schedule conflict"
        assert (booking.refund_percent, booking.refund_amount) == (100, Decimal("45.00"))
        assert booking.session.status == "cancelled"
        told = Notification.objects.filter(recipient=tutor.user).latest("pk")
        assert told.type == "booking_cancelled"
        assert "Jane Student cancelled your lesson" in told.message
        assert not Notification.objects.filter(recipient=student, type="booking_cancelled").exists()

    @pytest.mark.parametrize(
        ("lead", "percent", "amount"),
        [
            (24 * HOUR, 100, "45.00"),
            (24 * HOUR - 5 * MINUTE, 100, "45.00"),
            (24 * HOUR - 5 * MINUTE - timedelta(seconds=1), 50, "22.50"),
            (12 * HOUR - 5 * MINUTE, 50, "22.50"),
            (12 * HOUR - 5 * MINUTE - timedelta(seconds=1), 0, "0.00"),
            (MINUTE, 0, "0.00"),
        ],
    )
    def test_gets_what_the_policy_says(self, lead, percent, amount, agreed, student, clock):
        booking = agreed(hours=72)
        clock.move_to(booking.starts_at - lead)

        booking = cancelling.cancel_booking(booking.pk, actor=student)

        booking.refresh_from_db()
        assert (booking.refund_percent, booking.refund_amount) == (percent, Decimal(amount))

    def test_may_change_their_mind_for_five_minutes(self, confirmed, student, clock):
        booking = confirmed(hours=24.5)
        clock.shift(4 * MINUTE)
        assert cancelling.cancel_booking(booking.pk, actor=student).refund_percent == 100

    def test_pays_nothing_for_a_request(self, book, student, clock):
        booking = book(hours=3)
        clock.shift(10 * MINUTE)

        assert cancelling.cancel_booking(booking.pk, actor=student).refund_percent == 100

    @pytest.mark.parametrize(("hours", "available", "last"), [(72, 5, "release"), (13, 4, "consume")])
    def test_has_a_whole_credit_back_or_none(self, hours, available, last, agreed, student, tutor):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = agreed(hours=hours, use_package_id=purchase.pk)

        booking = cancelling.cancel_booking(booking.pk, actor=student)

        purchase.refresh_from_db()
        assert purchase.available == available
        assert CreditEntry.objects.filter(booking=booking).last().kind == last
        assert booking.refund_amount == 0

    def test_cancels_free_of_charge_while_the_tutor_wants_to_move_it(self, agreed, student, tutor):
        booking = agreed(hours=10)
        rescheduling.reschedule_booking(booking.pk, actor=tutor.user, starts=[NOW + 30 * HOUR])

        booking = cancelling.cancel_booking(booking.pk, actor=student)

        assert booking.refund_percent == 100
        assert booking.proposals.get().state == "withdrawn"


class TestALateCancellation:
    def test_counts_for_180_days(self, agreed, student, clock):
        in_time, late = agreed(hours=72), agreed(hours=20)
        for booking in (in_time, late):
            cancelling.cancel_booking(booking.pk, actor=student)

        assert list(Booking.objects.late_cancellations()) == [late]
        assert counted(student) == 1
        clock.shift(timedelta(days=180))
        assert counted(student) == 0

    def test_counts_where_a_credit_is_used_up(self, agreed, student, tutor):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = agreed(hours=20, use_package_id=purchase.pk)

        cancelling.cancel_booking(booking.pk, actor=student)

        assert counted(student) == 1

    def test_does_not_count_once_the_tutor_has_forgiven_it(self, agreed, student, tutor):
        booking = agreed(hours=20)
        cancelling.cancel_booking(booking.pk, actor=student)

        cancelling.waive_late_cancel(booking.pk, actor=tutor.user)

        assert counted(student) == 0

    def test_is_only_what_the_student_cancels(self, book, agreed, student, tutor):
        for booking in (agreed(hours=20), book(hours=30)):
            cancelling.cancel_booking(booking.pk, actor=tutor.user)
        cancelling.cancel_with_waiver(
            agreed(hours=22).pk, actor=AdminFactory(), reason="Ticket 7", refund_percent=0, release_credit=False
        )

        assert counted(student) == 0

    @pytest.mark.parametrize("status", BookingStatus)
    @pytest.mark.parametrize("by", ["student", "tutor", "admin"])
    @pytest.mark.parametrize("percent", [None, 0, 50, 100])
    def test_is_the_same_to_a_row_as_to_the_database(self, status, by, percent, clock):
        booking = BookingFactory(status=status, cancelled_by=by, refund_percent=percent)

        assert booking.is_late_cancellation == Booking.objects.late_cancellations().exists()

    def test_is_counted_in_the_next_request_to_a_tutor(self, agreed, book, student, tutor):
        cancelling.cancel_booking(agreed(hours=20).pk, actor=student)

        book(hours=72)

        told = Notification.objects.filter(recipient=tutor.user, type="booking_requested").latest("pk")
        assert told.message.endswith("Lessons that they cancelled late in the last 180 days: 1.")


class TestTheTutor:
    @pytest.mark.parametrize(("hours", "strikes"), [(72, 0), (23, 1)])
    def test_gives_everything_back_and_is_marked_within_a_day(self, hours, strikes, agreed, student, tutor):
        booking = agreed(hours=hours)

        booking = cancelling.cancel_booking(booking.pk, actor=tutor.user, reason="Ill.")

        assert (booking.refund_percent, booking.cancelled_by) == (100, "tutor")
        assert TutorStrike.objects.filter(booking=booking, tutor=tutor, reason="late_cancel").count() == strikes
        told = Notification.objects.filter(recipient=student, type="booking_cancelled").get()
        assert told.message.endswith("Ill.")
        assert len(told.data["alternatives"]) == 3

    def test_is_not_marked_for_a_request(self, book, tutor):
        booking = cancelling.cancel_booking(book(hours=3).pk, actor=tutor.user)

        assert booking.status == BookingStatus.CANCELLED
        assert not TutorStrike.objects.exists()


class TestNobody:
    def test_cancels_what_has_begun(self, agreed, student, tutor, clock):
        booking = agreed(hours=24)
        clock.move_to(booking.starts_at)

        for person in (student, tutor.user):
            with pytest.raises(BookingStarted):
                cancelling.cancel_booking(booking.pk, actor=person)

        booking.refresh_from_db()
        assert booking.status == BookingStatus.CONFIRMED

    @pytest.mark.parametrize("status", FINAL)
    def test_cancels_what_is_over(self, status, clock):
        booking = BookingFactory(status=status)

        with pytest.raises(InvalidTransition):
            cancelling.cancel_booking(booking.pk, actor=booking.student)

        booking.refresh_from_db()
        assert booking.status == status
        assert not booking.events.exists()

    def test_cancels_anothers(self, book):
        with pytest.raises(NotFound):
            cancelling.cancel_booking(book().pk, actor=StudentFactory())

    def test_cancels_another_version_than_they_know(self, book, student):
        booking = book()

        with pytest.raises(StaleVersion):
            cancelling.cancel_booking(booking.pk, actor=student, version=7)


class TestAQuote:
    def test_says_what_a_cancellation_would_give(self, agreed, student, clock):
        booking = agreed(hours=72)
        clock.move_to(booking.starts_at - 20 * HOUR)

        _, quote = cancelling.quote_cancellation(booking.pk, actor=student)

        assert (quote.refund_percent, quote.releases_credit) == (50, False)
        booking.refresh_from_db()
        assert booking.status == BookingStatus.CONFIRMED

    @pytest.mark.parametrize(("later", "percent"), [(timedelta(), 100), (2 * MINUTE, 100)])
    def test_holds_for_two_minutes_whatever_the_policy_says_by_then(self, later, percent, agreed, student, clock):
        booking = agreed(hours=72)
        clock.move_to(booking.starts_at - 24 * HOUR + 5 * MINUTE)
        _, quote = cancelling.quote_cancellation(booking.pk, actor=student)
        clock.shift(later)

        assert cancelling.cancel_booking(booking.pk, actor=student, quote_id=quote.pk).refund_percent == percent

    def test_is_void_after_that(self, agreed, student, clock):
        booking = agreed(hours=72)
        _, quote = cancelling.quote_cancellation(booking.pk, actor=student)
        clock.shift(2 * MINUTE + timedelta(seconds=1))

        with pytest.raises(QuoteExpired):
            cancelling.cancel_booking(booking.pk, actor=student, quote_id=quote.pk)

    def test_is_for_whom_it_was_made(self, agreed, student, tutor):
        booking, other = agreed(hours=72), agreed(hours=80)
        _, quote = cancelling.quote_cancellation(booking.pk, actor=tutor.user)

        for pk, quote_id in ((booking.pk, quote.pk), (other.pk, quote.pk), (booking.pk, uuid4())):
            with pytest.raises(QuoteExpired):
                cancelling.cancel_booking(pk, actor=student, quote_id=quote_id)

    def test_does_not_survive_a_move(self, agreed, student, tutor):
        booking = agreed(hours=72)
        _, quote = cancelling.quote_cancellation(booking.pk, actor=student)
        rescheduling.reschedule_booking(booking.pk, actor=tutor.user, starts=[NOW + 90 * HOUR])
        rescheduling.accept_proposal(booking.pk, actor=student)

        with pytest.raises(QuoteExpired):
            cancelling.cancel_booking(booking.pk, actor=student, quote_id=quote.pk)

    def test_is_refused_after_the_start(self, agreed, student, clock):
        booking = agreed(hours=24)
        clock.move_to(booking.starts_at)

        with pytest.raises(BookingStarted):
            cancelling.quote_cancellation(booking.pk, actor=student)


class TestAnAdmin:
    def test_decides_what_is_given_back(self, agreed, student, tutor):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        paid, by_credit = agreed(hours=72), agreed(hours=80, use_package_id=purchase.pk)
        admin = AdminFactory()

        first = cancelling.cancel_with_waiver(
            paid.pk, actor=admin, reason="Ticket 7", refund_percent=33, release_credit=False
        )
        cancelling.cancel_with_waiver(
            by_credit.pk, actor=admin, reason="Ticket 7", refund_percent=0, release_credit=True
        )

        purchase.refresh_from_db()
        assert (first.refund_percent, first.refund_amount) == (33, Decimal("14.85"))
        assert purchase.available == 5
        assert AuditEntry.objects.filter(action="booking.cancelled", reason="Ticket 7", actor_id=admin.pk).count() == 2
        told = Notification.objects.filter(type="booking_cancelled").values_list("recipient_id", flat=True)
        assert set(told) == {student.pk, tutor.user_id}

    def test_may_even_after_the_start(self, agreed, clock):
        booking = agreed(hours=24)
        clock.move_to(booking.starts_at + HOUR)

        booking = cancelling.cancel_with_waiver(
            booking.pk, actor=AdminFactory(), reason="Outage", refund_percent=100, release_credit=True
        )

        assert booking.status == BookingStatus.CANCELLED

    def test_is_who_it_takes(self, agreed, tutor):
        booking = agreed()

        with pytest.raises(Forbidden):
            cancelling.cancel_with_waiver(
                booking.pk, actor=tutor.user, reason="", refund_percent=0, release_credit=False
            )


class TestAWaiver:
    def late(self, agreed, student, clock, **fields):
        booking = agreed(hours=20, **fields)
        return cancelling.cancel_booking(booking.pk, actor=student)

    def test_gives_everything_back(self, agreed, student, tutor, clock):
        booking = self.late(agreed, student, clock)
        assert booking.refund_percent == 50

        booking = cancelling.waive_late_cancel(booking.pk, actor=tutor.user)

        booking.refresh_from_db()
        assert (booking.status, booking.refund_percent) == (BookingStatus.CANCELLED, 100)
        assert booking.refund_amount == booking.price
        assert Notification.objects.filter(recipient=student, type="booking_late_cancel_waived").exists()

    def test_gives_a_credit_back_that_was_used_up(self, agreed, student, tutor, clock):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = self.late(agreed, student, clock, use_package_id=purchase.pk)

        cancelling.waive_late_cancel(booking.pk, actor=tutor.user)

        purchase.refresh_from_db()
        assert purchase.available == 5
        changes = CreditEntry.objects.filter(purchase=purchase).values_list("change", flat=True)
        assert sum(changes) == purchase.available

    def test_is_granted_once_in_180_days_to_a_student(self, agreed, student, tutor, clock):
        first = self.late(agreed, student, clock)
        cancelling.waive_late_cancel(first.pk, actor=tutor.user)
        granted_at = first.ended_at
        second = self.late(agreed, student, clock)

        with pytest.raises(WaiverUsed) as refusal:
            cancelling.waive_late_cancel(second.pk, actor=tutor.user)

        assert refusal.value.extra["allowed_at"] == granted_at + timedelta(days=180)
        clock.move_to(granted_at + timedelta(days=180))
        assert cancelling.waive_late_cancel(second.pk, actor=tutor.user).refund_percent == 100

    def test_is_the_tutors_alone(self, agreed, student, clock):
        booking = self.late(agreed, student, clock)

        for person in (student, AdminFactory()):
            with pytest.raises(NotYourPart):
                cancelling.waive_late_cancel(booking.pk, actor=person)

    def test_is_for_late_cancellations_of_the_student_only(self, agreed, book, student, tutor, clock):
        in_time = cancelling.cancel_booking(agreed(hours=72).pk, actor=student)
        by_tutor = cancelling.cancel_booking(agreed(hours=72).pk, actor=tutor.user)
        declined = answering.decline_booking(book().pk, actor=tutor.user)

        for booking in (in_time, by_tutor, declined, agreed(hours=72)):
            with pytest.raises(NothingToWaive):
                cancelling.waive_late_cancel(booking.pk, actor=tutor.user)
