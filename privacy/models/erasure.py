"""The register of erasures (R-GDPR-5): who asked, until when, and what was done, category by category."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel


class ErasureOrigin(models.TextChoices):
    OWNER = "owner"  # the person asked for it
    PURGE = "purge"  # the account was closed long enough ago


class ErasureState(models.TextChoices):
    COOLING_OFF = "cooling_off"  # its owner may still think better of it
    BLOCKED = "blocked"  # something is open; looked at again every day
    RUNNING = "running"
    PARTIAL = "partial"  # a category failed; tried again
    DONE = "done"
    WITHDRAWN = "withdrawn"


# Every legal move, in one place. A state missing on the left is final.
TRANSITIONS: dict[str, set[str]] = {
    ErasureState.COOLING_OFF: {ErasureState.BLOCKED, ErasureState.RUNNING, ErasureState.WITHDRAWN},
    ErasureState.BLOCKED: {ErasureState.RUNNING, ErasureState.WITHDRAWN},
    ErasureState.RUNNING: {ErasureState.PARTIAL, ErasureState.DONE},
    ErasureState.PARTIAL: {ErasureState.RUNNING, ErasureState.DONE},
}
OPEN = (ErasureState.COOLING_OFF, ErasureState.BLOCKED, ErasureState.RUNNING, ErasureState.PARTIAL)
# Nothing was erased yet.
WITHDRAWABLE = (ErasureState.COOLING_OFF, ErasureState.BLOCKED)


class ErasureQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def due(self, now: datetime) -> Self:
        """Those that somebody has to go on with."""
        return self.open().filter(next_check_at__lte=now)

    def overdue(self, now: datetime) -> Self:
        """Open longer than the law allows."""
        return self.open().filter(due_at__lte=now)


class Erasure(TimestampedModel):
    """One request that everything about a person goes. Moved only by `privacy.services.erasing`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasures")
    origin = models.CharField(max_length=5, choices=ErasureOrigin)
    state = models.CharField(max_length=11, choices=ErasureState)
    requested_at = models.DateTimeField()
    begins_at = models.DateTimeField(help_text="When the time to think better of it is over.")
    due_at = models.DateTimeField(help_text="By law: 30 days after the request.")
    next_check_at = models.DateTimeField()
    blockers = models.JSONField(default=list, blank=True, help_text="What is open, in sentences.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["next_check_at"], name="erasure_due", condition=Q(state__in=OPEN)),
            models.Index(fields=["-requested_at", "-id"], name="erasure_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ErasureState.values), name="erasure_state_known"),
            models.CheckConstraint(condition=Q(origin__in=ErasureOrigin.values), name="erasure_origin_known"),
            models.UniqueConstraint(fields=["user"], condition=Q(state__in=OPEN), name="erasure_one_open"),
            models.CheckConstraint(
                condition=~Q(state=ErasureState.DONE) | Q(finished_at__isnull=False), name="erasure_done_at_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk} of account {self.user_id}: {self.state}"

    def can_become(self, state: ErasureState) -> bool:
        return state in TRANSITIONS.get(self.state, ())


class PartState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class ErasurePart(models.Model):
    """One category of one erasure, with the evidence: how many rows of what were deleted or overwritten."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=40)
    state = models.CharField(max_length=7, choices=PartState, default=PartState.PENDING)
    evidence = models.JSONField(default=dict, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["erasure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["erasure", "category"], name="erasure_part_once_a_category"),
            models.CheckConstraint(condition=Q(state__in=PartState.values), name="erasure_part_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.state}"
