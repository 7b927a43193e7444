"""A lesson and its money."""

from decimal import Decimal

import pytest

from notifications.models import Notification
from payments.models import Account, ProviderCall, ProviderEvent
from payments.services import intents, ledger
from payments.tasks import call_provider, process_event
from tests.bookings.conftest import book, clock, confirmed, student, tutor

__all__ = ["book", "clock", "confirmed", "student", "tutor"]


def work_off():
    """Do what is due until nothing is: what workers do after the commit."""
    for _ in range(20):
        due = [
            *((process_event, pk) for pk in ProviderEvent.objects.filter(state="due").values_list("pk", flat=True)),
            *((call_provider, pk) for pk in ProviderCall.objects.filter(state="due").values_list("pk", flat=True)),
        ]
        if not due:
            return
        for task, pk in due:
            task(pk)


@pytest.fixture
def pay():
    """`pay(booking)` pays for it; `method` is one of the sandbox's."""

    def make(booking, *, method="pm_card_visa", kind="booking"):
        payment = intents.create_intent(kind, booking.pk, payer=booking.student)
        payment = intents.confirm(payment.pk, payer=booking.student, payment_method=method)
        work_off()
        payment.refresh_from_db()
        return payment

    return make


@pytest.fixture(autouse=True)
def _sound_ledger(db):
    """After every test the ledger sums to zero (R8)."""
    yield
    assert ledger.imbalances() == []


def balance(account, currency="USD"):
    return ledger.balances().get((account, currency), Decimal(0))


def held(currency="USD"):
    """Of what people have paid: how much is still there. What the provider keeps for itself is our expense."""
    return balance(Account.PROCESSOR, currency) + balance(Account.FEES, currency)


def told(user):
    """The types of what somebody was notified of, in order."""
    return list(Notification.objects.filter(recipient=user).order_by("id").values_list("type", flat=True))
