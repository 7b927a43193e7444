"""What follows from a change of a lesson or a group session for calendars and reminders, in the same transaction.

Reminders are made anew whenever their time or their people change; what was planned before is superseded. Whoever is
not notified of a change, because they made it, gets the entry for their calendar by a mail of its own.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, BookingStatus, CalendarMail, Reminder
from common import work
from notifications.services import choices
from notifications.services.preferences import MISSING
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession

BEFORE = {Reminder.Kind.DAY: timedelta(hours=24), Reminder.Kind.HOUR: timedelta(hours=1)}
AFTER = {Reminder.Kind.REVIEW: timedelta(hours=2), Reminder.Kind.REVIEW_AGAIN: timedelta(days=3)}
TOO_SHORT = timedelta(hours=2)

# What of a booking's history changes its entry in a calendar: what may have come of it, and what has ended it.
_HAS_TIME = ("created", "confirmed", "rescheduled", "reassigned", "revived")
_ENTRY_CHANGES = (*_HAS_TIME, "declined", "expired", "cancelled")


def follow_booking(booking: Booking, kind: str, *, told: Collection[int], now: datetime) -> None:
    """After a line of a booking's history; `told` are those who are notified of it."""
    parties = (booking.student, booking.tutor.user)
    if kind in _ENTRY_CHANGES:
        _mail_entries(booking.session_id, booking.sequence, [p.pk for p in parties if p.pk not in told], now)
    if kind == "completed":
        _supersede(booking.session_id, now=now)
        _plan(booking.session, booking.sequence, [booking.student], AFTER, now)
    elif kind in _ENTRY_CHANGES and kind != "created":
        _supersede(booking.session_id, now=now)
    if kind in _HAS_TIME and booking.status == BookingStatus.CONFIRMED:
        _plan(booking.session, booking.sequence, parties, BEFORE, now)


def follow_session(session: TutoringSession, kind: str, *, actor: User | None, people: Sequence[User] = ()) -> None:
    """After what happened to a group session, or to `people` in it (`settings.SESSION_FOLLOWERS`); a private one
    follows its booking.
    """
    if session.kind == SessionKind.PRIVATE:
        return
    if kind in ("session_started", "session_completed", "session_attendance_marked"):
        return
    now, concerned = timezone.now(), people if actor is None else [actor]
    ids = [user.pk for user in concerned]
    if kind in ("session_joined", "session_left") or session.creator_id in ids:
        _mail_entries(session.pk, session.version, ids, now)
    if kind == "session_left" and actor is not None:
        _supersede(session.pk, now=now, recipient=actor)
    elif kind in ("session_created", "session_joined"):
        _plan(session, session.version, concerned, BEFORE, now)
    elif kind == "session_cancelled":
        _supersede(session.pk, now=now)
    elif kind == "session_updated" and _has_moved(session):
        _supersede(session.pk, now=now)
        _plan(session, session.version, _people_of(session), BEFORE, now)


def no_reminder(booking: Booking, now: datetime) -> str:
    """The sentence of a confirmation that comes too late for any reminder (R-REM-3)."""
    is_short = booking.starts_at - now < TOO_SHORT
    return "It begins in less than two hours, so nothing will remind you of it." if is_short else ""


def _plan(
    session: TutoringSession,
    sequence: int,
    people: Sequence[User],
    offsets: dict[Reminder.Kind, timedelta],
    now: datetime,
) -> None:
    """Write the reminders that are still ahead (R-REM-3, R-REM-4)."""
    if offsets is BEFORE and session.starts_at - now < TOO_SHORT:
        return
    if offsets is BEFORE:
        prefetch_related_objects(people, "notification_preferences")
    rows = [
        Reminder(
            session=session,
            recipient=user,
            kind=kind,
            sequence=sequence,
            starts_at=session.starts_at,
            due_at=session.ends_at + offset if offsets is AFTER else _before(session.starts_at - offset, kind, user),
        )
        for user in people
        for kind, offset in offsets.items()
    ]
    Reminder.objects.bulk_create([row for row in rows if row.due_at > now], ignore_conflicts=True)


def _before(moment: datetime, kind: Reminder.Kind, user: User) -> datetime:
    """A reminder of the day before comes before quiet hours begin rather than in them."""
    if kind != Reminder.Kind.DAY:
        return moment
    preferences = getattr(user, "notification_preferences", MISSING)
    return choices.quiet_since(preferences, ZoneInfo(user.timezone), moment) or moment


def _supersede(session_id: int, *, now: datetime, recipient: User | None = None) -> None:
    planned = Reminder.objects.filter(session=session_id, state=Reminder.State.DUE)
    if recipient is not None:
        planned = planned.filter(recipient=recipient)
    planned.update(state=Reminder.State.DONE, outcome="superseded", updated_at=now)


def _mail_entries(session_id: int, sequence: int, recipients: Iterable[int], now: datetime) -> None:
    from bookings.tasks import send_calendar_mail

    wanted = [
        CalendarMail(session_id=session_id, recipient_id=recipient, sequence=sequence, due_at=now)
        for recipient in recipients
    ]
    for row in CalendarMail.objects.bulk_create(wanted):
        work.after_commit(send_calendar_mail, row.pk)


def _people_of(session: TutoringSession) -> list[User]:
    seats = Participant.objects.joined().filter(session=session).values("user")
    people = User.objects.filter(pk__in=seats) | User.objects.filter(pk=session.creator_id)
    return list(people.select_related("notification_preferences"))


def _has_moved(session: TutoringSession) -> bool:
    """Whether what is planned is for another time."""
    planned = Reminder.objects.filter(session=session, state=Reminder.State.DUE)
    return session.status == SessionStatus.UPCOMING and (
        planned.exclude(starts_at=session.starts_at).exists() or not planned.exists()
    )
