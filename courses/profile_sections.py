"""What this app adds to a learner's own profile (`settings.LEARNER_PROFILE_SECTIONS`)."""

from typing import Any

from accounts.models import User
from courses.models import Certificate

MOST_BADGES = 100


def badges(user: User) -> dict[str, Any]:
    """One for each course that the learner has completed, the latest first; `code` is its certificate's."""
    earned = Certificate.objects.filter(enrolment__learner=user).order_by("-issued_at", "-id")
    columns = ("id", "course_title", "code", "issued_at")
    return {
        "badges": [
            {"id": row["id"], "name": row["course_title"], "code": row["code"], "earned_at": row["issued_at"]}
            for row in earned.values(*columns)[:MOST_BADGES]
        ]
    }
