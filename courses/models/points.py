"""The ledger of points (R-PRG-4)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models import AppendOnlyModel
from audit.querysets import AppendOnlyQuerySet


class PointsReason(models.TextChoices):
    LESSON = "lesson"
    MODULE = "module"
    COURSE = "course"
    ASSESSMENT = "assessment"
    REVIEW = "review"
    PEER_SESSION = "peer_session"
    STREAK = "streak"
    REVERSAL = "reversal"  # its source names the entry that it takes back


class PointsEntry(AppendOnlyModel):
    """One line of somebody's points, never changed: the same reason and source count once.

    `source` names what they were given for, such as `module:17` or `session:5`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="points", db_index=False)
    reason = models.CharField(max_length=12, choices=PointsReason)
    source = models.CharField(max_length=60)
    points = models.SmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "points entries"
        indexes = [models.Index(fields=["user", "-id"], name="points_by_user")]
        constraints = [
            models.UniqueConstraint(fields=["user", "reason", "source"], name="points_once_per_source"),
            models.CheckConstraint(condition=Q(reason__in=PointsReason.values), name="points_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} for {self.reason} of user {self.user_id}"
