"""What people of a session ask the moderators to look into."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from sessions_app.models.session import TutoringSession

User = settings.AUTH_USER_MODEL


class ConflictType(models.TextChoices):
    NO_SHOW = "no_show"
    LATE = "late"
    TECHNICAL = "technical"
    BEHAVIOUR = "behaviour"
    QUALITY = "quality"
    BILLING = "billing"
    OTHER = "other"


class ConflictState(models.TextChoices):
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class ConflictOutcome(models.TextChoices):
    """What moderators found, as far as it concerns whoever was reported."""

    NO_FAULT = "no_fault", "nobody is at fault"
    REMINDED = "reminded", "reminded of the rules"
    WARNED = "warned", "warned"
    SETTLED = "settled", "settled between the two"


# Every legal move, in one place. A state missing on the left is final.
CONFLICT_MOVES: dict[str, set[str]] = {
    ConflictState.OPEN: {ConflictState.UNDER_REVIEW, ConflictState.RESOLVED, ConflictState.DISMISSED},
    ConflictState.UNDER_REVIEW: {ConflictState.RESOLVED, ConflictState.DISMISSED},
}
UNDECIDED = tuple(CONFLICT_MOVES)


class ConflictReport(TimestampedModel):
    """A report about a session by one of its people. Who reported, and what, is for moderators only: `reported`, if it
    is about somebody, hears of an outcome and of nothing else.
    """

    session = models.ForeignKey(TutoringSession, models.PROTECT, related_name="conflicts", db_index=False)
    reporter = models.ForeignKey(User, models.PROTECT, related_name="reported_conflicts", db_index=False)
    reported = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="conflicts_about")
    kind = models.CharField(max_length=9, choices=ConflictType)
    description = models.TextField()
    state = models.CharField(max_length=12, choices=ConflictState, default=ConflictState.OPEN)
    outcome = models.CharField(max_length=8, choices=ConflictOutcome, blank=True)
    resolution_note = models.CharField(max_length=500, blank=True, help_text="Told to the reporter.")
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["reporter", "-created_at", "-id"], name="conflict_by_reporter"),
            models.Index(fields=["session", "reporter"], name="conflict_by_session"),
            models.Index(
                fields=["created_at", "id"], name="conflict_queue", condition=Q(state__in=["open", "under_review"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "reporter"],
                condition=Q(state__in=["open", "under_review"]),
                name="conflict_one_open_per_person",
            ),
            models.CheckConstraint(condition=Q(kind__in=ConflictType.values), name="conflict_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ConflictState.values), name="conflict_state_known"),
            models.CheckConstraint(
                condition=Q(state="resolved", outcome__in=ConflictOutcome.values)
                | (~Q(state="resolved") & Q(outcome="")),
                name="conflict_outcome_of_resolved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "under_review"], decided_at=None)
                | (~Q(state__in=["open", "under_review"]) & Q(decided_at__isnull=False)),
                name="conflict_decided_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in session {self.session_id}: {self.state}"

    def can_become(self, state: ConflictState) -> bool:
        return state in CONFLICT_MOVES.get(self.state, ())
