"""More time for the credits of a package: asked for by one side, granted by the other or by its silence (R-PKG-5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.errors import ExtensionRefused
from bookings.models import PackageExtension, PackagePurchase, PurchaseStatus
from bookings.services import expiry, ledger, package_news, purchases
from common.errors import Forbidden

LONGEST_DAYS = 30
# How long before the expiry one may ask, and how long the other side has to answer.
ASK_WINDOW = timedelta(days=30)
ANSWER_WINDOW = timedelta(days=7)
Side, State = PackageExtension.Side, PackageExtension.State


def ask(purchase_id: int, days: int, *, actor: User) -> PackagePurchase:
    """Ask for up to 30 more days, in the last 30; each side gets that once.

    Raises NotFound, Forbidden for who is no party, or ExtensionRefused.
    """
    now = timezone.now()
    with transaction.atomic():
        purchase, side = _lock_as_party(purchase_id, actor, now)
        _require_last_days(purchase, now)
        granted = purchase.extensions.exclude(state=State.DECLINED)
        if granted.filter(asked_by=side).exists() or granted.filter(state=State.OPEN).exists():
            raise ExtensionRefused("More time was asked for already.")
        asked = PackageExtension.objects.create(
            purchase=purchase, asked_by=side, days=days, lapses_at=now + ANSWER_WINDOW
        )
        package_news.extension_asked(purchase, asked)
    return purchase


def answer(purchase_id: int, *, accept: bool, actor: User) -> PackagePurchase:
    """Say yes or no to what the other side asks for. Raises NotFound, Forbidden, or ExtensionRefused."""
    now = timezone.now()
    with transaction.atomic():
        purchase, side = _lock_as_party(purchase_id, actor, now)
        asked = expiry.open_extension(purchase)
        if asked is None or asked.asked_by == side:
            raise ExtensionRefused("The other side asks for nothing.")
        if accept:
            expiry.extend(purchase, asked, now=now)
        else:
            _decline(purchase, asked, now)
        package_news.extension_answered(purchase, asked)
    return purchase


def accept_unanswered(*, now: datetime, limit: int = 500) -> int:
    """Grant what nobody answered within a week; returns how many. Several may run at once."""
    lapsed = PackageExtension.objects.filter(state=State.OPEN, lapses_at__lte=now).order_by("lapses_at")
    return sum(_accept_unanswered(pk, now) for pk in list(lapsed.values_list("purchase", flat=True)[:limit]))


@transaction.atomic
def _accept_unanswered(purchase_id: int, now: datetime) -> bool:
    purchase = ledger.lock(purchase_id)
    asked = expiry.open_extension(purchase)
    if asked is None or asked.lapses_at > now:
        return False  # answered a moment ago
    expiry.extend(purchase, asked, now=now)
    package_news.extension_answered(purchase, asked)
    return True


def _lock_as_party(purchase_id: int, actor: User, now: datetime) -> tuple[PackagePurchase, str]:
    seen = purchases.find(purchase_id, actor)
    purchase = ledger.lock(seen.pk)
    expiry.catch_up(purchase, now=now)
    if actor.pk == purchase.student_id:
        return purchase, Side.STUDENT
    if actor.pk == seen.tutor.user_id:
        return purchase, Side.TUTOR
    raise Forbidden


def _require_last_days(purchase: PackagePurchase, now: datetime) -> None:
    if purchase.status != PurchaseStatus.ACTIVE or purchase.expires_at is None:
        raise ExtensionRefused
    if not purchase.expires_at - ASK_WINDOW <= now < purchase.expires_at:
        raise ExtensionRefused("More time can be asked for in the last 30 days.")


def _decline(purchase: PackagePurchase, asked: PackageExtension, now: datetime) -> None:
    asked.state, asked.answered_at = State.DECLINED, now
    asked.save(update_fields=["state", "answered_at", "updated_at"])
    expiry.catch_up(purchase, now=now)  # it has waited for the answer
