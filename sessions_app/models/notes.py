"""What somebody notes about a session."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from sessions_app.models.session import TutoringSession
from sessions_app.querysets import NoteQuerySet


class NoteVisibility(models.TextChoices):
    PRIVATE = "private"  # for its author only, not even for admins
    SHARED = "shared"  # for the host and the participants


class SessionNote(TimestampedModel):
    """A note of plain text by one of the people of a session."""

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="notes", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="session_notes")
    content = models.TextField()
    visibility = models.CharField(max_length=7, choices=NoteVisibility, default=NoteVisibility.PRIVATE)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["session", "-created_at", "-id"], name="session_note_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(visibility__in=NoteVisibility.values), name="session_note_visibility"),
        ]

    def __str__(self) -> str:
        return f"{self.visibility} note of {self.author_id} about session {self.session_id}"
