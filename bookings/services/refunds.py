"""Giving money back for credits that were not used (R-PKG-6). Which money moves how, the payments decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import lasting_reason, require_admin
from audit.services import record
from bookings.errors import CreditsReserved
from bookings.models import CreditEntry, CreditKind, PackageExtension, PackagePurchase, PurchaseStatus
from bookings.services import expiry, ledger, money, package_news
from common.money import round_money

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
    return round_money(min(max(amount, Decimal(0)), account.paid), account.currency)


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
    account, reserved = _account_of(purchase)
    if reserved:
        raise CreditsReserved
    purchase.refunded_amount = refundable(account, cause=cause, age=_age(purchase, now))
    purchase.status = PurchaseStatus.REFUNDED
    purchase.extensions.filter(state=State.OPEN).update(state=State.DECLINED, answered_at=now, updated_at=now)
    purchase.save(update_fields=["status", "refunded_amount", "updated_at"])
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
    package_news.refunded(purchase)
    return purchase


def _account_of(purchase: PackagePurchase) -> tuple[Account, int]:
    """The account of a locked purchase, and how many credits lessons have reserved."""
    counts = CreditEntry.objects.filter(purchase=purchase).aggregate(
        used=Count("pk", filter=Q(kind=CreditKind.CONSUME)), reserved=open_reservations()
    )
    account = Account(
        paid=purchase.price,
        currency=purchase.currency,
        lessons=purchase.session_count,
        unused=purchase.available,
        used=counts["used"],
        lesson_price=purchase.lesson_price,
    )
    return account, counts["reserved"]


def open_reservations() -> models.expressions.CombinedExpression:
    """An aggregate over the lines of a ledger: what was reserved and neither came back nor was used since."""
    reserved = Count("pk", filter=Q(kind=CreditKind.RESERVE))
    settled = Count("pk", filter=Q(kind=CreditKind.RELEASE) | Q(kind=CreditKind.CONSUME, change=0))
    return reserved - settled


def _age(purchase: PackagePurchase, now: datetime) -> timedelta:
    return now - (purchase.purchased_at or purchase.created_at)
