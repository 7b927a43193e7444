"""What somebody asked us for, what was said about it, its history and its stopwatches."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from bookings.models import Booking
from common.models import TimestampedModel
from sessions_app.models import TutoringSession
from support.clock import Metric, Stopwatch
from support.querysets import TicketQuerySet

User = settings.AUTH_USER_MODEL


class Category(models.TextChoices):
    ACCOUNT = "account"
    BOOKING = "booking"
    PAYMENT = "payment"
    TECHNICAL = "technical"
    SAFETY = "safety"
    OTHER = "other"


class Priority(models.TextChoices):
    """From the least to the most pressing."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Tier(models.TextChoices):
    """Who looks after it: from the first to the last that one can turn to."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


TIERS = list(Tier)


class TicketStatus(models.TextChoices):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    ESCALATED = "escalated"
    WAITING_ON_USER = "waiting_on_user"
    RESOLVED = "resolved"
    CLOSED = "closed"


# Every legal move, in one place. What is closed stays closed.
TRANSITIONS: dict[str, set[str]] = {
    TicketStatus.OPEN: {
        TicketStatus.IN_PROGRESS,
        TicketStatus.ESCALATED,
        TicketStatus.WAITING_ON_USER,
        TicketStatus.RESOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.IN_PROGRESS: {
        TicketStatus.ESCALATED,
        TicketStatus.WAITING_ON_USER,
        TicketStatus.RESOLVED,
        TicketStatus.CLOSED,
    },
    # Once more escalated: to the next tier.
    TicketStatus.ESCALATED: {
        TicketStatus.ESCALATED,
        TicketStatus.IN_PROGRESS,
        TicketStatus.WAITING_ON_USER,
        TicketStatus.RESOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.WAITING_ON_USER: {TicketStatus.IN_PROGRESS, TicketStatus.RESOLVED, TicketStatus.CLOSED},
    TicketStatus.RESOLVED: {TicketStatus.IN_PROGRESS, TicketStatus.CLOSED},
}
# The states in which it is our turn, so that time counts (R-SUP-3).
RUNNING = (TicketStatus.OPEN, TicketStatus.IN_PROGRESS, TicketStatus.ESCALATED)


class Resolution(models.TextChoices):
    SOLVED = "solved"
    NO_REPLY = "no_reply"


class Party(models.TextChoices):
    """As whom somebody did something to a ticket."""

    REQUESTER = "requester"
    STAFF = "staff"
    SYSTEM = "system"


class Ticket(TimestampedModel):
    """One request of one person. It changes only in `support.services`, which lock the row first.

    What time does to it next is looked for at `next_check_at`. A ticket that came after a closed one names it as
    `previous`. `version` counts what a client may have read.
    """

    requester = models.ForeignKey(User, models.PROTECT, related_name="support_tickets")
    subject = models.CharField(max_length=200)
    category = models.CharField(max_length=9, choices=Category)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    status = models.CharField(max_length=15, choices=TicketStatus, default=TicketStatus.OPEN)
    tier = models.CharField(max_length=5, choices=Tier, default=Tier.AGENT)
    is_emergency = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True, help_text="Where to call back, as it was given.")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="assigned_tickets")
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="tickets")
    session = models.ForeignKey(TutoringSession, models.PROTECT, null=True, blank=True, related_name="tickets")
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="following")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    escalated_by_requester_at = models.DateTimeField(null=True, blank=True, help_text="They may once.")
    reopened_count = models.PositiveSmallIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="That we wait for an answer.")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=8, choices=Resolution, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=9, choices=Party, blank=True)
    close_reason = models.CharField(max_length=500, blank=True)
    last_message_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["requester", "-id"], name="ticket_by_requester"),
            models.Index(fields=["status", "-id"], name="ticket_by_status"),
            models.Index(fields=["assignee", "-id"], name="ticket_by_assignee"),
            models.Index(fields=["next_check_at"], name="ticket_by_check", condition=Q(next_check_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="ticket_category_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_priority_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="ticket_tier_known"),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="ticket_closed_at_some_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting_on_user") | Q(waiting_since__isnull=False), name="ticket_waiting_since"
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}: {self.subject}"

    def can_become(self, status: str) -> bool:
        return status in TRANSITIONS.get(self.status, ())

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


class TicketMessage(models.Model):
    """One thing that was said. `is_internal` ones are for the staff only, for ever (R-SUP-6)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_staff = models.BooleanField(help_text="Said by somebody of the staff.")
    is_internal = models.BooleanField(default=False)
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="ticket_message_by_ticket")]
        constraints = [
            models.CheckConstraint(condition=Q(is_internal=False) | Q(is_staff=True), name="ticket_note_by_staff")
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of ticket {self.ticket_id}"


class TicketClock(models.Model):
    """The stopwatch of one metric, set going by one message of the requester's (R-SUP-3).

    It runs, is held up while we wait for an answer, and is stopped for good at `stopped_at`; only that of the
    resolution goes on where a ticket is opened again.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=14, choices=[(metric.value, metric.value) for metric in Metric])
    trigger = models.ForeignKey(TicketMessage, models.PROTECT, related_name="+")
    business = models.DurationField(help_text="In business hours, before it was stopped last.")
    elapsed = models.DurationField(help_text="In all, before it was stopped last.")
    running_since = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "trigger"], name="ticket_clock_once_per_trigger"),
            models.CheckConstraint(
                condition=Q(metric__in=[metric.value for metric in Metric]), name="ticket_clock_metric_known"
            ),
            models.CheckConstraint(
                condition=Q(running_since=None) | Q(stopped_at=None), name="ticket_clock_runs_or_is_stopped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of ticket {self.ticket_id}"

    @property
    def watch(self) -> Stopwatch:
        return Stopwatch(self.business, self.elapsed, self.running_since)

    @watch.setter
    def watch(self, watch: Stopwatch) -> None:
        self.business, self.elapsed, self.running_since = watch


class TicketEvent(models.Model):
    """One line of a ticket's history. A warning or a breach is written once for its clock."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, help_text="Such as opened, escalated, sla_breach.")
    clock = models.ForeignKey(TicketClock, models.CASCADE, null=True, blank=True, related_name="events")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    party = models.CharField(max_length=9, choices=Party)
    from_status = models.CharField(max_length=15, blank=True)
    to_status = models.CharField(max_length=15, blank=True)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="ticket_event_by_ticket")]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "kind"], condition=Q(clock__isnull=False), name="ticket_event_once_per_clock"
            ),
            models.CheckConstraint(condition=Q(party__in=Party.values), name="ticket_event_party_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of ticket {self.ticket_id}"
