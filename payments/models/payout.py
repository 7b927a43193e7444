"""What tutors earn, and how it reaches them (R-PO-1 to R-PO-5)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from common.models import TimestampedModel
from common.money import MoneyField
from payments.models.payment import Payment
from payments.querysets import PayoutQuerySet

# Less than the smallest amount of any currency: SQLite compares floating-point numbers.
_HAIR = Decimal("0.0005")


class PayoutStatus(models.TextChoices):
    SCHEDULED = "scheduled"
    PROCESSING = "processing"
    ON_HOLD = "on_hold"
    PAID = "paid"
    FAILED = "failed"  # its amounts are available again
    RETURNED = "returned"  # paid, and sent back by the tutor's bank; likewise


# Every legal move, in one place. A status missing on the left is final.
PAYOUT_TRANSITIONS: dict[str, set[str]] = {
    PayoutStatus.SCHEDULED: {PayoutStatus.PROCESSING, PayoutStatus.ON_HOLD, PayoutStatus.FAILED},
    PayoutStatus.ON_HOLD: {PayoutStatus.SCHEDULED, PayoutStatus.FAILED},
    PayoutStatus.PROCESSING: {PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED},
    PayoutStatus.PAID: {PayoutStatus.RETURNED},
}
# A tutor has at most one of these in each currency (R-PO-3).
OPEN_PAYOUTS = (PayoutStatus.SCHEDULED, PayoutStatus.PROCESSING, PayoutStatus.ON_HOLD)


class PayoutAccount(TimestampedModel):
    """Where the provider sends a tutor's money; without one that is enabled nothing is paid out."""

    tutor = models.OneToOneField(TutorProfile, models.PROTECT, related_name="payout_account")
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100, help_text="The account's id at the provider.")
    is_enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"payout account of tutor {self.tutor_id}"


class Payout(TimestampedModel):
    """One transfer to one tutor. Its lines are the earnings that point to it; immutable once it is paid (R-PO-4)."""

    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="payouts")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=PayoutStatus, default=PayoutStatus.SCHEDULED)
    period_end = models.DateTimeField(help_text="UTC. What was available before it is in.")
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    hold_reason = models.CharField(max_length=500, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The admin who keeps it; nobody: a dispute does, and lets it go.",
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    paid_at = models.DateTimeField(null=True, blank=True)
    statement = models.JSONField(default=list, blank=True, help_text="Its lines as they were paid: never changed.")

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["tutor", "-id"], name="payout_by_tutor"),
            models.Index(fields=["status", "-id"], name="payout_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_of_something"),
            models.CheckConstraint(condition=Q(status__in=PayoutStatus.values), name="payout_status_known"),
            models.UniqueConstraint(
                fields=["tutor", "currency"], condition=Q(status__in=OPEN_PAYOUTS), name="payout_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"payout {self.pk}"

    def can_become(self, status: PayoutStatus) -> bool:
        return status in PAYOUT_TRANSITIONS.get(self.status, ())


class EarningKind(models.TextChoices):
    LESSON = "lesson"
    ADJUSTMENT = "adjustment"  # what a refund takes back of something already paid out, or what an admin gives


class EarningStatus(models.TextChoices):
    """Held (the lesson is not over) is a payment without an earning; a dispute freezes at any stage (R-PO-2)."""

    PENDING = "pending"  # the student may still report a problem
    AVAILABLE = "available"
    IN_PAYOUT = "in_payout"
    PAID = "paid"


class Earning(TimestampedModel):
    """A tutor's share of one lesson: `net` is `gross` less the platform's `commission`, rounded once (R-PO-1).

    `net` is negative where something that was paid out has been given back: it is taken from what comes next.
    """

    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="earnings")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="earnings")
    kind = models.CharField(max_length=10, choices=EarningKind, default=EarningKind.LESSON)
    source = models.CharField(max_length=40, help_text="What earned it, such as booking:12. Each earns once.")
    description = models.CharField(max_length=200)
    gross = MoneyField()
    commission = MoneyField()
    net = MoneyField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=9, choices=EarningStatus, default=EarningStatus.PENDING)
    is_frozen = models.BooleanField(default=False, help_text="Somebody disputes the lesson or the payment.")
    available_at = models.DateTimeField(help_text="UTC. When it may be paid out: 72 hours after the lesson.")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, blank=True, related_name="lines")
    revision = models.PositiveSmallIntegerField(default=0, help_text="How often the ledger has been told of it.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["tutor", "-id"], name="earning_by_tutor"),
            models.Index(
                fields=["available_at"],
                name="earning_by_availability",
                condition=Q(status__in=["pending", "available"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=EarningStatus.values), name="earning_status_known"),
            models.CheckConstraint(condition=Q(kind__in=EarningKind.values), name="earning_kind_known"),
            models.CheckConstraint(
                condition=Q(net__gt=F("gross") - F("commission") - _HAIR, net__lt=F("gross") - F("commission") + _HAIR),
                name="earning_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(payout=None) | Q(status__in=["in_payout", "paid"]), name="earning_in_payout"
            ),
            models.UniqueConstraint(fields=["source"], name="earning_source_once"),
        ]

    def __str__(self) -> str:
        return f"earning of {self.source}"


class ReversalStatus(models.TextChoices):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the tutor's account does not hold so much: the line is taken from what comes next


class Reversal(TimestampedModel):
    """What a refund takes back of a payout that was paid: `earning`, a line of less than nothing, of which the provider
    reverses the payout's transfer (R-PAY-9).

    Written before the provider is asked. While it is pending the line goes into no payout; afterwards it is settled, or
    carried forward: never both.
    """

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="reversals")
    earning = models.OneToOneField(Earning, models.PROTECT, related_name="reversal")
    amount = MoneyField(help_text="What the line takes back, in the payout's currency.")
    status = models.CharField(max_length=9, choices=ReversalStatus, default=ReversalStatus.PENDING)
    provider_id = models.CharField(max_length=100, blank=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_of_something"),
            models.CheckConstraint(condition=Q(status__in=ReversalStatus.values), name="reversal_status_known"),
        ]

    def __str__(self) -> str:
        return f"reversal {self.pk} of payout {self.payout_id}"


class AdjustmentStatus(models.TextChoices):
    PENDING = "pending"  # above the limit: another admin has to agree
    APPROVED = "approved"
    REJECTED = "rejected"


class Adjustment(TimestampedModel):
    """What an admin gives a tutor beyond lessons, or takes: an earning of its own once it is approved (R-PO-5)."""

    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="adjustments")
    amount = MoneyField(help_text="Given to the tutor; less than zero is taken.")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=8, choices=AdjustmentStatus, default=AdjustmentStatus.PENDING)
    needs_approval = models.BooleanField(help_text="It was above the limit: two admins are needed.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    earning = models.OneToOneField(Earning, models.PROTECT, null=True, blank=True, related_name="adjustment")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["tutor", "-id"], name="adjustment_by_tutor"),
            models.Index(fields=["status", "-id"], name="adjustment_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_of_something"),
            models.CheckConstraint(condition=Q(status__in=AdjustmentStatus.values), name="adjustment_status_known"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
                name="adjustment_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(needs_approval=False) | Q(approved_by__isnull=False),
                name="adjustment_large_by_two",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", earning__isnull=False) | (~Q(status="approved") & Q(earning=None)),
                name="adjustment_earned_if_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.pk}"
