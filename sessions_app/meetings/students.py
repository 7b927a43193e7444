"""A tutor's students as the learner_v1 client reads them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from common.filters import LARGEST_ID
from messaging.presenters.people import name_of
from sessions_app.models import LIVE, Participant, SessionStatus

_PERSON = ("id", "first_name", "last_name", "email", "avatar", "deleted_at")


def cards(page: QuerySet, tutor: User) -> list[dict[str, Any]]:
    """The tutor's own students of one page, each with the sessions that they share, the latest first."""
    rows = list(page.values(*_PERSON))
    shared = _shared((row["id"] for row in rows), tutor)
    return [_person(row) | _counted(shared[row["id"]]) for row in rows]


def found(page: QuerySet) -> list[dict[str, Any]]:
    """People of one page of `services.students.find_students`."""
    return [
        _person(row) | {"email": row["email"] if row["is_own"] else None, "is_own_student": row["is_own"]}
        for row in page.values(*_PERSON, "is_own")
    ]


def _person(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": name_of(row),
        "email": row["email"],
        "avatar": avatar_url(row["avatar"]),
    }


def _shared(student_ids: Iterable[int], tutor: User) -> dict[int, list[dict[str, Any]]]:
    columns = ("user_id", "session_id", *(f"session__{name}" for name in ("title", "status", "starts_at", "ends_at")))
    seats = Participant.objects.joined().filter(
        user__in=list(student_ids), session__creator=tutor, session__deleted_at=None
    )
    shared: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in seats.order_by("-session__starts_at", "-id").values(*columns):
        shared[row["user_id"]].append(
            {
                "session_id": row["session_id"],
                "title": row["session__title"],
                "status": row["session__status"],
                "start_time": row["session__starts_at"],
                "end_time": row["session__ends_at"],
            }
        )
    return shared


def _counted(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    of_status = Counter(session["status"] for session in sessions)
    return {
        "sessions": sessions,
        "total_sessions": len(sessions),
        "completed_sessions": of_status[SessionStatus.COMPLETED],
        "upcoming_sessions": sum(of_status[status] for status in LIVE),
    }


# --- shapes -------------------------------------------------------------------------------------------------------


class StudentQuerySerializer(serializers.Serializer):
    search = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Words of a name; of one letter, not looked for."
    )
    session_id = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="Leaves out who has a seat in that own session."
    )


class SharedSessionSerializer(serializers.Serializer):
    session_id = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.ChoiceField(SessionStatus.choices)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()


class StudentSerializer(serializers.Serializer):
    """Somebody who has or had a seat in one of the tutor's sessions."""

    id = serializers.IntegerField(help_text="User id.")
    name = serializers.CharField()
    email = serializers.EmailField()
    avatar = serializers.CharField()
    sessions = SharedSessionSerializer(many=True)
    total_sessions = serializers.IntegerField()
    completed_sessions = serializers.IntegerField()
    upcoming_sessions = serializers.IntegerField(help_text="To come, or running.")


class FoundStudentSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="User id.")
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="Of one's own students only.")
    avatar = serializers.CharField()
    is_own_student = serializers.BooleanField()
