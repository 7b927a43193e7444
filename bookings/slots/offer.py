"""Which times may be taken, and why another may not."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple, TypeAlias

from bookings.slots.hours import DAY, Hours, dates, local_date
from bookings.slots.spans import Interval, Span, covers, meets, merged, without

MINUTE = timedelta(minutes=1)
# A time that somebody may take.
Slot: TypeAlias = Interval


class Reason(Enum):
    """Why a time cannot be taken, in the order in which it is looked for (R-SLOT-11)."""

    OUTSIDE_AVAILABILITY = auto()
    TOO_SOON = auto()
    TOO_FAR = auto()
    LIMIT_REACHED = auto()
    TAKEN = auto()
    BUFFER_CONFLICT = auto()
    STUDENT_CONFLICT = auto()


class Appointment(NamedTuple):
    """Time of the tutor that is taken, and how many minutes it needs around it."""

    start: datetime
    end: datetime
    before: int = 0
    after: int = 0


class Limits(NamedTuple):
    """The most of a day or a week; None: no limit."""

    bookings: int | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Rules:
    """How the tutor may be booked (R-SLOT-5 to R-SLOT-8)."""

    step: int = 30
    notice: timedelta = timedelta()
    most_days_ahead: int = 60
    before: int = 0
    after: int = 0
    a_day: Limits = Limits()
    a_week: Limits = Limits()


@dataclass(frozen=True)
class Offer:
    """A tutor's time as one student sees it at one moment.

    `busy` is the tutor's time that is taken, whoever by; `booked` the part of it that counts for the limits; `own` the
    student's commitments elsewhere. `pair_is_full`: the two have as many open bookings as they may.
    """

    hours: Hours
    rules: Rules
    now: datetime
    time_off: Sequence[Interval] = ()
    busy: Sequence[Appointment] = ()
    booked: Sequence[Interval] = ()
    own: Sequence[Interval] = ()
    pair_is_full: bool = False

    def free(self, first: date, last: date, *, minutes: int) -> list[Slot]:
        """The slots that begin on these dates of the tutor's and may be taken, in order."""
        # Nothing can be had in the past or beyond the horizon; a day more, whatever clocks do at midnight.
        first = max(first, self._today - DAY)
        last = min(last, self._today + (self.rules.most_days_ahead + 1) * DAY)
        return [slot for slot in self._candidates(first, last, minutes) if not self._refusal(slot)]

    def soonest(self, count: int, *, minutes: int, days: int) -> list[Slot]:
        """The first slots within so many days; looks no farther than it must."""
        ahead = dates(self._today, self._today + days * DAY)
        candidates = chain.from_iterable(self._candidates(day, day, minutes) for day in ahead)
        return list(islice((slot for slot in candidates if not self._refusal(slot)), count))

    def refusal(self, slot: Slot) -> Reason | None:
        """Why this one time cannot be taken: by the same rules as `free`."""
        day = local_date(slot.start, self.hours.zone)
        if slot not in self._candidates(day, day, _minutes(slot)):
            return Reason.OUTSIDE_AVAILABILITY
        return self._refusal(slot)

    def _candidates(self, first: date, last: date, minutes: int) -> list[Slot]:
        """Starts on the tutor's wall from which the whole length lies in one interval of opening (R-SLOT-5)."""
        # The neighbours that a lesson may reach into; two days, because a zone has skipped one (Apia, 2011-12-30).
        opening = without(self.hours.intervals(first - 2 * DAY, last + 2 * DAY), merged(self.time_off))
        step = min(self.rules.step, minutes)
        starts = chain.from_iterable(self.hours.starts(day, step) for day in dates(first, last))
        slots = (Span(start, start + minutes * MINUTE) for start in starts)
        return [slot for slot in slots if covers(opening, slot)]

    def _refusal(self, slot: Slot) -> Reason | None:
        reasons: tuple[tuple[Callable[[Slot], bool], Reason], ...] = (
            (self._is_too_soon, Reason.TOO_SOON),
            (self._is_too_far, Reason.TOO_FAR),
            (self._exceeds_a_limit, Reason.LIMIT_REACHED),
            (self._is_taken, Reason.TAKEN),
            (self._is_too_close, Reason.BUFFER_CONFLICT),
            (self._student_is_elsewhere, Reason.STUDENT_CONFLICT),
        )
        return next((reason for applies, reason in reasons if applies(slot)), None)

    def _is_too_soon(self, slot: Slot) -> bool:
        return slot.start < self.now + self.rules.notice

    def _is_too_far(self, slot: Slot) -> bool:
        return local_date(slot.start, self.hours.zone) > self._today + self.rules.most_days_ahead * DAY

    def _is_taken(self, slot: Slot) -> bool:
        return meets(self._core, slot)

    def _is_too_close(self, slot: Slot) -> bool:
        return meets(self._with_buffers, slot)

    def _student_is_elsewhere(self, slot: Slot) -> bool:
        return meets(self._elsewhere, slot)

    def _exceeds_a_limit(self, slot: Slot) -> bool:
        if self.pair_is_full:
            return True
        day = local_date(slot.start, self.hours.zone)
        more = _minutes(slot)
        periods = ((self._by_day[day], self.rules.a_day), (self._by_week[_week(day)], self.rules.a_week))
        return any(_exceeds(limits, booked, more) for booked, limits in periods)

    @cached_property
    def _today(self) -> date:
        return local_date(self.now, self.hours.zone)

    @cached_property
    def _core(self) -> list[Interval]:
        return merged(Span(one.start, one.end) for one in self.busy)

    @cached_property
    def _with_buffers(self) -> list[Interval]:
        """Between two neighbours the larger of the two buffers is needed, never their sum (R-SLOT-6)."""
        rules = self.rules
        return merged(
            Span(
                one.start - max(rules.after, one.before) * MINUTE,
                one.end + max(one.after, rules.before) * MINUTE,
            )
            for one in self.busy
        )

    @cached_property
    def _elsewhere(self) -> list[Interval]:
        return merged(self.own)

    @cached_property
    def _by_day(self) -> defaultdict[Hashable, list[int]]:
        return self._booked_minutes(lambda day: day)

    @cached_property
    def _by_week(self) -> defaultdict[Hashable, list[int]]:
        return self._booked_minutes(_week)

    def _booked_minutes(self, period: Callable[[date], Hashable]) -> defaultdict[Hashable, list[int]]:
        """The lengths of what is booked in each period of the tutor's calendar."""
        lengths: defaultdict[Hashable, list[int]] = defaultdict(list)
        for booked in self.booked:
            lengths[period(local_date(booked.start, self.hours.zone))].append(_minutes(booked))
        return lengths


def _minutes(span: Interval) -> int:
    return (span.end - span.start) // MINUTE


def _week(day: date) -> tuple[int, int]:
    """From Monday to Sunday."""
    return day.isocalendar()[:2]


def _exceeds(limits: Limits, booked: list[int], more: int) -> bool:
    too_many = limits.bookings is not None and len(booked) + 1 > limits.bookings
    too_long = limits.minutes is not None and sum(booked) + more > limits.minutes
    return too_many or too_long
