"""A student's commercial claim on a tutor's time, its history, and what may happen to it on the way."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from bookings.models.package import PackagePurchase
from bookings.models.schedule import CancellationPolicy
from bookings.querysets import BookingQuerySet
from catalog.models import Subject
from common.models import TimestampedModel
from common.money import MoneyField
from sessions_app.models import TutoringSession


class BookingStatus(models.TextChoices):
    """In progress is the session's `ongoing`; a dispute and an open proposal are fields of their own."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    NO_SHOW_STUDENT = "no_show_student"
    NO_SHOW_TUTOR = "no_show_tutor"


# Every legal move, in one place. A status missing on the left is final.
TRANSITIONS: dict[str, set[str]] = {
    BookingStatus.PENDING: {
        BookingStatus.CONFIRMED,
        BookingStatus.DECLINED,
        BookingStatus.EXPIRED,
        BookingStatus.CANCELLED,
    },
    BookingStatus.CONFIRMED: {
        BookingStatus.COMPLETED,
        BookingStatus.CANCELLED,
        BookingStatus.NO_SHOW_STUDENT,
        BookingStatus.NO_SHOW_TUTOR,
    },
}
# What the money of a lesson that was off for want of it brings back, and nobody else does (R-PAY-8).
RETURNS: dict[str, set[str]] = {
    BookingStatus.EXPIRED: {BookingStatus.PENDING, BookingStatus.CONFIRMED},
    BookingStatus.CANCELLED: {BookingStatus.CONFIRMED},
}
# The states in which a booking takes both people's time.
LIVE = (BookingStatus.PENDING, BookingStatus.CONFIRMED)


class Party(models.TextChoices):
    """Who did something to a booking."""

    STUDENT = "student"
    TUTOR = "tutor"
    ADMIN = "admin"
    SYSTEM = "system"


class DisputeState(models.TextChoices):
    NONE = "none"
    OPEN = "open"
    RESOLVED = "resolved"


class Booking(TimestampedModel):
    """One student's claim on one tutor's time from `starts_at` to `ends_at` (UTC); it owns one private session.

    `status` and the times change only in `bookings.services`, which moves the session together with it: the session
    holds the tutor's calendar, this row the student's. The terms are frozen at creation (R-BOOK-1). A booking keeps
    its id and `uid` for life; `sequence` counts what a calendar must learn, `version` what a client may have read.
    """

    session = models.OneToOneField(TutoringSession, models.PROTECT, related_name="booking")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings")
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="bookings")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="bookings")
    status = models.CharField(max_length=15, choices=BookingStatus, default=BookingStatus.PENDING)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    lesson_type = models.CharField(max_length=20, default="online", help_text="As the client named it.")
    notes_student = models.TextField(blank=True)
    notes_tutor = models.TextField(blank=True)
    allow_overlap = models.BooleanField(default=False, help_text="The student knows that it overlaps another.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When a pending request lapses (R-BOOK-3).")
    nudge_at = models.DateTimeField(null=True, blank=True, help_text="When its tutor is reminded of a request.")

    # The terms, frozen at creation (R-BOOK-1).
    hourly_rate = MoneyField()
    price = MoneyField()
    currency = models.CharField(max_length=3)
    commission_percent = models.DecimalField(max_digits=5, decimal_places=2)
    cancellation_policy = models.CharField(max_length=8, choices=CancellationPolicy)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    tutor_timezone = models.CharField(max_length=64)
    student_timezone = models.CharField(max_length=64)
    purchase = models.ForeignKey(
        PackagePurchase, models.PROTECT, null=True, blank=True, related_name="bookings", help_text="Paid by a credit."
    )

    # Moving.
    moves_by_student = models.PositiveSmallIntegerField(default=0)
    moves_by_tutor = models.PositiveSmallIntegerField(default=0)
    non_refundable = models.BooleanField(default=False, help_text="Moved by the student in the late window (R-RES-4).")
    free_cancel_until = models.DateTimeField(null=True, blank=True, help_text="After the tutor moved it (R-RES-4).")

    # How it ended.
    cancelled_by = models.CharField(max_length=7, choices=Party, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    refund_percent = models.PositiveSmallIntegerField(null=True, blank=True, help_text="What the policy gave back.")
    refund_amount = MoneyField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    dispute_state = models.CharField(max_length=8, choices=DisputeState, default=DisputeState.NONE)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Of its calendar event.")
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(fields=["student", "-starts_at", "-id"], name="booking_by_student"),
            models.Index(fields=["tutor", "-starts_at", "-id"], name="booking_by_tutor"),
            models.Index(fields=["student", "status", "-starts_at", "-id"], name="booking_by_student_status"),
            models.Index(fields=["tutor", "status", "-starts_at", "-id"], name="booking_by_tutor_status"),
            models.Index(fields=["expires_at"], name="booking_pending_by_expiry", condition=Q(status="pending")),
            models.Index(fields=["nudge_at"], name="booking_by_nudge", condition=Q(status="pending")),
            models.Index(fields=["ends_at"], name="booking_confirmed_by_end", condition=Q(status="confirmed")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start"),
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="booking_status_known"),
            models.CheckConstraint(
                condition=Q(dispute_state__in=DisputeState.values), name="booking_dispute_state_known"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="booking_price_not_negative"),
            models.CheckConstraint(
                condition=Q(refund_amount=None) | Q(refund_amount__range=(0, F("price"))),
                name="booking_refund_within_price",
            ),
            models.CheckConstraint(
                condition=Q(commission_percent__range=(Decimal(0), Decimal(100))), name="booking_commission_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"

    @property
    def duration_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_late_cancellation(self) -> bool:
        """As `BookingQuerySet.late_cancellations`."""
        by_student = self.status == BookingStatus.CANCELLED and self.cancelled_by == Party.STUDENT
        return by_student and self.refund_percent is not None and self.refund_percent < 100

    def can_become(self, status: BookingStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())


class BookingEvent(models.Model):
    """One line of a booking's history: what happened, who did it, what it changed."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40, help_text="Such as created, confirmed, moved, reschedule_proposed.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    party = models.CharField(max_length=7, choices=Party)
    from_status = models.CharField(max_length=15, blank=True)
    to_status = models.CharField(max_length=15, blank=True)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["booking", "id"], name="booking_event_by_booking")]

    def __str__(self) -> str:
        return f"{self.kind} of booking {self.booking_id}"


class CancellationQuote(models.Model):
    """What cancelling would give back, guaranteed for two minutes (R-CAN-5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="quotes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    refund_percent = models.PositiveSmallIntegerField()
    releases_credit = models.BooleanField()
    valid_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.refund_percent} % of booking {self.booking_id}"
