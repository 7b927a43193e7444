"""Free time of two weeks as one whole number: bit `n` is the `n`-th quarter of an hour since a midnight in UTC.

So the time that two people have in common is one `&`, which 20 million pairs can afford.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from bookings.slots import Interval

CELL = timedelta(minutes=15)
MINUTES = 15
A_DAY = 96
# How far ahead is looked (R-MAT-1, R-MAT-2).
WINDOW = timedelta(days=14)
# What is stored is read until the next day, and its first day is partly over.
STORED_DAYS = 16


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def between(origin: datetime, start: datetime, end: datetime) -> int:
    """The cells that lie wholly between two instants."""
    first = max(-((origin - start) // CELL), 0)
    last = max((end - origin) // CELL, first)
    return (1 << last) - (1 << first)


def all_of(origin: datetime, intervals: Iterable[Interval]) -> int:
    """The cells that lie wholly in one of the intervals."""
    found = 0
    for start, end in intervals:
        found |= between(origin, start, end)
    return found


def touched_by(origin: datetime, intervals: Iterable[Interval]) -> int:
    """The cells that any of the intervals reaches into."""
    found = 0
    for start, end in intervals:
        first = max((start - origin) // CELL, 0)
        last = max(-((origin - end) // CELL), first)
        found |= (1 << last) - (1 << first)
    return found


def begun_in(origin: datetime, moments: Iterable[datetime]) -> int:
    """The cells in which the moments are."""
    found = 0
    for moment in moments:
        found |= 1 << (moment - origin) // CELL
    return found


def lessons(starts: int, minutes: int) -> int:
    """The time of all lessons of that length which begin at `starts`."""
    found = starts
    for _ in range(1, -(-minutes // MINUTES)):
        found |= found << 1
    return found


def minutes_of(cells: int) -> int:
    return cells.bit_count() * MINUTES
