"""What recommendations can be narrowed by, and the published list of what a score is made of (R-MAT-5)."""

import calendar
from typing import Any

from django.db.models import Max, Min

from accounts.models import TutorLanguage
from catalog import languages
from catalog.models import Subject
from matching import pool
from matching.score import ALGORITHM_VERSION, NEVER_USED, Level, published, weights_in_force


def options() -> dict[str, Any]:
    """Of the tutors who can be booked now. Three statements."""
    tutors = pool.candidates()
    subjects = Subject.objects.filter(pk__in=tutors.values("subjects")).order_by("name", "id")
    spoken = TutorLanguage.objects.filter(tutor__in=tutors).exclude(code__in=languages.hidden())
    codes = spoken.order_by().values_list("code", flat=True).distinct()
    names = languages.names()
    prices = tutors.exclude(hourly_rate=None).order_by("currency").values("currency")
    return {
        "subjects": list(subjects.values("id", "name", "category")),
        "languages": sorted(
            ({"code": code, "name": names.get(code, code)} for code in codes), key=lambda each: each["name"]
        ),
        "levels": [level.name.lower() for level in Level],
        "price_ranges": list(prices.annotate(min=Min("hourly_rate"), max=Max("hourly_rate"))),
        "days": [day.lower() for day in calendar.day_name],
        "factors": published(weights_in_force()),
        "never_used": list(NEVER_USED),
        "algorithm_version": ALGORITHM_VERSION,
    }
