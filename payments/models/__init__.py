"""Money: what people pay, get back and earn, the ledger of all of it, and what payment providers said."""

from payments.models.dispute import Dispute, DisputeKind, DisputeStatus
from payments.models.ledger import Account, LedgerLine, Posting
from payments.models.payment import LIVE, RANK, Fee, Payment, PaymentStatus, Refund, RefundStatus
from payments.models.payout import (
    Adjustment,
    AdjustmentStatus,
    Earning,
    EarningKind,
    EarningStatus,
    Payout,
    PayoutAccount,
    PayoutStatus,
    Reversal,
    ReversalStatus,
)
from payments.models.provider import CallKind, ProviderCall, ProviderEvent, Verdict
from payments.models.sandbox import SandboxObject

__all__ = [
    "LIVE",
    "RANK",
    "Account",
    "Adjustment",
    "AdjustmentStatus",
    "CallKind",
    "Dispute",
    "DisputeKind",
    "DisputeStatus",
    "Earning",
    "EarningKind",
    "EarningStatus",
    "Fee",
    "LedgerLine",
    "Payment",
    "PaymentStatus",
    "Payout",
    "PayoutAccount",
    "PayoutStatus",
    "Posting",
    "ProviderCall",
    "ProviderEvent",
    "Refund",
    "RefundStatus",
    "Reversal",
    "ReversalStatus",
    "SandboxObject",
    "Verdict",
]
