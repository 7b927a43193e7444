"""What a lesson or a package means for the money that was paid for it: taken, given back, or earned by the tutor."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import takewhile

from django.conf import settings
from django.db.models import QuerySet

from bookings.models import Booking, BookingStatus, CreditEntry, DisputeState, PackagePurchase, PurchaseStatus
from bookings.services import ledger, slots
from common.errors import PaymentRequired
from common.money import round_part
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
        _settle_by_credit(booking, ledger.lock(booking.purchase_id))
        return
    if booking.status == BookingStatus.CONFIRMED:
        settle_payment("booking", booking.pk, keep=None, take=True)
    elif booking.status in _OVER:
        kept = booking.price - (booking.refund_amount or Decimal(0)) if _costs(booking) else Decimal(0)
        settle_payment("booking", booking.pk, keep=kept, earned=_earned(booking, kept, booking.commission_percent))


def settle_lessons(purchase: PackagePurchase) -> None:
    """Make what the lessons of a locked purchase have earned fit what of its money is left, the first one first: what
    a refund took of them comes back if it fails.
    """
    lessons = {_source(booking.pk): booking for booking in Booking.objects.filter(purchase=purchase, status__in=_OVER)}
    for source in dict.fromkeys((*_earned_by_source(purchase), *lessons)):
        if source in lessons:
            _settle_credit(lessons[source], purchase)


def settle_purchase(purchase: PackagePurchase) -> None:
    """Make the money fit a locked purchase that was given back, or that this money does not pay for: what is kept and
    no lesson has earned is the tutor's, too, for lessons that cost more without the package (R-PKG-6).
    """
    payment = newest_of("purchase", purchase.pk)
    if payment is None:
        return
    is_kept = purchase.status == PurchaseStatus.REFUNDED and not came_too_late(payment, purchase)
    kept = purchase.price - purchase.refunded_amount if is_kept else Decimal(0)
    source = f"purchase:{purchase.pk}"
    surplus = max(kept - _earned_by_others(purchase, source), Decimal(0))
    earned = Earned(
        source=source,
        description=purchase.name,
        gross=surplus,
        commission_percent=payment.commission_percent,
        available_at=purchase.updated_at + CLAIM_WINDOW,
        is_frozen=False,
    )
    settle_payment("purchase", purchase.pk, keep=kept, earned=earned)


def came_too_late(payment: Payment, purchase: PackagePurchase) -> bool:
    """The purchase had been paid for otherwise when this money was taken."""
    bought_at, taken_at = purchase.purchased_at, payment.captured_at
    return bought_at is not None and taken_at is not None and bought_at < taken_at


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


def _settle_by_credit(booking: Booking, purchase: PackagePurchase) -> None:
    """A credit pays for it, and nothing else does: what was begun of a payment before is given up. If the package was
    given back before, what is kept of it may be another sum now.
    """
    _settle_credit(booking, purchase)
    if purchase.status == PurchaseStatus.REFUNDED:
        settle_purchase(purchase)
    settle_payment("booking", booking.pk, keep=Decimal(0))


def _settle_credit(booking: Booking, purchase: PackagePurchase) -> None:
    """A credit that is used up has earned its share of the package's price."""
    if booking.status not in _OVER or not Payment.objects.of("purchase", purchase.pk).exists():
        return
    is_used = sum(CreditEntry.objects.filter(booking=booking).values_list("change", flat=True)) < 0
    share = _share(purchase, _source(booking.pk)) if is_used else Decimal(0)
    settle_payment("purchase", purchase.pk, keep=None, earned=_earned(booking, share, booking.commission_percent))


def _share(purchase: PackagePurchase, source: str) -> Decimal:
    """What one lesson earns: it and those that earned before it together exactly their part of the price, so that all
    lessons are worth the whole price, to the last cent.
    """
    others_first = takewhile(lambda earned: earned[0] != source, _earned_by_source(purchase).items())
    before = [gross for _, gross in others_first if gross > 0]
    count = min(len(before) + 1, purchase.session_count)
    due = round_part(purchase.price * count / purchase.session_count, purchase.currency, of=purchase.price)
    return max(due - sum(before), Decimal(0))


def _earned_by_others(purchase: PackagePurchase, source: str) -> Decimal:
    return sum((gross for each, gross in _earned_by_source(purchase).items() if each != source), Decimal(0))


def _earned_by_source(purchase: PackagePurchase) -> dict[str, Decimal]:
    """What each of its lessons has earned in the end, and the purchase itself, in the order in which they began to."""
    lines = Earning.objects.filter(payment__payable_kind="purchase", payment__payable_id=purchase.pk)
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for source, gross in lines.order_by("pk").values_list("source", "gross"):
        earned[source.partition("#")[0]] += gross
    return earned
