"""What learners hand in, and what the course's tutor says of it (R-ASM-1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from courses.models.course import Course
from courses.models.enrolment import Enrolment


class Assessment(TimestampedModel):
    """A task of a course. Those in it see it once it is published; a required one must be passed to complete it."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="assessments", db_index=False)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, help_text="Plain text.")
    deadline = models.DateTimeField(null=True, blank=True, help_text="UTC. What comes later is accepted, and is late.")
    max_attempts = models.PositiveSmallIntegerField(default=3)
    pass_grade = models.PositiveSmallIntegerField(default=60)
    is_required = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["course", "id"], name="assessment_by_course")]
        constraints = [
            models.CheckConstraint(condition=Q(max_attempts__range=(1, 20)), name="assessment_1_to_20_attempts"),
            models.CheckConstraint(condition=Q(pass_grade__range=(0, 100)), name="assessment_pass_grade_0_to_100"),
        ]

    def __str__(self) -> str:
        return self.title


class SubmissionState(models.TextChoices):
    SUBMITTED = "submitted"
    GRADED = "graded"
    REPLACED = "replaced"  # by a later one of the same attempt


class Submission(TimestampedModel):
    """A link to somebody's work: one active one an attempt. Until it is graded, a newer one replaces it.

    The link is checked for its form and its host, and never opened by us.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="submissions", db_index=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="submissions")
    attempt = models.PositiveSmallIntegerField(help_text="1 for the first one.")
    url = models.CharField(max_length=2000)
    state = models.CharField(max_length=9, choices=SubmissionState, default=SubmissionState.SUBMITTED)
    submitted_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    grade = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 to 100.")
    feedback = models.TextField(blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["assessment", "-submitted_at", "-id"], name="submission_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "enrolment", "attempt"],
                condition=~Q(state="replaced"),
                name="submission_one_active_per_attempt",
            ),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_known"),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__range=(0, 100)), name="submission_grade_0_to_100"
            ),
            models.CheckConstraint(
                condition=~Q(state="graded") | Q(grade__isnull=False, graded_at__isnull=False),
                name="submission_graded_with_a_grade",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} at assessment {self.assessment_id}"


class FormerGrade(models.Model):
    """What a submission was graded before its tutor changed it."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="former_grades")
    grade = models.PositiveSmallIntegerField()
    feedback = models.TextField(blank=True)
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"former grade of submission {self.submission_id}"
