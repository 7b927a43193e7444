"""What the people of a session think of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from sessions_app.models.session import TutoringSession


class SessionRating(TimestampedModel):
    """What somebody who was in a group or peer session thinks of it: once a person.

    It says something of that meeting, and counts in nobody's lesson reviews (R-RAT-1 is of those). A private session's
    rating is its booking's review (`services.private.Owner`).
    """

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="ratings", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="session_ratings")
    rating = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="session_rating_once_per_person"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="session_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} stars for session {self.session_id}"
