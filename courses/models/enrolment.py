"""Who is in a course, and how far they have come."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from courses.models.course import Course, Module
from courses.querysets import EnrolmentQuerySet


class EnrolmentStatus(models.TextChoices):
    WAITLISTED = "waitlisted"  # waits for a seat in a course that is full
    ACTIVE = "active"
    COMPLETED = "completed"  # for good, whatever is added to the course later (R-PRG-1)
    DROPPED = "dropped"


# Every legal move, in one place.
TRANSITIONS: dict[str, set[str]] = {
    EnrolmentStatus.WAITLISTED: {EnrolmentStatus.ACTIVE, EnrolmentStatus.DROPPED},
    EnrolmentStatus.ACTIVE: {EnrolmentStatus.COMPLETED, EnrolmentStatus.DROPPED},
    EnrolmentStatus.DROPPED: {EnrolmentStatus.ACTIVE, EnrolmentStatus.WAITLISTED},
}


class Enrolment(TimestampedModel):
    """One learner in one course: one row for good, which dropping and coming back moves.

    `completion_percentage` is what lists show: done required modules of all required ones, rounded down, and 100 only
    when required assessments are passed as well (R-PRG-1). `attempt` grows when somebody begins afresh.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments", db_index=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments", db_index=False)
    status = models.CharField(max_length=10, choices=EnrolmentStatus, default=EnrolmentStatus.ACTIVE)
    attempt = models.PositiveSmallIntegerField(default=1)
    completion_percentage = models.PositiveSmallIntegerField(default=0)
    enrolled_at = models.DateTimeField(help_text="The latest time.")
    completed_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    last_accessed_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True, help_text="First come, first served (R-SEAT-5).")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-enrolled_at", "-id"]
        indexes = [
            models.Index(fields=["learner", "-enrolled_at", "-id"], name="enrolment_by_learner"),
            models.Index(fields=["course", "status", "id"], name="enrolment_by_course"),
            models.Index(
                fields=["course", "waiting_since", "id"], name="enrolment_queue", condition=Q(status="waitlisted")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["learner", "course"], name="enrolment_once"),
            models.CheckConstraint(condition=Q(status__in=EnrolmentStatus.values), name="enrolment_status_known"),
            models.CheckConstraint(
                condition=Q(completion_percentage__range=(0, 100)), name="enrolment_percentage_0_to_100"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False),
                name="enrolment_completed_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waiting_since__isnull=False), name="enrolment_waits_since"
            ),
        ]

    def __str__(self) -> str:
        return f"learner {self.learner_id} in course {self.course_id}: {self.status}"

    def can_become(self, status: EnrolmentStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())

    @property
    def has_access(self) -> bool:
        """Whether the course's content is open to the learner."""
        return self.status in (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED)


class ModuleCompletion(models.Model):
    """A learner has done a module, in this attempt at the course. Repeating it changes nothing."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="completions", db_index=False)
    module = models.ForeignKey(Module, models.PROTECT, related_name="completions")
    attempt = models.PositiveSmallIntegerField()
    completed_at = models.DateTimeField()

    class Meta:
        ordering = ["completed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "attempt", "module"], name="module_completed_once"),
        ]

    def __str__(self) -> str:
        return f"module {self.module_id} by enrolment {self.enrolment_id}"


class Certificate(models.Model):
    """Says that somebody completed a course, in the words of that day; who has the code may check it (R-PRG-2)."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=32, unique=True, help_text="Random: it cannot be guessed.")
    learner_name = models.CharField(max_length=201)
    course_title = models.CharField(max_length=200)
    tutor_name = models.CharField(max_length=201)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at", "-id"]

    def __str__(self) -> str:
        return f"{self.course_title}: {self.learner_name}"
