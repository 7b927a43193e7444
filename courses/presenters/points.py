"""The ledger of points as data."""

from typing import Any

from django.db.models import QuerySet

from accounts.presenters.avatars import avatar_url
from courses.services.leaderboard import Leaderboard

_COLUMNS = ("id", "reason", "source", "points", "created_at")


def entries(page: QuerySet) -> list[dict[str, Any]]:
    """Of one page (a sliced queryset)."""
    return list(page.values(*_COLUMNS))


def leaderboard(found: Leaderboard) -> dict[str, Any]:
    return {
        "week_of": found.since.date(),
        "learners": [
            {
                "rank": place.rank,
                "id": place.learner.pk,
                "name": place.learner.display_name,
                "avatar": avatar_url(place.learner.avatar.name or ""),
                "points": place.points,
            }
            for place in found.places
        ],
        "you": None if found.own_points is None else {"points": found.own_points, "is_shown": found.shows_me},
    }
