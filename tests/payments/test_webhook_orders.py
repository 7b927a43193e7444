"""Six events of one payment, in all 720 orders: one end (R-PAY-6, goal R7).

Each event comes with the answer that the provider would have given at the moment when it happened: so an order in which
a later one comes first is one in which an older answer arrives after a newer one.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count, permutations

import pytest
from django.db import IntegrityError, transaction

from payments.gateways.base import DisputeState, FeeState, IntentState, RefundState
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, DisputeStatus, PaymentStatus, RefundStatus
from payments.services import ledger, truth, webhooks
from tests.payments.events import PAYABLES, begun, body_about, deliver
from tests.payments.plain import AMOUNT
from tests.support.figures import part

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NEW = IntentState("", PaymentStatus.REQUIRES_PAYMENT, AMOUNT, "USD", captured=Decimal(0))
FAILED = replace(NEW, status=PaymentStatus.FAILED, failure_code="card_declined", failure_message="Declined.")
FEE = FeeState("txn_1", Decimal("3.20"), "USD")
DISPUTED = FeeState("txn_2", Decimal(15), "EUR")  # as of a provider that settles in another currency
PAID = replace(NEW, status=PaymentStatus.SUCCEEDED, captured=AMOUNT, fees=(FEE,))
FORTY = RefundState("re_1", RefundStatus.PENDING, Decimal(40))
FORTY_PAID = replace(FORTY, status=RefundStatus.SUCCEEDED)
THIRTY = DisputeState("dp_1", DisputeStatus.OPEN, Decimal(30), "product_not_received", datetime(2027, 1, 1, tzinfo=UTC))

EIGHTY = replace(NEW, status=PaymentStatus.SUCCEEDED, captured=Decimal(80))
ALL_BACK = RefundState("re_1", RefundStatus.SUCCEEDED, Decimal(80))
BOUNCED = replace(ALL_BACK, status=RefundStatus.FAILED, failure="expired_or_canceled_card")
BACK_AGAIN = RefundState("re_2", RefundStatus.SUCCEEDED, Decimal(80))

# For each: what happened, in its order, and how everything stands in the end.
HISTORIES = {
    "paid, refunded in part, and lost to a bank": (
        {
            "payment_intent.payment_failed": FAILED,
            "payment_intent.succeeded": PAID,
            "charge.refund.updated": replace(PAID, refunds=(FORTY,)),
            "charge.refunded": replace(PAID, refunds=(FORTY_PAID,)),
            "charge.dispute.created": replace(PAID, refunds=(FORTY_PAID,), disputes=(THIRTY,), fees=(FEE, DISPUTED)),
            "charge.dispute.closed": replace(
                *(PAID,),
                refunds=(FORTY_PAID,),
                disputes=(replace(THIRTY, status=DisputeStatus.LOST),),
                fees=(FEE, DISPUTED),
            ),
        },
        {
            "payment": (PaymentStatus.PARTIALLY_REFUNDED, AMOUNT, Decimal(40), Decimal(40), ""),
            "refunds": [("re_1", RefundStatus.SUCCEEDED, Decimal(40))],
            "disputes": [("dp_1", DisputeStatus.LOST, Decimal(30))],
            "ledger": {
                (Account.PROCESSOR, "USD"): Decimal("26.80"),
                (Account.STUDENT_CREDIT, "USD"): Decimal(-30),
                (Account.FEES, "USD"): Decimal("3.20"),
                (Account.PROCESSOR, "EUR"): Decimal(-15),
                (Account.FEES, "EUR"): Decimal(15),
            },
        },
    ),
    "set aside, taken in part, and refunded twice, for the first refund bounced": (
        {
            "payment_intent.requires_action": replace(NEW, status=PaymentStatus.REQUIRES_ACTION),
            "payment_intent.amount_capturable_updated": replace(NEW, status=PaymentStatus.AUTHORIZED),
            "payment_intent.succeeded": EIGHTY,
            "charge.refunded": replace(EIGHTY, refunds=(ALL_BACK,)),
            "charge.refund.updated": replace(EIGHTY, refunds=(BOUNCED,)),
            "refund.updated": replace(EIGHTY, refunds=(BACK_AGAIN, BOUNCED)),
        },
        {
            "payment": (PaymentStatus.REFUNDED, Decimal(80), Decimal(80), Decimal(80), ""),
            "refunds": [("re_1", RefundStatus.FAILED, Decimal(80)), ("re_2", RefundStatus.SUCCEEDED, Decimal(80))],
            "disputes": [],
            "ledger": {},
        },
    ),
    "tried in vain, and declined for good": (
        {
            "payment_intent.created": NEW,
            "payment_intent.requires_action": replace(NEW, status=PaymentStatus.REQUIRES_ACTION),
            "payment_intent.processing": replace(NEW, status=PaymentStatus.PROCESSING),
            "payment_intent.payment_failed": FAILED,
            "charge.failed": FAILED,
            "payment_intent.partially_funded": replace(NEW, status=PaymentStatus.REQUIRES_ACTION),
        },
        {
            "payment": (PaymentStatus.FAILED, Decimal(0), Decimal(0), Decimal(0), "card_declined"),
            "refunds": [],
            "disputes": [],
            "ledger": {},
        },
    ),
    "set aside, and let go": (
        {
            "payment_intent.requires_action": replace(NEW, status=PaymentStatus.REQUIRES_ACTION),
            "payment_intent.processing": replace(NEW, status=PaymentStatus.PROCESSING),
            "payment_intent.payment_failed": FAILED,
            "payment_intent.amount_capturable_updated": replace(NEW, status=PaymentStatus.AUTHORIZED),
            "charge.updated": replace(NEW, status=PaymentStatus.AUTHORIZED),
            "payment_intent.canceled": replace(NEW, status=PaymentStatus.CANCELED),
        },
        {
            "payment": (PaymentStatus.CANCELED, Decimal(0), Decimal(0), Decimal(0), ""),
            "refunds": [],
            "disputes": [],
            "ledger": {},
        },
    ),
}
# The suite does a part of the 720, each history another; at the goal all.
PARTS = 24


@pytest.fixture(autouse=True)
def _payables(settings):
    settings.PAYABLES = PAYABLES


@pytest.fixture
def ends(monkeypatch):
    """`ends(moments, order)`: how everything stands after the events in that order."""
    payment = begun()
    said = {}
    monkeypatch.setattr(SandboxGateway, "fetch_intent", lambda self, intent_id: replace(said["now"], id=intent_id))

    def after(moments, order):
        with transaction.atomic():
            for event in order:
                said["now"] = moments[event.type]
                webhooks.process(event)
            stands = standing(payment)
            transaction.set_rollback(True)
        return stands

    after.payment = payment
    return after


def standing(payment):
    payment.refresh_from_db()
    amounts = (payment.captured_amount, payment.refunds_claimed, payment.refunded_amount)
    return {
        "payment": (payment.status, *amounts, payment.failure_code),
        "refunds": sorted(payment.refunds.values_list("provider_id", "status", "amount")),
        "disputes": list(payment.disputes.values_list("provider_id", "status", "amount")),
        "ledger": {key: amount for key, amount in ledger.balances().items() if amount},
    }


def events_of(payment, moments):
    return [deliver(body_about(payment.provider_id, kind=kind)) for kind in moments]


@pytest.mark.parametrize(("turn", "history"), list(enumerate(HISTORIES)))
def test_six_events_in_any_order_end_in_the_same_state(ends, turn, history):
    moments, expected = HISTORIES[history]
    events = events_of(ends.payment, moments)

    orders = part(permutations(events), turn, of=PARTS)

    wrong = [order for order in orders if ends(moments, order) != expected]
    assert wrong == []
    assert len(orders) >= 720 / PARTS


class Unranked:
    """Ranks that hold nothing back: whatever is said is higher than what is held."""

    def __init__(self):
        self.falling = count(0, -1)

    def __getitem__(self, status):
        return next(self.falling)


@pytest.mark.parametrize(
    ("history", "guard"),
    [
        ("tried in vain, and declined for good", "RANK"),
        ("set aside, and let go", "RANK"),
        ("paid, refunded in part, and lost to a bank", "_REFUND_RANK"),
        ("set aside, taken in part, and refunded twice, for the first refund bounced", "_REFUND_RANK"),
    ],
)
def test_without_the_ranks_the_order_would_decide(ends, monkeypatch, history, guard):
    """The negative control: without one guard the same events end in several states, or the database refuses them."""
    moments, expected = HISTORIES[history]
    events = events_of(ends.payment, moments)
    monkeypatch.setattr(truth, guard, Unranked())

    outcomes = Counter()
    for order in part(permutations(events), 5, of=60):
        try:
            outcomes["same" if ends(moments, order) == expected else "other"] += 1
        except IntegrityError:
            outcomes["refused"] += 1

    assert outcomes["other"] + outcomes["refused"] > 0
