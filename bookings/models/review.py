"""What students say of lessons, and what tutors answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import TutorProfile
from bookings import unsafe_text
from bookings.models.booking import Booking
from bookings.querysets import ReviewQuerySet
from common.models import TimestampedModel


class ReviewKind(models.TextChoices):
    LESSON = "lesson"
    NO_SHOW = "no_show"  # of an absent tutor: shown apart, not in the mean (R-NS-6)


# Sub-scores, each 1 to 5 (R-REV-2).
ASPECTS = ("clarity", "progress", "preparation", "reassurance")


class ReviewState(models.TextChoices):
    PUBLISHED = "published"
    HIDDEN = "hidden"


class HiddenRule(models.TextChoices):
    """What of its words hid a review at once, without a moderator (R-REV-7)."""

    PERSONAL_DATA = unsafe_text.PERSONAL_DATA, "personal data"
    THREAT = unsafe_text.THREAT, "a threat"


class Review(TimestampedModel):
    """A student's word on one booking: one a booking, by the database. Never deleted; admins and rules may hide it."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="review")
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="reviews")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_written")
    kind = models.CharField(max_length=7, choices=ReviewKind, default=ReviewKind.LESSON)
    state = models.CharField(max_length=9, choices=ReviewState, default=ReviewState.PUBLISHED)
    rating = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    clarity = models.PositiveSmallIntegerField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(null=True, blank=True)
    preparation = models.PositiveSmallIntegerField(null=True, blank=True)
    reassurance = models.PositiveSmallIntegerField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    response = models.TextField(blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    response_edited_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=500, blank=True)
    # Nullable, so that SQLite adds it in place: triggers of other tables name this one.
    hidden_rule = models.CharField(  # noqa: DJ001
        "hidden by rule",
        max_length=13,
        choices=HiddenRule,
        null=True,
        blank=True,
        help_text="While no moderator has decided about it.",
    )
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="When a moderator let these words stand: no rule hides them any more."
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["tutor", "-created_at", "-id"], name="review_newest", condition=Q(state="published")),
            models.Index(fields=["student", "tutor"], name="review_by_pair"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="review_rating_1_to_5"),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="review_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} stars for tutor {self.tutor_id}"


class ReviewEdit(models.Model):
    """What a review said before its author changed it (R-REV-3)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="edits")
    rating = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"former text of review {self.review_id}"


class ReviewReport(TimestampedModel):
    """Somebody, or without a reporter a rule, thinks that a review should not stand. A moderator decides (R-REV-7)."""

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"
        HIDDEN = "hidden"

    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", help_text="None is the rule."
    )
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["created_at"], name="review_report_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="review_report_once_per_person"),
            models.CheckConstraint(condition=Q(state__in=["open", "kept", "hidden"]), name="review_report_state_known"),
        ]

    def __str__(self) -> str:
        return f"report on review {self.review_id}: {self.state}"
