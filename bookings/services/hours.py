"""When a tutor can be booked: the windows of the week, and those of single dates."""

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.errors import ProfileFrozen, StaleProfile
from accounts.models import TutorProfile, TutorStatus
from audit.services import record
from bookings.errors import OverlappingAvailability, TooManyEntries
from bookings.models import BookingTerms, WeeklyHours
from bookings.models.schedule import MINUTES_OF_A_DAY
from bookings.services.terms import ensure_terms, terms_of
from bookings.slots.hours import local_date
from common.compiled import compiled
from common.errors import NotFound

MOST_WINDOWS = 200
DAYS_OF_A_WEEK = 7


class NewWindow(NamedTuple):
    """What a tutor asks for. An end that is not after the start is on the next day; 0 and 1440 both mean midnight."""

    weekday: int
    start_minute: int
    end_minute: int
    is_recurring: bool = True


def present_windows(tutor: TutorProfile, *, now: datetime) -> list[WeeklyHours]:
    """The windows of the week, and those of single dates that are not over."""
    return _since(today=local_date(now, ZoneInfo(terms_of(tutor).timezone)), tutor=tutor.pk)


@compiled
def _since(*, tutor: Any, today: Any) -> QuerySet[WeeklyHours]:
    return WeeklyHours.objects.filter(Q(only_on=None) | Q(only_on__gte=today), tutor=tutor)


@transaction.atomic
def add_windows(
    tutor: TutorProfile, windows: Iterable[NewWindow], *, merge: bool = False, now: datetime
) -> list[WeeklyHours]:
    """Add all of the windows, or none; returns the rows that hold them now, in order.

    With `merge` what overlaps or touches becomes one row. A window that crosses midnight is stored as two (R-SLOT-2).
    One that does not recur holds on the next such date of the tutor's zone. Audited. Raises ProfileFrozen,
    OverlappingAvailability or TooManyEntries.
    """
    take_hours(tutor)
    terms, stored = ensure_terms(tutor), list(tutor.weekly_hours.all())
    rows = _store(tutor, terms, stored, windows, merge=merge, now=now)
    _record_change(tutor, stored)
    return rows


@transaction.atomic
def replace_week(
    tutor: TutorProfile,
    windows: Iterable[NewWindow],
    *,
    zone: str | None = None,
    version: int | None = None,
    merge: bool = False,
    now: datetime,
) -> list[WeeklyHours]:
    """Let these windows be all that there are. Overrides and time off stay; so does the zone, unless one is given.

    `version` is that of the profile which the caller has read. Audited. Raises ProfileFrozen, StaleProfile,
    OverlappingAvailability or TooManyEntries.
    """
    take_hours(tutor, version=version)
    terms, stored = ensure_terms(tutor), list(tutor.weekly_hours.all())
    zones = [terms.timezone, zone or terms.timezone]
    if zones[0] != zones[1]:
        terms.timezone = zones[1]
        terms.save(update_fields=["timezone", "updated_at"])
    tutor.weekly_hours.all().delete()
    rows = _store(tutor, terms, [], windows, merge=merge, now=now)
    _record_change(tutor, stored, zones)
    return rows


@transaction.atomic
def remove_window(window_id: int, *, tutor: TutorProfile) -> None:
    """Take one of the tutor's own windows away. What is booked stays booked. Audited.

    Raises ProfileFrozen or NotFound.
    """
    take_hours(tutor)
    stored = list(tutor.weekly_hours.all())
    deleted, _ = WeeklyHours.objects.filter(pk=window_id, tutor=tutor).delete()
    if not deleted:
        raise NotFound("Availability not found")
    _record_change(tutor, stored)


def take_hours(tutor: TutorProfile, *, version: int | None = None) -> None:
    """Let one writer at a time change this tutor's hours, until the transaction ends; the profile, which shows them,
    has a new version by that. Raises ProfileFrozen while admins look at it, or StaleProfile if it has another version
    than `version` by now.
    """
    known = {} if version is None else {"version": version}
    profile = TutorProfile.objects.filter(pk=tutor.pk, **known).exclude(status=TutorStatus.PENDING_APPROVAL)
    if not profile.update(version=F("version") + 1, updated_at=timezone.now()):
        status, current = TutorProfile.objects.values_list("status", "version").get(pk=tutor.pk)
        if status == TutorStatus.PENDING_APPROVAL:
            raise ProfileFrozen
        raise StaleProfile(current_version=current)


