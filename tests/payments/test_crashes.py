"""Killed between any two steps, and started again: nothing is lost and nothing is doubled (R-PAY-4, R-PAY-5).

Each test lives through the same thing again and again, and is killed after no commit, after one, after two, and so on
until it is through. The sandbox provider keeps its objects in the same database and commits them by itself: so the
deaths before and after each of its answers are among them.
"""

from collections import Counter
from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.models import Booking, BookingStatus
from bookings.services import answering, cancelling
from bookings.services import clock as booking_clock
from notifications.models import Notification
from payments.errors import AlreadyPaid, ProviderUnavailable
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import (
    Account,
    EarningStatus,
    Payment,
    PaymentStatus,
    PayoutStatus,
    ProviderEvent,
    RefundStatus,
    ReversalStatus,
    SandboxObject,
    Verdict,
)
from payments.payables import Bill
from payments.services import intents, ledger, payouts, refunds
from tests.factories import AdminFactory, EarningFactory, PayoutAccountFactory, StudentFactory, TutorProfileFactory
from tests.payments import plain
from tests.payments.deaths import Killed, at_every_step, killed_after, restart
from tests.payments.events import begun, deliver, is_paid, kept_back, paid_there
from tests.payments.plain import AMOUNT

pytestmark = pytest.mark.django_db(transaction=True)

HALF = AMOUNT / 2


@pytest.fixture(autouse=True)
def _payables(settings, monkeypatch):
    settings.PAYABLES = settings.PAYABLES | {"plain": "tests.payments.plain"}
    settings.PAYMENT_PROVIDER = "sandbox"
    bill = Bill(TutorProfileFactory(), AMOUNT, "USD", "something", Decimal(20), is_manual=False)
    monkeypatch.setattr(plain, "bill", lambda pk, payer: bill)


def at_the_provider(payment):
    """All intents that the provider has of this payment of ours."""
    intents_there = SandboxObject.objects.filter(kind="intent").order_by("pk")
    return [row.data for row in intents_there if row.data["payment_ref"] == str(payment.pk)]


def the_one_at_the_provider(payment):
    (intent,) = at_the_provider(payment)
    return intent


def is_booked_once(payment, *kinds):
    """Those movements are in the ledger, each once, and nobody was told anything twice."""
    told = Counter(
        Notification.objects.filter(dedupe_key__startswith=f"payment:{payment.pk}:").values_list(
            "recipient", "dedupe_key"
        )
    )
    return sorted(payment.postings.values_list("kind", flat=True)) == sorted(kinds) and set(told.values()) <= {1}


def test_a_dead_process_leaves_what_it_committed_and_nothing_else():
    """Of the means of these tests: if nobody ever died, they would show nothing."""
    assert killed_after(0, StudentFactory)
    assert not killed_after(100, StudentFactory)
    with pytest.raises(Killed):
        raise Killed


def test_paying_survives(clock):
    def live(number, dying):
        payer = StudentFactory()

        def pay():
            payment = intents.create_intent("plain", number + 1, payer=payer)
            intents.confirm(payment.pk, payer=payer, payment_method="pm_card_visa")

        dying(pay)
        restart(clock)

        for payment in Payment.objects.filter(payer=payer):
            for intent in at_the_provider(payment):  # what the provider has taken is known without the payer's help
                assert Decimal(intent["captured"]) == payment.captured_amount
        with suppress(AlreadyPaid):
            pay()
        payment = Payment.objects.get(payer=payer)
        assert is_paid(payment)
        assert the_one_at_the_provider(payment)["id"] == payment.provider_id
        assert Decimal(the_one_at_the_provider(payment)["captured"]) == AMOUNT
        assert is_booked_once(payment, "capture", "fee")

    assert at_every_step(live) >= 12


def test_an_event_survives(clock):
    def live(number, dying):
        payment = begun(number=number + 1)
        body = paid_there(payment)

        was_killed = dying(lambda: deliver(body))
        restart(clock)

        is_kept = ProviderEvent.objects.filter(object_id=payment.provider_id).exists()
        assert is_kept or was_killed
        assert is_paid(payment) == is_kept
        deliver(body)  # as providers do until they have had an answer
        assert is_paid(payment)
        event = ProviderEvent.objects.get(object_id=payment.provider_id)
        assert (event.state, event.verdict) == (ProviderEvent.State.DONE, Verdict.APPLIED)
        assert is_booked_once(payment, "capture", "fee")

    assert at_every_step(live) >= 8


