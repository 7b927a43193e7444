"""Payments, and what becomes of them, as data. Amounts are in their currency's own digits."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from common.money import round_money
from messaging.presenters.people import name_of
from payments.models import Dispute, DisputeStatus, Payment, Refund

_NAMES = ("first_name", "last_name", "deleted_at")
_OWN = (
    *("id", "description", "currency", "status", "provider", "failure_code", "failure_message", "captured_at"),
    *("created_at", "updated_at"),
)
_COLUMNS = (
    *_OWN,
    *("payable_kind", "payable_id", "amount", "captured_amount", "refunds_claimed", "refunded_amount"),
    *("payer_id", "tutor_id", "tutor__user_id", "is_disputed"),
    *(f"payer__{name}" for name in _NAMES),
    *(f"tutor__user__{name}" for name in _NAMES),
)


def intent(payment: Payment) -> dict[str, Any]:
    """What the payer's browser needs to pay."""
    return {
        "payment_id": payment.pk,
        "client_secret": payment.client_secret,
        "amount": round_money(payment.amount, payment.currency),
        "currency": payment.currency,
        "status": payment.status,
        "provider": payment.provider,
    }


def cards(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The payments of one page (a sliced queryset), the newest first."""
    return [_card(row, viewer) for row in _rows(Payment.objects.filter(pk__in=page.values("pk")))]


def detail(payment_id: int, viewer: User) -> dict[str, Any]:
    return _card(_rows(Payment.objects.filter(pk=payment_id))[0], viewer)


def refund(made: Refund, currency: str) -> dict[str, Any]:
    return {
        "id": made.pk,
        "payment_id": made.payment_id,
        "amount": round_money(made.amount, currency),
        "currency": currency,
        "status": made.status,
        "basis": made.basis,
        "reason": made.reason,
        "failure_reason": made.failure,
        "created_at": made.created_at,
        "updated_at": made.updated_at,
    }


def dispute(opened: Dispute, currency: str) -> dict[str, Any]:
    return {
        "id": opened.pk,
        "payment_id": opened.payment_id,
        "kind": opened.kind,
        "status": opened.status,
        "amount": round_money(opened.amount, currency),
        "currency": currency,
        "reason": opened.reason,
        "description": opened.description,
        "decision": opened.decision,
        "decided_at": opened.decided_at,
        "created_at": opened.created_at,
    }


def _rows(payments: QuerySet[Payment]) -> list[dict[str, Any]]:
    is_open = Dispute.objects.filter(payment=OuterRef("pk"), status=DisputeStatus.OPEN)
    return list(payments.order_by("-pk").annotate(is_disputed=Exists(is_open)).values(*_COLUMNS))


def _card(row: dict[str, Any], viewer: User) -> dict[str, Any]:
    kind, currency = row["payable_kind"], row["currency"]
    pending = row["refunds_claimed"] - row["refunded_amount"]
    shown = {name: row[name] for name in _OWN} | {
        "kind": kind,
        "booking_id": row["payable_id"] if kind == "booking" else None,
        "purchase_id": row["payable_id"] if kind == "purchase" else None,
        "amount": round_money(row["amount"], currency),
        "captured_amount": round_money(row["captured_amount"], currency),
        "refunded_amount": round_money(row["refunded_amount"], currency),
        "pending_refund_amount": round_money(pending, currency),
        "is_disputed": row["is_disputed"],
        "has_receipt": row["captured_amount"] > 0,
        "payer": {"id": row["payer_id"], "name": name_of(row, "payer__")},
        "mentor": {
            "id": row["tutor_id"],
            "user_id": row["tutor__user_id"],
            "name": name_of(row, "tutor__user__"),
        },
    }
    if not viewer.is_admin and viewer.pk != row["payer_id"]:  # why a card was refused is its owner's business
        shown |= {"failure_code": "", "failure_message": ""}
    return shown
