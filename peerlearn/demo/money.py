"""What the lessons cost has been paid, in the sandbox: by the services, so that the ledger has all of it."""

from collections.abc import Sequence
from decimal import Decimal

from bookings.models import LIVE, Booking, BookingStatus
from payments.models import Payment
from payments.services import disputes, intents, payouts, refunds
from peerlearn.demo.people import Cast

# Of the lessons that took place; the first of them are refunded in part, and disputed.
PAID = 8
DECLINED, USUAL = "pm_card_chargeDeclined", "pm_card_visa"


def pay(cast: Cast, lessons: Sequence[Booking]) -> list[Payment]:
    """Payments of lessons that took place and of those to come; a card that was declined, a refund, a dispute, and the
    payouts of what was earned.
    """
    now_as_they_are = Booking.objects.filter(pk__in=[lesson.pk for lesson in lessons], purchase=None, price__gt=0)
    given = now_as_they_are.filter(status=BookingStatus.COMPLETED).select_related("student").order_by("pk")
    ahead = now_as_they_are.filter(status__in=LIVE).select_related("student").order_by("pk")
    paid = [_pay(booking, USUAL) for booking in given[:PAID]]
    paid += [_pay(booking, DECLINED if place == 0 else USUAL) for place, booking in enumerate(ahead)]
    if len(paid) > 1:
        refunds.refund_payment(paid[0].pk, actor=cast.admin, amount=Decimal(5), reason="Began late.")
        disputes.open_dispute(paid[1].pk, actor=paid[1].payer, reason="not_as_described", description="No sound.")
    payouts.run_payouts(actor=cast.admin)
    return paid


def _pay(booking: Booking, method: str) -> Payment:
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)
    return intents.confirm(payment.pk, payer=booking.student, payment_method=method)
