"""What the people of a session write to all of them."""

from django.conf import settings
from django.db import models

from sessions_app.models.session import TutoringSession


class SessionMessage(models.Model):
    """What the people of a session write to all of them: plain text of up to 5,000 characters."""

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="messages", db_index=False)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["session", "-id"], name="session_message_newest")]

    def __str__(self) -> str:
        return f"message {self.pk} in session {self.session_id}"
