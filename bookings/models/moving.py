"""Times that are talked about: proposals to move a lesson, and what a student holds while booking."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from bookings.models.booking import Booking, Party
from common.models import TimestampedModel


class RescheduleProposal(TimestampedModel):
    """One side asks to move a booking to one of one to three times; the other answers (R-RES-2, R-RES-3)."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="proposals")
    proposed_by = models.CharField(max_length=7, choices=Party)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    lapses_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["lapses_at"], name="proposal_open_by_lapse", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["booking"], condition=Q(state="open"), name="proposal_one_open"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined", "withdrawn", "lapsed"]),
                name="proposal_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk} for booking {self.booking_id}"


class ProposedTime(models.Model):
    """A candidate of a proposal. While that is open the interval is taken for everybody else."""

    proposal = models.ForeignKey(RescheduleProposal, models.CASCADE, related_name="times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "starts_at"], name="proposed_time_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="proposed_time_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} for proposal {self.proposal_id}"


class SlotHold(models.Model):
    """A time kept for a student who is about to book: ten minutes, once extended to fifteen (R-OVL-6)."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="slot_holds")
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="slot_holds")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    extended = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tutor", "ends_at"], name="hold_by_tutor")]
        constraints = [
            models.UniqueConstraint(fields=["student", "tutor"], name="hold_one_per_pair"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"hold of student {self.student_id} at tutor {self.tutor_id}"
