"""Lessons and their money, for a running site: made with `site.call`, returned as plain data."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from bookings.models import Booking
from bookings.services import answering
from payments.models import Payment, ProviderCall, ProviderEvent, Refund, SandboxObject
from payments.services import checking, intents
from payments.tasks import call_provider, process_event
from tests.support import market, world


def make_requests(count: int) -> list[dict]:
    """Lessons that students have asked for: `{booking, student, tutor}`, people as `world.make_students`."""
    tutors, students = market.make_open_tutors(count), world.make_students(count)
    return [
        {
            "booking": market.make_booking(student["id"], tutor["profile"], market.slot(day=3)),
            "student": student,
            "tutor": tutor,
        }
        for tutor, student in zip(tutors, students, strict=True)
    ]


def make_paid() -> int:
    """The id of the payment of a confirmed lesson of 45.00."""
    (one,) = make_requests(1)
    booking = Booking.objects.get(pk=one["booking"])
    answering.confirm_booking(booking.pk, actor=booking.tutor.user)
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)
    return intents.confirm(payment.pk, payer=booking.student, payment_method="pm_card_visa").pk


def catch_up() -> None:
    """Do what a dead process has left behind, as if its leases were over, until nothing is due."""
    for _ in range(10):
        due = [rows.filter(state="due") for rows in (ProviderCall.objects, ProviderEvent.objects)]
        for rows in due:
            rows.update(leased_until=None, due_at=timezone.now() - timedelta(seconds=1))
        for task, rows in zip((call_provider, process_event), due, strict=True):
            for pk in list(rows.values_list("pk", flat=True)):
                task(pk)


def payments_of(bookings: list[int]) -> list[dict]:
    """What stands of them here and at the provider, which has one intent of each."""
    found = []
    for payment in Payment.objects.filter(payable_kind="booking", payable_id__in=bookings).order_by("payable_id"):
        there = SandboxObject.objects.filter(kind="intent", data__payment_ref=str(payment.pk))
        found.append(
            {
                "booking": payment.payable_id,
                "status": payment.status,
                "captured": str(payment.captured_amount),
                "there": [str(Decimal(row.data["captured"])) for row in there],
            }
        )
    return found


def refunds_of(payment: int) -> list[str]:
    """What was given back, here and at the provider, which must agree."""
    ours = sorted(str(refund.amount) for refund in Refund.objects.filter(payment=payment))
    intent = SandboxObject.objects.get(pk=Payment.objects.get(pk=payment).provider_id).data
    assert ours == sorted(str(Decimal(refund["amount"])) for refund in intent["refunds"]), (ours, intent["refunds"])
    return ours


def problems() -> list[str]:
    """What `check_ledger` finds."""
    return checking.problems()