def test_a_refund_survives(clock):
    admin = AdminFactory()

    def live(number, dying):
        payment = begun(number=number + 1)
        deliver(paid_there(payment))

        def give_back():
            refunds.refund_payment(payment.pk, actor=admin, amount=HALF, reason="goodwill")

        dying(give_back)
        restart(clock)

        if not payment.refunds.exists():
            assert the_one_at_the_provider(payment)["refunds"] == []
            give_back()
        payment.refresh_from_db()
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.PARTIALLY_REFUNDED, HALF)
        refund = payment.refunds.get()
        (there,) = the_one_at_the_provider(payment)["refunds"]
        assert (there["our_id"], there["id"]) == (refund.pk, refund.provider_id)
        assert Decimal(there["amount"]) == HALF
        assert refund.status == RefundStatus.SUCCEEDED
        assert is_booked_once(payment, "capture", "fee", "refund", "refund_paid")

    assert at_every_step(live) >= 10


@pytest.mark.slow
def test_taking_what_was_set_aside_when_the_tutor_confirms_survives(book, pay, clock):
    def live(number, dying):
        booking = book(by=StudentFactory(), hours=72 + 2 * number)
        payment = pay(booking)

        def confirm():
            answering.confirm_booking(booking.pk, actor=booking.tutor.user)

        dying(confirm)
        restart(clock)

        booking.refresh_from_db()
        if booking.status == BookingStatus.PENDING:
            assert the_one_at_the_provider(payment)["status"] == PaymentStatus.AUTHORIZED
            confirm()
        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert Decimal(the_one_at_the_provider(payment)["captured"]) == booking.price
        assert is_booked_once(payment, "capture", "fee")

    assert at_every_step(live) >= 12


@pytest.mark.slow
def test_calling_off_a_lesson_that_is_paid_survives(confirmed, pay, clock):
    def live(number, dying):
        booking = confirmed(by=StudentFactory(), hours=72 + 2 * number)
        payment = pay(booking)

        def call_off():
            cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)

        dying(call_off)
        restart(clock)

        booking.refresh_from_db()
        if booking.status == BookingStatus.CONFIRMED:
            assert the_one_at_the_provider(payment)["refunds"] == []
            call_off()
        payment.refresh_from_db()
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.REFUNDED, booking.price)
        (there,) = the_one_at_the_provider(payment)["refunds"]
        assert Decimal(there["amount"]) == booking.price
        assert is_booked_once(payment, "capture", "fee", "refund", "refund_paid")

    assert at_every_step(live) >= 12


@pytest.mark.slow
def test_letting_go_of_what_was_set_aside_survives(book, pay, clock):
    def live(number, dying):
        booking = book(by=StudentFactory(), hours=72 + 2 * number)
        payment = pay(booking)

        def decline():
            answering.decline_booking(booking.pk, actor=booking.tutor.user)

        dying(decline)
        restart(clock)

        booking.refresh_from_db()
        if booking.status == BookingStatus.PENDING:
            decline()
        payment.refresh_from_db()
        assert payment.status == the_one_at_the_provider(payment)["status"] == PaymentStatus.CANCELED
        assert is_booked_once(payment)

    assert at_every_step(live) >= 10


@pytest.mark.slow
def test_money_that_comes_late_for_a_lesson_survives(book, pay, clock, tutor, settings):
    settings.BOOKINGS_NEED_PAYMENT = True
    tutor.booking_terms.instant_booking = True
    tutor.booking_terms.save()

    def live(number, dying):
        booking = book(by=StudentFactory(), hours=72 + 2 * number)
        payment = pay(booking, method="pm_card_processing")
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())
        booking_clock.advance_overdue(now=timezone.now())
        with kept_back() as bodies:
            SandboxGateway().finish_processing(payment.provider_id, succeeds=True)

        dying(lambda: deliver(bodies[-1]))
        restart(clock)

        deliver(bodies[-1])  # as providers do until they have had an answer
        booking.refresh_from_db()
        payment.refresh_from_db()
        assert (booking.status, booking.events.filter(kind="revived").count()) == (BookingStatus.CONFIRMED, 1)
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert Decimal(the_one_at_the_provider(payment)["captured"]) == booking.price
        assert is_booked_once(payment, "capture", "fee")

    assert at_every_step(live) >= 12


