"""What students own of packages, against the ledger of credits and what was paid."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, named
from adminpanel.integrity.expressions import summed
from bookings.models import CreditEntry, PackagePurchase, PurchaseStatus
from bookings.payables import purchases
from bookings.services import ledger
from notifications.services import notify
from payments.models import Payment

_ENTRIES = CreditEntry.objects.filter(purchase=OuterRef("pk"))


def _taken() -> QuerySet:
    payments = Payment.objects.filter(payable_kind="purchase", payable_id=OuterRef("pk"))
    return payments.filter(captured_amount__gt=F("refunds_claimed")).order_by("-pk")


def _paid_but_pending(now: datetime) -> QuerySet:
    return PackagePurchase.objects.filter(Exists(_taken()), status=PurchaseStatus.PENDING)


def _hand_out(purchase: PackagePurchase, now: datetime) -> Change:
    payment = Payment.objects.filter(
        payable_kind="purchase", payable_id=purchase.pk, captured_amount__gt=F("refunds_claimed")
    ).latest("pk")
    notify(purchases.follow_money(purchase.pk, payment).notices)
    return Change({"status": PurchaseStatus.PENDING}, {"status": PurchaseStatus.ACTIVE})


def _impossible(now: datetime) -> QuerySet:
    undated = Q(status__in=(PurchaseStatus.ACTIVE, PurchaseStatus.EXPIRED)) & (
        Q(purchased_at=None) | Q(expires_at=None)
    )
    unspent = Q(available__gt=0) & ~Q(status=PurchaseStatus.ACTIVE)
    given_back = Q(refunded_amount__gt=0) & ~Q(status=PurchaseStatus.REFUNDED)
    return PackagePurchase.objects.filter(undated | unspent | given_back | ~Q(package__tutor=F("tutor")))


CHECKS: list[Check] = [
    RowCheck(
        "packages.paid",
        "packages that were paid for have handed out their credits",
        _paid_but_pending,
        lambda row: f"{named(row)} is pending, but was paid for.",
        mend=_hand_out,
        lock=ledger.lock,
    ),
    FigureCheck(
        "packages.credits",
        "purchases have the credits that their ledger sums to",
        PackagePurchase.objects.all(),
        {"available": summed(_ENTRIES, by="purchase", of="change")},
        lock=ledger.lock,
    ),
    RowCheck(
        "packages.states",
        "purchases say when they were bought and expire, have credits while they are active and money back when it was "
        "given, and are of one tutor",
        _impossible,
        lambda row: (
            f"{named(row)} is {row.status} with {row.available} credits, bought {row.purchased_at}, "
            f"expiring {row.expires_at}, {row.refunded_amount} given back, of tutor {row.tutor_id}: "
            "these cannot all be right."
        ),
    ),
]
