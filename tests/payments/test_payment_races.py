"""What many do to one payment at the same moment, in real parallel connections."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from bookings.models import Booking, BookingStatus
from bookings.payables import bookings as lessons
from bookings.services import answering, cancelling
from payments.models import Dispute, PaymentStatus, Refund, SandboxObject
from payments.querysets import PaymentQuerySet
from payments.services import disputes, intents, refunding, refunds
from tests.factories import AdminFactory, BookingFactory
from tests.payments.conftest import held, work_off
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(pay):
    """A confirmed lesson of 45.00 that is paid for."""
    return pay(BookingFactory())


def at_the_provider(payment):
    return SandboxObject.objects.get(pk=payment.provider_id).data


def given_back_there(payment):
    made = at_the_provider(payment)["refunds"]
    return sum((Decimal(refund["amount"]) for refund in made if refund["status"] != "failed"), Decimal(0))


def test_twenty_who_begin_to_pay_one_lesson_make_one_payment():
    booking = BookingFactory()

    results = at_once([partial(intents.create_intent, "booking", booking.pk, payer=booking.student)] * 20)

    assert len({payment.pk for payment in results}) == 1
    assert len({payment.provider_id for payment in results}) == 1
    assert SandboxObject.objects.filter(kind="intent").count() == 1


def test_twenty_confirmations_take_the_money_once():
    booking = BookingFactory()
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)

    at_once([partial(intents.confirm, payment.pk, payer=booking.student, payment_method="pm_card_visa")] * 20)
    work_off()

    payment.refresh_from_db()
    assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
    assert held() == booking.price


def test_fifty_refunds_at_once_never_give_back_more_than_was_taken(paid):
    admin = AdminFactory()

    results = at_once([partial(refunds.refund_payment, paid.pk, actor=admin, amount=Decimal("5.00"))] * 50)
    work_off()

    paid.refresh_from_db()
    outcomes = kinds(results)
    assert outcomes["ok"] == 9
    assert outcomes["ok"] + outcomes["RefundTooLarge"] + outcomes["NotRefundable"] == 50
    assert (paid.status, paid.refunded_amount) == (PaymentStatus.REFUNDED, paid.captured_amount)
    assert given_back_there(paid) == paid.captured_amount
    assert held() == 0


@pytest.mark.postgres
def test_without_the_lock_too_many_refunds_are_promised(paid, monkeypatch):
    """The negative control, without the lesson's lock and the payment's."""
    admin = AdminFactory()
    monkeypatch.setattr(lessons, "locked", lambda pk: transaction.atomic())
    monkeypatch.setattr(PaymentQuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(refunding, "left_of", waiting_after(refunding.left_of))

    results = at_once([partial(refunds.refund_payment, paid.pk, actor=admin, amount=Decimal("30.00"))] * 2)

    assert kinds(results) == {"ok": 2}
    assert sum(Refund.objects.filter(payment=paid).values_list("amount", flat=True)) > paid.captured_amount


def test_a_dispute_and_a_refund_at_once_leave_the_money_where_one_of_them_says(paid):
    admin, payer = AdminFactory(), paid.payer

    results = at_once(
        [
            partial(refunds.refund_payment, paid.pk, actor=admin),
            partial(disputes.open_dispute, paid.pk, actor=payer, reason="not_as_described"),
        ]
    )
    work_off()

    paid.refresh_from_db()
    assert isinstance(results[0], Refund)
    assert paid.status == PaymentStatus.REFUNDED
    assert kinds(results[1:]) in ({"ok": 1}, {"DisputeRefused": 1})
    assert Dispute.objects.filter(payment=paid).count() == kinds(results[1:])["ok"]
    assert given_back_there(paid) == paid.captured_amount


def test_two_disputes_at_once_are_one(paid):
    results = at_once([partial(disputes.open_dispute, paid.pk, actor=paid.payer, reason="other")] * 2)

    assert kinds(results) == {"ok": 1, "DisputeOpen": 1}


@pytest.mark.parametrize("turn", range(4))
def test_a_confirmation_and_a_cancellation_at_once_agree_about_the_money(pay, turn):
    booking = BookingFactory(status=BookingStatus.PENDING)
    payment = pay(booking)
    calls = [
        partial(answering.confirm_booking, booking.pk, actor=booking.tutor.user),
        partial(cancelling.cancel_booking, booking.pk, actor=booking.student),
    ]

    at_once(calls[:: 1 if turn % 2 else -1])
    work_off()

    booking = Booking.objects.get(pk=booking.pk)
    payment.refresh_from_db()
    kept = payment.captured_amount - payment.refunded_amount
    owed = booking.price - (booking.refund_amount or 0) if booking.status == BookingStatus.CONFIRMED else 0
    assert booking.status in (BookingStatus.CONFIRMED, BookingStatus.CANCELLED)
    assert kept == owed
    assert payment.status != PaymentStatus.AUTHORIZED
