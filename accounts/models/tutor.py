"""The tutor side of a person: the profile that students find, and its way through approval."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User
from accounts.querysets import CredentialQuerySet, TutorQuerySet
from catalog.models import Subject
from common.models import TimestampedModel
from common.money import MoneyField

if TYPE_CHECKING:
    from accounts.models.student import FavouriteTutor

STARS = (1, 2, 3, 4, 5)


class TutorStatus(models.TextChoices):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"
    SUSPENDED = "suspended"
    CLOSED = "closed"


_SUBMITTED = TutorStatus.PENDING_APPROVAL
_STOPPED: set[str] = {TutorStatus.SUSPENDED, TutorStatus.CLOSED}
# Every legal move of the approval machine, in one place. The end of a suspension leads back
# to what the profile was before; a closed one is final.
TRANSITIONS: dict[str, set[str]] = {
    TutorStatus.DRAFT: {_SUBMITTED, *_STOPPED},
    _SUBMITTED: {
        TutorStatus.DRAFT,
        TutorStatus.APPROVED,
        TutorStatus.REJECTED,
        TutorStatus.CHANGES_REQUESTED,
        *_STOPPED,
    },
    TutorStatus.REJECTED: {_SUBMITTED, *_STOPPED},
    TutorStatus.CHANGES_REQUESTED: {_SUBMITTED, *_STOPPED},
    TutorStatus.APPROVED: _STOPPED,
    TutorStatus.SUSPENDED: set(TutorStatus.values) - _STOPPED,
}


# Whom admins decide about, in the back office's words for filters too: who has closed the account waits for nobody.
TO_APPROVE: dict[str, Any] = {"status__exact": _SUBMITTED, "user__deleted_at__isnull": True}


class TutorProfile(TimestampedModel):
    """The tutor side of a person; exists for every tutor from registration on.

    `version` grows with every change that its owner makes (optimistic updates). `is_listed`, `search_text`,
    `ranking_score` and the ratings are stored where the search reads them: `accounts.services.listing` keeps the first
    two right, `bookings.services.ratings` the others, in the transaction that changes what they follow from.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="tutor_profile")
    status = models.CharField(max_length=20, choices=TutorStatus, default=TutorStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)

    # What students read.
    title = models.CharField(max_length=200, blank=True)
    headline = models.CharField(max_length=300, blank=True)
    bio = models.TextField(blank=True)
    description = models.TextField(blank=True)
    teaching_philosophy = models.TextField(blank=True)
    experience_years = models.PositiveSmallIntegerField(default=0)
    hourly_rate = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217.")
    video_url = models.CharField(max_length=500, blank=True)
    photo = models.FileField(max_length=200, blank=True, upload_to="photos/")

    # Approval.
    submitted_at = models.DateTimeField(null=True, blank=True)
    submissions = models.PositiveSmallIntegerField(default=0, help_text="How often it was handed in.")
    decided_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.CharField(
        max_length=1000, blank=True, help_text="Why it was rejected, or what is to be changed."
    )
    requested_changes = models.JSONField(default=list, blank=True, help_text="The parts that are to be changed.")
    suspended_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody reinstates.")
    status_before_suspension = models.CharField(max_length=20, choices=TutorStatus, blank=True)
    accepts_bookings = models.BooleanField(default=True, help_text="Off: paused by the tutor; what is booked stays.")

    # Stored for the search.
    is_listed = models.BooleanField(default=False, help_text="Approved, and the account is open.")
    search_text = models.TextField(blank=True, help_text="What free text looks in, in lower case.")
    total_sessions = models.PositiveIntegerField(default=0, help_text="Lessons that took place.")
    rating_sum = models.PositiveIntegerField(default=0)
    total_reviews = models.PositiveIntegerField(default=0)
    average_rating = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal(0), help_text="0: no reviews.")
    rated_1 = models.PositiveIntegerField(default=0)
    rated_2 = models.PositiveIntegerField(default=0)
    rated_3 = models.PositiveIntegerField(default=0)
    rated_4 = models.PositiveIntegerField(default=0)
    rated_5 = models.PositiveIntegerField(default=0)
    ranking_score = models.DecimalField(
        max_digits=6, decimal_places=4, default=Decimal(0), help_text="For sorting only (R-RAT-3)."
    )

    subjects = models.ManyToManyField(Subject, through="TutorSubject", related_name="tutors")

    objects = TutorQuerySet.as_manager()
    favourites: "models.Manager[FavouriteTutor]"

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(F("ranking_score").desc(), F("id").desc(), name="tutor_by_rank", condition=Q(is_listed=True)),
            models.Index(fields=["hourly_rate", "id"], name="tutor_by_rate", condition=Q(is_listed=True)),
            models.Index(
                F("experience_years").desc(), F("id").desc(), name="tutor_by_experience", condition=Q(is_listed=True)
            ),
            models.Index(fields=["status", "submitted_at"], name="tutor_by_status"),
            models.Index(
                fields=["suspended_until"], name="tutor_by_end_of_suspension", condition=Q(status="suspended")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=TutorStatus.values), name="tutor_status_known"),
            models.CheckConstraint(
                condition=Q(status_before_suspension__in=["", *TutorStatus.values]), name="tutor_former_status_known"
            ),
            models.CheckConstraint(condition=Q(hourly_rate=None) | Q(hourly_rate__gt=0), name="tutor_rate_positive"),
            models.CheckConstraint(condition=Q(average_rating__range=(0, 5)), name="tutor_rating_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"tutor {self.user_id}"

    def can_become(self, status: TutorStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())

    @property
    def is_approved(self) -> bool:
        return self.status == TutorStatus.APPROVED

    def has_served_suspension(self, now: datetime) -> bool:
        """Suspended, but the time of it is over."""
        is_over = self.suspended_until is not None and self.suspended_until <= now
        return self.status == TutorStatus.SUSPENDED and is_over

    def is_gone(self, now: datetime) -> bool:
        """Suspended or closed, or the account is, or it is no tutor's any more: lessons with this tutor do not take
        place (R-BOOK-7).
        """
        stopped = self.status in _STOPPED and not self.has_served_suspension(now)
        user = self.user
        return stopped or not user.is_tutor or not user.is_active or user.deleted_at is not None


class TutorEvent(models.Model):
    """One move through approval, never changed: the history of a profile."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="events")
    event = models.CharField(max_length=32, help_text="What happened, such as submitted.")
    status = models.CharField(max_length=20, choices=TutorStatus, help_text="After it.")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=TutorStatus.values), name="tutor_event_status_known")
        ]

    def __str__(self) -> str:
        return f"{self.event} on {self.created_at:%Y-%m-%d}"


class Proficiency(models.TextChoices):
    """The words of the edustream document; its client's `a1` to `c2` and `native` are understood as well."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    NATIVE = "native"


class TutorSubject(models.Model):
    """That a tutor teaches a subject, how well they know it, and for how long."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="taught")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="taught_by")
    proficiency_level = models.CharField(max_length=12, choices=Proficiency, default=Proficiency.ADVANCED)
    years_experience = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject", "tutor"], name="tutor_subject_by_subject")]
        constraints = [
            models.UniqueConstraint(fields=["tutor", "subject"], name="tutor_subject_once"),
            models.CheckConstraint(
                condition=Q(proficiency_level__in=Proficiency.values), name="tutor_subject_proficiency_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tutor_id} teaches {self.subject_id}"


class TutorLanguage(models.Model):
    """A language that a tutor teaches in: an ISO 639-1 code, and how well they speak it. Who says no level has the
    highest: they teach in it.
    """

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="languages")
    code = models.CharField(max_length=3)
    level = models.CharField(max_length=12, choices=Proficiency, default=Proficiency.NATIVE)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["code", "tutor"], name="tutor_language_by_code")]
        constraints = [
            models.UniqueConstraint(fields=["tutor", "code"], name="tutor_language_once"),
            models.CheckConstraint(condition=Q(level__in=Proficiency.values), name="tutor_language_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.tutor_id} speaks {self.code}"


class TutorCertification(models.Model):
    """A certificate that a tutor names, perhaps with its scan. Rows share a scan where one waits for approval."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="certifications")
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    file = models.FileField(max_length=200, blank=True, upload_to="certificates/")
    revision = models.ForeignKey(
        "TutorRevision", models.CASCADE, null=True, blank=True, related_name="certifications", help_text="Waits in it."
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class TutorEducation(models.Model):
    """A degree that a tutor names, perhaps with its scan; as `TutorCertification`."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="education")
    degree = models.CharField(max_length=200)
    institution = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    file = models.FileField(max_length=200, blank=True, upload_to="degrees/")
    revision = models.ForeignKey(
        "TutorRevision", models.CASCADE, null=True, blank=True, related_name="education", help_text="Waits in it."
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.degree
