"""Work that accounts leave for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.services import mail, recovery, tokens, tutor_moves, verification
from common import counters, files, work


@shared_task
def send_mail(pk: int) -> None:
    """Send one mail that is due."""
    work.perform(OutgoingMail, pk, mail.deliver)


@shared_task
def send_due_mail() -> None:
    """Wake `send_mail` for every mail that a lost message or a killed worker left behind."""
    work.wake_due(OutgoingMail, send_mail)


@shared_task
def end_suspensions() -> None:
    """Reinstate the tutors whose suspension is over. Safe to repeat."""
    tutor_moves.end_suspensions(now=timezone.now())


@shared_task
def sweep_files() -> None:
    """Delete uploaded files that nothing refers to any more. Safe to repeat."""
    files.sweep(now=timezone.now())


@shared_task
def purge_documents() -> None:
    """Delete verification documents that were decided on long ago. Safe to repeat."""
    verification.purge_documents(now=timezone.now())


@shared_task
def purge_expired_secrets() -> None:
    """Delete tokens, codes and counters that can no longer be used."""
    tokens.purge_expired()
    recovery.purge_expired()
    counters.purge_expired()
