"""What mentors send so that admins can see who they are, and how they once applied."""

from django.db import models
from django.db.models import Q

from accounts.models.tutor import TutorProfile
from common.models import TimestampedModel


class DocumentKind(models.TextChoices):
    RESUME = "resume"
    DEGREE_PROOF = "degree_proof"
    ID_PROOF = "id_proof"
    EXPERIENCE_PROOF = "experience_proof"
    OTHER = "other"


class VerificationDocument(models.Model):
    """A private file for its owner and the admins. Of each kind the latest counts, the ones before it are kept until
    90 days after the decision (R-GDPR-6).
    """

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="verification_documents")
    kind = models.CharField(max_length=16, choices=DocumentKind)
    name = models.CharField(max_length=200, help_text="As it was called where it came from.")
    file = models.FileField(max_length=200, upload_to="verification/")
    size = models.PositiveIntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="verification_document_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of tutor {self.tutor_id}"


class MentorApplication(TimestampedModel):
    """A filled-in form: what of it has no place in the profile is in `answers`, for the admins. How it goes is the
    profile's status.
    """

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="applications")
    answers = models.JSONField(default=dict)
    agreed_at = models.DateTimeField(help_text="To the terms and to a check of the background.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"application of tutor {self.tutor_id}"
