"""Offers of several lessons, what students own of them, and the ledger of credits (R-PKG-1)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from audit.models import AppendOnlyModel
from audit.querysets import AppendOnlyQuerySet
from bookings.querysets import PackageQuerySet, PurchaseQuerySet
from catalog.models import Subject
from common.models import TimestampedModel
from common.money import MoneyField


class Package(TimestampedModel):
    """A tutor's offer of `session_count` lessons. Edits and deactivation never touch purchases (R-PKG-10).

    With `on_profile` it is one of the pricing options that the tutor edits as a whole with the profile's prices.
    """

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="packages")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    session_count = models.PositiveSmallIntegerField(default=1)
    price = MoneyField(help_text="Of all lessons together.")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    duration_minutes = models.PositiveSmallIntegerField(default=60)
    validity_days = models.PositiveSmallIntegerField(default=90)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="packages")
    is_active = models.BooleanField(default=True)
    on_profile = models.BooleanField(default=False)

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tutor", "-id"], name="package_by_tutor")]
        constraints = [
            models.CheckConstraint(condition=Q(session_count__range=(1, 100)), name="package_1_to_100_lessons"),
            models.CheckConstraint(condition=Q(price__gte=0), name="package_price_not_negative"),
            models.CheckConstraint(condition=Q(validity_days__range=(1, 730)), name="package_valid_for_2_years"),
        ]

    def __str__(self) -> str:
        return self.name


class PurchaseStatus(models.TextChoices):
    PENDING = "pending"  # not paid yet
    ACTIVE = "active"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"  # never paid


# Every legal move, in one place. A credit that comes back after the expiry makes an expired purchase active again.
PURCHASE_TRANSITIONS: dict[str, set[str]] = {
    PurchaseStatus.PENDING: {PurchaseStatus.ACTIVE, PurchaseStatus.CANCELLED},
    PurchaseStatus.ACTIVE: {PurchaseStatus.EXPIRED, PurchaseStatus.REFUNDED},
    PurchaseStatus.EXPIRED: {PurchaseStatus.ACTIVE},
    # Only what has lost its money, which a failed refund or a bank's second thoughts bring back.
    PurchaseStatus.REFUNDED: {PurchaseStatus.ACTIVE},
}


class PackagePurchase(TimestampedModel):
    """What a student owns of a package, at the price and terms of that day.

    `available` is what the ledger sums to; the constraint keeps it from ever being negative. Reserved and consumed
    credits stand in the ledger only.
    """

    package = models.ForeignKey(Package, models.PROTECT, related_name="purchases")
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="sold_packages")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="package_purchases")
    status = models.CharField(max_length=9, choices=PurchaseStatus, default=PurchaseStatus.PENDING)
    name = models.CharField(max_length=200)
    session_count = models.PositiveSmallIntegerField()
    price = MoneyField()
    currency = models.CharField(max_length=3)
    lesson_price = MoneyField(help_text="What one such lesson cost without the package that day (R-PKG-6).")
    duration_minutes = models.PositiveSmallIntegerField()
    validity_days = models.PositiveSmallIntegerField()
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    available = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=20, default="sandbox", help_text="Who takes the money.")
    purchased_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    refunded_amount = MoneyField(default=0)
    money_lost_at = models.DateTimeField(
        null=True, blank=True, help_text="Refunded not by its terms, but because all that was paid had gone back."
    )

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["student", "-id"], name="purchase_by_student"),
            models.Index(fields=["tutor", "-id"], name="purchase_by_tutor"),
            models.Index(fields=["expires_at"], name="purchase_by_expiry", condition=Q(status="active")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PurchaseStatus.values), name="purchase_status_known"),
            models.CheckConstraint(condition=Q(available__gte=0), name="credits_never_negative"),
            models.CheckConstraint(condition=Q(refunded_amount__lte=F("price")), name="purchase_refund_within_price"),
            models.CheckConstraint(
                condition=Q(money_lost_at=None) | Q(status=PurchaseStatus.REFUNDED), name="money_lost_only_if_refunded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of student {self.student_id}"


class CreditKind(models.TextChoices):
    PURCHASE = "purchase"
    RESERVE = "reserve"
    CONSUME = "consume"
    RELEASE = "release"
    EXPIRE = "expire"
    REFUND = "refund"
    ADJUST = "adjust"


class CreditEntry(AppendOnlyModel):
    """One line of a purchase's ledger, never changed. `change` is what it does to the available credits.

    A reservation takes one, a release gives it back; consuming a reserved credit changes nothing any more. A booking
    has each kind at most once: it reserves one credit in its life, and either consumes or gives it back. What disputes
    change after that is adjusted, as often as it takes.
    """

    purchase = models.ForeignKey(PackagePurchase, models.PROTECT, related_name="entries")
    booking = models.ForeignKey(
        "bookings.Booking", models.PROTECT, null=True, blank=True, related_name="credit_entries"
    )
    kind = models.CharField(max_length=8, choices=CreditKind)
    change = models.SmallIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "credit entries"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CreditKind.values), name="credit_kind_known"),
            models.UniqueConstraint(
                fields=["booking", "kind"],
                condition=~Q(booking=None) & ~Q(kind="adjust"),
                name="credit_kind_once_per_booking",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.change:+d} of purchase {self.purchase_id}"


class PackageExtension(TimestampedModel):
    """One side asks for more time; silence until `lapses_at` is a yes. Each side gets one (R-PKG-5)."""

    class Side(models.TextChoices):
        STUDENT = "student"
        TUTOR = "tutor"

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    purchase = models.ForeignKey(PackagePurchase, models.CASCADE, related_name="extensions")
    asked_by = models.CharField(max_length=7, choices=Side)
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    lapses_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["lapses_at"], name="extension_open_by_lapse", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "asked_by"], condition=~Q(state="declined"), name="extension_once_per_side"
            ),
            models.UniqueConstraint(fields=["purchase"], condition=Q(state="open"), name="extension_one_open"),
            models.CheckConstraint(condition=Q(days__range=(1, 30)), name="extension_of_1_to_30_days"),
            models.CheckConstraint(condition=Q(asked_by__in=["student", "tutor"]), name="extension_side_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined"]), name="extension_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days more for purchase {self.purchase_id}: {self.state}"
