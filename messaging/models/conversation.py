"""Who talks to whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.models import TimestampedModel
from messaging.querysets import BlockQuerySet, ConversationQuerySet

User = settings.AUTH_USER_MODEL


class Conversation(TimestampedModel):
    """All that two people ever wrote to each other: one row per pair, the lower user id first (R-MSG-2).

    What a list of threads shows is on the row: the last message, when it was (`active_at`; before the first one, when
    the conversation was opened), and each side's unread count. Whoever writes any of it locks the row first.
    `low_wrote` and `high_wrote` say which side has ever written: they are strangers until both have (R-MSG-9).
    Without a message it is seen by `opened_by` only.
    """

    low = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    high = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    last_message = models.ForeignKey(
        "messaging.Message", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    active_at = models.DateTimeField(default=timezone.now)
    low_unread = models.PositiveIntegerField(default=0)
    high_unread = models.PositiveIntegerField(default=0)
    low_wrote = models.BooleanField(default=False)
    high_wrote = models.BooleanField(default=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-active_at", "-id"]
        indexes = [
            models.Index(fields=["low", "-active_at", "-id"], name="thread_of_low"),
            models.Index(fields=["high", "-active_at", "-id"], name="thread_of_high"),
            models.Index(fields=["low"], name="thread_unread_by_low", condition=Q(low_unread__gt=0)),
            models.Index(fields=["high"], name="thread_unread_by_high", condition=Q(high_unread__gt=0)),
            models.Index(fields=["opened_by", "created_at"], name="thread_by_opener"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="conversation_once_per_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="conversation_low_before_high"),
            models.CheckConstraint(
                condition=Q(opened_by=F("low")) | Q(opened_by=F("high")), name="conversation_opened_by_one_of_them"
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk} of {self.low_id} and {self.high_id}"

    def other_of(self, user_id: int) -> int:
        """The id of the other person."""
        return self.high_id if user_id == self.low_id else self.low_id

    def side_of(self, user_id: int) -> str:
        """`low` or `high`: the beginning of the names of that person's columns."""
        return "low" if user_id == self.low_id else "high"

    def unread_of(self, user_id: int) -> int:
        return getattr(self, f"{self.side_of(user_id)}_unread")

    @property
    def is_mutual(self) -> bool:
        """Whether both have written: they are no strangers any more."""
        return self.low_wrote and self.high_wrote


class Block(models.Model):
    """Somebody wants no messages of somebody. Set by one, in effect both ways, never told (R-MSG-6)."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks_set")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once_per_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_never_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class MessagingSettings(TimestampedModel):
    """What somebody has chosen for messages. Nobody has a row before they change something."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="messaging_settings")
    read_receipts = models.BooleanField(
        default=True, help_text="Others see when a message was read. Off hides it in both directions (R-MSG-4)."
    )

    class Meta:
        verbose_name_plural = "messaging settings"

    def __str__(self) -> str:
        return f"messaging settings of {self.user_id}"
