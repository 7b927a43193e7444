"""What people are given of their own data (R-GDPR-3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import DueWork

EXPORTS_FOLDER = "exports/"


class DataExport(DueWork):
    """One archive that somebody asked for: due until it is made, then to be fetched until `expires_at`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_exports", db_index=False)
    file = models.FileField(max_length=200, blank=True, upload_to=EXPORTS_FOLDER)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="The last time.")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="data_export_latest"),
            models.Index(fields=["due_at"], name="data_export_due", condition=Q(state="due")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="data_export_state_known"),
        ]

    def __str__(self) -> str:
        return f"data export {self.pk} of account {self.user_id}"
