"""Other learners, as far as they may be shown: never an address."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from courses.models import Enrolment
from courses.services.peers import courses_of
from messaging.presenters.people import name_of

_COLUMNS = (
    *("id", "first_name", "last_name", "avatar", "deleted_at"),
    *("student_profile__interests", "learner_settings__share_interests"),
)


def peers(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """Of one page of users (a sliced queryset), with the courses that each has in common with the viewer."""
    rows = list(page.values(*_COLUMNS))
    shared: dict[int, list[dict[str, Any]]] = defaultdict(list)
    inside = Enrolment.objects.with_access().filter(
        learner__in=[row["id"] for row in rows], course__in=courses_of(viewer)
    )
    for learner_id, pk, title in inside.order_by("course__title", "course_id").values_list(
        "learner_id", "course_id", "course__title"
    ):
        shared[learner_id].append({"id": pk, "title": title})
    return [_peer(row, shared[row["id"]]) for row in rows]


def _peer(row: dict[str, Any], courses: list[dict[str, Any]]) -> dict[str, Any]:
    # Who has set nothing yet shares them.
    shares = row["learner_settings__share_interests"] is not False
    return {
        "id": row["id"],
        "name": name_of(row),
        "avatar": avatar_url(row["avatar"]),
        "interests": (row["student_profile__interests"] or []) if shares else [],
        "courses": courses,
    }
