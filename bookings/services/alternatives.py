"""What else there is for whoever has just lost a lesson: other times (R-BOOK-3), or other tutors (R-BOOK-7)."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import TutorProfile
from bookings.models import Booking
from bookings.services import slots
from common.errors import DomainError
from common.planning import planned_for_its_values

MOST = 3
DAYS_AROUND = 3
DAYS_AHEAD = 14
# How many of the best rated are looked at for one who is free just then.
CANDIDATES = 12


def near(booking: Booking, *, now: datetime) -> list[str]:
    """Up to three free starts, the nearest to the booking's first; in UTC, for a notification's data.

    Empty where the tutor takes no bookings of that length any more.
    """
    zone = ZoneInfo(booking.student_timezone)
    today = now.astimezone(zone).date()
    first = max(today, booking.starts_at.astimezone(zone).date() - timedelta(days=DAYS_AROUND))
    tutor = TutorProfile.objects.select_related("user", "booking_terms").get(pk=booking.tutor_id)
    try:
        free = slots.free_slots(
            tutor,
            first=first,
            last=first + timedelta(days=DAYS_AHEAD),
            zone=zone,
            minutes=booking.duration_minutes,
            viewer=booking.student,
            now=now,
        )
    except DomainError:
        return []
    nearest = sorted(free, key=lambda slot: (abs(slot.start - booking.starts_at), slot.start))[:MOST]
    return [slot.start.isoformat().replace("+00:00", "Z") for slot in nearest]


def other_tutors(booking: Booking, *, now: datetime) -> list[dict[str, Any]]:
    """Up to three tutors, the best rated first, who teach the same and are free at that very time: `{id, name}` of
    their profiles.
    """
    wanted = TutorProfile.objects.listed().filter(accepts_bookings=True).exclude(pk=booking.tutor_id)
    if booking.subject_id:
        wanted = wanted.teaching(booking.subject_id)
    with planned_for_its_values():
        tutors = list(wanted.in_order("rating").select_related("user", "booking_terms")[:CANDIDATES])
    free = (tutor for tutor in tutors if _has_time(tutor, booking, now))
    return [{"id": tutor.pk, "name": tutor.user.display_name} for tutor in islice(free, MOST)]


def _has_time(tutor: TutorProfile, booking: Booking, now: datetime) -> bool:
    try:
        slots.require_bookable(
            tutor,
            slots.terms_of(tutor),
            starts_at=booking.starts_at,
            minutes=booking.duration_minutes,
            student=booking.student,
            now=now,
            allow_overlap=True,  # the lost lesson itself may still be there
        )
    except DomainError:
        return False
    return True
