"""The same event many times at the same moment, in real parallel connections: one effect (R-PAY-5, goal R7)."""

from collections import Counter
from functools import partial

import pytest

from notifications.models import Notification
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_intents import EVENT_OF
from payments.models import (
    Account,
    DisputeStatus,
    LedgerLine,
    Payment,
    PaymentStatus,
    Posting,
    ProviderEvent,
    RefundStatus,
    Verdict,
)
from payments.services import ledger, truth
from tests.factories import AdminFactory
from tests.payments.conftest import work_off
from tests.payments.events import PAYABLES, begun, body_about, deliver, kept_back
from tests.payments.plain import AMOUNT
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERIES, AT_A_TIME = 100, 10
HALF = AMOUNT / 2


@pytest.fixture(autouse=True)
def _world(settings):
    settings.PAYABLES = PAYABLES
    AdminFactory()


def pays(method):
    return lambda gateway, payment: gateway.confirm(payment.provider_id, payment_method=method, key="confirm")


def voids(gateway, payment):
    gateway.void(payment.provider_id, key="void")


def refunds_half(method):
    def happen(gateway, payment):
        pays(method)(gateway, payment)
        gateway.refund(payment.provider_id, amount=HALF, currency="USD", our_id=10**9, key="refund")

    return happen


def is_disputed(gateway, payment):
    pays("pm_card_visa")(gateway, payment)
    return gateway.open_dispute(payment.provider_id, amount=HALF, reason="product_not_received")


def loses_a_dispute(gateway, payment):
    state = is_disputed(gateway, payment)
    gateway.close_dispute(payment.provider_id, state.disputes[0].id, is_won=False)


S, CAPTURE = PaymentStatus, {"capture": 1, "fee": 1}
# Taken, and taken back by a bank, which costs another fee.
DISPUTED = {"capture": 1, "fee": 2, "chargeback": 1}
# Type: what happens at the provider, how the payment stands then, the kinds of postings, what its payer is told.
CASES = {
    "payment_intent.requires_action": (pays("pm_card_authenticationRequired"), S.REQUIRES_ACTION, {}, []),
    "payment_intent.processing": (pays("pm_card_processing"), S.PROCESSING, {}, []),
    "payment_intent.payment_failed": (pays("pm_card_chargeDeclined"), S.FAILED, {}, ["payment_failed"]),
    "payment_intent.amount_capturable_updated": (pays("pm_card_visa"), S.AUTHORIZED, {}, ["payment_authorized"]),
    "payment_intent.succeeded": (pays("pm_card_visa"), S.SUCCEEDED, CAPTURE, ["payment_succeeded"]),
    "payment_intent.canceled": (voids, S.CANCELED, {}, []),
    "charge.refunded": (
        refunds_half("pm_card_visa"),
        S.PARTIALLY_REFUNDED,
        CAPTURE | {"refund": 1, "refund_paid": 1},
        ["payment_refunded"],
    ),
    "charge.refund.updated": (
        refunds_half("pm_card_pendingRefund"),
        S.SUCCEEDED,
        CAPTURE | {"refund": 1},
        ["payment_succeeded"],
    ),
    "charge.dispute.created": (is_disputed, S.SUCCEEDED, DISPUTED, ["payment_succeeded"]),
    "charge.dispute.closed": (
        loses_a_dispute,
        S.SUCCEEDED,
        DISPUTED | {"chargeback_lost": 1},
        ["payment_dispute_closed", "payment_succeeded"],
    ),
}


def test_every_type_of_event_that_the_sandbox_sends_is_among_them():
    others = {"charge.refunded", "charge.refund.updated", "charge.dispute.created", "charge.dispute.closed"}

    assert set(CASES) == set(EVENT_OF.values()) | others


