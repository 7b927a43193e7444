"""Hours, exceptions, terms, slots and holds as they are answered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import TutorProfile
from bookings.models import BookingTerms, DateOverride, SlotHold, TimeOff, Weekday, WeeklyHours
from bookings.services.hours import present_windows
from bookings.services.terms import terms_of
from bookings.slots import Slot
from bookings.slots.hours import local_date
from common.local_time import on_a_wall

TERMS = (
    "slot_step_minutes",
    "durations",
    "min_notice_hours",
    "max_advance_days",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "cancellation_policy",
    "instant_booking",
    "auto_accept_reschedule",
    "timezone",
)


def clock(minute: int) -> str:
    """A minute of the day as on a wall: 540 is 09:00, 1440 is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def day_name(weekday: int) -> str:
    """`monday`, as in the document."""
    return Weekday(weekday).name.lower()


def day_number(weekday: int) -> int:
    """As the edustream client counts: 0 is Sunday."""
    return (weekday + 1) % 7


def window(row: WeeklyHours) -> dict[str, Any]:
    """One window of the week, or of the one date that it holds on."""
    return {
        "id": row.pk,
        "day_of_week": day_name(row.weekday),
        "day_number": day_number(row.weekday),
        "start_time": clock(row.start_minute),
        "end_time": clock(row.end_minute),
        "is_recurring": row.only_on is None,
        "date": row.only_on,
    }


def windows(rows: Iterable[WeeklyHours]) -> list[dict[str, Any]]:
    return [window(row) for row in rows]


def client_windows(rows: Iterable[WeeklyHours]) -> list[dict[str, Any]]:
    """As the edustream client reads them off a profile and sends them back: days as numbers."""
    return [window(row) | {"day_of_week": day_number(row.weekday), "day_name": day_name(row.weekday)} for row in rows]


def added(rows: list[WeeklyHours]) -> dict[str, Any]:
    """The window that was asked for; what of it lies beyond midnight is a window of the next day."""
    return window(rows[0]) | {"next_day": window(rows[1]) if len(rows) > 1 else None}


def override(row: DateOverride) -> dict[str, Any]:
    slots = [{"start_time": clock(start), "end_time": clock(end)} for start, end in row.windows]
    return {"id": row.pk, "date": row.date, "slots": slots, "is_day_off": not slots}


def timetable(tutor: TutorProfile, *, now: datetime) -> dict[str, Any]:
    """Week, single dates and zone in one, as the mentor contract has it. What is over is left out."""
    zone = terms_of(tutor).timezone
    today = local_date(now, ZoneInfo(zone))
    shown = ("day_of_week", "start_time", "end_time", "is_recurring", "date")
    return {
        "mentor_id": tutor.pk,
        "timezone": zone,
        "version": tutor.version,
        "weekly_schedule": [{name: row[name] for name in shown} for row in windows(present_windows(tutor, now=now))],
        "overrides": [
            {name: override(row)[name] for name in ("date", "slots")}
            for row in tutor.date_overrides.filter(date__gte=today).order_by("date")
        ],
    }


def time_off(row: TimeOff) -> dict[str, Any]:
    return {"id": row.pk, "starts_at": row.starts_at, "ends_at": row.ends_at, "reason": row.reason}


def terms(row: BookingTerms) -> dict[str, Any]:
    limits = {
        "bookings_per_day": row.most_a_day,
        "bookings_per_week": row.most_a_week,
        "minutes_per_day": row.most_minutes_a_day,
        "minutes_per_week": row.most_minutes_a_week,
    }
    return {name: getattr(row, name) for name in TERMS} | limits


def slots(found: Iterable[Slot], *, minutes: int, zone: ZoneInfo | None = None) -> list[dict[str, Any]]:
    """Free times; with `zone` also as its walls show them, with the offset that tells repeated hours apart."""
    return [
        {"start_time": slot.start, "end_time": slot.end, "is_available": True, "duration_minutes": minutes}
        | (on_a_wall(slot.start, zone) if zone else {})
        for slot in found
    ]


def hold(row: SlotHold) -> dict[str, Any]:
    return {
        "id": row.pk,
        "tutor_profile_id": row.tutor_id,
        "start_at": row.starts_at,
        "end_at": row.ends_at,
        "duration_minutes": (row.ends_at - row.starts_at) // timedelta(minutes=1),
        "expires_at": row.expires_at,
        "extended": row.extended,
    }
