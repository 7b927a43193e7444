"""The ledger of a purchase: the only place that writes credits (R-PKG-1).

Every line changes `available` by the same number in the same transaction, so that `available` is always what the
ledger sums to. The purchase must be locked, or be taken from by `take`, which locks it.
"""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from bookings.errors import InsufficientCredits
from bookings.models import Booking, CreditEntry, CreditKind, PackagePurchase, PurchaseStatus
from bookings.models.package import PURCHASE_TRANSITIONS
from common.errors import InvalidTransition, NotFound


def lock(purchase_id: int) -> PackagePurchase:
    """The purchase, locked until the transaction ends. Raises NotFound."""
    purchase = PackagePurchase.objects.select_for_update(of=("self",), no_key=True).filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound("Package not found")
    return purchase


def require_status(purchase: PackagePurchase, status: PurchaseStatus, *, goal: str) -> None:
    """Raises InvalidTransition unless the locked purchase is in that state; `goal` is what was asked for."""
    if purchase.status != status:
        raise InvalidTransition(
            f"A package that is {purchase.status} cannot be {goal}.",
            current=purchase.status,
            allowed=sorted(PURCHASE_TRANSITIONS.get(purchase.status, ())),
        )


def take(
    purchase_id: int, kind: CreditKind, *, booking: Booking | None, actor: User | None, now: datetime
) -> CreditEntry:
    """Take one credit of a usable purchase. One conditional UPDATE decides. Raises InsufficientCredits."""
    taken = PackagePurchase.objects.usable(now).filter(pk=purchase_id)
    if not taken.update(available=F("available") - 1, updated_at=now):
        raise InsufficientCredits
    return CreditEntry.objects.create(
        purchase_id=purchase_id, kind=kind, change=-1, booking=booking, actor=actor, created_at=now
    )


def write(
    purchase: PackagePurchase,
    kind: CreditKind,
    change: int,
    *,
    actor: User | None,
    now: datetime,
    booking: Booking | None = None,
    reason: str = "",
) -> CreditEntry:
    """Add a line to a locked purchase. The database refuses a line that would leave fewer than no credits."""
    if change:
        purchase.available += change
        purchase.save(update_fields=["available", "updated_at"])
    return CreditEntry.objects.create(
        purchase=purchase, kind=kind, change=change, booking=booking, actor=actor, reason=reason, created_at=now
    )
