"""How long a ticket has been with us, and until when it may be: pure functions (R-SUP-2, R-SUP-3).

A stopwatch keeps what has passed before it was stopped last, by the clock on the wall and by business hours, and since
when it is running. When something is due follows from that and from the priority of now: with another priority it is
as if the ticket had had that one from the beginning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.slots.hours import DAY, dates, expand, local_date
from bookings.slots.spans import Interval, Span, Window, merged

# Of the time that there is, after which somebody is warned (R-SUP-4).
WARNED_AT = 0.8
_AT_ONCE = timedelta(days=14)
# Hours that are never open would be looked for in vain.
_HORIZON = timedelta(days=3660)


class Metric(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


def _hours(first: float, following: float, resolution: float) -> dict[str, timedelta]:
    return dict(zip(Metric, (timedelta(hours=hours) for hours in (first, following, resolution)), strict=True))


# Hours of business but for what is urgent, which is counted around the clock. A day is 24 of them (R-SUP-2).
TARGETS: dict[str, dict[str, timedelta]] = {
    "urgent": _hours(0.5, 1, 8),
    "high": _hours(4, 8, 24),
    "normal": _hours(8, 16, 72),
    "low": _hours(16, 24, 120),
}
AROUND_THE_CLOCK = {"urgent"}


@dataclass(frozen=True)
class BusinessHours:
    """Windows of each weekday (0 is Monday) on a zone's wall. Holidays are `2026-12-24`, or `12-25` of any year."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Window]]
    holidays: frozenset[str] = field(default_factory=frozenset)

    def on(self, day: date) -> list[Window]:
        if not self.holidays.isdisjoint((day.isoformat(), f"{day:%m-%d}")):
            return []
        return merged(self.weekly.get(day.weekday(), ()))

    def between(self, start: datetime, end: datetime) -> list[Interval]:
        """When we are there from `start` to `end`, in order."""
        days = dates(local_date(start, self.zone) - DAY, local_date(end, self.zone) + DAY)
        pieces = merged(piece for day in days for window in self.on(day) for piece in expand(self.zone, day, window))
        clipped = (Span(max(piece.start, start), min(piece.end, end)) for piece in pieces)
        return [piece for piece in clipped if piece.start < piece.end]


class Stopwatch(NamedTuple):
    """What has passed until it was stopped last, by business hours and in all; `since` when it runs, if it does."""

    business: timedelta = timedelta()
    elapsed: timedelta = timedelta()
    since: datetime | None = None

    def started(self, now: datetime) -> "Stopwatch":
        return self if self.since else self._replace(since=now)

    def stopped(self, now: datetime, hours: BusinessHours) -> "Stopwatch":
        if self.since is None or now <= self.since:
            return self._replace(since=None)
        worked = worked_between(self.since, now, hours)
        return Stopwatch(self.business + worked, self.elapsed + (now - self.since))

    def spent(self, priority: str, now: datetime, hours: BusinessHours) -> timedelta:
        """What counts of it at this priority."""
        until_now = self.stopped(now, hours)
        return until_now.elapsed if priority in AROUND_THE_CLOCK else until_now.business


def worked_between(start: datetime, end: datetime, hours: BusinessHours) -> timedelta:
    """How much of that time was business hours."""
    return sum((piece.end - piece.start for piece in hours.between(start, end)), timedelta())


def due_at(watch: Stopwatch, metric: str, priority: str, hours: BusinessHours, *, share: float = 1) -> datetime | None:
    """When the time for this metric, or that share of it, will have passed if nothing stops the watch before.

    None while it stands still. Of a time that has passed already, the beginning of this run.
    """
    if watch.since is None:
        return None
    target = TARGETS[priority][metric] * share
    if priority in AROUND_THE_CLOCK:
        return watch.since + max(timedelta(), target - watch.elapsed)
    return _after(watch.since, target - watch.business, hours)


def _after(start: datetime, left: timedelta, hours: BusinessHours) -> datetime:
    """The first moment at which `left` of business hours has passed since `start`."""
    if left <= timedelta():
        return start
    at, end = start, start + _HORIZON
    while at < end:
        for piece in hours.between(at, at + _AT_ONCE):
            if piece.end - piece.start >= left:
                return piece.start + left
            left -= piece.end - piece.start
        at += _AT_ONCE
    return end
