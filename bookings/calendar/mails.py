"""Calendar entries on mails: on those of notifications, and on mails of their own to whoever did it themselves."""

from django.utils import timezone

from bookings.calendar import entries, files
from bookings.calendar.entries import CANCELLED, TENTATIVE, Entry
from bookings.models import Booking, CalendarMail
from bookings.services import deadlines
from common import mailing
from notifications.kinds import EMAIL, KINDS
from notifications.models import Notification
from notifications.services import choices, mails
from notifications.services.mails import Attachment, Item
from notifications.services.preferences import preferences_of
from sessions_app.models import SessionKind

# Notifications whose mail carries the entry.
_WITH_ENTRY = {
    *("booking_requested", "booking_confirmed", "booking_declined", "booking_expired", "booking_cancelled"),
    *("booking_rescheduled", "booking_reassigned", "booking_revived", "lesson_reminder_day"),
    *("session_updated", "session_cancelled", "session_reminder_day"),
}
_WORDS = {TENTATIVE: "asked for, and waits for an answer", CANCELLED: "cancelled"}


def entries_of(notification: Notification) -> list[Attachment]:
    """The entry as it stands when the mail is written (`settings.NOTIFICATION_ATTACHMENTS`)."""
    if notification.type not in _WITH_ENTRY:
        return []
    session_id = notification.data.get("session_id") or _session_of(notification.data.get("booking_id"))
    entry = entries.of_session_id(session_id, notification.recipient) if session_id else None
    return [attachment(entry, notification)] if entry else []


def deliver(row: CalendarMail) -> str:
    """Send somebody the entry of what they did themselves; the body of a task."""
    user = row.recipient
    entry = entries.of_session_id(row.session_id, user)
    if entry is None or not user.is_active or user.deleted_at:
        return "suppressed: nobody to send it to"
    if row.session.kind == SessionKind.PRIVATE and entry.sequence != row.sequence:  # then a later mail has it
        return "suppressed: superseded"
    if not choices.wants(preferences_of(user), KINDS["calendar_entry"], EMAIL):
        return "suppressed: switched off"
    local = entry.starts_at.astimezone(choices.zone_of(user))
    words = f"{entry.title}, {local:%d %B %Y at %H:%M} ({user.timezone}): {_WORDS.get(entry.status, 'on')}."
    mailing.send(
        mails.compose(
            user,
            subject=f"For your calendar: {entry.title}",
            items=[Item(entry.title, _with_deadlines(f"{words} The file is for your calendar.", row), entry.link)],
            key=f"calendar-{row.pk}",
            unsubscribe=["calendar_entry"],
            attachments=[_file(entry, files.invitation(entry, user, now=timezone.now()))],
        )
    )
    return "sent"


def _with_deadlines(words: str, row: CalendarMail) -> str:
    """Whoever books is not notified of it: this is the mail that tells them until when they may cancel (R-CAN-8)."""
    booking = Booking.objects.filter(session=row.session_id).first()
    note = deadlines.in_words(booking, row.recipient_id, now=timezone.now()) if booking else ""
    return f"{words}\n\n{note}" if note else words


def attachment(entry: Entry, notification: Notification) -> Attachment:
    return _file(entry, files.invitation(entry, notification.recipient, now=timezone.now()))


def _file(entry: Entry, content: bytes) -> Attachment:
    """The part says the same method as the file (R-ICS-3)."""
    return Attachment("invite.ics", content, "text/calendar", {"method": files.method_of(entry), "charset": "utf-8"})


def _session_of(booking_id: int | None) -> int | None:
    return Booking.objects.filter(pk=booking_id).values_list("session_id", flat=True).first() if booking_id else None
