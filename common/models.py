"""What every app's tables share, and the two tables that belong to no app in particular."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q


class TimestampedModel(models.Model):
    """`created_at` and `updated_at`, both UTC. Querysets that update in place set `updated_at` themselves."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class DueWorkQuerySet(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """Rows whose time has come and that no worker holds at the moment."""
        return self.filter(state=DueWork.State.DUE, due_at__lte=now).exclude(leased_until__gt=now)

    def claim(self, pk: int, *, now: datetime, lease: timedelta) -> bool:
        """Take one due row for `lease`. Of several workers that ask at once exactly one gets True."""
        claimed = self.due(now).filter(pk=pk).update(leased_until=now + lease, attempts=F("attempts") + 1)
        return claimed == 1


class DueWork(TimestampedModel):
    """A row that says what must still happen: the truth, of which a queue only reminds a worker."""

    class State(models.TextChoices):
        DUE = "due"
        DONE = "done"
        DEAD = "dead"  # given up after MAX_ATTEMPTS; somebody has to look

    MAX_ATTEMPTS = 5

    state = models.CharField(max_length=4, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True, help_text="What came of it, or the last error.")

    objects = DueWorkQuerySet.as_manager()

    class Meta:
        abstract = True


class RateWindow(models.Model):
    """A counter that starts again when its window is over. Written only by `common.counters`."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="rate_window_counts_something")]

    def __str__(self) -> str:
        return f"{self.key}: {self.count} until {self.expires_at:%H:%M:%S}"
