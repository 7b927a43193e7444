"""People come to a lesson, leave it, and it is completed (R-BOOK-5)."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from bookings.errors import DisputeOpen, NotInLesson
from bookings.models import Attendance, Booking, BookingStatus, DisputeState, NoShowClaim, Party
from bookings.services import access, clock, events, lessons, outcomes, transitions
from sessions_app.errors import TooEarly
from sessions_app.models import SessionStatus

OPENS_BEFORE = timedelta(minutes=15)


def join_lesson(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """Come in, from a quarter of an hour before the start to the end. Safe to repeat.

    Whoever is first after the start sets the lesson going. Raises NotFound, StaleVersion, NotYourPart,
    InvalidTransition or TooEarly.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.STUDENT, Party.TUTOR, verb="join a lesson")
        _require_open_door(booking, now)
        Attendance.objects.get_or_create(booking=booking, user=actor, left_at=None, defaults={"entered_at": now})
        if now >= booking.starts_at and booking.session.status == SessionStatus.UPCOMING:
            events.tell(lessons.begin(booking, actor=actor, now=now))
    return booking


def leave_lesson(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """Go out again. Raises NotFound, StaleVersion, NotYourPart or NotInLesson."""
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.STUDENT, Party.TUTOR, verb="leave a lesson")
        inside = Attendance.objects.filter(booking=booking, user=actor, left_at=None)
        if not inside.update(left_at=now):
            raise NotInLesson
    return booking


def complete_booking(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """The tutor says that the lesson took place; not before half of it is over.

    Raises NotFound, StaleVersion, NotYourPart, InvalidTransition, TooEarly or DisputeOpen.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.TUTOR, verb="complete a booking")
        transitions.require(booking, BookingStatus.COMPLETED, verb="complete")
        half = booking.starts_at + (booking.ends_at - booking.starts_at) / 2
        if now < half:
            raise TooEarly("A lesson can be completed once half of it is over", allowed_at=half)
        _require_undisputed(booking)
        events.tell(outcomes.complete(booking, actor=actor, now=now))
    return booking


def _require_open_door(booking: Booking, now: datetime) -> None:
    opens = booking.starts_at - OPENS_BEFORE
    if booking.status != BookingStatus.CONFIRMED or now >= booking.ends_at:
        raise transitions.no_such_move(booking, "join")
    if now < opens:
        raise TooEarly("The lesson cannot be joined yet", allowed_at=opens)


def _require_undisputed(booking: Booking) -> None:
    open_claims = NoShowClaim.objects.filter(booking=booking, state=NoShowClaim.State.OPEN)
    if booking.dispute_state == DisputeState.OPEN or open_claims.exists():
        raise DisputeOpen
