"""Work that messages leave for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from common import work
from messaging.models import AttachmentScan
from messaging.services import changing, scanning


@shared_task
def scan_attachment(pk: int) -> None:
    """Have one file scanned."""
    work.perform(AttachmentScan, pk, scanning.scan)


@shared_task
def scan_due_attachments() -> None:
    """Wake `scan_attachment` for every file that a lost message or a killed worker left behind."""
    work.wake_due(AttachmentScan, scan_attachment)


@shared_task
def wipe_deleted_messages() -> None:
    """Forget what was deleted 30 days ago."""
    changing.wipe(now=timezone.now())
