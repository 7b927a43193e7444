"""What moderators do to bookings, packages and reviews, as `test_moderation.DEEDS` has it."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from bookings.models import BookingStatus, DisputeState, PurchaseStatus, ReviewState
from tests.factories import (
    BookingFactory,
    OpenTutorFactory,
    PackageFactory,
    PackagePurchaseFactory,
    ReviewFactory,
    ReviewReportFactory,
)

HEIR = 1_000_002


def _with_an_heir():
    OpenTutorFactory(pk=HEIR)
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    return BookingFactory(status=BookingStatus.CONFIRMED, starts_at=start)


DEEDS = {
    "call_off": (
        BookingFactory,
        {"reason": "ticket 7", "refund_percent": "50"},
        {"status": BookingStatus.CANCELLED, "cancelled_by": "admin", "refund_amount": Decimal("22.50")},
        "booking.cancelled",
    ),
    "reassign": (
        _with_an_heir,
        {"reason": "the tutor is ill", "tutor": str(HEIR)},
        {"status": BookingStatus.CONFIRMED, "tutor_id": HEIR, "price": Decimal(45)},
        "booking.reassigned",
    ),
    "resolve": (
        lambda: BookingFactory(status=BookingStatus.NO_SHOW_STUDENT, dispute_state=DisputeState.OPEN),
        {"reason": "the logs", "refund_percent": "100", "result": "no_show_tutor"},
        {"status": BookingStatus.NO_SHOW_TUTOR, "dispute_state": DisputeState.RESOLVED, "refund_percent": 100},
        "booking.dispute_resolved",
    ),
    "withdraw": (PackageFactory, {}, {"is_active": False}, "package.updated"),
    "offer_again": (lambda: PackageFactory(is_active=False), {}, {"is_active": True}, "package.updated"),
    "complete": (
        lambda: PackagePurchaseFactory(status=PurchaseStatus.PENDING, available=0, purchased_at=None, expires_at=None),
        {},
        {"status": PurchaseStatus.ACTIVE, "available": 5},
        "package.completed",
    ),
    "adjust": (
        PackagePurchaseFactory,
        {"change": "-2", "reason": "typed wrongly"},
        {"available": 3},
        "package.credits_adjusted",
    ),
    "refund": (
        PackagePurchaseFactory,
        {"cause": "tutor", "reason": "moved away"},
        {"status": PurchaseStatus.REFUNDED, "available": 0, "refunded_amount": Decimal(200)},
        "package.refunded",
    ),
    "hide": (
        ReviewFactory,
        {"reason": "slander"},
        {"state": ReviewState.HIDDEN, "hidden_reason": "slander"},
        "review.hidden",
    ),
    "show": (
        lambda: ReviewFactory(state=ReviewState.HIDDEN),
        {},
        {"state": ReviewState.PUBLISHED},
        "review.shown",
    ),
    "keep": (lambda: ReviewReportFactory().review, {}, {"state": ReviewState.PUBLISHED}, "review.kept"),
}
