"""A refund that fails: what it took of the tutor comes back, and it is not tried again by itself (R-PAY-9)."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from bookings.services import attendance, cancelling
from payments.errors import NotRefundable
from payments.gateways.base import GatewayRefused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Earning, PaymentStatus, RefundStatus
from payments.services import checking, refunds, truth
from payments.tasks import settle_due
from tests.factories import AdminFactory
from tests.payments.conftest import balance, held, told, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _agreed_upon():
    """In the end the ledger says what payments and earnings say."""
    yield
    assert checking.problems() == []


def made(payment):
    """Basis and status of each of its refunds, in order."""
    return list(payment.refunds.order_by("pk").values_list("basis", "status"))


def bounces(payment):
    """The newest refund was on its way, or had arrived, and comes back."""
    refund = payment.refunds.first()
    SandboxGateway().finish_refund(payment.provider_id, refund.provider_id, succeeds=False)
    work_off()


class TestOneThatTheTermsGive:
    @pytest.fixture
    def failed(self, confirmed, pay):
        """The payment of a lesson that was called off, and whose refund has failed."""
        booking = confirmed(hours=72)
        payment = pay(booking, method="pm_card_refundFail")
        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()
        payment.refresh_from_db()
        return payment

    def test_is_told_to_the_admins_and_not_tried_again(self, confirmed, pay):
        admin, booking = AdminFactory(), confirmed(hours=72)
        payment = pay(booking, method="pm_card_refundFail")

        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()

        payment.refresh_from_db()
        assert made(payment) == [("policy", RefundStatus.FAILED)]
        assert (payment.status, payment.refundable_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert told(admin) == ["payment_refund_failed"]

    def test_stays_as_it_is_whoever_looks_at_it_later(self, failed):
        truth.refresh(failed)
        call_command("reconcile_payments", "--apply", stdout=StringIO())
        call_command("settle_payments", stdout=StringIO())
        settle_due()
        work_off()

        assert made(failed) == [("policy", RefundStatus.FAILED)]

    def test_is_not_begun_anew_by_who_paid(self, failed):
        with pytest.raises(NotRefundable):
            refunds.refund_payment(failed.pk, actor=failed.payer)

        assert made(failed) == [("policy", RefundStatus.FAILED)]

    def test_can_be_given_again_by_an_admin(self, confirmed, pay):
        booking = confirmed(hours=72)
        payment = pay(booking, method="pm_card_pendingRefund")
        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()
        bounces(payment)

        refunds.refund_payment(payment.pk, actor=AdminFactory())
        work_off()
        SandboxGateway().finish_refund(payment.provider_id, payment.refunds.first().provider_id, succeeds=True)
        work_off()

        payment.refresh_from_db()
        assert made(payment) == [("policy", RefundStatus.FAILED), ("admin", RefundStatus.SUCCEEDED)]
        assert payment.status == PaymentStatus.REFUNDED
        assert held() == 0

    def test_does_not_come_back_when_what_an_admin_gave_instead_fails_too(self, failed):
        refunds.refund_payment(failed.pk, actor=AdminFactory())
        work_off()

        assert made(failed) == [("policy", RefundStatus.FAILED), ("admin", RefundStatus.FAILED)]

    @pytest.mark.parametrize("is_given_again", [False, True])
    def test_leaves_what_is_decided_later_to_be_given_back(self, confirmed, pay, clock, is_given_again):
        booking = confirmed(hours=72)
        payment = pay(booking, method="pm_card_pendingRefund")
        clock.shift(timedelta(hours=72 - 18))
        cancelling.cancel_booking(booking.pk, actor=booking.student)
        work_off()
        bounces(payment)
        half = booking.price / 2
        if is_given_again:
            refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=half)

        cancelling.waive_late_cancel(booking.pk, actor=booking.tutor.user)
        work_off()

        newest = payment.refunds.first()
        assert (newest.basis, newest.status, newest.amount) == ("policy", RefundStatus.PENDING, half)
        assert payment.refunds.count() == 2 + is_given_again


class TestWhatTheTutorHasEarned:
    @pytest.fixture
    def taught(self, confirmed, pay, clock):
        """The payment of a lesson that took place: its tutor has earned all of it."""
        booking = confirmed(hours=72)
        payment = pay(booking, method="pm_card_pendingRefund")
        clock.shift(timedelta(hours=72, minutes=40))
        attendance.complete_booking(booking.pk, actor=booking.tutor.user)
        work_off()
        return payment

    def test_comes_back_when_the_provider_refuses_the_refund_of_a_lesson(self, taught, monkeypatch):
        def refuse(*arguments, **named):
            raise GatewayRefused("charge_disputed", "It is disputed.")

        monkeypatch.setattr(SandboxGateway, "refund", refuse)

        refunds.refund_payment(taught.pk, actor=AdminFactory(), amount=Decimal(20))
        assert Earning.objects.get().gross == taught.amount - 20
        work_off()

        assert made(taught) == [("admin", RefundStatus.FAILED)]
        assert Earning.objects.get().gross == taught.amount
        assert balance(Account.STUDENT_CREDIT) == 0

    def test_comes_back_when_the_refund_of_a_lesson_bounces(self, taught):
        refunds.refund_payment(taught.pk, actor=AdminFactory(), amount=Decimal(20))
        work_off()

        bounces(taught)

        assert Earning.objects.get().gross == taught.amount
        assert balance(Account.STUDENT_CREDIT) == 0


class TestOneForWhichTheProviderHasNothingLeft:
    """Somebody gave everything back on the provider's own pages while ours was on its way there."""

    def test_makes_way_for_what_was_given_back_there(self, confirmed, pay):
        payment = pay(confirmed(hours=72))
        refunds.refund_payment(payment.pk, actor=AdminFactory())
        SandboxGateway().refund(payment.provider_id, amount=payment.amount, currency="USD", our_id=0, key="by hand")

        work_off()

        payment.refresh_from_db()
        assert made(payment) == [("admin", RefundStatus.FAILED), ("provider", RefundStatus.SUCCEEDED)]
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.REFUNDED, payment.amount)
        assert held() == 0
