"""The platform's share of what a tutor earns, as it is frozen in whatever is booked or bought now (R-PO-1)."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Sum

from accounts.models import TutorProfile
from bookings.models import Booking, BookingStatus


def percent_for(tutor: TutorProfile) -> Decimal:
    """Of the last tier that the tutor's hours have reached; without tiers the same for everybody, and no query."""
    if not settings.COMMISSION_TIERS:
        return settings.COMMISSION_PERCENT
    taught = _taught(tutor)
    return [percent for hours, percent in settings.COMMISSION_TIERS if timedelta(hours=hours) <= taught][-1]


def _taught(tutor: TutorProfile) -> timedelta:
    """The length of the lessons that took place; one that somebody missed taught nobody."""
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    completed = Booking.objects.filter(tutor=tutor, status=BookingStatus.COMPLETED)
    return completed.aggregate(sum=Sum(length))["sum"] or timedelta(0)
