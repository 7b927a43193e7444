"""What an approved tutor wants to say from now on, until an admin has looked at it."""

from django.db import models
from django.db.models import Q

from accounts.models.tutor import TutorProfile
from accounts.models.user import User
from common.models import TimestampedModel


class RevisionState(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # by the tutor's next change
    WITHDRAWN = "withdrawn"


class TutorRevision(TimestampedModel):
    """A material change of an approved profile: the profile keeps what was approved.

    Never edited: the tutor's next change makes a new one, so that an admin decides about what was read. Certificates
    and degrees of a revision are rows of their own that name it; what becomes of it, `services.revisions` says.
    """

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="revisions")
    state = models.CharField(max_length=10, choices=RevisionState, default=RevisionState.PENDING)
    words = models.JSONField(default=dict, help_text="New values by the field of the profile.")
    lists = models.JSONField(default=list, help_text="Those of certifications and education that are new.")
    submitted_at = models.DateTimeField(help_text="The first of the changes that wait together.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True, help_text="Why it was rejected.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["tutor", "-id"], name="tutor_revision_newest"),
            models.Index(fields=["submitted_at"], name="tutor_revision_waiting", condition=Q(state="pending")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RevisionState.values), name="tutor_revision_state_known"),
            models.UniqueConstraint(
                fields=["tutor"], condition=Q(state="pending"), name="tutor_revision_one_pending_a_tutor"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.pk} of tutor {self.tutor_id}"

    @property
    def parts(self) -> list[str]:
        """What is new, by the names that the parts have in a profile."""
        return [*self.words, *self.lists]
