"""Courses, their modules in order, and the meetings that belong to them."""

from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from accounts.validators import validate_time_zone
from catalog.models import Subject
from common.models import TimestampedModel
from courses.querysets import CourseQuerySet
from sessions_app.models import SessionLevel, TutoringSession


class CourseStatus(models.TextChoices):
    DRAFT = "draft"  # its tutor alone sees it
    PUBLISHED = "published"  # found and enrolled in
    ARCHIVED = "archived"  # read-only for those who are in it


# Every legal move, in one place. An archived course may be published again.
TRANSITIONS: dict[str, set[str]] = {
    CourseStatus.DRAFT: {CourseStatus.PUBLISHED},
    CourseStatus.PUBLISHED: {CourseStatus.ARCHIVED},
    CourseStatus.ARCHIVED: {CourseStatus.PUBLISHED},
}


class Course(TimestampedModel):
    """What a tutor teaches in modules, one after the other, at the learner's own pace.

    `status` and `seats_taken` change only in `courses.services`; `seats_taken` counts the enrolments that are active.
    Without `capacity` anybody may come. `timezone` is the one in which deadlines are meant (R-ASM-1). `version` grows
    with every edit of the course or its modules. `search_text` is what `courses.services.listing` makes of title,
    description and subject.
    """

    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="courses")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="courses")
    level = models.CharField(max_length=12, choices=SessionLevel, blank=True)
    status = models.CharField(max_length=9, choices=CourseStatus, default=CourseStatus.DRAFT)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: as many as like.")
    seats_taken = models.PositiveIntegerField(default=0)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    published_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(blank=True, help_text="What free text looks in, in lower case.")
    version = models.PositiveIntegerField(default=1)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), name="course_newest", condition=Q(status="published")
            ),
            models.Index(
                F("seats_taken").desc(), F("id").desc(), name="course_by_seats", condition=Q(status="published")
            ),
            models.Index(fields=["title", "id"], name="course_by_title", condition=Q(status="published")),
            models.Index(fields=["tutor", "-id"], name="course_by_tutor"),
            models.Index(
                fields=["subject", "-published_at", "-id"], name="course_by_subject", condition=Q(status="published")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CourseStatus.values), name="course_status_known"),
            models.CheckConstraint(condition=Q(level__in=["", *SessionLevel.values]), name="course_level_known"),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__range=(1, 1000)), name="course_capacity_1_to_1000"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(seats_taken__lte=F("capacity")), name="course_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False), name="course_published_at_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def can_become(self, status: CourseStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())


class Module(TimestampedModel):
    """One step of a course, in the order of `position`. Only the required ones count for completion (R-PRG-1).

    A module that somebody has completed is never deleted but retired: it counts no longer, what was done stays.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules", db_index=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True, help_text="Plain text.")
    is_required = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["course", "position", "id"], name="module_in_order")]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class CourseSession(models.Model):
    """A meeting that belongs to a course. It is joined as any other, through the sessions' own paths."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="meetings")
    session = models.OneToOneField(TutoringSession, models.CASCADE, related_name="course_link")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"session {self.session_id} of course {self.course_id}"
