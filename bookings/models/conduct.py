"""Who came and who did not, and what is held against a tutor or forgiven a student."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import TutorProfile
from bookings.models.booking import Booking, Party
from common.models import TimestampedModel


class Attendance(models.Model):
    """When somebody was in the lesson's room. Several rows: who left came back."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="attendance")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["entered_at", "id"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "user"], condition=Q(left_at=None), name="attendance_one_open_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} in booking {self.booking_id}"


class NoShowClaim(TimestampedModel):
    """One side says that the other did not come (R-NS-2 to R-NS-4)."""

    class State(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld"
        CONTESTED = "contested"
        REJECTED = "rejected"

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="no_show_claims")
    absent = models.CharField(max_length=7, choices=Party, help_text="Who is said not to have come.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    statement = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "absent"], name="no_show_claim_once"),
            models.CheckConstraint(condition=Q(absent__in=["student", "tutor"]), name="no_show_absent_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "contested", "rejected"]), name="no_show_claim_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absent} absent from booking {self.booking_id}"


class TutorStrike(models.Model):
    """A mark against a tutor: cancelled late or did not come (R-CAN-3)."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="strikes")
    booking = models.OneToOneField(Booking, models.PROTECT, related_name="strike")
    reason = models.CharField(max_length=40, help_text="late_cancel or no_show.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tutor", "-created_at"], name="strike_by_tutor")]

    def __str__(self) -> str:
        return f"{self.reason} of tutor {self.tutor_id}"


class LateCancelWaiver(models.Model):
    """A tutor forgave a late cancellation: once per pair in 180 days (R-CAN-6)."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="waiver")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["student", "tutor", "-created_at"], name="waiver_by_pair")]

    def __str__(self) -> str:
        return f"waiver for booking {self.booking_id}"
