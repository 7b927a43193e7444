"""Keeping and handing out the files of messages (R-MSG-5)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common import files as storage
from common import work
from common.errors import NotFound
from messaging.errors import AttachmentInfected, ScanFailed, ScanPending
from messaging.files import Examined
from messaging.models import Attachment, AttachmentScan, Message, ScanState
from messaging.models.attachment import FOLDER


@dataclass
class Stored:
    """A file that is in the storage and in no message yet."""

    key: str
    name: str
    media_type: str
    size: int
    is_attached: bool = False


@contextmanager
def stored(examined: Sequence[Examined]) -> Iterator[list[Stored]]:
    """Put the files into the storage; whatever is attached to no message when the block ends is deleted again.

    Raises StorageUnavailable.
    """
    files: list[Stored] = []
    is_done = False
    try:
        for file in examined:
            key = storage.keep(file.content, folder=FOLDER)
            files.append(Stored(key, file.name, file.media_type, len(file.content)))
        yield files
        is_done = True
    finally:
        storage.discard(one.key for one in files if not (is_done and one.is_attached))


def attach(message: Message, files: Sequence[Stored]) -> None:
    """Make the stored files the new message's, in the running transaction; a scanner looks at them afterwards."""
    state = ScanState.PENDING if settings.CLAMAV_URL else ScanState.NOT_SCANNED
    for file in files:
        attachment = Attachment.objects.create(
            message=message,
            file=file.key,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            scan_state=state,
        )
        file.is_attached = True
        if state == ScanState.PENDING:
            _ask_for_scan(attachment)


def find(attachment_id: int, viewer: User) -> Attachment:
    """A file that the viewer may have now: one of the two people's, or any to an admin.

    Raises NotFound (unknown, other people's, deleted: all the same), ScanPending, ScanFailed or AttachmentInfected.
    """
    visible = Attachment.objects.select_related("message")
    if not viewer.is_admin:
        message = Q(message__sender=viewer) | Q(message__recipient=viewer, message__is_held=False)
        visible = visible.filter(message, message__deleted_at=None)
    attachment = visible.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound("Attachment not found")
    if attachment.scan_state == ScanState.INFECTED:
        raise AttachmentInfected
    if not attachment.file:
        raise NotFound("Attachment not found")
    if attachment.scan_state in (ScanState.PENDING, ScanState.FAILED):
        raise ScanPending if attachment.scan_state == ScanState.PENDING else ScanFailed
    return attachment


def remove_of(message: Message) -> None:
    """Delete the content of a message's files for good; what they were called stays. Safe to repeat."""
    for attachment in message.attachments.exclude(file=""):
        remove(attachment)


def remove(attachment: Attachment) -> None:
    key = str(attachment.file.name)
    attachment.file = ""
    attachment.save(update_fields=["file", "scan_state", "updated_at"])
    storage.discard([key])


def _ask_for_scan(attachment: Attachment) -> None:
    from messaging.tasks import scan_attachment

    row = AttachmentScan.objects.create(attachment=attachment, due_at=timezone.now())
    work.after_commit(scan_attachment, row.pk)
