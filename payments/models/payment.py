"""A payment and what of it was given back."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from audit.models import AppendOnlyModel
from audit.querysets import AppendOnlyQuerySet
from common.models import TimestampedModel
from common.money import MoneyField
from payments.querysets import PaymentQuerySet


class PaymentStatus(models.TextChoices):
    """In the order of their rank: what a provider says never takes a payment back to an earlier one (R-PAY-6)."""

    REQUIRES_PAYMENT = "requires_payment"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    FAILED = "failed"  # may be tried again
    AUTHORIZED = "authorized"  # the money is set aside, and taken when the tutor confirms
    CANCELED = "canceled"
    SUCCEEDED = "succeeded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


RANK = {status: rank for rank, status in enumerate(PaymentStatus.values)}
# In these there is nothing yet that the payer could want back.
UNPAID = (
    PaymentStatus.REQUIRES_PAYMENT,
    PaymentStatus.REQUIRES_ACTION,
    PaymentStatus.PROCESSING,
    PaymentStatus.FAILED,
)
# In these it is the payer's turn. One that failed has been told of; while it is processed there is nothing to do.
PAYERS_TURN = (PaymentStatus.REQUIRES_PAYMENT, PaymentStatus.REQUIRES_ACTION)
# What a thing has at most one payment of that can still be paid.
TO_COME = (*UNPAID, PaymentStatus.AUTHORIZED)
# And none of these is begun beside another. The database cannot promise that of those that are paid: one that was given
# back in full is paid again when its refund bounces, and by then the thing may have been paid for once more.
LIVE = (*TO_COME, PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED)


class Payment(TimestampedModel):
    """What one person pays for one thing: a booking or a purchase, named by `payable_kind` and `payable_id`.

    `status` and the amounts follow the provider and change in `payments.services` only (R-PAY-2). `refunds_claimed` is
    the sum of all refunds that have not failed: the database keeps it within what was taken (R-PAY-9).
    """

    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payments")
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="payments", help_text="Who earns it.")
    payable_kind = models.CharField(max_length=20, help_text="What is paid for: one of settings.PAYABLES.")
    payable_id = models.PositiveBigIntegerField()
    description = models.CharField(max_length=200)
    amount = MoneyField(help_text="Worked out by the server from what is paid for (R-PAY-12).")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    commission_percent = models.DecimalField(max_digits=5, decimal_places=2, help_text="Frozen, as the booking's is.")
    is_manual = models.BooleanField(help_text="Set aside first, taken when the tutor confirms (R-PAY-3).")
    status = models.CharField(max_length=18, choices=PaymentStatus, default=PaymentStatus.REQUIRES_PAYMENT)

    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100, blank=True, help_text="Of the provider's object.")
    client_secret = models.CharField(max_length=255, blank=True, help_text="With it the payer's browser pays.")
    nudge_at = models.DateTimeField(null=True, blank=True, help_text="When its payer is reminded, if it is not paid.")
    failure_code = models.CharField(max_length=100, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)

    secured_at = models.DateTimeField(
        null=True, blank=True, help_text="UTC. When its money was first there: set aside, or taken."
    )
    captured_amount = MoneyField(default=Decimal(0), help_text="What was taken.")
    captured_at = models.DateTimeField(null=True, blank=True)
    refunds_claimed = MoneyField(default=Decimal(0), help_text="Refunds that were asked for and have not failed.")
    refunded_amount = MoneyField(default=Decimal(0), help_text="Refunds that the provider has paid out.")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["payer", "-id"], name="payment_by_payer"),
            models.Index(fields=["tutor", "-id"], name="payment_by_tutor"),
            models.Index(fields=["payable_kind", "payable_id"], name="payment_by_payable"),
            models.Index(fields=["status", "-id"], name="payment_by_status"),
            models.Index(fields=["nudge_at"], name="payment_by_nudge", condition=Q(nudge_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PaymentStatus.values), name="payment_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(captured_amount__range=(0, F("amount"))), name="payment_takes_its_amount"
            ),
            models.CheckConstraint(
                condition=Q(refunds_claimed__range=(0, F("captured_amount"))), name="refunds_within_what_was_taken"
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__range=(0, F("refunds_claimed"))), name="refunded_within_claimed"
            ),
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id"], condition=Q(status__in=TO_COME), name="payment_one_to_come"
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="payment_provider_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def refundable_amount(self) -> Decimal:
        """What could still be given back."""
        return self.captured_amount - self.refunds_claimed

    @property
    def is_secured(self) -> bool:
        """Whether the money is there: taken, or set aside for us."""
        return self.status == PaymentStatus.AUTHORIZED or self.captured_amount > self.refunds_claimed


class RefundStatus(models.TextChoices):
    """In the order of their rank: one that was paid out may still bounce, never the other way round."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(TimestampedModel):
    """A part of a payment that goes back. Written before the provider is asked, so that a crash loses none."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = MoneyField()
    status = models.CharField(max_length=9, choices=RefundStatus, default=RefundStatus.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=20, help_text="By which right: policy, admin, dispute, late_payment.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    provider_id = models.CharField(max_length=100, blank=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} of payment {self.payment_id}"


class Fee(AppendOnlyModel):
    """What the provider keeps of a payment for its services: for taking it, for a refund or a dispute of it (R-PAY-11).

    The platform bears it: neither the payer nor the tutor has less by it. Of less than nothing: a fee that was given
    back. `currency` is the one in which the provider settles with us, which need not be the payment's.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="fees", db_index=False)
    provider_id = models.CharField(max_length=100, help_text="Of the provider's movement that it was kept from.")
    amount = MoneyField()
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    created_at = models.DateTimeField(help_text="UTC. When we heard of it.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="fee_of_something"),
            models.UniqueConstraint(fields=["payment", "provider_id"], name="fee_once"),
        ]

    def __str__(self) -> str:
        return f"fee {self.provider_id} of payment {self.payment_id}"
