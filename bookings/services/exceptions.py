"""Exceptions from a tutor's week: other hours on a date, and time off. Each change is audited.

All of them raise ProfileFrozen while admins look at the profile (`hours.take_hours`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import TutorProfile
from bookings.errors import TooManyEntries
from bookings.models import DateOverride, TimeOff
from bookings.services.hours import record_hours, replace_week, take_hours
from bookings.services.terms import terms_of
from bookings.slots import Window
from bookings.slots.hours import local_date
from bookings.slots.spans import merged
from common.errors import NotFound

# More than a year of single days.
MOST_OVERRIDES = 400
MOST_TIME_OFF = 200


@transaction.atomic
def set_override(tutor: TutorProfile, day: date, windows: Iterable[Window]) -> DateOverride:
    """Let only these windows hold on that date; none is a day off (R-SLOT-3). It replaces an earlier one of the date.

    Raises TooManyEntries.
    """
    take_hours(tutor)
    if tutor.date_overrides.exclude(date=day).count() >= MOST_OVERRIDES:
        raise TooManyEntries(most=MOST_OVERRIDES)
    stored = [list(window) for window in merged(windows)]
    former = DateOverride.objects.filter(tutor=tutor, date=day).first()
    override, _ = DateOverride.objects.update_or_create(tutor=tutor, date=day, defaults={"windows": stored})
    record_hours(tutor, "override_set", before=_shown(former), after=_shown(override))
    return override


@transaction.atomic
def remove_override(override_id: int, *, tutor: TutorProfile) -> None:
    """Let the weekly hours hold again. Raises NotFound."""
    take_hours(tutor)
    override = DateOverride.objects.filter(pk=override_id, tutor=tutor).first()
    if override is None:
        raise NotFound("Override not found")
    override.delete()
    record_hours(tutor, "override_removed", before=_shown(override), after={})


@transaction.atomic
def replace_timetable(
    tutor: TutorProfile, *, overrides: Mapping[date, Iterable[Window]] | None, now: datetime, **week: Any
) -> None:
    """Let this be the tutor's whole week (`hours.replace_week`) and, unless it is None, these all overrides from today
    on. Raises what `replace_week` and `set_override` raise.
    """
    replace_week(tutor, **week, now=now)
    if overrides is None:
        return
    tutor.refresh_from_db()
    today = local_date(now, ZoneInfo(terms_of(tutor).timezone))
    for row in tutor.date_overrides.filter(date__gte=today).exclude(date__in=list(overrides)):
        remove_override(row.pk, tutor=tutor)
    for day, windows in overrides.items():
        set_override(tutor, day, windows)


@transaction.atomic
def take_time_off(tutor: TutorProfile, *, starts_at: datetime, ends_at: datetime, reason: str = "") -> TimeOff:
    """Offer nothing between two instants. What is booked already stays booked. Raises TooManyEntries."""
    take_hours(tutor)
    if tutor.time_off.count() >= MOST_TIME_OFF:
        raise TooManyEntries(most=MOST_TIME_OFF)
    time_off = TimeOff.objects.create(tutor=tutor, starts_at=starts_at, ends_at=ends_at, reason=reason)
    record_hours(tutor, "time_off_taken", before={}, after=_range(time_off))
    return time_off


@transaction.atomic
def cancel_time_off(time_off_id: int, *, tutor: TutorProfile) -> None:
    """Be there after all. Raises NotFound."""
    take_hours(tutor)
    time_off = TimeOff.objects.filter(pk=time_off_id, tutor=tutor).first()
    if time_off is None:
        raise NotFound("Time off not found")
    time_off.delete()
    record_hours(tutor, "time_off_cancelled", before=_range(time_off), after={})


def _shown(override: DateOverride | None) -> dict[str, Any]:
    return {"date": override.date, "windows": override.windows} if override else {}


def _range(time_off: TimeOff) -> dict[str, Any]:
    """Without the reason, which is the tutor's own business."""
    return {"starts_at": time_off.starts_at, "ends_at": time_off.ends_at}
