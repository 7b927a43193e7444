"""What is kept of matching: lists that were worked out, the free time that they need, what students said of tutors, and
the jobs that work lists out ahead.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import TutorProfile
from common.models import DueWork, TimestampedModel


class FreeTime(models.Model):
    """When lessons of a tutor may begin, as somebody without plans sees it: worked out once for all students.

    Bit `n` of `starts` (little-endian) is the `n`-th quarter of an hour since midnight in UTC of `origin`.
    """

    tutor = models.OneToOneField(TutorProfile, models.CASCADE, primary_key=True, related_name="free_time")
    origin = models.DateField()
    starts = models.BinaryField()
    lesson_minutes = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["tutor"]

    def __str__(self) -> str:
        return f"free time of tutor {self.tutor_id}"


class RecommendationList(models.Model):
    """The tutors who suit a student best, as they were at `computed_at`; whoever works it out anew replaces it whole.

    `entries` are `[tutor's id, [[share, detail], ...]]` (`matching.score`). With another `fingerprint` of what the
    student wants, or after a day, it is no good any more (R-MAT-6).
    """

    student = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="recommendations"
    )
    entries = models.JSONField(default=list)
    size = models.PositiveSmallIntegerField(default=0, help_text="How many are recommended; entries may be more.")
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["student"]

    def __str__(self) -> str:
        return f"recommendations for {self.student_id}"

    def is_fresh(self, now: datetime) -> bool:
        return now < self.computed_at + timedelta(hours=settings.MATCHING_KEPT_HOURS)


class Opinion(models.TextChoices):
    DISMISS = "dismiss"
    SAVE = "save"


class TutorFeedback(TimestampedModel):
    """What a student thinks of a tutor who was recommended: not now, or let me remember (R-MAT-7)."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tutor_feedback")
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="feedback")
    action = models.CharField(max_length=7, choices=Opinion)
    until = models.DateTimeField(null=True, blank=True, help_text="When who was dismissed may be recommended again.")

    class Meta:
        ordering = ["-updated_at", "-id"]
        verbose_name_plural = "tutor feedback"
        indexes = [models.Index(fields=["student", "-updated_at", "-id"], name="tutor_feedback_newest")]
        constraints = [
            models.UniqueConstraint(fields=["student", "tutor"], name="tutor_feedback_once"),
            models.CheckConstraint(condition=Q(action__in=Opinion.values), name="tutor_feedback_action_known"),
            models.CheckConstraint(
                condition=Q(action=Opinion.SAVE, until=None) | Q(action=Opinion.DISMISS, until__isnull=False),
                name="tutor_feedback_ends_if_dismissed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.action} tutor {self.tutor_id}"


class PrecomputeJob(DueWork):
    """Somebody, or the clock, wants lists to be worked out ahead. A worker does some students at a time and writes down
    how far it has come, so that one which takes over goes on there.
    """

    class Scope(models.TextChoices):
        ALL = "all"
        OVERDUE = "overdue"  # the clock's: students whose list is missing or about to be a day old
        STUDENT = "student"

    scope = models.CharField(max_length=7, choices=Scope)
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_student = models.PositiveBigIntegerField(default=0, help_text="Those up to this id are done.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], name="precompute_due", condition=Q(state=DueWork.State.DUE))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="precompute_state_known"),
            models.CheckConstraint(
                condition=Q(scope="student", student__isnull=False) | Q(scope__in=["all", "overdue"], student=None),
                name="precompute_scope_has_its_student",
            ),
            models.UniqueConstraint(
                fields=["scope"], condition=Q(scope="overdue", state=DueWork.State.DUE), name="precompute_overdue_once"
            ),
        ]

    def __str__(self) -> str:
        return f"precompute {self.scope} {self.pk}"

    @property
    def status(self) -> str:
        """In one word, for who asked for it."""
        if self.state == DueWork.State.DUE:
            return "running" if self.started_at else "queued"
        return "done" if self.state == DueWork.State.DONE else "failed"
