"""Where money is required, no lesson is confirmed without it (BOOKINGS_NEED_PAYMENT)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import BookingStatus
from bookings.services import answering, cancelling
from bookings.services import clock as booking_clock
from common.errors import NotFound, PaymentRequired
from payments.errors import AlreadyPaid, AmountMismatch, NothingToPay, PaymentRefused, ProviderUnavailable, StillOn
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, PaymentStatus, ProviderCall, SandboxObject
from payments.services import intents, refunds
from tests.factories import StudentFactory
from tests.payments.conftest import told, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.BOOKINGS_NEED_PAYMENT = True


def test_a_tutor_cannot_confirm_what_is_not_paid(book, pay):
    booking = book()
    with pytest.raises(PaymentRequired):
        answering.confirm_booking(booking.pk, actor=booking.tutor.user)
    pay(booking, method="pm_card_insufficientFunds")
    with pytest.raises(PaymentRequired):
        answering.confirm_booking(booking.pk, actor=booking.tutor.user)

    pay(booking)

    assert answering.confirm_booking(booking.pk, actor=booking.tutor.user).status == BookingStatus.CONFIRMED


def test_a_lesson_that_its_tutor_need_not_answer_is_confirmed_by_its_money(book, pay, tutor):
    tutor.booking_terms.instant_booking = True
    tutor.booking_terms.save()
    booking = book()
    assert booking.status == BookingStatus.PENDING

    payment = pay(booking)

    booking.refresh_from_db()
    assert (booking.status, payment.status) == (BookingStatus.CONFIRMED, PaymentStatus.SUCCEEDED)
    assert "booking_confirmed" in told(booking.student)
    assert "booking_confirmed" in told(tutor.user)


def test_a_confirmed_lesson_whose_money_cannot_be_taken_is_called_off(book, pay, monkeypatch):
    booking = book()
    payment = pay(booking)
    answering.confirm_booking(booking.pk, actor=booking.tutor.user)
    SandboxGateway().void(payment.provider_id, key="the bank let it lapse")
    work_off()

    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by) == (BookingStatus.CANCELLED, "system")
    assert "booking_cancelled" in told(booking.student)


class TestAPayment:
    def test_is_of_what_the_server_says(self, confirmed_or_asked):
        booking = confirmed_or_asked
        for amount, currency in ((Decimal("0.01"), "USD"), (booking.price, "EUR")):
            with pytest.raises(AmountMismatch):
                intents.create_intent("booking", booking.pk, payer=booking.student, amount=amount, currency=currency)

        payment = intents.create_intent(
            "booking", booking.pk, payer=booking.student, amount=booking.price, currency="usd"
        )
        assert (payment.amount, payment.currency) == (booking.price, "USD")

    def test_is_for_ones_own_lesson(self, confirmed_or_asked):
        for somebody in (StudentFactory(), confirmed_or_asked.tutor.user):
            with pytest.raises(NotFound):
                intents.create_intent("booking", confirmed_or_asked.pk, payer=somebody)

        assert not Payment.objects.exists()

    def test_is_made_once(self, confirmed_or_asked, pay):
        payment = pay(confirmed_or_asked)

        with pytest.raises(AlreadyPaid):
            intents.create_intent("booking", confirmed_or_asked.pk, payer=payment.payer)
        assert intents.confirm(payment.pk, payer=payment.payer, payment_method="pm_card_visa").pk == payment.pk

    def test_that_failed_can_be_tried_again_with_whatever_the_bank_then_asks(self, confirmed_or_asked, pay):
        failed = pay(confirmed_or_asked, method="pm_card_chargeDeclined")
        asked = intents.confirm(failed.pk, payer=failed.payer, payment_method="pm_card_authenticationRequired")
        assert (asked.status, asked.failure_code) == (PaymentStatus.REQUIRES_ACTION, "")

        done = intents.confirm(failed.pk, payer=failed.payer, payment_method="pm_card_authenticationRequired")

        assert done.status == PaymentStatus.AUTHORIZED

    def test_by_an_unknown_method_is_refused(self, confirmed_or_asked):
        payment = intents.create_intent("booking", confirmed_or_asked.pk, payer=confirmed_or_asked.student)

        with pytest.raises(PaymentRefused):
            intents.confirm(payment.pk, payer=payment.payer, payment_method="4242424242424242")

    def test_is_none_for_a_lesson_that_is_off_or_costs_nothing(self, confirmed_or_asked):
        booking = confirmed_or_asked
        cancelling.cancel_booking(booking.pk, actor=booking.student)

        with pytest.raises(NothingToPay):
            intents.create_intent("booking", booking.pk, payer=booking.student)

    def test_waits_for_a_provider_that_does_not_answer(self, confirmed_or_asked, monkeypatch):
        def hangs(*args, **kwargs):
            raise GatewayUnavailable

        with monkeypatch.context() as broken:
            broken.setattr(SandboxGateway, "create_intent", hangs)
            with pytest.raises(ProviderUnavailable):
                intents.create_intent("booking", confirmed_or_asked.pk, payer=confirmed_or_asked.student)

        payment = intents.create_intent("booking", confirmed_or_asked.pk, payer=confirmed_or_asked.student)
        assert Payment.objects.get() == payment
        assert SandboxObject.objects.filter(kind="intent").count() == 1

    def test_of_a_lesson_that_is_on_is_not_given_back(self, confirmed_or_asked, pay):
        payment = pay(confirmed_or_asked)

        with pytest.raises(StillOn):
            refunds.refund_payment(payment.pk, actor=payment.payer)

    @pytest.fixture
    def confirmed_or_asked(self, book):
        return book()


def test_a_request_that_lapses_gives_up_its_payment(book, pay, clock):
    booking = book()
    payment = pay(booking)
    clock.shift(timedelta(hours=25))

    booking_clock.advance_overdue(now=booking.expires_at)
    work_off()

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.CANCELED
    assert set(ProviderCall.objects.values_list("state", flat=True)) == {"done"}
