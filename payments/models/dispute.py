"""Somebody wants their money back, and somebody else decides."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import TimestampedModel
from common.money import MoneyField
from payments.models.payment import Payment


class DisputeKind(models.TextChoices):
    INTERNAL = "internal"  # between student and tutor; our admins decide
    CHARGEBACK = "chargeback"  # at the payer's bank; the provider tells how it ended


class DisputeStatus(models.TextChoices):
    """Won and lost are the platform's side: `lost` gives the payer the money. A bank may turn that into `won` later."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Dispute(TimestampedModel):
    """While it is open nothing that the payment earns is paid out (R-PAY-10)."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=10, choices=DisputeKind)
    status = models.CharField(max_length=4, choices=DisputeStatus, default=DisputeStatus.OPEN)
    amount = MoneyField(help_text="What is asked back.")
    reason = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=500, blank=True, help_text="Why it was decided so.")
    provider_id = models.CharField(max_length=100, blank=True)
    evidence = models.JSONField(default=dict, blank=True, help_text="What speaks for the lesson, when it opened.")
    evidence_due_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "-id"], name="dispute_by_status")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DisputeKind.values), name="dispute_kind_known"),
            models.CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_of_something"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind="internal", status="open"), name="dispute_one_open_per_payment"
            ),
            models.UniqueConstraint(
                fields=["payment", "provider_id"], condition=~Q(provider_id=""), name="dispute_provider_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of payment {self.payment_id}"
