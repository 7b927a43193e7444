"""What this app adds to a tutor's full profile (`settings.TUTOR_PROFILE_SECTIONS`) and asks of one handed in."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import TutorProfile
from bookings.presenters.availability import client_windows
from bookings.services.hours import present_windows
from bookings.services.pricing import shown_options
from bookings.services.terms import terms_of
from common.compiled import compiled


def availability(tutor: TutorProfile) -> dict[str, Any]:
    """The hours as the edustream client edits them, and the zone that they are in."""
    return {
        "availabilities": client_windows(present_windows(tutor, now=timezone.now())),
        "timezone": terms_of(tutor).timezone,
    }


def pricing(tutor: TutorProfile) -> dict[str, Any]:
    """The offers that the tutor edits with the profile's prices."""
    return {"pricing_options": _options(tutor=tutor.pk)}


@compiled
def _options(*, tutor: Any) -> Any:
    columns = ("id", "title", "description", "duration_minutes", "price", "currency")
    return shown_options(tutor).annotate(title=F("name")).values(*columns)


def has_hours(tutor: TutorProfile) -> bool:
    return tutor.weekly_hours.exists()
