"""Money that comes when its lesson is off already: back on where the money was all that was missing (R-PAY-8)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import TutorStatus
from adminpanel.integrity.checks.histories import CHECKS
from bookings.models import Booking, BookingStatus, Reminder
from bookings.services import answering, attendance, cancelling, holds
from bookings.services import clock as booking_clock
from messaging.services import block
from notifications.models import LiveEvent, Notification
from payments.gateways.base import RefundState
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, CallKind, PaymentStatus, ProviderCall, RefundStatus
from payments.services import checking, intents, truth
from sessions_app.models import SessionStatus
from tests.bookings.conftest import HOUR, MINUTE, NOW
from tests.factories import AdminFactory, OpenTutorFactory, StudentFactory
from tests.payments.conftest import balance, held, told, work_off

pytestmark = pytest.mark.django_db

START = timedelta(hours=72)


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.BOOKINGS_NEED_PAYMENT = True


@pytest.fixture
def lapsed(book, pay, clock):
    """`lapsed()` is a request that has lapsed while its payment was with the bank, and that payment."""

    def make(**fields):
        booking = book(**fields)
        payment = pay(booking, method="pm_card_processing")
        clock.move_to(booking.expires_at)
        booking_clock.advance_overdue(now=timezone.now())
        work_off()
        booking.refresh_from_db()
        assert booking.status == BookingStatus.EXPIRED
        return booking, payment

    return make


@pytest.fixture
def instant(tutor):
    """Its tutor need not answer."""
    tutor.booking_terms.instant_booking = True
    tutor.booking_terms.save()


def comes(booking, payment):
    """The bank says yes at last."""
    SandboxGateway().finish_processing(payment.provider_id, succeeds=True)
    work_off()
    booking.refresh_from_db()
    booking.session.refresh_from_db()
    payment.refresh_from_db()


def newest_of(user, kind):
    return Notification.objects.filter(recipient=user, type=kind).order_by("-id").first()


def newest_frame(user):
    frames = [json.loads(row.frame) for row in LiveEvent.objects.filter(user=user).order_by("seq")]
    return [frame for frame in frames if frame["type"] == "booking_update"][-1]


def assert_given_back(booking, payment):
    """It is off as before, nothing is kept, and its student is told, with other times."""
    assert booking.status in (BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.DECLINED)
    assert booking.session.status == SessionStatus.CANCELLED
    assert payment.status in (PaymentStatus.CANCELED, PaymentStatus.REFUNDED)
    assert held() == 0
    assert newest_of(booking.student, "payment_too_late").data["alternatives"]
    assert checking.problems() == []


class TestALessonThatOnlyWaitedForItsMoney:
    @pytest.fixture(autouse=True)
    def _instant(self, instant):
        """All of these."""

    def test_is_confirmed_by_money_that_comes_late_while_its_time_is_free(self, lapsed):
        booking, payment = lapsed()

        comes(booking, payment)

        assert (booking.status, booking.session.status) == (BookingStatus.CONFIRMED, SessionStatus.UPCOMING)
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert held() == booking.price
        assert balance(Account.STUDENT_CREDIT) == -booking.price
        assert checking.problems() == []

    def test_is_as_if_it_had_never_been_off(self, lapsed):
        booking, payment = lapsed()
        uid, sequence, version = booking.uid, booking.sequence, booking.session.version

        comes(booking, payment)

        assert (booking.uid, booking.sequence) == (uid, sequence + 1)
        assert (booking.session.end_reason, booking.session.version) == ("", version + 1)
        assert booking.session.participants.filter(user=booking.student, state="joined").count() == 1
        assert (booking.ended_at, booking.refund_percent, booking.refund_amount) == (None, None, None)
        assert (booking.cancelled_by, booking.cancel_reason) == ("", "")

    def test_tells_both_and_their_sockets_and_reminds_them(self, lapsed):
        booking, payment = lapsed()

        comes(booking, payment)

        for user in (booking.student, booking.tutor.user):
            assert "booking_confirmed" in told(user)
            assert Reminder.objects.filter(recipient=user, sequence=booking.sequence, state="due").count() == 2
            frame = newest_frame(user)
            assert (frame["event"], frame["status"], frame["version"]) == ("revived", "CONFIRMED", booking.version)
        assert "payment_too_late" not in told(booking.student)
        event = booking.events.last()
        assert (event.kind, event.from_status, event.to_status) == ("revived", "expired", "confirmed")

    def test_is_cancelled_completed_and_paid_like_any_other(self, lapsed, clock):
        booking, payment = lapsed()
        comes(booking, payment)
        clock.move_to(booking.starts_at + 40 * MINUTE)

        attendance.complete_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        assert payment.earnings.get().gross == booking.price
        assert [list(check.rows(timezone.now())) for check in CHECKS] == [[]] * len(CHECKS)
        assert checking.problems() == []

    def test_stays_off_if_somebody_else_has_its_time_by_then(self, lapsed, book):
        booking, payment = lapsed()
        other = book(by=StudentFactory())

        comes(booking, payment)

        assert_given_back(booking, payment)
        assert Booking.objects.get(pk=other.pk).status == BookingStatus.PENDING

    def test_does_not_wait_for_a_request_that_has_lapsed_unseen(self, lapsed, book, clock):
        booking, payment = lapsed()
        other = book(by=StudentFactory())
        clock.move_to(other.expires_at + HOUR)

        comes(booking, payment)

        assert booking.status == BookingStatus.CONFIRMED
        assert Booking.objects.get(pk=other.pk).status == BookingStatus.EXPIRED

    def test_stays_off_if_somebody_else_holds_its_time(self, lapsed, tutor):
        booking, payment = lapsed()
        holds.hold_slot(tutor.pk, student=StudentFactory(), starts_at=booking.starts_at, minutes=60, now=timezone.now())

        comes(booking, payment)

        assert_given_back(booking, payment)

    def test_stays_off_if_its_student_has_something_else_then(self, lapsed, book, student):
        booking, payment = lapsed()
        book(of=OpenTutorFactory())

        comes(booking, payment)

        assert_given_back(booking, payment)

    @pytest.mark.parametrize("left", [timedelta(0), MINUTE, -HOUR])
    def test_stays_off_if_it_would_begin_too_soon_or_has_begun(self, lapsed, clock, left):
        booking, payment = lapsed()
        clock.move_to(booking.starts_at - left)

        comes(booking, payment)

        assert_given_back(booking, payment)

    def test_stays_off_if_its_tutor_is_paused(self, lapsed, tutor):
        booking, payment = lapsed()
        type(tutor).objects.filter(pk=tutor.pk).update(accepts_bookings=False)

        comes(booking, payment)

        assert booking.status == BookingStatus.EXPIRED
        assert payment.status == PaymentStatus.CANCELED

    @pytest.mark.parametrize("status", [TutorStatus.SUSPENDED, TutorStatus.CLOSED])
    def test_stays_off_if_its_tutor_does_not_teach_any_more(self, lapsed, tutor, status):
        booking, payment = lapsed()
        type(tutor).objects.filter(pk=tutor.pk).update(status=status, is_listed=False)

        comes(booking, payment)

        assert (booking.status, payment.status) == (BookingStatus.EXPIRED, PaymentStatus.CANCELED)
        assert "payment_too_late" in told(booking.student)

    def test_stays_off_if_one_of_the_two_has_blocked_the_other(self, lapsed, tutor):
        booking, payment = lapsed()
        block(booking.student_id, user=tutor.user)

        comes(booking, payment)

        assert (booking.status, payment.status) == (BookingStatus.EXPIRED, PaymentStatus.CANCELED)

    def test_stays_off_if_its_student_has_left(self, lapsed):
        booking, payment = lapsed()
        type(booking.student).objects.filter(pk=booking.student_id).update(deleted_at=timezone.now(), is_active=False)

        comes(booking, payment)

        assert (booking.status, payment.status) == (BookingStatus.EXPIRED, PaymentStatus.CANCELED)

    def test_stays_off_if_its_payment_is_being_given_up_at_this_moment(self, lapsed):
        booking, payment = lapsed()
        ProviderCall.objects.filter(kind=CallKind.VOID).update(
            state="due", attempts=1, leased_until=timezone.now() + MINUTE
        )

        comes(booking, payment)

        assert booking.status == BookingStatus.EXPIRED
        assert payment.status == PaymentStatus.AUTHORIZED
        ProviderCall.objects.filter(kind=CallKind.VOID).update(leased_until=None)
        work_off()
        payment.refresh_from_db()
        assert_given_back(booking, payment)

    def test_stays_as_it_is_however_often_the_money_is_told_of(self, lapsed):
        booking, payment = lapsed()
        comes(booking, payment)

        for _ in range(3):
            truth.refresh(payment)

        booking.refresh_from_db()
        assert booking.events.filter(kind="revived").count() == 1
        assert booking.status == BookingStatus.CONFIRMED

    @pytest.fixture
    def uncharged(self, book, clock):
        """`uncharged()` is a confirmed lesson that the system has called off because its bank said no, its payment, and
        what the provider says in the end.
        """

        def make():
            booking = book()
            payment = intents.create_intent("booking", booking.pk, payer=booking.student)
            payment = intents.confirm(payment.pk, payer=booking.student, payment_method="pm_card_visa")
            state = SandboxGateway().fetch_intent(payment.provider_id)
            clock.shift(MINUTE)
            truth.apply(payment.pk, replace(state, status=PaymentStatus.CANCELED))
            clock.shift(MINUTE)
            booking.refresh_from_db()
            assert (booking.status, booking.cancelled_by) == (BookingStatus.CANCELLED, "system")
            return booking, payment, replace(state, status=PaymentStatus.SUCCEEDED, captured=state.amount)

        return make

    def test_comes_back_when_its_charge_goes_through_after_all(self, uncharged):
        booking, payment, paid = uncharged()

        truth.apply(payment.pk, paid)

        booking.refresh_from_db()
        assert (booking.status, booking.cancelled_by, booking.cancel_reason) == (BookingStatus.CONFIRMED, "", "")
        assert held() == booking.price

    def test_whose_money_is_promised_back_does_not_come_back_when_that_refund_fails(self, uncharged, book):
        """Its student has been told so, and may have something else to do by now."""
        booking, payment, paid = uncharged()
        other = book(by=StudentFactory())
        truth.apply(payment.pk, paid)
        assert payment.refunds.get().amount == booking.price
        cancelling.cancel_booking(other.pk, actor=other.student)

        truth.apply(
            payment.pk,
            replace(paid, refunds=(RefundState("re_1", RefundStatus.FAILED, paid.amount, payment.refunds.get().pk),)),
        )

        booking.refresh_from_db()
        assert booking.status == BookingStatus.CANCELLED


class TestARequest:
    def test_that_its_tutor_could_not_accept_unpaid_is_open_again(self, lapsed):
        booking, payment = lapsed()
        now = timezone.now()

        comes(booking, payment)

        assert (booking.status, booking.session.status) == (BookingStatus.PENDING, SessionStatus.UPCOMING)
        assert booking.expires_at == now + timedelta(hours=24)
        assert booking.nudge_at == now + timedelta(hours=12)
        assert payment.status == PaymentStatus.AUTHORIZED
        assert told(booking.tutor.user)[-1] == "booking_requested"
        assert newest_of(booking.student, "booking_revived")
        assert not ProviderCall.objects.filter(kind=CallKind.VOID).exists()

    def test_that_is_open_again_is_accepted_and_then_paid(self, lapsed):
        booking, payment = lapsed()
        comes(booking, payment)

        answering.confirm_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)

    def test_that_is_not_answered_either_time_lapses_for_good(self, lapsed, clock):
        booking, payment = lapsed()
        comes(booking, payment)
        clock.move_to(booking.expires_at)

        booking_clock.advance_overdue(now=timezone.now())
        truth.refresh(payment)  # told once more of what it was told before
        work_off()

        booking.refresh_from_db()
        payment.refresh_from_db()
        assert (booking.status, payment.status) == (BookingStatus.EXPIRED, PaymentStatus.CANCELED)

    def test_that_was_paid_in_time_and_not_answered_stays_off(self, book, pay, clock):
        booking = book()
        payment = pay(booking)
        clock.move_to(booking.expires_at)
        booking_clock.advance_overdue(now=timezone.now())

        truth.refresh(payment)

        booking.refresh_from_db()
        assert booking.status == BookingStatus.EXPIRED
        work_off()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.CANCELED

    def test_whose_tutor_could_have_accepted_it_unpaid_stays_off(self, lapsed, settings):
        settings.BOOKINGS_NEED_PAYMENT = False
        booking, payment = lapsed()

        comes(booking, payment)

        assert_given_back(booking, payment)

    @pytest.mark.parametrize("call_off", ["student", "tutor", "admin", "declined"])
    def test_that_somebody_called_off_on_purpose_stays_off(self, book, pay, call_off, clock):
        booking = book()
        payment = pay(booking, method="pm_card_processing")
        clock.shift(HOUR)
        if call_off == "declined":
            answering.decline_booking(booking.pk, actor=booking.tutor.user)
        else:
            people = {"student": booking.student, "tutor": booking.tutor.user, "admin": AdminFactory()}
            cancelling.cancel_booking(booking.pk, actor=people[call_off])
        work_off()

        comes(booking, payment)

        assert_given_back(booking, payment)


class TestWhatIsSetAside:
    """Whether or not somebody has told the provider to give it up while the payer was paying."""

    def test_after_it_could_not_be_given_up_is_given_up_then(self, book, pay, clock):
        booking = book()
        payment = pay(booking, method="pm_card_processing")
        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()
        assert ProviderCall.objects.get(kind=CallKind.VOID).outcome.startswith("refused")

        comes(booking, payment)

        assert payment.status == PaymentStatus.CANCELED

    def test_just_as_it_could_not_be_given_up_is_given_up_a_moment_later(self, book, pay, clock, monkeypatch):
        booking = book()
        payment = pay(booking, method="pm_card_processing")
        cancelling.cancel_booking(booking.pk, actor=booking.student)
        void = SandboxGateway.void

        def is_paid_meanwhile(self, intent_id, *, key):
            try:
                return void(self, intent_id, key=key)
            finally:
                if self.fetch_intent(intent_id).status == PaymentStatus.PROCESSING:
                    self.finish_processing(intent_id, succeeds=True)

        monkeypatch.setattr(SandboxGateway, "void", is_paid_meanwhile)
        work_off()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.AUTHORIZED
        clock.shift(2 * MINUTE)

        work_off()

        payment.refresh_from_db()
        assert payment.status == PaymentStatus.CANCELED


def test_the_moment_is_kept_at_which_the_money_was_first_there(book, pay, clock):
    payment = pay(book())
    assert payment.secured_at == NOW
    clock.shift(HOUR)

    truth.refresh(payment)

    payment.refresh_from_db()
    assert payment.secured_at == NOW
