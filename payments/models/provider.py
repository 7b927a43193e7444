"""What we ask of payment providers, and what they tell us: rows first, so that a crash loses none of it."""

from django.db import models
from django.db.models import Q

from common.models import DueWork
from common.money import MoneyField
from payments.models.payment import Payment, Refund
from payments.models.payout import Payout, Reversal


class CallKind(models.TextChoices):
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    TRANSFER = "transfer"
    REVERSAL = "reversal"


class ProviderCall(DueWork):
    """Something that a provider must still do. Repeated with the same `key` until it answers (R-PAY-4)."""

    MAX_ATTEMPTS = 12  # over about 17 hours: providers have been away for hours

    kind = models.CharField(max_length=8, choices=CallKind)
    key = models.CharField(max_length=80, unique=True, help_text="The idempotency key: one effect at the provider.")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="calls")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="calls")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, blank=True, related_name="calls")
    reversal = models.ForeignKey(Reversal, models.PROTECT, null=True, blank=True, related_name="calls")
    amount = MoneyField(null=True, blank=True, help_text="Of a capture.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], name="provider_call_due", condition=Q(state="due"))]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CallKind.values), name="provider_call_kind_known"),
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="provider_call_state_known"),
        ]

    def __str__(self) -> str:
        return self.key


class Verdict(models.TextChoices):
    NONE = ""
    APPLIED = "applied"
    IGNORED = "ignored"  # of a type, or about an object, that is no business of ours
    ORPHAN = "orphan"  # about a payment that nobody here knows (R-PAY-7)


class ProviderEvent(DueWork):
    """A signed event as it arrived, once however often it is delivered (R-PAY-5); `outcome` is its fate in words."""

    MAX_ATTEMPTS = 12

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    type = models.CharField(max_length=100)
    happened_at = models.DateTimeField(help_text="UTC, by the provider's clock.")
    object_id = models.CharField(max_length=100, blank=True, help_text="Of the payment at the provider.")
    payment_ref = models.CharField(max_length=40, blank=True, help_text="Of our payment, as the provider knows it.")
    payload = models.JSONField()
    verdict = models.CharField(max_length=7, choices=Verdict, default=Verdict.NONE, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="provider_event_due", condition=Q(state="due")),
            models.Index(fields=["object_id"], name="provider_event_by_object"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="provider_event_state_known"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="provider_event_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
