"""What the sandbox provider remembers. Only `payments.gateways.sandbox` reads and writes it: to everybody else it is
the account of a provider somewhere else.
"""

from django.db import models


class SandboxObject(models.Model):
    """An intent, a transfer, or the answer to an idempotency key."""

    id = models.CharField(max_length=100, primary_key=True)
    kind = models.CharField(max_length=20)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.id
