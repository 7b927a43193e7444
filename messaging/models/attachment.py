"""Files that are sent with messages."""

from django.db import models
from django.db.models import Q

from common.models import DueWork, TimestampedModel
from messaging.models.message import Message

FOLDER = "attachments/"
LONGEST_NAME = 120


class ScanState(models.TextChoices):
    """What the scanner said. Without one (`CLAMAV_URL`) a file is `not_scanned`, and says so."""

    NOT_SCANNED = "not_scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


class Attachment(TimestampedModel):
    """A private file of one message, stored under a key that nobody can guess (R-MSG-5).

    `file` is empty once the content is gone: of an infected file at once, of a deleted message's with its text.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    file = models.FileField(max_length=200, upload_to=FOLDER, blank=True)
    name = models.CharField(max_length=LONGEST_NAME, help_text="As its sender called it, made harmless.")
    media_type = models.CharField(max_length=100, help_text="By content.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    scan_state = models.CharField(max_length=11, choices=ScanState, default=ScanState.NOT_SCANNED)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(scan_state__in=ScanState.values), name="attachment_scan_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of message {self.message_id}"


class AttachmentScan(DueWork):
    """A file that a scanner has still to look at."""

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="scan")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="scan_due", condition=Q(state=DueWork.State.DUE))]

    def __str__(self) -> str:
        return f"scan of attachment {self.attachment_id}: {self.state}"
