"""The only place that writes what moves of a booking: its status, its times and its version."""

from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from bookings.errors import StudentConflict
from bookings.models import LIVE, RETURNS, TRANSITIONS, Booking, BookingStatus
from common.errors import InvalidTransition

STUDENT_GUARD = "booking_student_in_one_place"


def require(booking: Booking, status: BookingStatus, *, verb: str) -> None:
    """Raises InvalidTransition unless the machine has that move."""
    if not booking.can_become(status):
        raise no_such_move(booking, verb)


def no_such_move(booking: Booking, verb: str) -> InvalidTransition:
    return InvalidTransition(
        f"Cannot {verb} a booking that is {booking.get_status_display().lower()}",
        current=booking.status,
        allowed=sorted(TRANSITIONS.get(booking.status, ())),
    )


def write(booking: Booking, *, now: datetime, **changes: Any) -> None:
    """Compare and set (R-OVL-5): write the changes if status and version are still what this object says.

    Raises InvalidTransition where somebody else was faster, StudentConflict where the new time is not free.
    """
    changes |= {"version": booking.version + 1, "updated_at": now}
    unchanged = Booking.objects.filter(pk=booking.pk, status=booking.status, version=booking.version)
    takes_time = "starts_at" in changes or (booking.status not in LIVE and changes.get("status") in LIVE)
    # A savepoint, so that the refusal of a time leaves the transaction usable.
    guarded = transaction.atomic() if takes_time else nullcontext()
    try:
        with guarded:
            written = unchanged.update(**changes)
    except IntegrityError as error:
        if STUDENT_GUARD not in str(error):
            raise
        raise StudentConflict from error
    if not written:
        raise no_such_move(booking, "change")
    for name, value in changes.items():
        setattr(booking, name, value)


def move(booking: Booking, status: BookingStatus, *, now: datetime, verb: str, **changes: Any) -> None:
    """To another status, if the machine has that move. Calendars must learn of it (R-ICS-2).

    Raises InvalidTransition.
    """
    require(booking, status, verb=verb)
    write(booking, now=now, status=status, sequence=booking.sequence + 1, **changes)


def bring_back(booking: Booking, status: BookingStatus, *, now: datetime, **changes: Any) -> None:
    """From the end back into a state that takes both people's time, where `RETURNS` has that (R-PAY-8).

    Raises InvalidTransition or StudentConflict.
    """
    if status not in RETURNS.get(booking.status, ()):
        raise no_such_move(booking, "bring back")
    write(booking, now=now, status=status, sequence=booking.sequence + 1, **changes)
