"""Mails that must still go out."""

from django.db import models

from common.models import DueWork


class OutgoingMail(DueWork):
    """A mail that somebody asked for, by address.

    The row is written whether or not the address has an account, and the worker finds out: a request for a reset
    costs the same and answers the same in both cases (R-AUTH-2). Secrets are made when the mail is written, so that
    none ever lies in this table.
    """

    class Kind(models.TextChoices):
        VERIFY = "verify"
        RESET = "reset"
        LOCKED = "locked"
        PASSWORD_CHANGED = "password_changed"
        CLOSED = "closed"
        ERASURE = "erasure"
        EXPORT_READY = "export_ready"

    kind = models.CharField(max_length=16, choices=Kind)
    email = models.EmailField(max_length=254)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=models.Q(state=DueWork.State.DUE)),
            models.Index(fields=["email", "kind", "-created_at"], name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} mail {self.pk}: {self.state}"
