"""What moderators do to money, as `test_moderation.DEEDS` has it; the rest is in `tests.payments.test_admin`."""

from decimal import Decimal

from payments.models import AdjustmentStatus, PayoutStatus
from tests.factories import (
    AdjustmentFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    ProviderEventFactory,
)

REASON = {"reason": "ticket 7"}

DEEDS = {
    "refund_payment": (
        PaymentFactory,
        {"reason": "the tutor was ill", "amount": "12.50"},
        {"refunds_claimed": Decimal("12.50")},
        "payment.refund_claimed",
    ),
    "hold_payout": (
        PayoutFactory,
        REASON,
        {"status": PayoutStatus.ON_HOLD, "hold_reason": "ticket 7"},
        "payout.held",
    ),
    "let_go_payout": (
        lambda: PayoutFactory(status=PayoutStatus.ON_HOLD),
        REASON,
        {"status": PayoutStatus.SCHEDULED},
        "payout.released",
    ),
    "call_off_payout": (
        PayoutFactory,
        REASON,
        {"status": PayoutStatus.FAILED, "failure": "ticket 7"},
        "payout.called_off",
    ),
    "enable_account": (
        lambda: PayoutAccountFactory(is_enabled=False),
        REASON,
        {"is_enabled": True},
        "payout_account.enabled",
    ),
    "disable_account": (PayoutAccountFactory, REASON, {"is_enabled": False}, "payout_account.disabled"),
    "approve_adjustment": (
        AdjustmentFactory,
        REASON,
        {"status": AdjustmentStatus.APPROVED},
        "adjustment.approved",
    ),
    "reject_adjustment": (
        AdjustmentFactory,
        REASON,
        {"status": AdjustmentStatus.REJECTED, "earning": None},
        "adjustment.rejected",
    ),
    "retry_event": (
        ProviderEventFactory,
        {},
        {"state": "due", "attempts": 0},
        "payment.event_retried",
    ),
}
