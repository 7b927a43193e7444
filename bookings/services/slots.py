"""Which times of a tutor are free: the list, and the answer for one time, by the same rules (R-SLOT-11)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import TutorProfile, User
from bookings.errors import (
    BufferConflict,
    DurationNotOffered,
    LimitReached,
    OutsideAvailability,
    SlotRefused,
    SlotTaken,
    StudentConflict,
    TooFar,
    TooSoon,
    TutorUnavailable,
)
from bookings.models import Booking, BookingTerms
from bookings.services.terms import ensure_terms, find_listed, terms_of
from bookings.services.timetable import TimetableReader
from bookings.slots import Reason, Slot, Span
from bookings.slots.hours import DAY, local_date, start_of
from messaging.services import is_blocked
from sessions_app.services import access

__all__ = ["Slot", "ensure_terms", "find_listed", "free_slots", "require_bookable", "terms_of"]


def free_slots(
    tutor: TutorProfile,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    minutes: int,
    viewer: User | None,
    now: datetime,
) -> list[Slot]:
    """The slots that begin on the dates `first` to `last` of `zone` and that `viewer` may take, in order (R-SLOT-10).

    At most three queries, whatever there is to read, if `tutor` comes with its `user` and `booking_terms`.
    Raises DurationNotOffered.
    """
    terms = terms_of(tutor)
    _require_duration(terms, minutes)
    if not takes_bookings(tutor):
        return []
    asked = Span(start_of(first, zone), start_of(last + DAY, zone))
    student = viewer if viewer and viewer.pk != tutor.user_id else None
    if student and is_blocked(student.pk, tutor.user_id):
        return []
    offer = TimetableReader({tutor: terms}, asked, now=now, student=student).offer(tutor)
    days = local_date(asked.start, offer.hours.zone) - DAY, local_date(asked.end, offer.hours.zone) + DAY
    return [slot for slot in offer.free(*days, minutes=minutes) if first <= local_date(slot.start, zone) <= last]


def require_bookable(
    tutor: TutorProfile,
    terms: BookingTerms,
    *,
    starts_at: datetime,
    minutes: int,
    student: User,
    now: datetime,
    moving: Booking | None = None,
    allow_overlap: bool = False,
) -> None:
    """Make sure that this very time is one of the free slots. To be called with both calendars locked.

    `moving` is the booking that is to be moved there: its own time, and what was proposed for it, are in nobody's way,
    and it may keep its length. `allow_overlap`: the student knows of other sessions at that time.
    Raises DurationNotOffered or a kind of SlotRefused.
    """
    if not takes_bookings(tutor) or student.pk == tutor.user_id:
        raise TutorUnavailable
    if moving is None and is_blocked(student.pk, tutor.user_id):
        raise TutorUnavailable  # and not a word of why (R-MSG-6)
    if moving is None or moving.duration_minutes != minutes:
        _require_duration(terms, minutes)
    slot = Span(starts_at, starts_at + timedelta(minutes=minutes))
    offer = TimetableReader({tutor: terms}, slot, now=now, student=student, moving=moving).offer(
        tutor, own=not allow_overlap
    )
    reason = offer.refusal(slot)
    if reason:
        raise _refusal(reason, slot, terms, student=student, now=now, moving=moving)


def takes_bookings(tutor: TutorProfile) -> bool:
    """Approved, not paused, and the account is open (R-OVL-8)."""
    user = tutor.user
    return tutor.is_approved and tutor.accepts_bookings and user.is_active and user.deleted_at is None


def _require_duration(terms: BookingTerms, minutes: int) -> None:
    if minutes not in terms.durations:
        raise DurationNotOffered(durations=terms.durations)


def _refusal(
    reason: Reason, slot: Slot, terms: BookingTerms, *, student: User, now: datetime, moving: Booking | None
) -> SlotRefused:
    match reason:
        case Reason.OUTSIDE_AVAILABILITY:
            return OutsideAvailability()
        case Reason.TOO_SOON:
            return TooSoon(earliest=now + timedelta(hours=terms.min_notice_hours))
        case Reason.TOO_FAR:
            return TooFar(max_advance_days=terms.max_advance_days)
        case Reason.LIMIT_REACHED:
            return LimitReached()
        case Reason.TAKEN:
            return SlotTaken()
        case Reason.BUFFER_CONFLICT:
            return BufferConflict()
        case Reason.STUDENT_CONFLICT:
            but = moving.session_id if moving else None
            return StudentConflict(conflicts=access.clashes(student, slot.start, slot.end, but=but))
