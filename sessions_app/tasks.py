"""What time does to sessions."""

from celery import shared_task
from django.utils import timezone

from common import work
from sessions_app.models import GuardianMail
from sessions_app.services import course, departures, guardian_mails, nudging, promotion, recordings, requests


@shared_task
def advance_sessions() -> None:
    """Cancel what nobody started or too few have joined, complete what nobody ended, take out who has left. Safe to
    repeat.
    """
    course.advance_overdue(now=timezone.now())
    departures.clear()


@shared_task
def advance_queues() -> None:
    """Let offers of seats lapse or be reminded of, and close queues and requests when the time for joining is over.

    Safe to repeat.
    """
    now = timezone.now()
    promotion.advance_overdue(now=now)
    nudging.nudge_due(now=now)
    requests.close_overdue(now=now)


@shared_task
def clear_sessions_of(user_id: int) -> None:
    """Take somebody who has left out of their sessions. `advance_sessions` would do it, too."""
    departures.clear(user_id=user_id)


@shared_task
def delete_old_recordings() -> None:
    """Delete recordings that are kept no longer (R-GDPR-6). Safe to repeat."""
    recordings.delete_old(now=timezone.now())


@shared_task
def send_guardian_mail(pk: int) -> None:
    """Send one mail that asks a guardian."""
    work.perform(GuardianMail, pk, guardian_mails.deliver)


@shared_task
def send_due_guardian_mails() -> None:
    """Wake `send_guardian_mail` for every mail that a lost message or a killed worker left behind."""
    work.wake_due(GuardianMail, send_guardian_mail)
