"""Sending what is due of reminders (R-REM-2, R-REM-5, R-REM-6). Each is a notification, told once by its row's id."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.cancellation import full_refund_until
from bookings.models import Booking, BookingStatus, CalendarMail, Party, Reminder, Review
from bookings.services import events
from bookings.services.access import other, party_of
from bookings.services.following import TOO_SHORT
from bookings.services.reviews import REVIEW_WINDOW
from bookings.services.settling import terms_of
from notifications.services import Notice, notify
from notifications.services.sending import LOG_KEPT_FOR
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession

_OF_A_LESSON = {Reminder.Kind.DAY: "lesson_reminder_day", Reminder.Kind.HOUR: "lesson_reminder_hour"}
_OF_A_SESSION = {Reminder.Kind.DAY: "session_reminder_day", Reminder.Kind.HOUR: "session_reminder_hour"}


@transaction.atomic
def send(row: Reminder) -> str:
    """Tell one person, if it still holds; the body of a task. The lock makes a cancellation come before or after it."""
    now = timezone.now()
    if not row.recipient.is_active or row.recipient.deleted_at:
        return "suppressed: no such account"
    session = TutoringSession.objects.select_related("creator").get(pk=row.session_id)
    if session.kind == SessionKind.PRIVATE:
        booking = Booking.objects.select_for_update(of=("self",)).with_everything().get(session=session)
        return _remind_of_lesson(row, booking, now)
    session = TutoringSession.objects.select_for_update(of=("self",)).select_related("creator").get(pk=session.pk)
    return _remind_of_session(row, session, now)


def purge(*, now: datetime) -> int:
    """Delete reminders and calendar mails of half a year ago (R-GDPR-6); returns how many."""
    return sum(
        model.objects.filter(created_at__lt=now - LOG_KEPT_FOR).exclude(state=model.State.DUE).delete()[0]
        for model in (Reminder, CalendarMail)
    )


def _remind_of_lesson(row: Reminder, booking: Booking, now: datetime) -> str:
    if row.kind in (Reminder.Kind.REVIEW, Reminder.Kind.REVIEW_AGAIN):
        return _ask_for_review(row, booking, now)
    if booking.status != BookingStatus.CONFIRMED:
        return f"suppressed: the booking is {booking.status}"
    if booking.sequence != row.sequence:
        return "suppressed: superseded"
    if reason := _too_late(row, booking.starts_at, now):
        return reason
    notify([_notice_of_lesson(row, booking, now)])
    return "sent"


def _remind_of_session(row: Reminder, session: TutoringSession, now: datetime) -> str:
    if session.status != SessionStatus.UPCOMING or session.deleted_at:
        return f"suppressed: the session is {'deleted' if session.deleted_at else session.status}"
    if session.starts_at != row.starts_at:
        return "suppressed: superseded"
    seat = Participant.objects.joined().filter(session=session, user=row.recipient)
    if session.creator_id != row.recipient_id and not seat.exists():
        return "suppressed: the seat is given up"
    if reason := _too_late(row, session.starts_at, now):
        return reason
    notify([_notice_of_session(row, session)])
    return "sent"


def _too_late(row: Reminder, starts_at: datetime, now: datetime) -> str:
    """After an outage: what has begun, or is so near that the other reminder says it (R-REM-2)."""
    if starts_at <= now:
        return "suppressed: it has begun"
    if row.kind == Reminder.Kind.DAY and starts_at - now < TOO_SHORT:
        return "suppressed: too late"
    return ""


def _ask_for_review(row: Reminder, booking: Booking, now: datetime) -> str:
    if booking.status != BookingStatus.COMPLETED or booking.refund_percent == 100:
        return "suppressed: there is nothing to review"
    if now > booking.ends_at + REVIEW_WINDOW:
        return "suppressed: too late"
    if Review.objects.filter(booking=booking).exists():
        return "suppressed: reviewed already"
    name = events.name_of(booking, Party.TUTOR)
    until = events.when(booking, Party.STUDENT, booking.ends_at + REVIEW_WINDOW)
    notify(
        [
            Notice(
                recipient_id=row.recipient_id,
                kind="review_reminder",
                title=f"How was your lesson with {name}?",
                message=f"Your review helps other students. You can write it until {until}.",
                link=f"/bookings/{booking.pk}",
                data={"booking_id": booking.pk, "tutor_id": booking.tutor_id},
                about=f"booking:{booking.pk}",
                dedupe_key=f"reminder:{row.pk}",
            )
        ]
    )
    return "sent"


def _notice_of_lesson(row: Reminder, booking: Booking, now: datetime) -> Notice:
    """With both people's walls, until when it costs nothing to cancel, and the other's notes (R-REM-5)."""
    me = party_of(booking, row.recipient)
    them = other(me)
    name = events.name_of(booking, them)
    sentences = [f"Your lesson with {name} begins on {_on_wall_of(row.recipient, booking.starts_at)}."]
    their_zone = booking.tutor_timezone if them == Party.TUTOR else booking.student_timezone
    if their_zone != row.recipient.timezone:
        sentences.append(
            f"For {name} that is {booking.starts_at.astimezone(ZoneInfo(their_zone)):%H:%M} ({their_zone})."
        )
    if me == Party.STUDENT:
        sentences.append(_deadline(booking, row.recipient, now))
    notes = booking.notes_tutor if me == Party.STUDENT else booking.notes_student
    if notes:
        sentences.append(f"Notes of {name}: {notes}")
    return Notice(
        recipient_id=row.recipient_id,
        kind=_OF_A_LESSON[Reminder.Kind(row.kind)],
        title=f"Lesson with {name} {_how_soon(row)}",
        message=" ".join(sentence for sentence in sentences if sentence),
        link=f"/bookings/{booking.pk}",
        data={"booking_id": booking.pk, "session_id": booking.session_id, "start_time": booking.starts_at},
        about=f"booking:{booking.pk}",
        dedupe_key=f"reminder:{row.pk}",
    )


def _notice_of_session(row: Reminder, session: TutoringSession) -> Notice:
    return Notice(
        recipient_id=row.recipient_id,
        kind=_OF_A_SESSION[Reminder.Kind(row.kind)],
        title=f"{session.title} {_how_soon(row)}",
        message=f"{session.title} with {session.creator.display_name} begins on "
        f"{_on_wall_of(row.recipient, session.starts_at)}.",
        link=f"/sessions/{session.pk}",
        data={"session_id": session.pk, "date": session.starts_at},
        about=f"session:{session.pk}",
        dedupe_key=f"reminder:{row.pk}",
    )


def _how_soon(row: Reminder) -> str:
    return "within a day" if row.kind == Reminder.Kind.DAY else "within the hour"


def _deadline(booking: Booking, student: User, now: datetime) -> str:
    until = full_refund_until(terms_of(booking))
    if until is None or until <= now:
        return "It can no longer be cancelled free of charge."
    # To the minute, and never later than it is.
    return f"You can cancel it free of charge until {_on_wall_of(student, until - timedelta(seconds=until.second))}."


def _on_wall_of(user: User, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(user.timezone)):%d %B %Y at %H:%M} ({user.timezone})"
