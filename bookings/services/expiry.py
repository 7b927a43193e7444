"""What time does to credits (R-PKG-4)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from bookings.models import CreditKind, PackageExtension, PackagePurchase, PurchaseStatus
from bookings.services import ledger, package_news

# How long a credit that comes back after the expiry is good for.
GRACE_DAYS = 14
REMINDERS_DAYS = (30, 7)


def end_of_day(moment: datetime, *, days: int, zone: str) -> datetime:
    """When the local day ends that is `days` after the one of `moment`: the first instant that is no more in it."""
    there = ZoneInfo(zone)
    day_after = moment.astimezone(there).date() + timedelta(days=days + 1)
    # A midnight that the clocks skip reads as the moment of the change, which is where that day begins.
    return datetime.combine(day_after, time.min, tzinfo=there).astimezone(moment.tzinfo)


def catch_up(purchase: PackagePurchase, *, now: datetime) -> None:
    """Let a locked purchase expire if its time is over (R-GEN-4). What is booked stays booked.

    While more time is asked for, it waits for the answer; silence is a yes (R-PKG-5).
    """
    if not _has_run_out(purchase, now):
        return
    asked = open_extension(purchase)
    if asked is not None and asked.lapses_at > now:
        return
    if asked is not None:
        extend(purchase, asked, now=now)
    if _has_run_out(purchase, now):
        _expire(purchase, now=now)


def open_extension(purchase: PackagePurchase) -> PackageExtension | None:
    """What is asked for and not answered yet."""
    return purchase.extensions.filter(state=PackageExtension.State.OPEN).first()


def extend(purchase: PackagePurchase, asked: PackageExtension, *, now: datetime) -> None:
    """Grant a locked purchase the days that were asked for."""
    if purchase.expires_at is None:
        return
    zone = User.objects.values_list("timezone", flat=True).get(pk=purchase.student_id)
    last_day = purchase.expires_at - timedelta(microseconds=1)
    purchase.expires_at = end_of_day(last_day, days=asked.days, zone=zone)
    purchase.save(update_fields=["expires_at", "updated_at"])
    asked.state, asked.answered_at = PackageExtension.State.ACCEPTED, now
    asked.save(update_fields=["state", "answered_at", "updated_at"])


def _has_run_out(purchase: PackagePurchase, now: datetime) -> bool:
    is_active = purchase.status == PurchaseStatus.ACTIVE
    return is_active and purchase.expires_at is not None and purchase.expires_at <= now


def _expire(purchase: PackagePurchase, *, now: datetime) -> None:
    if purchase.available:
        ledger.write(purchase, CreditKind.EXPIRE, -purchase.available, actor=None, now=now)
    purchase.status = PurchaseStatus.EXPIRED
    purchase.save(update_fields=["status", "updated_at"])


def revive(purchase: PackagePurchase, *, now: datetime) -> None:
    """Make a locked purchase that has run out good for the credit that just came back: 14 days more."""
    if purchase.expires_at is None or purchase.expires_at > now:
        return
    zone = User.objects.values_list("timezone", flat=True).get(pk=purchase.student_id)
    purchase.status = PurchaseStatus.ACTIVE
    purchase.expires_at = end_of_day(now, days=GRACE_DAYS, zone=zone)
    purchase.save(update_fields=["status", "expires_at", "updated_at"])


def expire_overdue(*, now: datetime, limit: int = 500) -> int:
    """Let every purchase expire whose time is over; returns how many. Several may run at once."""
    overdue = PackagePurchase.objects.filter(status=PurchaseStatus.ACTIVE, expires_at__lte=now).order_by("expires_at")
    return sum(_expire_one(pk, now) for pk in list(overdue.values_list("pk", flat=True)[:limit]))


def remind_of_expiry(*, now: datetime) -> int:
    """Tell owners of unused credits 30 and 7 days before those expire; returns how many were told.

    Looks back a day, so that a clock that stood still for a while forgets nobody.
    """
    return sum(_remind(days, now) for days in REMINDERS_DAYS)


def _expire_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        purchase = (
            PackagePurchase.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=pk).first()
        )
        if purchase is None:
            return False  # somebody is at it right now
        before, unused = purchase.status, purchase.available
        catch_up(purchase, now=now)
        if purchase.status == before:
            return False
        if unused:
            package_news.expired(purchase)
        return True


@transaction.atomic
def _remind(days: int, now: datetime) -> int:
    due = now + timedelta(days=days)
    soon = PackagePurchase.objects.usable(now).filter(expires_at__gt=due - timedelta(days=1), expires_at__lte=due)
    return package_news.expiring(soon.filter(validity_days__gt=days), days=days)
