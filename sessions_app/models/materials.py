"""Files for the people of a session."""

from django.conf import settings
from django.db import models

from common.models import TimestampedModel
from messaging.models.attachment import LONGEST_NAME
from sessions_app.models.session import TutoringSession
from sessions_app.querysets import MaterialQuerySet

MATERIALS_FOLDER = "materials/"


class Material(TimestampedModel):
    """A private file of a tutor's, perhaps for one of their sessions: then the people in that may have it, too."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="materials", db_index=False)
    session = models.ForeignKey(TutoringSession, models.SET_NULL, null=True, blank=True, related_name="materials")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    file = models.FileField(max_length=200, upload_to=MATERIALS_FOLDER)
    name = models.CharField(max_length=LONGEST_NAME, help_text="As its owner called it, made harmless.")
    media_type = models.CharField(max_length=100, help_text="By content.")
    size = models.PositiveIntegerField(help_text="Bytes.")

    objects = MaterialQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="material_newest")]

    def __str__(self) -> str:
        return self.title
