"""What becomes of what a student paid for a booking: the share that is given back, and the credit."""

from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.cancellation import NOTHING_LOST, Outcome, Terms, outcome, refund_of
from bookings.models import Booking, BookingStatus, CreditEntry, CreditKind, Party, RescheduleProposal
from bookings.services import credits, expiry, ledger, refunds


def terms_of(booking: Booking) -> Terms:
    """What of the booking decides about a cancellation."""
    return Terms(
        policy=booking.cancellation_policy,
        is_confirmed=booking.status == BookingStatus.CONFIRMED,
        created_at=booking.created_at,
        starts_at=booking.starts_at,
        non_refundable=booking.non_refundable,
        free_until=booking.free_cancel_until,
    )


def outcome_of(booking: Booking, party: Party, *, now: datetime) -> Outcome:
    """What it gives back if that party cancels now."""
    if party == Party.STUDENT and _tutor_wants_to_move(booking, now):
        return NOTHING_LOST
    return outcome(terms_of(booking), by=party, now=now, by_credit=booking.purchase_id is not None)


def _tutor_wants_to_move(booking: Booking, now: datetime) -> bool:
    """Then the student may as well cancel, free of charge (booking machine)."""
    still_open = booking.proposals.filter(state=RescheduleProposal.State.OPEN, lapses_at__gt=now)
    return still_open.filter(proposed_by=Party.TUTOR).exists()


def settle(booking: Booking, outcome: Outcome, *, actor: User | None, now: datetime) -> dict[str, Any]:
    """Use up or give back the credit of a locked booking; returns the columns that say what was given back."""
    if outcome.releases_credit:
        give_back(booking, actor=actor, now=now)
    else:
        use_up(booking, actor=actor, now=now)
    return refund(booking, outcome.refund_percent)


def refund(booking: Booking, percent: int) -> dict[str, Any]:
    """The columns. What was paid by a credit has no money to give back (R-CAN-4)."""
    paid = booking.price if booking.purchase_id is None else booking.price * 0
    return {"refund_percent": percent, "refund_amount": refund_of(paid, percent, booking.currency)}


def give_back(booking: Booking, *, actor: User | None, now: datetime) -> None:
    """Give the booking's credit back, be it reserved or used up already. Safe to repeat."""
    if credits.release(booking, actor=actor, now=now) or booking.purchase_id is None:
        return
    purchase = ledger.lock(booking.purchase_id)
    if _change(booking) < 0:
        expiry.catch_up(purchase, now=now)
        ledger.write(purchase, CreditKind.ADJUST, +1, booking=booking, actor=actor, now=now, reason="given back")
        refunds.receive_credit(purchase, actor=actor, now=now)


def use_up(booking: Booking, *, actor: User | None, now: datetime) -> None:
    """Use the booking's credit up, be it reserved or given back already. Safe to repeat. Raises InsufficientCredits."""
    if credits.consume(booking, actor=actor, now=now) or booking.purchase_id is None:
        return
    ledger.lock(booking.purchase_id)
    if _change(booking) == 0:
        ledger.take(booking.purchase_id, CreditKind.ADJUST, booking=booking, actor=actor, now=now)


def _change(booking: Booking) -> int:
    """What the booking has done to its purchase so far: -1 while it costs a credit."""
    return sum(CreditEntry.objects.filter(booking=booking).values_list("change", flat=True))
