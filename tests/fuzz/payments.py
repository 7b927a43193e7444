"""Payments and payouts for the fuzzer to find."""

from collections.abc import Callable

from accounts.models import User
from bookings.models import Booking
from payments.models import Payment
from tests.factories import PaymentFactory
from tests.fuzz import bookings
from tests.support.money import payout_of


def _payment(caller: User | None) -> Payment:
    """Of a lesson that the caller takes or gives."""
    lesson = Booking.objects.select_related("tutor", "student").get(pk=bookings.MAKERS["late_cancelled"](caller))
    return PaymentFactory(payable_id=lesson.pk, payer=lesson.student, tutor=lesson.tutor)


MAKERS: dict[str, Callable[[User | None], int]] = {
    "payment": lambda caller: _payment(caller).pk,
    "payout": lambda caller: payout_of(_payment(caller)).pk,
}
