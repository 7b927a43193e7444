"""One lesson or group session as an entry of one person's calendar."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import TutorProfile, User
from bookings.models import Booking, BookingStatus
from bookings.services.access import is_party
from bookings.services.events import REASSIGNED
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession

# The calendar's own words (RFC 5545).
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
_OFF = (BookingStatus.CANCELLED, BookingStatus.DECLINED, BookingStatus.EXPIRED)


@dataclass(frozen=True)
class Entry:
    """What a calendar must know. `uid` is for life, and of two entries with one uid the higher `sequence` holds."""

    uid: str
    sequence: int
    status: str
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    link: str
    organizer: str
    changed_at: datetime


def of_booking(booking: Booking, viewer: User) -> Entry:
    """The lesson as one of its parties sees it. The link is a page of the front end: it needs a sign-in (R-ICS-7)."""
    other = booking.tutor.user if viewer.pk == booking.student_id else booking.student
    subject = f"{booking.subject.name}: lesson" if booking.subject else "Lesson"
    notes = booking.notes_tutor if viewer.pk == booking.student_id else booking.notes_student
    return Entry(
        uid=f"booking-{booking.uid}@{settings.CALENDAR_DOMAIN}",
        sequence=booking.sequence,
        status=_status_of(booking),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        title=f"{subject} with {other.display_name}",
        description=notes,
        link=f"{settings.FRONTEND_URL}/bookings/{booking.pk}",
        organizer=booking.tutor.user.display_name,
        changed_at=booking.updated_at,
    )


def of_session(session: TutoringSession, viewer: User, *, is_in: bool) -> Entry:
    """A group session as its host or somebody with a seat sees it; `is_in` is false for who has given the seat up.

    Its version grows with every change, of seats too: it stands for the sequence.
    """
    is_on = is_in and session.status != SessionStatus.CANCELLED and session.deleted_at is None
    return Entry(
        uid=f"session-{session.pk}@{settings.CALENDAR_DOMAIN}",
        sequence=session.version,
        status=CONFIRMED if is_on else CANCELLED,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        description=session.description,
        link=f"{settings.FRONTEND_URL}/sessions/{session.pk}",
        organizer=session.creator.display_name,
        changed_at=session.updated_at,
    )


def of_session_id(session_id: int, viewer: User) -> Entry | None:
    """Whatever it is: the entry as it stands now. None for who has nothing to do with it."""
    session = TutoringSession.objects.select_related("creator").filter(pk=session_id).first()
    if session is None:
        return None
    if session.kind == SessionKind.PRIVATE:
        booking = Booking.objects.with_everything().filter(session=session).first()
        return _of_party_or_former(booking, viewer) if booking else None
    if session.creator_id == viewer.pk:
        return of_session(session, viewer, is_in=True)
    seat = Participant.objects.filter(session=session, user=viewer).first()
    return of_session(session, viewer, is_in=seat.state == "joined") if seat else None


def of_user(user: User, *, now: datetime) -> list[Entry]:
    """Everything from 30 days ago to 180 days ahead; what was called off for 30 days more (R-ICS-6). Two statements."""
    window = {"starts_at__gte": now - timedelta(days=30), "starts_at__lte": now + timedelta(days=180)}
    bookings = Booking.objects.visible_to_party(user).filter(**window).with_everything()
    sessions = TutoringSession.objects.mine(user).exclude(kind=SessionKind.PRIVATE).filter(**window)
    entries = [of_booking(booking, user) for booking in bookings]
    entries += [of_session(session, user, is_in=True) for session in sessions.select_related("creator")]
    return sorted(_still_shown(entries, now), key=lambda entry: (entry.starts_at, entry.uid))


def _still_shown(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    since = now - timedelta(days=30)
    return [entry for entry in entries if entry.status != CANCELLED or entry.changed_at >= since]


def _status_of(booking: Booking) -> str:
    if booking.status == BookingStatus.PENDING:
        return TENTATIVE
    return CANCELLED if booking.status in _OFF else CONFIRMED


def _of_party_or_former(booking: Booking, viewer: User) -> Entry | None:
    """A tutor whose lesson somebody else gives now has it called off (R-BOOK-7), with no word of who that is."""
    if is_party(booking, viewer):
        return of_booking(booking, viewer)
    profile = TutorProfile.objects.filter(user=viewer).first()
    if profile is None or not booking.events.filter(kind=REASSIGNED, data__from_tutor=profile.pk).exists():
        return None
    entry = of_booking(booking, viewer)
    return replace(entry, status=CANCELLED, organizer=viewer.display_name, description="")
