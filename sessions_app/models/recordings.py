"""Recordings of sessions, and who agrees to them (R-GDPR-7)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Guardian
from common.models import TimestampedModel
from messaging.models.attachment import LONGEST_NAME
from sessions_app.models.session import TutoringSession
from sessions_app.querysets import ConsentQuerySet, RecordingQuerySet

RECORDINGS_FOLDER = "recordings/"
LONGEST_PROVIDER_URL = 1000


class RecordingConsent(TimestampedModel):
    """One person's last word on whether a session may be recorded; who has not said anything has no row.

    It is given while `withdrawn_at` is empty. Who refused from the beginning has no `given_at`. What was said before is
    in the audit log.

    A minor's guardian has a word of their own: whether the minor's counts, `ConsentQuerySet.given` says. A yes of the
    guardian is about the text of this row and ends with the minor's own, or when they are the guardian no longer, which
    is a withdrawal until another one agrees (`guardian_left_at`). A no is final for everybody but the guardian who has
    said it.
    """

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="recording_consents", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recording_consents")
    text_version = models.PositiveSmallIntegerField(help_text="Of what they were asked (`recording_terms`).")
    given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    guardian = models.ForeignKey(
        Guardian, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who has agreed, or refused."
    )
    guardian_agreed_at = models.DateTimeField(null=True, blank=True)
    guardian_refused_at = models.DateTimeField(null=True, blank=True)
    guardian_left_at = models.DateTimeField(
        null=True, blank=True, help_text="When one who had agreed was the guardian no longer."
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="recording_consent_once_per_person"),
            models.CheckConstraint(
                condition=Q(given_at__isnull=False) | Q(withdrawn_at__isnull=False), name="recording_consent_answered"
            ),
            models.CheckConstraint(
                condition=Q(guardian_agreed_at=None) | Q(guardian_refused_at=None),
                name="recording_consent_guardian_says_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(guardian_agreed_at=None) | Q(guardian_left_at=None),
                name="recording_consent_guardian_here_or_gone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on recording session {self.session_id}: {'no' if self.withdrawn_at else 'yes'}"

    @property
    def is_given(self) -> bool:
        """By the person's own word."""
        return self.withdrawn_at is None

    @property
    def guardian_agrees(self) -> bool:
        return self.guardian_agreed_at is not None and self.guardian_id is not None

    def is_closed_to(self, guardian: Guardian) -> bool:
        """Whether another guardian has said no. Of one who is gone, too, nobody else takes it back."""
        return self.guardian_refused_at is not None and self.guardian_id != guardian.pk


class Recording(TimestampedModel):
    """What was recorded of a session: a private file of ours, or an address at a provider, which only those get to see
    who may have it.
    """

    session = models.OneToOneField(TutoringSession, models.PROTECT, related_name="recording")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recordings")
    title = models.CharField(max_length=200, blank=True)
    file = models.FileField(max_length=200, upload_to=RECORDINGS_FOLDER, blank=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="As its host called it, made harmless.")
    media_type = models.CharField(max_length=100, blank=True, help_text="By content.")
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    provider = models.CharField(max_length=20, blank=True)
    provider_url = models.URLField(max_length=LONGEST_PROVIDER_URL, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="recording_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") & ~Q(provider_url="") | ~Q(file="") & Q(provider_url=""),
                name="recording_here_or_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"recording of session {self.session_id}"
