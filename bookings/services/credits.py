"""What a booking does to a credit: it reserves one, and either consumes it or gives it back (R-PKG-2).

All of these join the transaction of whoever moves the booking. Where several rows are locked, the booking comes
before the purchase.
"""

from datetime import datetime

from accounts.models import TutorProfile, User
from bookings.errors import InsufficientCredits
from bookings.models import Booking, CreditEntry, CreditKind, Package, PackagePurchase
from bookings.services import expiry, ledger, refunds
from catalog.models import Subject
from common.errors import NotFound


def choose_purchase(
    use_package_id: int, *, student: User, tutor: TutorProfile, minutes: int, subject: Subject | None, now: datetime
) -> PackagePurchase:
    """What pays for a lesson of `minutes`: a purchase of the student's own, or else an offer's (R-PKG-3).

    A purchase of this tutor's with that id is meant before an offer with that id; of several purchases of one offer the
    one that expires first is taken. Raises InsufficientCredits where none has a credit that fits the lesson, NotFound
    where the id is neither.
    """
    owned = PackagePurchase.objects.filter(student=student, tutor=tutor)
    meant = owned.filter(pk=use_package_id)
    if not meant.exists():
        meant = owned.filter(package=use_package_id)
    found = meant.usable(now).fitting(minutes=minutes, subject=subject).order_by("expires_at", "pk").first()
    if found is not None:
        return found
    if meant.exists() or _is_known(use_package_id, student):
        raise InsufficientCredits
    raise NotFound("Package not found")


def reserve(booking: Booking, *, actor: User | None, now: datetime) -> None:
    """Take the credit that pays for a new booking, of `booking.purchase`. To be called once per booking.

    Raises InsufficientCredits.
    """
    if booking.purchase_id is None:
        raise InsufficientCredits
    ledger.take(booking.purchase_id, CreditKind.RESERVE, booking=booking, actor=actor, now=now)


def release(booking: Booking, *, actor: User | None, now: datetime) -> bool:
    """Give the reserved credit back; whether there was one to give back. Safe to repeat.

    After the purchase has expired the credit is good for 14 more days (R-PKG-4).
    """
    purchase = _lock_open(booking)
    if purchase is None:
        return False
    expiry.catch_up(purchase, now=now)
    ledger.write(purchase, CreditKind.RELEASE, +1, booking=booking, actor=actor, now=now)
    refunds.receive_credit(purchase, actor=actor, now=now)
    return True


def consume(booking: Booking, *, actor: User | None, now: datetime) -> bool:
    """Use the reserved credit up for good; whether there was one to use. Safe to repeat."""
    purchase = _lock_open(booking)
    if purchase is None:
        return False
    ledger.write(purchase, CreditKind.CONSUME, 0, booking=booking, actor=actor, now=now)
    return True


def _lock_open(booking: Booking) -> PackagePurchase | None:
    """The purchase, locked, of which the booking holds a credit; None where it holds none."""
    if booking.purchase_id is None:
        return None
    purchase = ledger.lock(booking.purchase_id)
    kinds = set(CreditEntry.objects.filter(booking=booking).values_list("kind", flat=True))
    return purchase if kinds == {CreditKind.RESERVE} else None


def _is_known(package_id: int, student: User) -> bool:
    """Whether the student may know of a purchase or an offer with that id."""
    own = PackagePurchase.objects.filter(pk=package_id, student=student)
    return own.exists() or Package.objects.on_offer().filter(pk=package_id).exists()
