"""Single-use secrets that were mailed to somebody. Only their hashes are kept (R-AUTH-2)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User


class EmailSecretQuerySet(models.QuerySet):
    def usable(self, now: datetime) -> Self:
        """Neither used nor too old. A code has its own, shorter life: `count_attempt`."""
        return self.filter(used_at=None, expires_at__gt=now)

    def count_attempt(self, pk: int, now: datetime) -> bool:
        """Spend one of the code's attempts; False when none is left or its time is over.

        Of parallel guesses each spends its own.
        """
        usable = self.usable(now).filter(pk=pk, code_expires_at__gt=now, code_attempts__lt=EmailSecret.CODE_ATTEMPTS)
        return usable.update(code_attempts=F("code_attempts") + 1) == 1


class EmailSecret(models.Model):
    """A link token (24 h for verification, 1 h for a reset); to verify also a six-digit code (10 min, 5 tries)."""

    class Purpose(models.TextChoices):
        VERIFY = "verify"
        RESET = "reset"

    CODE_ATTEMPTS = 5

    user = models.ForeignKey(User, models.CASCADE, related_name="email_secrets")
    purpose = models.CharField(max_length=6, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EmailSecretQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "purpose", "-created_at"], name="email_secret_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(code_attempts__lte=5), name="email_secret_attempts_limited"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} secret of {self.user_id}"
