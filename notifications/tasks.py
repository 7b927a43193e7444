"""Work that notifications leave for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from common import work
from notifications.models import Announcement, Delivery, Digest
from notifications.services import sending, stream


@shared_task
def deliver(pk: int) -> None:
    """Send one notification through one channel."""
    work.perform(Delivery, pk, sending.deliver)


@shared_task
def send_digest(pk: int) -> None:
    """Send one digest."""
    work.perform(Digest, pk, sending.send_digest)


@shared_task
def announce(pk: int) -> None:
    """Tell everybody of one announcement."""
    work.perform(Announcement, pk, sending.announce)


@shared_task
def deliver_due() -> None:
    """Wake whatever a lost message, a killed worker, quiet hours or a failure left behind."""
    work.wake_due(Announcement, announce)
    work.wake_due(Digest, send_digest)
    sending.release_from_digests()
    work.wake_due(Delivery, deliver)


@shared_task
def purge_old_events() -> None:
    """Delete frames that nobody can resume from any more, and what the delivery log need not keep."""
    now = timezone.now()
    stream.purge(now=now)
    sending.purge_log(now=now)
