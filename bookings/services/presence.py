"""Who was in the lesson, and for how long: what attendance says."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from bookings.models import Attendance, Booking

NOTHING = timedelta(0)


def of(booking: Booking, *, now: datetime) -> Mapping[int, timedelta]:
    """How long each user was there between the start and the end, up to now. Who never came has nothing."""
    total: defaultdict[int, timedelta] = defaultdict(timedelta)
    until = min(now, booking.ends_at)
    for user_id, entered, left in _rows(booking):
        total[user_id] += within(entered, left, booking.starts_at, until)
    return total


def within(entered: datetime, left: datetime | None, starts_at: datetime, until: datetime) -> timedelta:
    """How much of one stay, which may not be over, was between the two moments."""
    return max(NOTHING, min(left or until, until) - max(entered, starts_at))


def ever_came(booking: Booking, user_id: int) -> bool:
    return Attendance.objects.filter(booking=booking, user=user_id).exists()


def recorded(booking: Booking, user_id: int) -> timedelta | None:
    """How long the user was in a lesson that has ended; None if nobody wrote down that they came."""
    return of(booking, now=booking.ends_at).get(user_id)


def both_were_there(booking: Booking, *, now: datetime) -> bool:
    """For at least half of the lesson each (R-BOOK-5)."""
    present = of(booking, now=now)
    half = (booking.ends_at - booking.starts_at) / 2
    return all(present[user] >= half for user in (booking.student_id, booking.tutor.user_id))


def both_are_there(booking: Booking) -> bool:
    inside = set(Attendance.objects.filter(booking=booking, left_at=None).values_list("user_id", flat=True))
    return {booking.student_id, booking.tutor.user_id} <= inside


def end(booking: Booking, *, now: datetime) -> None:
    """Nobody is in a lesson that has ended."""
    Attendance.objects.filter(booking=booking, left_at=None).update(left_at=now)


def _rows(booking: Booking) -> list[tuple[int, datetime, datetime | None]]:
    return list(Attendance.objects.filter(booking=booking).values_list("user_id", "entered_at", "left_at"))
