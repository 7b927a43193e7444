"""What a signed-in device leaves behind: one family of tokens, renewed until it ends (R-AUTH-1)."""

import uuid

from django.db import models

from accounts.models.user import User


class TokenFamily(models.Model):
    """One sign-in on one device. Every token names its family; a revoked family ends them all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="token_families")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return f"sign-in of {self.user_id} at {self.created_at:%Y-%m-%d %H:%M}"


class SpentRefreshToken(models.Model):
    """A refresh token that was used. The unique `jti` decides which of several uses at once is the first."""

    jti = models.UUIDField(primary_key=True)
    family = models.ForeignKey(TokenFamily, models.CASCADE, related_name="spent")
    spent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"spent at {self.spent_at:%Y-%m-%d %H:%M:%S}"
