"""Hours on a wall as instants: the definition of R-SLOT-1 by the algorithm of R-SLOT-4.

A local date is cut into stretches of constant UTC offset. In each of them the wall clock runs evenly, so that a window
is one interval there: what falls into a spring gap is in no stretch, what an autumn repeats is in two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.slots.spans import Interval, Span, Window, merged

DAY = timedelta(days=1)
# No zone has ever changed its clocks twice within an hour.
_PROBE = timedelta(hours=1)
_EXACT = timedelta(seconds=1)


class Stretch(NamedTuple):
    """Instants during which a zone has one UTC offset."""

    start: datetime
    end: datetime
    offset: timedelta


@dataclass(frozen=True)
class Hours:
    """What a tutor has published: weekly windows, more on single dates (`once`), others instead (`overrides`)."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Window]]
    once: Mapping[date, Sequence[Window]] = field(default_factory=dict)
    overrides: Mapping[date, Sequence[Window]] = field(default_factory=dict)

    def on(self, day: date) -> list[Window]:
        """The windows of a local date, merged (R-SLOT-2). An override replaces all others (R-SLOT-3)."""
        if day in self.overrides:
            return merged(self.overrides[day])
        return merged([*self.weekly.get(day.weekday(), ()), *self.once.get(day, ())])

    def intervals(self, first: date, last: date) -> list[Interval]:
        """When the tutor is there on these local dates; merged across midnight too."""
        days = dates(first, last)
        return merged(piece for day in days for window in self.on(day) for piece in expand(self.zone, day, window))

    def starts(self, day: date, step: int) -> list[datetime]:
        """Where lessons may begin: every `step` minutes of the wall from each window's own start (R-SLOT-5)."""
        minutes = (minute for window in self.on(day) for minute in range(window.start, window.end, step))
        return sorted(moment for minute in minutes for moment in occurrences(self.zone, day, minute))


def dates(first: date, last: date) -> Iterator[date]:
    """The dates from `first` to `last`, both included."""
    return (first + n * DAY for n in range((last - first).days + 1))


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local date, which is not 00:00 everywhere; of a skipped date, where it would have been."""
    pieces = expand(zone, day, Span(0, 1440))
    return min(pieces).start if pieces else datetime.combine(day, time.min, zone).astimezone(UTC)


def expand(zone: ZoneInfo, day: date, window: Window) -> list[Interval]:
    """The instants at which the wall of the zone shows a time of the window on that date."""
    midnight = datetime.combine(day, time.min, UTC)
    begin, end = midnight + timedelta(minutes=window.start), midnight + timedelta(minutes=window.end)
    pieces = (
        Span(max(begin - stretch.offset, stretch.start), min(end - stretch.offset, stretch.end))
        for stretch in stretches(zone, day)
    )
    return [piece for piece in pieces if piece.start < piece.end]


def occurrences(zone: ZoneInfo, day: date, minute: int) -> list[datetime]:
    """The instants at which the wall shows that minute of that date: usually one, none in a gap, two in a fold."""
    moment = datetime.combine(day, time.min, UTC) + timedelta(minutes=minute)
    shown = ((moment - stretch.offset, stretch) for stretch in stretches(zone, day))
    return [instant for instant, stretch in shown if stretch.start <= instant < stretch.end]


@lru_cache(maxsize=16_384)
def stretches(zone: ZoneInfo, day: date) -> tuple[Stretch, ...]:
    """The stretches in which the local date may be `day`. Offsets are less than a day either way."""
    begin = at = datetime.combine(day, time.min, UTC) - DAY
    end = at + 3 * DAY
    offset = _offset(zone, at)
    found = []
    while at < end:
        at, before = at + _PROBE, at
        if _offset(zone, at) != offset:
            change = _first_change(zone, before, at)
            found.append(Stretch(begin, change, offset))
            begin, offset = change, _offset(zone, at)
    return (*found, Stretch(begin, end, offset))


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _first_change(zone: ZoneInfo, same: datetime, other: datetime) -> datetime:
    """The first second with the offset of `other`, by halving."""
    offset = _offset(zone, same)
    while other - same > _EXACT:
        middle = same + timedelta(seconds=(other - same) // _EXACT // 2)
        if _offset(zone, middle) == offset:
            same = middle
        else:
            other = middle
    return other
