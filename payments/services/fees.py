"""What the provider keeps for its services, as it says itself (R-PAY-11): the platform's expense, nobody else's."""

from collections.abc import Iterable
from datetime import datetime

from payments.gateways.base import FeeState
from payments.models import Account, Fee, Payment
from payments.services import ledger


def book(payment: Payment, there: Iterable[FeeState], *, now: datetime) -> None:
    """Take over the fees of a locked payment that are not known yet. Safe to repeat, and in any order."""
    for state in unknown(payment, there):
        fee = Fee.objects.create(
            payment=payment, provider_id=state.id, amount=state.amount, currency=state.currency, created_at=now
        )
        ledger.move(
            "fee",
            f"fee:{fee.pk}",
            fee.currency,
            fee.amount,
            debit=Account.FEES,
            credit=Account.PROCESSOR,
            payment=payment,
        )


def unknown(payment: Payment, there: Iterable[FeeState]) -> list[FeeState]:
    """Those of which nothing here says anything."""
    said = {state.id: state for state in there}
    known = set(payment.fees.values_list("provider_id", flat=True)) if said else set()
    return [state for state in said.values() if state.id not in known]
