"""What people write."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.models import TimestampedModel
from messaging.models.conversation import Conversation
from messaging.querysets import MessageQuerySet

User = settings.AUTH_USER_MODEL
LONGEST_CLIENT_ID = 64
# What stands where a text was (R-MSG-3).
DELETED = "Message deleted"


class Message(TimestampedModel):
    """One message: plain text of up to 5,000 characters, which may be empty beside an attachment (R-MSG-2).

    A deleted one is a tombstone: `text` is empty at once, `removed_text` keeps it for moderators until `wiped_at`
    (R-MSG-3). A held one waits for a moderator and is seen by its sender only (R-MSG-9). `booking_id` is what it is
    about; whose booking that is, `services.pairs` knows. `search_text` is the text as the search compares it.
    """

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages", db_index=False)
    sender = models.ForeignKey(User, models.PROTECT, related_name="messages_sent", db_index=False)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="messages_received", db_index=False)
    booking_id = models.BigIntegerField(null=True, blank=True)
    client_msg_id = models.CharField(max_length=LONGEST_CLIENT_ID, null=True, blank=True)  # noqa: DJ001 - unique
    text = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    attachment_count = models.PositiveSmallIntegerField(default=0)
    reactions = models.JSONField(default=list, blank=True, help_text="Each emoji with the ids of whose it is.")
    is_masked = models.BooleanField(default=False, help_text="Contact data were replaced (R-MSG-7).")
    is_held = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    removed_text = models.TextField(blank=True)
    wiped_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The last two let a thread be counted without reading its messages.
            models.Index(fields=["conversation", "-id", "is_held", "sender"], name="message_in_thread"),
            models.Index(
                fields=["conversation", "booking_id", "-id"],
                name="message_of_booking",
                condition=Q(booking_id__isnull=False),
            ),
            models.Index(fields=["conversation", "recipient"], name="message_unread", condition=Q(read_at=None)),
            models.Index(fields=["sender", "-created_at", "-id"], name="message_by_sender"),
            models.Index(fields=["recipient", "-created_at", "-id"], name="message_by_recipient"),
            models.Index(
                fields=["deleted_at"],
                name="message_to_wipe",
                condition=Q(deleted_at__isnull=False, wiped_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sender", "client_msg_id"], name="message_once_per_client_id"),
            models.CheckConstraint(condition=~Q(sender=F("recipient")), name="message_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(text="", search_text=""), name="message_deleted_has_no_text"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of {self.sender_id} to {self.recipient_id}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class MessageEdit(models.Model):
    """What a message said before its sender changed it: for moderators (R-MSG-3)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="edits")
    text = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"former text of message {self.message_id}"
