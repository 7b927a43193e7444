"""What Stripe says, in our own words (`payments.gateways.base`). Nothing here talks to anybody."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

from common.fuse import fuse
from common.work import NotNow
from payments.gateways.base import (
    DisputeState,
    FeeState,
    GatewayRefused,
    GatewayUnavailable,
    IntentState,
    RefundState,
    ReversalState,
    TransferState,
)
from payments.gateways.stripe_units import from_units
from payments.models import DisputeStatus, PaymentStatus, PayoutStatus, RefundStatus

# `requires_payment_method` is also what is left of an attempt that failed: see `status_of`.
STATUSES: dict[str, PaymentStatus] = {
    "requires_payment_method": PaymentStatus.REQUIRES_PAYMENT,
    "requires_confirmation": PaymentStatus.REQUIRES_PAYMENT,
    "requires_action": PaymentStatus.REQUIRES_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORIZED,
    "succeeded": PaymentStatus.SUCCEEDED,
    "canceled": PaymentStatus.CANCELED,
}
REFUND_STATUSES: dict[str, RefundStatus] = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
# All others but "prevented" are open: they wait for evidence, for the bank, or for an appeal.
DISPUTE_STATUSES: dict[str, DisputeStatus] = {
    "won": DisputeStatus.WON,
    "warning_closed": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
# Answers that say that nothing was done, and nothing will be. Any other leaves that open: a request with the same key
# is still running (409), we ask too much (429), Stripe is out of order (5xx), or the secret key is not what it should
# be (401, 403), which says nothing about the payment.
REFUSALS = (400, 402, 404)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raises GatewayRefused or GatewayUnavailable for whatever the SDK raises.

    Once Stripe could not be reached it is left alone for a while, so that nobody else waits for it (goal R20).
    """
    try:
        with fuse("stripe"), _network_failures():
            yield
    except (NotNow, ConnectionError) as error:
        raise GatewayUnavailable(str(error)) from error
    except stripe.RateLimitError as error:  # in its old form it comes with the status of a refusal
        raise GatewayUnavailable(str(error)) from error
    except stripe.StripeError as error:
        if error.http_status not in REFUSALS:
            raise GatewayUnavailable(str(error)) from error
        code = error.code or (error.error and error.error.type) or "refused"
        raise GatewayRefused(code, error.user_message or "Stripe refuses this.") from error


@contextmanager
def _network_failures() -> Iterator[None]:
    """As what blows a fuse."""
    try:
        yield
    except stripe.APIConnectionError as error:
        raise ConnectionError(str(error)) from error


def intent_state(
    intent: stripe.PaymentIntent,
    refunds: Sequence[stripe.Refund] = (),
    disputes: Sequence[stripe.Dispute] = (),
    movements: Sequence[stripe.BalanceTransaction] | None = (),
) -> IntentState:
    """`movements` are those of our balance that the payment has caused: each may have a fee. None: we are not told."""
    currency = intent.currency.upper()
    status = status_of(intent)
    code, message = failure_of(intent) if status == PaymentStatus.FAILED else ("", "")
    return IntentState(
        id=intent.id,
        status=status,
        amount=from_units(intent.amount, currency),
        currency=currency,
        captured=from_units(intent.amount_received if status == PaymentStatus.SUCCEEDED else 0, currency),
        client_secret=intent.client_secret or "",
        payment_ref=metadata_of(intent).get("payment_ref", ""),
        failure_code=code,
        failure_message=message,
        refunds=tuple(refund_state(refund) for refund in refunds),
        disputes=tuple(dispute_state(dispute) for dispute in disputes),
        fees=None if movements is None else tuple(fee_state(movement) for movement in movements if movement.fee),
    )


def status_of(intent: stripe.PaymentIntent) -> PaymentStatus:
    if intent.status == "requires_payment_method" and intent.last_payment_error is not None:
        return PaymentStatus.FAILED
    return STATUSES[intent.status]


def failure_of(intent: stripe.PaymentIntent) -> tuple[str, str]:
    """Its code, the bank's own where there is one, and what the payer may read."""
    error = intent.last_payment_error.to_dict() if intent.last_payment_error else {}
    declined = error.get("decline_code") or ""
    code = error.get("code") or "" if declined in ("", "generic_decline") else declined
    return code, error.get("message") or ""


def refund_state(refund: stripe.Refund) -> RefundState:
    our_id = metadata_of(refund).get("refund_id", "")
    return RefundState(
        id=refund.id,
        status=REFUND_STATUSES[refund.status or "pending"],
        amount=from_units(refund.amount, refund.currency.upper()),
        our_id=int(our_id) if our_id.isascii() and our_id.isdigit() else None,
        failure=getattr(refund, "failure_reason", None) or "",
    )


def dispute_state(dispute: stripe.Dispute) -> DisputeState:
    due_by = dispute.evidence_details.due_by
    return DisputeState(
        id=dispute.id,
        status=dispute_status_of(dispute),
        amount=from_units(dispute.amount, dispute.currency.upper()),
        reason=dispute.reason,
        evidence_due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )


def dispute_status_of(dispute: stripe.Dispute) -> DisputeStatus:
    """One that was "prevented" never becomes a chargeback, and is over: it was blocked, or resolved with our money."""
    if dispute.status == "prevented":
        moved = sum(movement.amount for movement in dispute.balance_transactions)
        return DisputeStatus.LOST if moved < 0 else DisputeStatus.WON
    return DISPUTE_STATUSES.get(dispute.status, DisputeStatus.OPEN)


def fee_state(movement: stripe.BalanceTransaction) -> FeeState:
    currency = movement.currency.upper()
    return FeeState(movement.id, from_units(movement.fee, currency), currency)


def transfer_state(transfer: stripe.Transfer, reversals: Iterable[stripe.TransferReversal] = ()) -> TransferState:
    """What we have reversed ourselves is none that came back: Stripe calls both reversed."""
    known = tuple(reversal_state(reversal) for reversal in reversals)
    is_ours = bool(known) and all(reversal.our_id is not None for reversal in known)
    status = PayoutStatus.RETURNED if transfer.reversed and not is_ours else PayoutStatus.PAID
    return TransferState(transfer.id, status, reversals=known)


def reversal_state(reversal: stripe.TransferReversal) -> ReversalState:
    our_id = metadata_of(reversal).get("reversal_id", "")
    return ReversalState(
        id=reversal.id,
        amount=from_units(reversal.amount, reversal.currency.upper()),
        our_id=int(our_id) if our_id.isascii() and our_id.isdigit() else None,
    )


def metadata_of(thing: Any) -> dict[str, str]:
    return thing.metadata.to_dict() if thing.metadata else {}
