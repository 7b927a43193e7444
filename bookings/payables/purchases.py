"""A package that is paid for (settings.PAYABLES, "purchase")."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from bookings.models import Booking, CreditEntry, PackagePurchase, PurchaseStatus
from bookings.services import commission, ledger, money, package_news, purchases, refunds
from common.errors import NotFound
from payments.errors import NothingToPay
from payments.models import Payment
from payments.payables import Bill, News
from payments.services import refunding


def bill(pk: int, *, payer: User) -> Bill:
    purchase = PackagePurchase.objects.select_related("tutor__user").filter(pk=pk, student=payer).first()
    if purchase is None:
        raise NotFound("Package not found")
    if purchase.status != PurchaseStatus.PENDING or not purchase.price:
        raise NothingToPay
    return Bill(
        tutor=purchase.tutor,
        amount=purchase.price,
        currency=purchase.currency,
        description=f"the package {purchase.name} of {purchase.tutor.user.display_name}",
        commission_percent=commission.percent_for(purchase.tutor),
        is_manual=False,
    )


@contextmanager
def locked(pk: int) -> Iterator[None]:
    with transaction.atomic():
        ledger.lock(pk)
        yield


def follow_money(pk: int, payment: Payment) -> News:
    """What is paid hands its credits out; its lessons have earned what of it did not go back. When all has gone back,
    the unused credits are gone, until some of it is back. Money for what is not to be paid (any more) goes back.
    """
    purchase, notices = ledger.lock(pk), []
    if payment.captured_amount and purchase.status == PurchaseStatus.PENDING:
        purchases.activate_paid(purchase)
        notices = [package_news.bought_notice(purchase)]
    elif purchase.money_lost_at and not refunding.is_all_gone(payment):
        refunds.follow_found_money(purchase)
        notices = package_news.restored_notices(purchase)
    is_too_late = money.came_too_late(payment, purchase)
    if not is_too_late:
        money.settle_lessons(purchase)
    if is_too_late or purchase.status in (PurchaseStatus.REFUNDED, PurchaseStatus.CANCELLED):
        money.settle_purchase(purchase)
    elif purchase.status == PurchaseStatus.ACTIVE and refunding.is_all_gone(payment):
        refunds.follow_lost_money(purchase)
        notices += package_news.refunded_notices(purchase)
    return News(notices, [])


def give_back(pk: int, *, actor: User, reason: str) -> None:
    """The unused credits, for what the terms say that they are worth (R-PKG-6)."""
    refunds.refund_unused(pk, cause=refunds.Cause.STUDENT, reason=reason, actor=actor)


def require_returnable(pk: int) -> None:
    """Raises CreditsReserved where lessons are booked with it (R-PKG-6)."""
    refunds.require_none_reserved(ledger.lock(pk))


def evidence(pk: int) -> dict[str, Any]:
    """What was bought, and what of it was used."""
    purchase = PackagePurchase.objects.get(pk=pk)
    lines = CreditEntry.objects.filter(purchase=purchase)
    return {
        "name": purchase.name,
        "lessons": purchase.session_count,
        "available": purchase.available,
        "purchased_at": purchase.purchased_at and purchase.purchased_at.isoformat(),
        "history": [{"kind": line.kind, "change": line.change, "at": line.created_at.isoformat()} for line in lines],
    }


def disputed_sources(pk: int) -> list[str]:
    return money.disputed_sources(Booking.objects.filter(purchase=pk))


def commission_percents(pk: int) -> dict[str, Decimal]:
    return money.commission_percents(Booking.objects.filter(purchase=pk))


def began_at(pk: int) -> datetime:
    return PackagePurchase.objects.get(pk=pk).created_at


def ended_at(pk: int) -> datetime | None:
    """When its credits ran out or were given back, if they have."""
    purchase = PackagePurchase.objects.get(pk=pk)
    ended = {PurchaseStatus.EXPIRED: purchase.expires_at, PurchaseStatus.REFUNDED: purchase.updated_at}
    return ended.get(PurchaseStatus(purchase.status))
