"""Enrolments as data."""

from typing import Any

from django.db.models import QuerySet

from accounts.presenters.avatars import avatar_url
from courses.models import Enrolment
from messaging.presenters.people import name_of

_PLAIN = (
    "id", "learner_id", "course_id", "status", "attempt", "completion_percentage", "enrolled_at", "completed_at",
    "dropped_at",
)  # fmt: skip
_PERSON = ("id", "first_name", "last_name", "avatar", "deleted_at")


def enrolment(shown: Enrolment, *, position: int | None) -> dict[str, Any]:
    """For the learner: with the place in the queue, from 1, of who waits."""
    return {name: getattr(shown, name) for name in _PLAIN} | {"waitlist_position": position}


def learners(page: QuerySet[Enrolment]) -> list[dict[str, Any]]:
    """For the course's tutor: the people of one page, in its order. `id` is the learner's."""
    columns = (*_PLAIN, "last_accessed_at", "waiting_since", *(f"learner__{name}" for name in _PERSON))
    return [_learner(row) for row in page.values(*columns)]


def learner(shown: Enrolment) -> dict[str, Any]:
    return learners(Enrolment.objects.filter(pk=shown.pk))[0]


def _learner(row: dict[str, Any]) -> dict[str, Any]:
    is_gone = row["learner__deleted_at"] is not None
    return {
        **{name: row[name] for name in _PLAIN if name not in ("id", "course_id")},
        "id": row["learner_id"],
        "enrollment_id": row["id"],
        "name": name_of(row, "learner__"),
        "avatar": avatar_url("" if is_gone else row["learner__avatar"]),
        "last_accessed_at": row["last_accessed_at"],
        "waiting_since": row["waiting_since"],
    }