@pytest.mark.slow
def test_taking_back_what_was_paid_out_survives(clock):
    admin = AdminFactory()

    def live(number, dying):
        payout, line = paid_out(number)
        before = ledger.balances()[Account.PROCESSOR, "USD"]

        dying(lambda: refunds.refund_payment(line.payment_id, actor=admin, amount=HALF, reason="ill"))
        restart(clock)

        if not line.payment.refunds.exists():
            assert "reversals" not in SandboxObject.objects.get(pk=payout.provider_id).data
            refunds.refund_payment(line.payment_id, actor=admin, amount=HALF, reason="ill")
        (there,) = SandboxObject.objects.get(pk=payout.provider_id).data["reversals"]
        reversal = payout.reversals.get()
        assert (there["our_id"], there["id"], Decimal(there["amount"])) == (reversal.pk, reversal.provider_id, 40)
        assert (reversal.status, reversal.earning.status) == (ReversalStatus.SUCCEEDED, EarningStatus.PAID)
        assert ledger.owed_to(payout.tutor, "USD") == 0
        assert ledger.balances()[Account.PROCESSOR, "USD"] == before - HALF + 40
        assert Notification.objects.filter(recipient=payout.tutor.user, type="payout_reversed").count() == 1
        payout.refresh_from_db()
        assert payout.status == PayoutStatus.PAID

    assert at_every_step(live) >= 12


def paid_out(number):
    """100 that a payer has paid, of which 80 have reached the tutor."""
    payment = begun(number=number + 1)
    deliver(paid_there(payment))
    account = PayoutAccountFactory(tutor=payment.tutor)
    line = EarningFactory(tutor=payment.tutor, payment=payment, gross=AMOUNT, source=f"plain:{number}")
    payouts.run_payouts(actor=None, tutor_id=account.tutor_id)
    return line.tutor.payouts.get(), line


@pytest.fixture
def answers_are_lost(monkeypatch):
    """`answers_are_lost("refund")`: the provider does that once, and we never hear of it."""

    def make(name):
        really = getattr(SandboxGateway, name)
        lost = []

        def do_and_say_nothing(self, *arguments, **named):
            answer = really(self, *arguments, **named)
            if not lost:
                lost.append(answer)
                raise GatewayUnavailable("timeout")
            return answer

        monkeypatch.setattr(SandboxGateway, name, do_and_say_nothing)
        return lost

    return make


class TestAnAnswerThatIsLost:
    def test_to_a_new_intent_makes_no_second_one(self, answers_are_lost):
        payer = StudentFactory()
        answers_are_lost("create_intent")

        with pytest.raises(ProviderUnavailable):
            intents.create_intent("plain", 1, payer=payer)
        payment = intents.create_intent("plain", 1, payer=payer)

        assert payment.provider_id == the_one_at_the_provider(payment)["id"]
        assert payment.client_secret

    def test_to_a_payment_that_was_made_is_replaced_by_the_event(self, answers_are_lost):
        payer = StudentFactory()
        payment = intents.create_intent("plain", 1, payer=payer)
        answers_are_lost("confirm")

        with pytest.raises(ProviderUnavailable):
            intents.confirm(payment.pk, payer=payer, payment_method="pm_card_visa")

        assert is_paid(payment)
        assert is_booked_once(payment, "capture", "fee")

    def test_to_a_refund_gives_nothing_back_twice(self, answers_are_lost, clock):
        payment = begun()
        deliver(paid_there(payment))
        lost = answers_are_lost("refund")

        refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=HALF)
        restart(clock)

        payment.refresh_from_db()
        assert payment.refunded_amount == HALF
        assert [refund["id"] for refund in the_one_at_the_provider(payment)["refunds"]] == [lost[0].id]
        assert is_booked_once(payment, "capture", "fee", "refund", "refund_paid")
