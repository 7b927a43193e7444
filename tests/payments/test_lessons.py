"""The money of a lesson follows what becomes of the lesson."""

from datetime import timedelta

import pytest

from bookings.services import answering, attendance, cancelling
from payments.errors import PaymentRefused
from payments.gateways.base import GatewayRefused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Earning, Payment, PaymentStatus, ProviderCall
from payments.services import checking, intents, payouts, reconciling
from tests.payments.conftest import balance, held, told, work_off

pytestmark = pytest.mark.django_db


class TestARequest:
    def test_is_set_aside_and_taken_when_the_tutor_confirms(self, book, pay):
        booking = book()

        payment = pay(booking)
        assert (payment.status, payment.captured_amount) == (PaymentStatus.AUTHORIZED, 0)
        assert held() == 0

        answering.confirm_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert held() == booking.price
        assert balance(Account.STUDENT_CREDIT) == -booking.price

    def test_that_is_declined_costs_nothing(self, book, pay):
        booking = book()
        payment = pay(booking)

        answering.decline_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert payment.status == PaymentStatus.CANCELED
        assert held() == 0


class TestALesson:
    def test_that_is_cancelled_gives_back_what_its_terms_say(self, confirmed, pay, clock):
        booking = confirmed(hours=72)
        payment = pay(booking)
        clock.shift(timedelta(hours=72 - 18))

        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()

        payment.refresh_from_db()
        half = booking.price / 2
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.PARTIALLY_REFUNDED, half)
        earning = Earning.objects.get()
        assert (earning.gross, earning.commission, earning.net) == (half, half / 5, half * 4 / 5)
        assert balance(Account.STUDENT_CREDIT) == 0
        assert balance(Account.TUTOR_PAYABLE) == -earning.net
        assert balance(Account.PLATFORM_REVENUE) == -earning.commission

    def test_that_took_place_is_earned_and_available_after_three_days(self, confirmed, pay, clock):
        booking = confirmed(hours=72)
        pay(booking)
        clock.shift(timedelta(hours=72, minutes=40))

        attendance.complete_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        earning = Earning.objects.get()
        assert (earning.gross, earning.status) == (booking.price, "pending")
        clock.shift(timedelta(hours=72, seconds=-1))
        assert payouts.release_earnings(now=earning.available_at - timedelta(seconds=1)) == 0
        assert payouts.release_earnings(now=earning.available_at) == 1

    def test_that_is_off_and_whose_payment_the_provider_would_not_even_prepare_has_none(self, confirmed, monkeypatch):
        def refuse(*arguments, **named):
            raise GatewayRefused("amount_too_small", "Too small.")

        monkeypatch.setattr(SandboxGateway, "create_intent", refuse)
        booking = confirmed()
        with pytest.raises(PaymentRefused):
            intents.create_intent("booking", booking.pk, payer=booking.student)

        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()

        assert Payment.objects.get().status == PaymentStatus.CANCELED
        call = ProviderCall.objects.get()
        assert (call.state, call.outcome) == (ProviderCall.State.DONE, "refused: amount_too_small")
        assert list(reconciling.differences(since=booking.created_at)) == []
        assert checking.problems() == []

    def test_that_is_off_before_the_money_comes_gives_it_back_and_says_so(self, confirmed, pay):
        booking = confirmed()
        payment = pay(booking, method="pm_card_processing")
        assert payment.status == PaymentStatus.PROCESSING
        cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)

        SandboxGateway().finish_processing(payment.provider_id, succeeds=True)
        work_off()

        payment.refresh_from_db()
        assert payment.status == PaymentStatus.REFUNDED
        assert "payment_too_late" in told(booking.student)


def test_a_lesson_counts_as_paid_once_a_payout_has_brought_it_to_the_tutor(confirmed, pay, clock, api):
    booking = confirmed(hours=72)
    pay(booking)
    clock.shift(timedelta(hours=72, minutes=40))
    attendance.complete_booking(booking.pk, actor=booking.tutor.user)
    work_off()

    def shown():
        answer = api.as_(booking.tutor.user).get("/api/v1/tutor/earnings").json()["data"]
        return answer["transactions"][0]["status"], answer["pending"]

    assert shown() == ("pending", 36)
    Earning.objects.update(status="paid")
    assert shown() == ("paid", 0)
