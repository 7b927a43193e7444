"""Packages as data: offers, what students own of them, and the ledger of that."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum, Window
from django.utils import timezone

from accounts.models import User
from bookings.models import CreditEntry, Package, PackageExtension, PackagePurchase, PurchaseStatus
from bookings.services.refunds import open_reservations, used_credits
from common.errors import NotFound
from common.money import round_money
from messaging.presenters.people import FORMER

OFFER, PURCHASE = "offer", "purchase"
_SHARED = (
    *(f"tutor__user__{name}" for name in ("first_name", "last_name", "deleted_at")),
    *("id", "tutor_id", "name", "session_count", "price"),
    *("currency", "duration_minutes", "validity_days", "subject_id", "subject__name", "created_at", "updated_at"),
)
_OFFER = (*_SHARED, "description", "is_active")
_PURCHASE = (
    *(f"student__{name}" for name in ("first_name", "last_name", "deleted_at")),
    *(*_SHARED, "package_id", "student_id", "status", "available"),
    *("purchased_at", "expires_at", "refunded_amount", "package__description"),
)


def offers(page: QuerySet) -> list[dict[str, Any]]:
    """The offers of one page (a sliced queryset), newest first."""
    rows = Package.objects.filter(pk__in=page.values("pk")).order_by("-id").values(*_OFFER)
    return [_offer(row) for row in rows]


def purchases(page: QuerySet) -> list[dict[str, Any]]:
    """What students own, of one page (a sliced queryset), newest first."""
    rows = list(PackagePurchase.objects.filter(pk__in=page.values("pk")).order_by("-id").values(*_PURCHASE))
    counts = _counts(row["id"] for row in rows)
    asked = _extensions(row["id"] for row in rows)
    now = timezone.now()
    return [_purchase(row, counts.get(row["id"], {}), now) | {"extension": asked.get(row["id"])} for row in rows]


def offer(package: Package) -> dict[str, Any]:
    return offers(Package.objects.filter(pk=package.pk))[0]


def purchase(bought: PackagePurchase) -> dict[str, Any]:
    return purchases(PackagePurchase.objects.filter(pk=bought.pk))[0]


def one(package_id: int, viewer: User, kind: str = "") -> dict[str, Any]:
    """The offer or the purchase with that id; without a `kind`, what the viewer would rather mean by it (`meant_by`).

    Raises NotFound.
    """
    for tried in [kind] if kind else sorted((OFFER, PURCHASE), key=lambda each: each != meant_by(viewer)):
        found = (
            offers(Package.objects.visible_to(viewer).filter(pk=package_id))
            if tried == OFFER
            else purchases(PackagePurchase.objects.visible_to(viewer).filter(pk=package_id))
        )
        if found:
            return found[0]
    raise NotFound("Package not found")


def meant_by(viewer: User) -> str:
    """Offers and purchases share their paths: students mean what they own, tutors and admins what is sold."""
    return OFFER if viewer.is_tutor or viewer.is_admin else PURCHASE


def ledger(bought: PackagePurchase) -> QuerySet:
    """The lines of a purchase's ledger, oldest first, each with the credits available after it; to be sliced."""
    balance = Window(Sum("change"), order_by="id")
    return (
        CreditEntry.objects.filter(purchase=bought)
        .order_by("id")
        .values("id", "kind", "change", "booking_id", "actor_id", "reason", "created_at", balance=balance)
    )


def _counts(ids: Iterable[int]) -> dict[int, Any]:
    """How many credits of each purchase were used, and are reserved."""
    rows = (
        CreditEntry.objects.filter(purchase__in=list(ids))
        .order_by()
        .values("purchase_id")
        .annotate(used=used_credits(), reserved=open_reservations())
    )
    return {row["purchase_id"]: row for row in rows}


def _extensions(ids: Iterable[int]) -> dict[int, Any]:
    """The unanswered request for more time of each purchase that has one."""
    rows = PackageExtension.objects.filter(purchase__in=list(ids), state=PackageExtension.State.OPEN).order_by()
    asked = ("asked_by", "days", "lapses_at")
    return {row["purchase_id"]: {name: row[name] for name in asked} for row in rows.values("purchase_id", *asked)}


def _shared(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "tutor_profile_id": row["tutor_id"],
        "tutor_name": _name(row, "tutor__user__"),
        "name": row["name"],
        "session_count": row["session_count"],
        "price": row["price"],
        "price_per_session": round_money(row["price"] / row["session_count"], row["currency"]),
        "currency": row["currency"],
        "duration_minutes": row["duration_minutes"],
        "validity_days": row["validity_days"],
        "subject": {"id": row["subject_id"], "name": row["subject__name"]} if row["subject_id"] else None,
        "subject_id": row["subject_id"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _offer(row: dict[str, Any]) -> dict[str, Any]:
    return _shared(row) | {
        "kind": OFFER,
        "description": row["description"],
        "is_active": row["is_active"],
        "status": "active" if row["is_active"] else "inactive",
    }


def _purchase(row: dict[str, Any], counts: dict[str, int], now: datetime) -> dict[str, Any]:
    status, available = row["status"], row["available"]
    if status == PurchaseStatus.ACTIVE and row["expires_at"] <= now:
        status, available = PurchaseStatus.EXPIRED.value, 0  # nobody has written it down yet
    return _shared(row) | {
        "kind": PURCHASE,
        "description": row["package__description"],
        "is_active": status == PurchaseStatus.ACTIVE,
        "status": status,
        "package_id": row["package_id"],
        "pricing_option_id": row["package_id"],
        "student_id": row["student_id"],
        "student_name": _name(row, "student__"),
        "sessions_purchased": row["session_count"],
        "sessions_remaining": available,
        "sessions_used": counts.get("used", 0),
        "sessions_reserved": counts.get("reserved", 0),
        "purchase_price": row["price"],
        "purchased_at": row["purchased_at"],
        "expires_at": row["expires_at"],
        "refunded_amount": row["refunded_amount"],
    }


def _name(row: dict[str, Any], prefix: str) -> str:
    """Of who has closed their account there is none any more (R-GDPR-1)."""
    if row[prefix + "deleted_at"] is not None:
        return FORMER
    return f"{row[prefix + 'first_name']} {row[prefix + 'last_name']}".strip()
