"""What else there is for whoever has just lost a lesson: other times (R-BOOK-3), other tutors for the same time
(R-BOOK-7), or other tutors soon (R-NS-3).
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import TutorProfile
from bookings.models import Booking
from bookings.services import slots
from bookings.services.timetable import TimetableReader
from bookings.slots import Span
from common.errors import DomainError
from common.planning import planned_for_its_values
from messaging.services.people import blocked_with

MOST = 3
DAYS_AROUND = 3
DAYS_AHEAD = 14
DAYS_TO_REPLACEMENT = 7
# How many of the best rated are looked at for one who is free just then.
CANDIDATES = 12
MOST_OFFERED = 100


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
    return [_in_utc(slot.start) for slot in nearest]


def other_tutors(booking: Booking, *, now: datetime) -> list[dict[str, Any]]:
    """Up to three tutors, the best rated first, who teach the same and are free at that very time: `{id, name}` of
    their profiles.
    """
    free = (tutor for tutor in _best_of_the_subject(booking) if _has_time(tutor, booking, now))
    return [{"id": tutor.pk, "name": tutor.user.display_name} for tutor in islice(free, MOST)]


def free_tutors(booking: Booking, *, now: datetime) -> list[TutorProfile]:
    """Who teaches the same and has that very time for the student, by the rules of slots, the best rated first: whom an
    admin may give the lesson to. Of the best `MOST_OFFERED` of the subject.
    """
    tutors = _best_of_the_subject(booking, most=MOST_OFFERED)
    blocked = blocked_with(booking.student_id, [tutor.user_id for tutor in tutors])
    not_blocked = [t for t in tutors if t.user_id not in blocked and t.user_id != booking.student_id]
    terms = {tutor: slots.terms_of(tutor) for tutor in not_blocked}
    terms = {tutor: of_tutor for tutor, of_tutor in terms.items() if booking.duration_minutes in of_tutor.durations}
    if not terms:
        return []
    slot = Span(booking.starts_at, booking.ends_at)
    reader = TimetableReader(terms, slot, now=now, student=booking.student)
    with planned_for_its_values():
        return [tutor for tutor in terms if reader.offer(tutor, own=False).refusal(slot) is None]


def replacements(booking: Booking, *, now: datetime) -> list[dict[str, Any]]:
    """Up to three tutors, the soonest first, who teach the same and have time for it within a week, for a lesson whose
    own time has passed: `{id, name, start_time}` with the next free start of each, in UTC.
    """
    minutes = booking.duration_minutes
    tutors = _best_of_the_subject(booking)
    blocked = blocked_with(booking.student_id, [tutor.user_id for tutor in tutors])
    terms = {tutor: slots.terms_of(tutor) for tutor in tutors if tutor.user_id not in blocked}
    terms = {tutor: of_tutor for tutor, of_tutor in terms.items() if minutes in of_tutor.durations}
    if not terms:
        return []
    asked = Span(now, now + timedelta(days=DAYS_TO_REPLACEMENT))
    reader = TimetableReader(terms, asked, now=now, student=booking.student)
    with planned_for_its_values():
        found = [
            (slot.start, tutor)
            for tutor in terms
            for slot in reader.offer(tutor).soonest(1, minutes=minutes, days=DAYS_TO_REPLACEMENT)
        ]
    soonest = sorted(found, key=lambda pair: pair[0])[:MOST]  # of equals the better rated comes first
    return [{"id": tutor.pk, "name": tutor.user.display_name, "start_time": _in_utc(start)} for start, tutor in soonest]


def _best_of_the_subject(booking: Booking, *, most: int = CANDIDATES) -> list[TutorProfile]:
    wanted = TutorProfile.objects.listed().filter(accepts_bookings=True).exclude(pk=booking.tutor_id)
    if booking.subject_id:
        wanted = wanted.teaching(booking.subject_id)
    with planned_for_its_values():
        return list(wanted.in_order("rating").select_related("user", "booking_terms")[:most])


def _in_utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


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
