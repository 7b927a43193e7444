"""Bookings whose local time a new zone database has changed (R-SLOT-13).

What the walls of both sides show is written down soon after a booking is made or moved. After the zone database was
replaced, it is computed anew and compared. Nothing moves by itself: people decide what to do about it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from bookings.models import LIVE, Booking, LocalTimeOnRecord


class Moved(NamedTuple):
    """One side's clock shows something else at the lesson than it did when it was booked."""

    booking_id: int
    starts_at: datetime
    party: str
    zone: str
    was: str
    now: str


def note(*, now: datetime) -> int:
    """Write down the local times of future bookings that have no note of their present time; returns how many."""
    unknown = ~Q(local_time_on_record__starts_at=F("starts_at")) | Q(local_time_on_record=None)
    return _write(_future(now).filter(unknown))


def moved(*, now: datetime) -> Iterator[Moved]:
    """The future bookings whose clocks show something else than what was noted, by their time."""
    notes = LocalTimeOnRecord.objects.filter(booking__in=_future(now), starts_at=F("booking__starts_at"))
    for one in notes.select_related("booking").order_by("starts_at", "pk").iterator():
        booking = one.booking
        sides = (
            ("tutor", booking.tutor_timezone, one.tutor_local),
            ("student", booking.student_timezone, one.student_local),
        )
        for party, zone, was in sides:
            shown = _wall(booking.starts_at, zone)
            if shown != was:
                yield Moved(booking.pk, booking.starts_at, party, zone, was, shown)


def accept(*, now: datetime) -> int:
    """Write down what the walls show now, for all future bookings; returns how many."""
    return _write(_future(now))


def _future(now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(status__in=LIVE, starts_at__gt=now)


def _write(bookings: QuerySet[Booking]) -> int:
    rows = [
        LocalTimeOnRecord(
            booking=booking,
            starts_at=booking.starts_at,
            tutor_local=_wall(booking.starts_at, booking.tutor_timezone),
            student_local=_wall(booking.starts_at, booking.student_timezone),
        )
        for booking in bookings.only("starts_at", "tutor_timezone", "student_timezone").iterator()
    ]
    LocalTimeOnRecord.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["booking"],
        update_fields=["starts_at", "tutor_local", "student_local"],
    )
    return len(rows)


def _wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
