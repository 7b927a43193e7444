"""What a lesson or a package means for the money that was paid for it: taken, given back, or earned by the tutor."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from bookings.models import Booking, BookingStatus, CreditEntry, DisputeState, PackagePurchase, PurchaseStatus
from bookings.services import ledger, slots
from common.errors import PaymentRequired
from common.money import MoneySum, round_part
from payments.models import Earning, Payment
from payments.services.earning import Earned
from payments.services.settling import newest_of
from payments.services.settling import settle as settle_payment

# For how long after a lesson the student may report a problem before it is paid out (R-BOOK-6).
CLAIM_WINDOW = timedelta(hours=72)

_OVER = (
    BookingStatus.COMPLETED,
    BookingStatus.CANCELLED,
    BookingStatus.DECLINED,
    BookingStatus.EXPIRED,
    BookingStatus.NO_SHOW_STUDENT,
    BookingStatus.NO_SHOW_TUTOR,
)


def needs_payment(booking: Booking) -> bool:
    """Whether it may only be confirmed once its money is there."""
    return settings.BOOKINGS_NEED_PAYMENT and booking.purchase_id is None and booking.price > 0


def require_secured(booking: Booking) -> None:
    """Raises PaymentRequired."""
    if not needs_payment(booking):
        return
    newest = Payment.objects.of("booking", booking.pk).first()
    if newest is None or not newest.is_secured:
        raise PaymentRequired("The student has not paid for this lesson yet.")


def waits_for_payment_only(booking: Booking) -> bool:
    """A request that its tutor need not answer: it is confirmed as soon as it is paid."""
    return needs_payment(booking) and slots.terms_of(booking.tutor).instant_booking


def follow_tutor(booking: Booking, *, description: str) -> None:
    """What is paid for a locked lesson that is ahead is earned by whoever gives it, under the terms of its day, and
    says so: `description` as in `events.described`.
    """
    of_another = Payment.objects.of("booking", booking.pk).exclude(tutor=booking.tutor)
    of_another.update(tutor=booking.tutor, description=description[:200])


def settle(booking: Booking) -> None:
    """Make the money fit a locked booking as it is now. Safe to repeat."""
    if booking.purchase_id is not None:
        _settle_credit(booking, booking.purchase_id)
        return
    if booking.status == BookingStatus.CONFIRMED:
        settle_payment("booking", booking.pk, keep=None, take=True)
    elif booking.status in _OVER:
        kept = booking.price - (booking.refund_amount or Decimal(0)) if _costs(booking) else Decimal(0)
        settle_payment("booking", booking.pk, keep=kept, earned=_earned(booking, kept, booking.commission_percent))


def settle_purchase(purchase: PackagePurchase) -> None:
    """Make the money fit a locked purchase that was given back or never paid: what is kept and no lesson has earned is
    the tutor's, too, for lessons that cost more without the package (R-PKG-6).
    """
    payment = newest_of("purchase", purchase.pk)
    if payment is None:
        return
    kept = purchase.price - purchase.refunded_amount if purchase.status == PurchaseStatus.REFUNDED else Decimal(0)
    source = f"purchase:{purchase.pk}"
    surplus = kept - _earned_by_others(purchase, source)
    earned = Earned(
        source=source,
        description=purchase.name,
        gross=surplus,
        commission_percent=payment.commission_percent,
        available_at=purchase.updated_at + CLAIM_WINDOW,
        is_frozen=False,
    )
    settle_payment("purchase", purchase.pk, keep=kept, earned=earned)


def disputed_sources(bookings: QuerySet[Booking]) -> list[str]:
    """The sources of what the disputed ones among the bookings have earned (`Payable.disputed_sources`)."""
    disputed = bookings.filter(dispute_state=DisputeState.OPEN)
    return [_source(pk) for pk in disputed.values_list("pk", flat=True)]


def commission_percents(bookings: QuerySet[Booking]) -> dict[str, Decimal]:
    """The platform's share that is frozen in each of the bookings, by its source (`Payable.commission_percents`)."""
    return {_source(pk): percent for pk, percent in bookings.values_list("pk", "commission_percent")}


def _source(booking_pk: int) -> str:
    return f"booking:{booking_pk}"


def _costs(booking: Booking) -> bool:
    return booking.status in (BookingStatus.COMPLETED, BookingStatus.NO_SHOW_STUDENT, BookingStatus.CANCELLED)


def _earned(booking: Booking, gross: Decimal, percent: Decimal) -> Earned:
    return Earned(
        source=_source(booking.pk),
        description=f"Lesson of {booking.starts_at:%d %B %Y}",
        gross=gross,
        commission_percent=percent,
        available_at=(booking.ended_at or booking.ends_at) + CLAIM_WINDOW,
        is_frozen=booking.dispute_state == DisputeState.OPEN,
    )


def _settle_credit(booking: Booking, purchase_id: int) -> None:
    """A credit that is used up has earned its share of the package's price."""
    if booking.status not in _OVER or not Payment.objects.of("purchase", purchase_id).exists():
        return
    purchase = ledger.lock(purchase_id)
    is_used = sum(CreditEntry.objects.filter(booking=booking).values_list("change", flat=True)) < 0
    share = _share(purchase, _source(booking.pk)) if is_used else Decimal(0)
    settle_payment("purchase", purchase.pk, keep=None, earned=_earned(booking, share, booking.commission_percent))


def _share(purchase: PackagePurchase, source: str) -> Decimal:
    """What one more lesson earns: all lessons together exactly the price, to the last cent."""
    count = _others(purchase, source).filter(gross__gt=0).count() + 1
    exact = purchase.price * min(count, purchase.session_count) / purchase.session_count
    due = round_part(exact, purchase.currency, of=purchase.price)
    return max(due - _earned_by_others(purchase, source), Decimal(0))


def _others(purchase: PackagePurchase, source: str):  # type: ignore[no-untyped-def] # a queryset of earnings
    of_purchase = Earning.objects.filter(payment__payable_kind="purchase", payment__payable_id=purchase.pk)
    return of_purchase.exclude(source=source).exclude(source__startswith=f"{source}#")


def _earned_by_others(purchase: PackagePurchase, source: str) -> Decimal:
    return _others(purchase, source).aggregate(sum=MoneySum("gross"))["sum"] or Decimal(0)
