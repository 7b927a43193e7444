"""What time does to bookings, packages and reviews."""

from celery import shared_task
from django.utils import timezone

from bookings.calendar import mails
from bookings.models import CalendarMail, Reminder
from bookings.services import clock, expiry, extensions, holds, local_times, ratings, reminding
from common import work


@shared_task
def advance_bookings() -> None:
    """Let requests and proposals lapse, lessons begin and end, claims be upheld. Safe to repeat."""
    clock.advance_overdue(now=timezone.now())


@shared_task
def cancel_lessons_of(user_id: int) -> None:
    """Call off the lessons to come of somebody who stopped teaching or left. `advance_bookings` would do it, too."""
    clock.cancel_lessons_of(user_id, now=timezone.now())


@shared_task
def purge_expired_holds() -> None:
    """Delete slot holds that are over. Safe to repeat."""
    holds.purge_expired(now=timezone.now())


@shared_task
def note_local_times() -> None:
    """Write down what the walls show at bookings that were made or moved since. Safe to repeat."""
    local_times.note(now=timezone.now())


@shared_task
def expire_packages() -> None:
    """Let packages expire whose time is over, and remind the owners of those that soon will. Safe to repeat."""
    now = timezone.now()
    extensions.accept_unanswered(now=now)
    expiry.expire_overdue(now=now)
    expiry.remind_of_expiry(now=now)


@shared_task
def refresh_rankings() -> None:
    """Let the ranking scores of tutors age with their reviews. Safe to repeat."""
    ratings.refresh_scores(now=timezone.now())


@shared_task
def send_reminder(pk: int) -> None:
    """Send one reminder."""
    work.perform(Reminder, pk, reminding.send)


@shared_task
def send_calendar_mail(pk: int) -> None:
    """Send one entry for a calendar."""
    work.perform(CalendarMail, pk, mails.deliver)


@shared_task
def remind() -> None:
    """Wake every reminder and every calendar mail that is due."""
    work.wake_due(Reminder, send_reminder)
    work.wake_due(CalendarMail, send_calendar_mail)


@shared_task
def purge_reminders() -> None:
    """Delete what the log of reminders and calendar mails need not keep."""
    reminding.purge(now=timezone.now())
