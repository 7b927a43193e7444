"""Buying a package, using it up by hand, and what moderators do to it."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import TutorProfile, User
from accounts.services.moderators import require_admin
from accounts.services.proven import require_verified
from audit.services import record
from bookings.errors import CreditNotOpen, InsufficientCredits, OwnPackage
from bookings.models import Booking, BookingStatus, CreditEntry, CreditKind, Package, PackagePurchase, PurchaseStatus
from bookings.services import answering, clock, events, expiry, ledger, money, package_news, transitions
from bookings.services.events import News
from common.errors import NotFound
from common.money import round_money
from messaging.services import is_blocked
from payments.models import Payment, PaymentStatus
from payments.models.payment import UNPAID

# What came of a booking that a credit may pay for.
PAYABLE = (BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW_STUDENT)


def buy(package_id: int, *, student: User, tutor_id: int | None = None) -> PackagePurchase:
    """Buy what a listed tutor offers, at the price and terms of this moment (R-PKG-1).

    Where `settings.PACKAGES_NEED_PAYMENT` is off it is active at once, and costs nothing (the sandbox's default);
    otherwise it waits for its payment, or for an admin's `complete_purchase`.
    `tutor_id` is whom the student believes to buy of. Raises EmailNotVerified, NotFound or OwnPackage.
    """
    require_verified(student)
    now = timezone.now()
    with transaction.atomic():
        package = Package.objects.on_offer().select_related("tutor").filter(pk=package_id).first()
        if package is None or tutor_id not in (None, package.tutor_id):
            raise NotFound("Package not found")
        if package.tutor.user_id == student.pk:
            raise OwnPackage
        if is_blocked(student.pk, package.tutor.user_id):
            raise NotFound("Package not found")  # no lesson could be booked with it, and not a word of why (R-MSG-6)
        purchase = PackagePurchase.objects.create(
            package=package,
            tutor=package.tutor,
            student=student,
            name=package.name,
            session_count=package.session_count,
            price=package.price,
            currency=package.currency,
            lesson_price=_lesson_price(package, package.tutor),
            duration_minutes=package.duration_minutes,
            validity_days=package.validity_days,
            subject_id=package.subject_id,
            provider=settings.PAYMENT_PROVIDER,
        )
        record("package.bought", actor=student, obj=purchase, after={"price": purchase.price})
        if not settings.PACKAGES_NEED_PAYMENT or not purchase.price:
            _activate(purchase, actor=student, now=now)
            package_news.bought(purchase)
    return purchase


@transaction.atomic
def complete_purchase(purchase_id: int, *, actor: User | None) -> PackagePurchase:
    """The money has come otherwise: hand the credits out. An admin may say so, or the system.

    What was begun of a payment is given up. Raises InvalidTransition.
    """
    require_admin(actor)
    purchase = ledger.lock(purchase_id)
    ledger.require_status(purchase, PurchaseStatus.PENDING, goal="completed")
    money.settle_purchase(purchase)
    _complete(purchase, actor=actor)
    package_news.bought(purchase)
    return purchase


def activate_paid(purchase: PackagePurchase) -> None:
    """The same for a locked purchase whose money has come; the caller tells the tutor. Raises InvalidTransition."""
    ledger.require_status(purchase, PurchaseStatus.PENDING, goal="completed")
    _complete(purchase, actor=None)


def _complete(purchase: PackagePurchase, *, actor: User | None) -> None:
    _activate(purchase, actor=actor, now=timezone.now())
    record("package.completed", actor=actor, obj=purchase, after={"status": purchase.status})


def use_credit(purchase_id: int, *, actor: User, booking_id: int | None = None) -> PackagePurchase:
    """Use one credit up for good; the owner, the tutor or an admin may (R-PKG-9).

    With the booking that it pays for, this happens once however often it is asked; a credit that the booking has
    reserved is the one that is used, and one that has reserved none is paid by it from then on, and by nothing else.
    Raises NotFound, InsufficientCredits or CreditNotOpen.
    """
    now = timezone.now()
    seen = find(purchase_id, actor)
    if booking_id is None:
        with transaction.atomic():
            purchase = _lock_current(seen, now)
            used = ledger.take(purchase.pk, CreditKind.CONSUME, booking=None, actor=actor, now=now)
            _tell_used(purchase, used, actor)
        return purchase
    with clock.opened(booking_id, actor, now=now) as booking:
        if (booking.student_id, booking.tutor_id) != (seen.student_id, seen.tutor_id):
            raise NotFound("Booking not found")
        purchase = _lock_current(seen, now)
        _use_for(booking, purchase, actor=actor, now=now)
    return purchase


@transaction.atomic
def adjust_credits(purchase_id: int, change: int, *, reason: str, actor: User) -> PackagePurchase:
    """Give credits, or take some away, by hand. Raises InvalidTransition unless active, or InsufficientCredits."""
    require_admin(actor)
    now = timezone.now()
    purchase = ledger.lock(purchase_id)
    expiry.catch_up(purchase, now=now)
    ledger.require_status(purchase, PurchaseStatus.ACTIVE, goal="adjusted")
    if purchase.available + change < 0:
        raise InsufficientCredits(f"There are only {purchase.available} credits.")
    before = purchase.available
    ledger.write(purchase, CreditKind.ADJUST, change, actor=actor, now=now, reason=reason[:200])
    record(
        "package.credits_adjusted",
        actor=actor,
        obj=purchase,
        before={"available": before},
        after={"available": purchase.available},
        reason=reason,
    )
    return purchase


def find(purchase_id: int, viewer: User) -> PackagePurchase:
    """A purchase that `viewer` may see. Raises NotFound."""
    purchase = PackagePurchase.objects.visible_to(viewer).select_related("tutor").filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound("Package not found")
    return purchase


def _activate(purchase: PackagePurchase, *, actor: User | None, now: datetime) -> None:
    zone = User.objects.values_list("timezone", flat=True).get(pk=purchase.student_id)
    purchase.status = PurchaseStatus.ACTIVE
    purchase.purchased_at = now
    purchase.expires_at = expiry.end_of_day(now, days=purchase.validity_days, zone=zone)
    purchase.save(update_fields=["status", "purchased_at", "expires_at", "updated_at"])
    ledger.write(purchase, CreditKind.PURCHASE, purchase.session_count, actor=actor, now=now)


def _lock_current(seen: PackagePurchase, now: datetime) -> PackagePurchase:
    purchase = ledger.lock(seen.pk)
    expiry.catch_up(purchase, now=now)
    return purchase


def _use_for(booking: Booking, purchase: PackagePurchase, *, actor: User, now: datetime) -> None:
    """Use a credit for a booking, both locked; nothing where that has happened before."""
    entries = {entry.kind: entry for entry in CreditEntry.objects.filter(booking=booking)}
    if any(entry.purchase_id != purchase.pk for entry in entries.values()) or CreditKind.RELEASE in entries:
        raise CreditNotOpen
    if CreditKind.CONSUME in entries:
        return
    if CreditKind.RESERVE in entries:
        used = ledger.write(purchase, CreditKind.CONSUME, 0, booking=booking, actor=actor, now=now)
        _tell_used(purchase, used, actor)
    else:
        _pay_for(booking, purchase, actor=actor, now=now)


def _pay_for(booking: Booking, purchase: PackagePurchase, *, actor: User, now: datetime) -> None:
    """From now on a credit pays for the booking. A request that only waits to be paid is confirmed by that."""
    if not _is_to_be_paid(booking):
        raise CreditNotOpen
    if purchase.duration_minutes != booking.duration_minutes or purchase.subject_id not in (None, booking.subject_id):
        raise InsufficientCredits
    waited = booking.status == BookingStatus.PENDING and money.waits_for_payment_only(booking)
    used = ledger.take(purchase.pk, CreditKind.CONSUME, booking=booking, actor=actor, now=now)
    transitions.write(booking, now=now, purchase=purchase)
    confirmed = [answering.confirm_paid(booking, now=now)] if waited else []
    money.settle(booking)
    _tell_used(purchase, used, actor, *confirmed)


def _is_to_be_paid(booking: Booking) -> bool:
    """Whether a credit can still pay for it: it costs something, and no card ever did, not even if that went back."""
    paid = Payment.objects.of("booking", booking.pk).exclude(status__in=(*UNPAID, PaymentStatus.CANCELED))
    return booking.status in PAYABLE and not booking.refund_percent and not paid.exists()


def _tell_used(purchase: PackagePurchase, used: CreditEntry, actor: User, *others: News) -> None:
    purchase.refresh_from_db(fields=["available"])
    notices = package_news.credit_used_notices(purchase, used, actor=actor)
    events.tell(*others, News(notices, []))


def _lesson_price(package: Package, tutor: TutorProfile) -> Decimal:
    """What one such lesson costs without the package today (R-PKG-6)."""
    if tutor.hourly_rate is None or tutor.currency != package.currency:
        return round_money(package.price / package.session_count, package.currency)
    return round_money(tutor.hourly_rate * package.duration_minutes / 60, package.currency)
