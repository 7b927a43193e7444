"""How good admins think a session was."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from sessions_app.models.session import TutoringSession


class QualityOutcome(models.TextChoices):
    COMMENDED = "commended", "commended"
    ACCEPTED = "accepted", "as it should be"
    NEEDS_IMPROVEMENT = "needs_improvement", "to be improved"
    FOLLOW_UP = "follow_up", "to be followed up"


# What concerns the host; the others are the admins' own.
TOLD_TO_HOST = frozenset({QualityOutcome.COMMENDED, QualityOutcome.NEEDS_IMPROVEMENT})


class QualityReview(TimestampedModel):
    """One admin's review of one session. Score and notes are for admins only; the host hears of an outcome."""

    session = models.ForeignKey(TutoringSession, models.PROTECT, related_name="quality_reviews", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="1 to 5.")
    outcome = models.CharField(max_length=17, choices=QualityOutcome)
    notes = models.TextField(blank=True, help_text="For admins only.")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="quality_review_newest")]
        constraints = [
            models.UniqueConstraint(fields=["session", "reviewer"], name="quality_review_once_per_admin"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="quality_review_score_1_to_5"),
            models.CheckConstraint(condition=Q(outcome__in=QualityOutcome.values), name="quality_review_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.score} of 5 for session {self.session_id}"
