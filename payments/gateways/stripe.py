"""Stripe, through its own SDK. Import this module only where it is needed: the SDK is heavy.

The SDK repeats nothing by itself: our rows do (`payments.services.calls`), with the same idempotency key. Stripe keeps
keys for a day; what may be repeated later than that, refunds, transfers and reversals, is looked up before it is made
(R-PAY-4): a refund by its number in the intent, a transfer by the key, a reversal by its number in the transfer.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

import stripe
from django.conf import settings

from payments.gateways.base import (
    BadSignature,
    Event,
    Gateway,
    IntentState,
    RefundState,
    TransferState,
)
from payments.gateways.stripe_states import in_our_words, intent_state, refund_state, reversal_state, transfer_state
from payments.gateways.stripe_units import to_units

CONNECT_SECONDS, READ_SECONDS = 5, 20
TOLERANCE_SECONDS = 300
HEADER = "Stripe-Signature"
PAGE = 100
# Refusals to show something to this key, or at all.
UNSEEN = (400, 403, 404)

log = logging.getLogger(__name__)


class StripeGateway(Gateway):
    name = "stripe"

    def create_intent(
        self, *, amount: Decimal, currency: str, is_manual: bool, payment_ref: str, description: str, key: str
    ) -> IntentState:
        with in_our_words():
            intent = _client().v1.payment_intents.create(
                {
                    "amount": to_units(amount, currency),
                    "currency": currency.lower(),
                    "capture_method": "manual" if is_manual else "automatic",
                    # What needs a way back to a page of ours is not offered: clients of five kinds have none in common.
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "description": description,
                    "metadata": {"payment_ref": payment_ref},
                },
                {"idempotency_key": key},
            )
            return _whole(intent)

    def fetch_intent(self, intent_id: str) -> IntentState:
        with in_our_words():
            return _whole(_client().v1.payment_intents.retrieve(intent_id))

    def confirm(self, intent_id: str, *, payment_method: str, key: str) -> IntentState:
        method: stripe.params.PaymentIntentConfirmParams = {"payment_method": payment_method} if payment_method else {}
        with in_our_words():
            try:
                return _whole(_client().v1.payment_intents.confirm(intent_id, method, {"idempotency_key": key}))
            except stripe.CardError:  # what came of it is written in the intent
                return self.fetch_intent(intent_id)

    def capture(self, intent_id: str, *, amount: Decimal, currency: str, key: str) -> IntentState:
        with in_our_words():
            intent = _client().v1.payment_intents.capture(
                intent_id, {"amount_to_capture": to_units(amount, currency)}, {"idempotency_key": key}
            )
            return _whole(intent)

    def void(self, intent_id: str, *, key: str) -> IntentState:
        with in_our_words():
            return _whole(_client().v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))

    def refund(self, intent_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> RefundState:
        with in_our_words():
            known = (refund_state(refund) for refund in _refunds(intent_id))
            made = next((refund for refund in known if refund.our_id == our_id), None)
            return made or refund_state(
                _client().v1.refunds.create(
                    {
                        "payment_intent": intent_id,
                        "amount": to_units(amount, currency),
                        "metadata": {"refund_id": str(our_id)},
                    },
                    {"idempotency_key": key},
                )
            )

    def transfer(self, account_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> TransferState:
        with in_our_words():
            made = next(iter(_client().v1.transfers.list({"transfer_group": key, "limit": 1}).data), None)
            return _whole_transfer(
                made
                or _client().v1.transfers.create(
                    {
                        "amount": to_units(amount, currency),
                        "currency": currency.lower(),
                        "destination": account_id,
                        "transfer_group": key,
                        "metadata": {"payout_id": str(our_id)},
                    },
                    {"idempotency_key": key},
                )
            )

    def fetch_transfer(self, transfer_id: str) -> TransferState:
        with in_our_words():
            return _whole_transfer(_client().v1.transfers.retrieve(transfer_id))

    def reverse_transfer(
        self, transfer_id: str, *, amount: Decimal, currency: str, our_id: int, key: str
    ) -> TransferState:
        with in_our_words():
            known = (reversal_state(reversal) for reversal in _reversals(transfer_id))
            if not any(reversal.our_id == our_id for reversal in known):
                _client().v1.transfers.reversals.create(
                    transfer_id,
                    {"amount": to_units(amount, currency), "metadata": {"reversal_id": str(our_id)}},
                    {"idempotency_key": key},
                )
            return _whole_transfer(_client().v1.transfers.retrieve(transfer_id))

    def parse_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(
                text, headers.get(HEADER), settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
            )
            return _event(json.loads(text))
        except stripe.SignatureVerificationError as error:
            raise BadSignature(error.user_message) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSignature("The body is no event.") from error

    def intents_since(self, moment: datetime) -> Iterator[IntentState]:
        with in_our_words():
            found = _client().v1.payment_intents.list({"created": {"gte": int(moment.timestamp())}, "limit": PAGE})
            for intent in found.auto_paging_iter():
                yield _whole(intent)


def _client() -> stripe.StripeClient:
    return _client_of(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _client_of(secret_key: str, address: str) -> stripe.StripeClient:
    """One for all threads: its connections are kept open, of each thread its own."""
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": address} if address else {},
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
        max_network_retries=0,
    )


def _whole(intent: stripe.PaymentIntent) -> IntentState:
    """With what hangs on it. Only what was taken can have been given back, be disputed, or have cost a fee."""
    if not intent.amount_received:
        return intent_state(intent)
    refunds, disputes = list(_refunds(intent.id)), list(_disputes(intent.id))
    return intent_state(intent, refunds, disputes, _movements(intent, refunds, disputes))


def _movements(
    intent: stripe.PaymentIntent, refunds: list[stripe.Refund], disputes: list[stripe.Dispute]
) -> list[stripe.BalanceTransaction] | None:
    """Of our balance, by this payment; None where Stripe does not let us see them, which must not hold up the payment.

    Asked for by themselves: a key that may not see them would else not be shown the refunds either. That of a charge
    may be missing for a moment: an event says when it is there.
    """
    try:
        charge = _client().v1.charges.retrieve(_id_of(intent.latest_charge), {"expand": ["balance_transaction"]})
        found = [charge.balance_transaction]
        if refunds:
            for refund in _refunds(intent.id, expand=["data.balance_transaction", "data.failure_balance_transaction"]):
                found += [refund.balance_transaction, getattr(refund, "failure_balance_transaction", None)]
    except stripe.StripeError as error:
        if error.http_status not in UNSEEN:
            raise
        log.warning("fees_not_shown", extra={"intent": intent.id, "status": error.http_status, "code": error.code})
        return None
    seen = [movement for movement in found if isinstance(movement, stripe.BalanceTransaction)]
    return [*seen, *(movement for dispute in disputes for movement in dispute.balance_transactions)]


def _id_of(thing: str | stripe.StripeObject | None) -> str:
    """Stripe names a thing, or shows the whole of it."""
    return thing if isinstance(thing, str) else cast(stripe.Charge, thing).id


def _whole_transfer(transfer: stripe.Transfer) -> TransferState:
    """With what was taken back of it, if anything was."""
    return transfer_state(transfer, _reversals(transfer.id) if transfer.amount_reversed else ())


def _reversals(transfer_id: str) -> Iterator[stripe.TransferReversal]:
    return iter(_client().v1.transfers.reversals.list(transfer_id, {"limit": PAGE}).auto_paging_iter())


def _refunds(intent_id: str, *, expand: Sequence[str] = ()) -> Iterator[stripe.Refund]:
    asked: stripe.params.RefundListParams = {"payment_intent": intent_id, "limit": PAGE}
    if expand:
        asked["expand"] = list(expand)
    return iter(_client().v1.refunds.list(asked).auto_paging_iter())


def _disputes(intent_id: str) -> Iterator[stripe.Dispute]:
    return iter(_client().v1.disputes.list({"payment_intent": intent_id, "limit": PAGE}).auto_paging_iter())


def _event(said: Mapping[str, Any]) -> Event:
    thing = said["data"]["object"]
    is_intent = said["type"].startswith("payment_intent.")
    return Event(
        id=said["id"],
        type=said["type"],
        happened_at=datetime.fromtimestamp(said["created"], UTC),
        object_id=(thing["id"] if is_intent else thing.get("payment_intent")) or "",
        payment_ref=(thing.get("metadata") or {}).get("payment_ref", ""),
        payload=said,
    )
