"""What becomes of a payment that the sandbox keeps, as changes of its data. A method decides, see `METHODS`."""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from common.money import round_money
from payments.models import DisputeStatus, PaymentStatus, RefundStatus

# As real providers keep them: so much of what is taken, and so much for each dispute, back if that is won.
FEE_PERCENT = Decimal("2.9")
DISPUTE_FEE = Decimal(15)

DEFAULT_METHOD = "pm_card_visa"


@dataclass(frozen=True, kw_only=True)
class Method:
    """What comes of paying with a method."""

    status: PaymentStatus = PaymentStatus.SUCCEEDED
    failure: tuple[str, str] = ("", "")
    refunds: RefundStatus = RefundStatus.SUCCEEDED
    disputed: bool = False


NO = PaymentStatus.FAILED
METHODS = {
    DEFAULT_METHOD: Method(),
    "pm_card_authenticationRequired": Method(status=PaymentStatus.REQUIRES_ACTION),
    "pm_card_processing": Method(status=PaymentStatus.PROCESSING),
    "pm_card_chargeDeclined": Method(status=NO, failure=("card_declined", "The card was declined.")),
    "pm_card_insufficientFunds": Method(status=NO, failure=("insufficient_funds", "The card has insufficient funds.")),
    "pm_card_expiredCard": Method(status=NO, failure=("expired_card", "The card has expired.")),
    "pm_card_createDispute": Method(disputed=True),
    "pm_card_pendingRefund": Method(refunds=RefundStatus.PENDING),
    "pm_card_refundFail": Method(refunds=RefundStatus.FAILED),
}

EVENT_OF = {
    PaymentStatus.REQUIRES_ACTION: "payment_intent.requires_action",
    PaymentStatus.PROCESSING: "payment_intent.processing",
    PaymentStatus.FAILED: "payment_intent.payment_failed",
    PaymentStatus.AUTHORIZED: "payment_intent.amount_capturable_updated",
    PaymentStatus.SUCCEEDED: "payment_intent.succeeded",
    PaymentStatus.CANCELED: "payment_intent.canceled",
}


def new(*, amount: Decimal, currency: str, is_manual: bool, payment_ref: str, description: str) -> dict[str, Any]:
    return {
        "id": f"sandbox_pi_{secrets.token_hex(12)}",
        "client_secret": f"sandbox_secret_{secrets.token_hex(16)}",
        "status": PaymentStatus.REQUIRES_PAYMENT,
        "amount": str(amount),
        "currency": currency,
        "captured": "0",
        "is_manual": is_manual,
        "payment_ref": payment_ref,
        "description": description,
        "method": "",
        "failure": ["", ""],
        "refunds": [],
        "disputes": [],
        "fees": [],
        "created": time.time(),
    }


def succeed(intent: dict[str, Any], *, disputed: bool) -> str:
    """The payer has paid: the money is taken or, if it is to be, set aside. Returns the event of it, as all do here."""
    intent["failure"] = ["", ""]
    if intent["is_manual"]:
        intent["status"] = PaymentStatus.AUTHORIZED
        return EVENT_OF[PaymentStatus.AUTHORIZED]
    event = take(intent, Decimal(intent["amount"]))
    if disputed:
        open_dispute(intent, amount=Decimal(intent["amount"]), reason="fraudulent")
    return event


def take(intent: dict[str, Any], amount: Decimal) -> str:
    intent["status"], intent["captured"] = PaymentStatus.SUCCEEDED, str(amount)
    _keep_fee(intent, amount * FEE_PERCENT / 100)
    return EVENT_OF[PaymentStatus.SUCCEEDED]


def open_dispute(intent: dict[str, Any], *, amount: Decimal, reason: str) -> str:
    intent["disputes"].append(
        {
            "id": f"sandbox_dp_{secrets.token_hex(12)}",
            "status": DisputeStatus.OPEN,
            "amount": str(amount),
            "reason": reason,
            "evidence_due_by": time.time() + timedelta(days=9).total_seconds(),
        }
    )
    _keep_fee(intent, DISPUTE_FEE)
    return "charge.dispute.created"


def close_dispute(intent: dict[str, Any], dispute_id: str, *, is_won: bool) -> str:
    dispute = next(each for each in intent["disputes"] if each["id"] == dispute_id)
    dispute["status"] = DisputeStatus.WON if is_won else DisputeStatus.LOST
    if is_won:
        _keep_fee(intent, -DISPUTE_FEE)
    return "charge.dispute.closed"


def _keep_fee(intent: dict[str, Any], amount: Decimal) -> None:
    """Of less than nothing: give it back."""
    fee = round_money(amount, intent["currency"])
    if fee:
        kept = {"id": f"sandbox_txn_{secrets.token_hex(12)}", "amount": str(fee)}
        intent.setdefault("fees", []).append(kept)
