"""What tutors have earned and been paid, as data. Amounts are in their currency's own digits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import TutorProfile
from common.money import MoneySum, round_money
from messaging.presenters.people import name_of
from payments.models import Earning, EarningKind, EarningStatus, Payout, ReversalStatus
from payments.services.statements import lines_of

_OWN = ("id", "currency", "status", "period_end", "paid_at", "created_at")
_COLUMNS = (*_OWN, "amount", "failure", "lessons")
_FOR_ADMINS = (
    *("provider", "hold_reason", "tutor_id", "tutor__user_id"),
    *(f"tutor__user__{name}" for name in ("first_name", "last_name", "deleted_at")),
)
_PARTS = ("gross", "commission", "net")
_OPEN = Q(status__in=(EarningStatus.PENDING, EarningStatus.AVAILABLE))


def cards(page: QuerySet) -> list[dict[str, Any]]:
    """A tutor's payouts of one page (a sliced queryset), the newest first."""
    return [_card(row) for row in _rows(Payout.objects.filter(pk__in=page.values("pk")), _COLUMNS)]


def admin_cards(payouts: QuerySet[Payout]) -> list[dict[str, Any]]:
    """Anybody's, the newest first, with whose they are."""
    rows = _rows(Payout.objects.filter(pk__in=payouts.values("pk")), (*_COLUMNS, *_FOR_ADMINS))
    return [
        _card(row)
        | {
            "mentor": {
                "id": row["tutor_id"],
                "user_id": row["tutor__user_id"],
                "name": name_of(row, "tutor__user__"),
            },
            "provider": row["provider"],
            "hold_reason": row["hold_reason"],
        }
        for row in rows
    ]


def statement(payout_id: int) -> dict[str, Any]:
    """One payout with every line of it, as they were when it was paid (R-PO-4), and what was taken back of it since."""
    taken_back = MoneySum("reversals__amount", filter=Q(reversals__status=ReversalStatus.SUCCEEDED))
    payout = Payout.objects.annotate(taken_back=taken_back).get(pk=payout_id)
    kept = payout.statement or lines_of(payout)
    earnings = Earning.objects.filter(pk__in=[line["earning_id"] for line in kept]).select_related("payment")
    by_pk = earnings.in_bulk()
    lines = [_line(line, by_pk[line["earning_id"]]) for line in kept]
    lessons = sum(line["kind"] == EarningKind.LESSON for line in lines)
    row = {name: getattr(payout, name) for name in (*_OWN, "amount", "failure")} | {"lessons": lessons}
    sums = {part: _round(sum((line[part] for line in lines), Decimal(0)), row) for part in _PARTS}
    return _card(row) | sums | {"lines": lines, "taken_back": _round(payout.taken_back or Decimal(0), row)}


def balances(tutor: TutorProfile, *, now: datetime) -> list[dict[str, Any]]:
    """What is earned and not paid yet, by currency. What is ripe counts as available before anybody has moved it."""
    is_ripe = Q(status=EarningStatus.AVAILABLE) | Q(available_at__lte=now)
    parts = {
        "pending": _OPEN & Q(is_frozen=False) & ~is_ripe,
        "available": _OPEN & Q(is_frozen=False) & is_ripe,
        "in_payout": Q(status=EarningStatus.IN_PAYOUT),
        "frozen": _OPEN & Q(is_frozen=True),
    }
    rows: Any = (
        Earning.objects.filter(tutor=tutor)
        .exclude(status=EarningStatus.PAID)
        .order_by("currency")
        .values("currency")
        .annotate(**{part: MoneySum("net", filter=condition) for part, condition in parts.items()})
    )
    return [
        {"currency": row["currency"]} | {part: _round(row[part] or Decimal(0), row) for part in parts} for row in rows
    ]


def _rows(payouts: QuerySet[Payout], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    lessons = Count("lines", filter=Q(lines__kind=EarningKind.LESSON))
    return list(payouts.order_by("-pk").annotate(lessons=lessons).values(*columns))


def _card(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _OWN} | {
        "amount": _round(row["amount"], row),
        "lessons": row["lessons"],
        "failure_reason": row["failure"],
    }


def _line(kept: dict[str, Any], earning: Earning) -> dict[str, Any]:
    kind, _, number = kept["source"].partition("#")[0].partition(":")
    payment = earning.payment
    return {
        "id": earning.pk,
        "kind": kept["kind"],
        "description": kept["description"],
        "booking_id": int(number) if kind == "booking" else None,
        "purchase_id": payment.payable_id if payment and payment.payable_kind == "purchase" else None,
        "payment_id": earning.payment_id,
        **{part: Decimal(kept[part]) for part in _PARTS},
        "earned_at": earning.created_at,
    }


def _round(amount: Decimal, row: dict[str, Any]) -> Decimal:
    return round_money(amount, row["currency"])
