"""A mentor's figures as they are answered."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from accounts.models import TutorProfile
from bookings.services.performance import Performance

RATES = ("acceptance_rate", "completion_rate", "cancellation_rate", "no_show_rate", "repeat_rate", "average_rating")


def performance(mentor: TutorProfile, figures: Performance, since: datetime, until: datetime) -> dict[str, Any]:
    counted = asdict(figures)
    del counted["rating_sum"]
    period = {"mentor_id": mentor.pk, "period_start": since, "period_end": until}
    return period | counted | {name: getattr(figures, name) for name in RATES}
