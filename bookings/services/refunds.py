"""Giving money back for credits that were not used (R-PKG-6). Which money moves how, the payments decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import lasting_reason, require_admin
from audit.services import record
from bookings.errors import CreditsReserved
from bookings.models import CreditEntry, CreditKind, PackageExtension, PackagePurchase, PurchaseStatus
from bookings.services import expiry, ledger, money, package_news
from common.money import round_part

State = PackageExtension.State
# Within it, a package that was not touched is taken back as a whole.
RETURN_WINDOW = timedelta(days=14)


class Cause(models.TextChoices):
    """On whose account a package is given back."""

    TUTOR = "tutor", "The tutor's"
    STUDENT = "student", "The student's"


@dataclass(frozen=True)
class Account:
    """What a refund is reckoned from: what was paid for how many lessons, and how many of them are left and used."""

    paid: Decimal
    currency: str
    lessons: int
    unused: int
    used: int
    lesson_price: Decimal
    """What one such lesson cost without the package when it was bought."""


def refundable(account: Account, *, cause: str, age: timedelta) -> Decimal:
    """How much is given back `age` after the purchase; never less than nothing, nor more than was paid.

    The tutor's account: each unused credit at what was paid for it. The student's: all within 14 days if nothing was
    used; else what was paid less the used lessons at their price without the package.
    """
    if cause == Cause.TUTOR:
        amount = account.paid * account.unused / account.lessons
    elif not account.used and age <= RETURN_WINDOW:
        amount = account.paid
    else:
        amount = account.paid - account.used * account.lesson_price
    return round_part(max(amount, Decimal(0)), account.currency, of=account.paid)


@transaction.atomic
def refund_unused(purchase_id: int, *, cause: str, reason: str, actor: User) -> PackagePurchase:
    """Take the unused credits back, and give what they are worth to who paid for them. An admin may; so may the owner,
    for reasons of their own (`Cause.STUDENT`).

    Raises Forbidden, InvalidTransition unless it is active, CreditsReserved where lessons are booked with it.
    """
    now = timezone.now()
    purchase = ledger.lock(purchase_id)
    if actor.pk != purchase.student_id or cause != Cause.STUDENT:
        require_admin(actor)
    expiry.catch_up(purchase, now=now)
    ledger.require_status(purchase, PurchaseStatus.ACTIVE, goal="refunded")
    require_none_reserved(purchase)
    amount = refundable(_account_of(purchase), cause=cause, age=_age(purchase, now))
    _take_back(purchase, amount, cause=cause, reason=reason, actor=actor, now=now)
    package_news.refunded(purchase)
    return purchase


def follow_lost_money(purchase: PackagePurchase) -> None:
    """All that was paid for a locked purchase has gone back, by an admin's decision or a bank's: the unused credits go,
    too (R-PKG-1). What is booked stays booked; the caller tells both.
    """
    now, reason = timezone.now(), "All of the money went back."
    purchase.money_lost_at = now
    _take_back(purchase, purchase.price, cause="payment", reason=reason, actor=None, now=now)


def follow_found_money(purchase: PackagePurchase) -> None:
    """Some of what a locked purchase had lost is there again, as a refund has failed or a bank has decided anew: its
    credits are, too. The caller tells both.
    """
    now, reason = timezone.now(), "The money came back."
    gone = purchase.entries.filter(kind=CreditKind.REFUND, created_at__gte=purchase.money_lost_at)
    taken = -(gone.aggregate(sum=Sum("change"))["sum"] or 0)
    purchase.status, purchase.refunded_amount, purchase.money_lost_at = PurchaseStatus.ACTIVE, Decimal(0), None
    purchase.save(update_fields=["status", "refunded_amount", "money_lost_at", "updated_at"])
    if taken:
        ledger.write(purchase, CreditKind.ADJUST, +taken, actor=None, now=now, reason=reason)
    record("package.restored", actor=None, obj=purchase, after={"available": purchase.available}, reason=reason)
    expiry.catch_up(purchase, now=now)


def receive_credit(purchase: PackagePurchase, *, actor: User | None, now: datetime) -> None:
    """A credit that a lesson had taken of a locked purchase has just come back. If the package was given back before,
    what was kept for that lesson goes back, too (R-NS-3); the money follows with the lesson's (`money.settle`).
    """
    if purchase.status != PurchaseStatus.REFUNDED:
        expiry.revive(purchase, now=now)
        return
    used = CreditEntry.objects.filter(purchase=purchase).aggregate(used=used_credits())["used"]
    kept = purchase.price - purchase.refunded_amount
    purchase.refunded_amount += round_part(kept / (used + 1), purchase.currency, of=kept)
    purchase.save(update_fields=["refunded_amount", "updated_at"])
    ledger.write(
        purchase, CreditKind.REFUND, -purchase.available, actor=actor, now=now, reason="the package is refunded"
    )


def require_none_reserved(purchase: PackagePurchase) -> None:
    """Raises CreditsReserved where lessons are booked with the locked purchase."""
    if CreditEntry.objects.filter(purchase=purchase).aggregate(reserved=open_reservations())["reserved"]:
        raise CreditsReserved


def _take_back(
    purchase: PackagePurchase, amount: Decimal, *, cause: str, reason: str, actor: User | None, now: datetime
) -> None:
    purchase.refunded_amount = amount
    purchase.status = PurchaseStatus.REFUNDED
    purchase.extensions.filter(state=State.OPEN).update(state=State.DECLINED, answered_at=now, updated_at=now)
    purchase.save(update_fields=["status", "refunded_amount", "money_lost_at", "updated_at"])
    if purchase.available:
        ledger.write(purchase, CreditKind.REFUND, -purchase.available, actor=actor, now=now, reason=reason[:200])
    record(
        "package.refunded",
        actor=actor,
        obj=purchase,
        after={"refunded_amount": purchase.refunded_amount, "cause": cause},
        reason=lasting_reason(reason, actor=actor),
    )
    money.settle_purchase(purchase)


def _account_of(purchase: PackagePurchase) -> Account:
    """The account of a locked purchase."""
    used = CreditEntry.objects.filter(purchase=purchase).aggregate(used=used_credits())["used"]
    return Account(
        paid=purchase.price,
        currency=purchase.currency,
        lessons=purchase.session_count,
        unused=purchase.available,
        used=used,
        lesson_price=purchase.lesson_price,
    )


def open_reservations() -> models.expressions.CombinedExpression:
    """An aggregate over the lines of a ledger: what was reserved and neither came back nor was used since."""
    reserved = Count("pk", filter=Q(kind=CreditKind.RESERVE))
    settled = Count("pk", filter=Q(kind=CreditKind.RELEASE) | Q(kind=CreditKind.CONSUME, change=0))
    return reserved - settled


def used_credits() -> models.expressions.CombinedExpression:
    """An aggregate over the lines of a ledger: what was used, for a lesson or by hand, and did not come back since."""
    of_lessons = Sum("change", filter=Q(kind=CreditKind.ADJUST, booking__isnull=False))
    return Count("pk", filter=Q(kind=CreditKind.CONSUME)) - Coalesce(of_lessons, 0)


def _age(purchase: PackagePurchase, now: datetime) -> timedelta:
    return now - (purchase.purchased_at or purchase.created_at)
