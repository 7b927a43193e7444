"""What payments keep about people (see `common.personal_data`). What the law says about books keeps most of it."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from common.personal_data import Counts, Keep, Overwrite, Section, forget_name
from payments.models import (
    Adjustment,
    AdjustmentStatus,
    Dispute,
    DisputeStatus,
    Earning,
    EarningStatus,
    Payment,
    PaymentStatus,
    Payout,
    PayoutStatus,
    Refund,
    RefundStatus,
)
from payments.models.payout import OPEN_PAYOUTS

_BOOKS = Keep("Books are kept for as long as tax law says; they name the person by the number of the account only.")
_OPEN_PAYMENTS = (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING, PaymentStatus.AUTHORIZED)
_PAYMENT = (
    *("id", "payable_kind", "payable_id", "description", "amount", "currency", "status", "provider", "captured_amount"),
    *("refunded_amount", "captured_at", "created_at"),
)
# Evidence names messages by number only: their words go where they are kept.
_DISPUTE = Overwrite({**dict.fromkeys(("reason", "description", "decision"), ""), "evidence": {}})

SECTIONS = (
    Section(
        *("payments.Dispute", "payment__payer", "payments", _DISPUTE),
        shows=("id", "kind", "status", "amount", "reason", "description", "decision", "created_at", "decided_at"),
    ),
    Section(
        *("payments.Dispute", "payment__tutor__user", "payments", _DISPUTE),
        shows=("id", "kind", "status", "amount", "created_at", "decided_at"),
    ),
    Section(
        *("payments.Refund", "payment__payer", "payments", Overwrite({"reason": ""})),
        shows=("id", "payment_id", "amount", "status", "reason", "basis", "created_at"),
    ),
    Section(*("payments.Refund", "payment__tutor__user", "payments", _BOOKS), hides="The payer's."),
    Section(
        *("payments.Payment", "payer", "payments", Overwrite({"client_secret": "", "failure_message": ""})),
        shows=_PAYMENT,
    ),
    Section(*("payments.Payment", "tutor__user", "payments", _BOOKS), shows=_PAYMENT),
    Section(*("payments.Fee", "payment__payer", "payments", _BOOKS), hides="What the provider takes of us."),
    Section(*("payments.Fee", "payment__tutor__user", "payments", _BOOKS), hides="Likewise."),
    Section(
        *("payments.Posting", "payment__payer", "payments", _BOOKS), hides="The books' own view of the payments above."
    ),
    Section(
        *("payments.LedgerLine", "tutor__user", "payouts", _BOOKS),
        shows=("posting_id", "account", "amount", "currency", "posting__created_at"),
    ),
    Section(
        *("payments.Earning", "tutor__user", "payouts", _BOOKS),
        shows=(
            *("id", "kind", "description", "gross", "commission", "net", "currency", "status", "available_at"),
            "created_at",
        ),
    ),
    Section(
        *("payments.Payout", "tutor__user", "payouts", _BOOKS),
        shows=("id", "amount", "currency", "status", "period_end", "paid_at", "statement", "created_at"),
    ),
    Section(
        *("payments.Reversal", "payout__tutor__user", "payouts", _BOOKS),
        shows=("id", "payout_id", "earning_id", "amount", "status", "created_at"),
    ),
    Section(
        *("payments.Adjustment", "tutor__user", "payouts", _BOOKS),
        shows=("id", "amount", "currency", "status", "created_at", "decided_at"),
    ),
    Section(
        *("payments.PayoutAccount", "tutor__user", "payouts", Overwrite({"is_enabled": False})),
        shows=("provider", "provider_id", "is_enabled", "created_at"),
    ),
    Section(
        *("payments.ProviderCall", "payment__payer", "payments", _BOOKS), hides="What we asked the provider to do."
    ),
    Section(*("payments.ProviderCall", "payout__tutor__user", "payouts", _BOOKS), hides="Likewise."),
)

LINKS = {
    **dict.fromkeys(
        (
            *(f"payments.Dispute.{name}" for name in ("opened_by", "decided_by")),
            *(f"payments.Payout.{name}" for name in ("held_by", "requested_by")),
            *(f"payments.Adjustment.{name}" for name in ("requested_by", "approved_by")),
        ),
        "Which party or admin did it, by number.",
    ),
    "payments.Refund.actor": "Likewise.",
}


def open_matters(user: User) -> list[str]:
    """Money that is on its way, in dispute, or owed."""
    of_user = Q(payer=user) | Q(tutor__user=user)
    payments = Payment.objects.filter(of_user)
    earnings = Earning.objects.filter(tutor__user=user, status__in=(EarningStatus.PENDING, EarningStatus.AVAILABLE))
    asked = {
        "A payment is on its way.": payments.filter(status__in=_OPEN_PAYMENTS),
        "A refund is on its way.": Refund.objects.filter(payment__in=payments, status=RefundStatus.PENDING),
        "A dispute is open.": Dispute.objects.filter(payment__in=payments, status=DisputeStatus.OPEN),
        "What was earned is not paid out yet.": earnings,
        "An adjustment waits for an admin.": Adjustment.objects.filter(
            tutor__user=user, status=AdjustmentStatus.PENDING
        ),
        "A payout is on its way.": Payout.objects.filter(tutor__user=user, status__in=OPEN_PAYOUTS),
    }
    return [sentence for sentence, rows in asked.items() if rows.exists()]


def _forget_names(user: User, now: datetime) -> Counts:
    """What was paid for is described with the tutor's name."""
    of_tutor = {"tutor__user": user}
    payouts = Payout.objects.exclude(status=PayoutStatus.PAID)
    return {
        "payments.payment names": forget_name(Payment.objects.filter(**of_tutor), ["description"], user),
        "payments.earning names": forget_name(Earning.objects.filter(**of_tutor), ["description"], user),
        "payments.payout reasons": payouts.filter(**of_tutor).update(hold_reason=""),
    }


def _tell_providers(user: User, now: datetime) -> Counts:
    """No provider knows the person: payments are made without a customer (`Gateway.create_intent` sends amounts and our
    own numbers), so that there is none to be deleted. Counted, so that the register says so.
    """
    return {"customers at providers": 0}


STEPS = {"names_in_payments": _forget_names, "processors": _tell_providers}