@pytest.mark.slow
@pytest.mark.parametrize("kind", CASES)
def test_a_hundred_deliveries_of_an_event_have_one_effect(kind):
    happens, status, postings, told = CASES[kind]
    payment = begun(is_manual=kind == "payment_intent.amount_capturable_updated")
    with kept_back() as bodies:
        happens(SandboxGateway(), payment)
    assert f'"type": "{kind}"'.encode() in bodies[-1]

    results = at_once([partial(deliver, bodies[-1])] * DELIVERIES, threads=AT_A_TIME)
    work_off()

    assert kinds(results) == {"ok": DELIVERIES}
    event = ProviderEvent.objects.get()
    assert (event.type, event.state, event.verdict) == (kind, ProviderEvent.State.DONE, Verdict.APPLIED)
    assert len({row.pk for row in results}) == 1
    stands_once(payment, status, postings, told)


@pytest.mark.slow
def test_a_hundred_events_that_say_the_same_have_one_effect():
    happens, status, postings, told = CASES["charge.dispute.closed"]
    payment = begun()
    with kept_back():
        happens(SandboxGateway(), payment)

    bodies = [body_about(payment.provider_id, kind=kind) for kind in CASES for _ in range(DELIVERIES // len(CASES))]
    results = at_once([partial(deliver, body) for body in bodies], threads=AT_A_TIME)
    work_off()

    assert kinds(results) == {"ok": DELIVERIES}
    assert Counter(ProviderEvent.objects.values_list("verdict", flat=True)) == {Verdict.APPLIED: DELIVERIES}
    stands_once(payment, status, postings, told)
    dispute = payment.disputes.get()
    assert (dispute.status, dispute.amount) == (DisputeStatus.LOST, HALF)


@pytest.mark.slow
def test_refunds_and_a_dispute_that_are_told_of_at_once_are_each_booked_once():
    payment = begun()
    gateway = SandboxGateway()
    with kept_back() as bodies:
        pays("pm_card_visa")(gateway, payment)
        for number in range(3):
            gateway.refund(
                payment.provider_id, amount=AMOUNT / 4, currency="USD", our_id=10**9 + number, key=f"{number}"
            )
        gateway.open_dispute(payment.provider_id, amount=AMOUNT / 4, reason="fraudulent")

    results = at_once([partial(deliver, body) for body in bodies * 10], threads=AT_A_TIME)
    work_off()

    assert kinds(results) == {"ok": 50}
    assert Counter(payment.refunds.values_list("status", flat=True)) == {RefundStatus.SUCCEEDED: 3}
    refunded = {"refund": 3, "refund_paid": 3}
    stands_once(payment, S.PARTIALLY_REFUNDED, DISPUTED | refunded, None)
    assert ledger.balances()[Account.DISPUTES, "USD"] == AMOUNT / 4


def stands_once(payment, status, postings, told):
    """The payment as it should be, every posting once, nobody told anything twice."""
    payment.refresh_from_db()
    assert payment.status == status
    assert Counter(Posting.objects.values_list("kind", flat=True)) == postings
    assert LedgerLine.objects.count() == 2 * sum(postings.values())
    notices = Counter(Notification.objects.values_list("recipient", "dedupe_key"))
    assert set(notices.values()) <= {1}
    if told is not None:
        mine = Notification.objects.filter(recipient=payment.payer)
        assert sorted(mine.values_list("type", flat=True)) == told


@pytest.mark.postgres
def test_without_the_payments_lock_two_events_book_one_refund_twice(monkeypatch):
    """The negative control."""
    payment = begun()
    with kept_back() as bodies:
        refunds_half("pm_card_visa")(SandboxGateway(), payment)
    monkeypatch.setattr(truth, "lock", lambda payment_id: Payment.objects.get(pk=payment_id))
    monkeypatch.setattr(truth, "_capture", lambda *_: None)  # the payment's row would be locked by writing it
    Payment.objects.update(captured_amount=AMOUNT)
    monkeypatch.setattr(truth, "_find_refund", waiting_after(truth._find_refund))

    at_once([partial(deliver, body) for body in bodies])

    assert payment.refunds.count() == 2