def record_hours(tutor: TutorProfile, action: str, *, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """In the audit log: students may ask why a time was not to be had."""
    record(f"hours.{action}", actor=tutor.user, obj=tutor, before=before, after=after)


def _record_change(tutor: TutorProfile, stored: Iterable[WeeklyHours], zones: Sequence[str] = ("", "")) -> None:
    """What of the hours that were `stored` is gone, and what came; nothing where all is as it was."""
    old = Counter(_in_words(row) for row in stored)
    new = Counter(_in_words(row) for row in WeeklyHours.objects.filter(tutor=tutor))
    gone, came = (sorted(rows.elements()) for rows in (old - new, new - old))
    before, after = ({"windows": rows} for rows in (gone, came))
    if zones[0] != zones[1]:
        before |= {"timezone": [zones[0]]}
        after |= {"timezone": [zones[1]]}
    if before != after:
        record_hours(tutor, "changed", before=before, after=after)


def _in_words(row: WeeklyHours) -> str:
    day = f"{row.only_on}" if row.only_on else calendar.day_name[row.weekday]
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (row.start_minute, row.end_minute))
    return f"{day} {start}-{end}"


def _store(
    tutor: TutorProfile,
    terms: BookingTerms,
    stored: list[WeeklyHours],
    windows: Iterable[NewWindow],
    *,
    merge: bool,
    now: datetime,
) -> list[WeeklyHours]:
    here = now.astimezone(ZoneInfo(terms.timezone))
    week = _Week(stored)
    parts = [part for window in windows for part in _parts(tutor, window, here)]
    for part in parts:
        week.add(part, merge=merge)
    if len(week.rows) > MOST_WINDOWS:
        raise TooManyEntries(most=MOST_WINDOWS)
    WeeklyHours.objects.filter(pk__in=week.absorbed).delete()
    WeeklyHours.objects.bulk_create([row for row in week.rows if row._state.adding])
    return week.holding(parts)


class _Week:
    """Windows in memory, while some are added."""

    def __init__(self, rows: list[WeeklyHours]) -> None:
        self.rows = rows
        self.absorbed: list[int] = []

    def add(self, new: WeeklyHours, *, merge: bool) -> None:
        """Raises OverlappingAvailability unless overlaps are to be merged."""
        reach = 1 if merge else 0  # touching windows are one when they are merged, and no overlap otherwise
        met = [
            row
            for row in self._beside(new)
            if row.start_minute < new.end_minute + reach and new.start_minute < row.end_minute + reach
        ]
        if met and not merge:
            raise OverlappingAvailability(conflicts=[row.pk for row in met if not row._state.adding])
        new.start_minute = min(row.start_minute for row in [*met, new])
        new.end_minute = max(row.end_minute for row in [*met, new])
        self.absorbed += [row.pk for row in met if not row._state.adding]
        self.rows = [*(row for row in self.rows if row not in met), new]

    def holding(self, parts: Sequence[WeeklyHours]) -> list[WeeklyHours]:
        """The rows that the parts are in now, each once."""
        found = (
            row
            for part in parts
            for row in self._beside(part)
            if row.start_minute <= part.start_minute and part.end_minute <= row.end_minute
        )
        return list(dict.fromkeys(found))

    def _beside(self, new: WeeklyHours) -> list[WeeklyHours]:
        """Those of the same weekday or date. One for a single date may well overlap those of every week."""
        return [row for row in self.rows if (row.weekday, row.only_on) == (new.weekday, new.only_on)]


def _parts(tutor: TutorProfile, window: NewWindow, here: datetime) -> list[WeeklyHours]:
    """The window as rows: two if it crosses midnight. `here` is the tutor's local time."""
    start, end = window.start_minute, window.end_minute or MINUTES_OF_A_DAY
    pieces = [(start, end)] if start < end else [(start, MINUTES_OF_A_DAY), (0, end)]
    first = None if window.is_recurring else _next_date(window.weekday, pieces[0][1], here)
    return [
        WeeklyHours(
            tutor=tutor,
            weekday=(window.weekday + days) % DAYS_OF_A_WEEK,
            start_minute=start,
            end_minute=end,
            only_on=first + timedelta(days=days) if first else None,
        )
        for days, (start, end) in enumerate(pieces)
    ]


def _next_date(weekday: int, end_minute: int, here: datetime) -> date:
    """The next date of that weekday; today, as long as the window is not over."""
    days = (weekday - here.weekday()) % DAYS_OF_A_WEEK
    if days == 0 and end_minute <= here.hour * 60 + here.minute:
        days = DAYS_OF_A_WEEK
    return here.date() + timedelta(days=days)
