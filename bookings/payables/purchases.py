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
    """What is paid hands its credits out."""
    purchase = ledger.lock(pk)
    if payment.captured_amount and purchase.status == PurchaseStatus.PENDING:
        purchases.activate_paid(purchase)
        return News([package_news.bought_notice(purchase)], [])
    if purchase.status in (PurchaseStatus.REFUNDED, PurchaseStatus.CANCELLED):
        money.settle_purchase(purchase)
    return News([], [])


def give_back(pk: int, *, actor: User, reason: str) -> None:
    """The unused credits, for what the terms say that they are worth (R-PKG-6)."""
    refunds.refund_unused(pk, cause=refunds.Cause.STUDENT, reason=reason, actor=actor)


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
    """When its credits ran out, if they have."""
    purchase = PackagePurchase.objects.get(pk=pk)
    return purchase.expires_at if purchase.status == PurchaseStatus.EXPIRED else None
