"""What the API itself remembers."""

from django.conf import settings
from django.db import models


class CompletedRequest(models.Model):
    """A POST with an `Idempotency-Key` that succeeded, and its answer (R-GEN-6).

    Written in the transaction of the request itself, so that after a crash either both are there or neither. Refusals
    are not kept: they changed nothing and may be tried again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body.")
    status = models.PositiveSmallIntegerField()
    body = models.TextField(help_text="The canonical answer as JSON, before the dialect's names.")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="request_key_once_per_user")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id}: {self.status}"
