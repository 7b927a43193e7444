"""What moderators have to look at."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from messaging.models.conversation import Conversation
from messaging.models.message import Message

User = settings.AUTH_USER_MODEL


class Report(TimestampedModel):
    """One thing in the moderators' queue: by a person, or by the system (no `reporter`).

    `snapshot` keeps the messages around, as they were when it was reported: what is edited or deleted later stays on
    record here (R-MSG-6).
    """

    class Kind(models.TextChoices):
        ABUSE = "abuse", "reported by a person"
        HELD = "held", "held: the same text to many strangers"
        CONTACT = "contact", "contact data, again and again"

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        UPHELD = "upheld"

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.ABUSE)
    reporter = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reported = models.ForeignKey(User, models.PROTECT, related_name="message_reports")
    conversation = models.ForeignKey(Conversation, models.PROTECT, null=True, blank=True, related_name="reports")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="reports")
    reason = models.CharField(max_length=1000)
    snapshot = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["created_at"], name="message_report_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["message", "reporter"], name="message_report_once_per_person"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dismissed", "upheld"]), name="message_report_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["abuse", "held", "contact"]), name="message_report_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"report on {self.reported_id}: {self.state}"
