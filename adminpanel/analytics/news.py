"""What has just happened, and what comes next."""

from datetime import datetime
from typing import Any

from accounts.models import User
from audit.models import AuditEntry
from messaging.presenters.people import name_of
from sessions_app.models import SessionStatus, TutoringSession

_ENTRY = ("id", "actor_id", "actor_role", "action", "object_type", "object_id", "created_at")
_PERSON = ("id", "first_name", "last_name", "deleted_at")
_SESSION = (
    *("id", "title", "kind", "status", "starts_at", "ends_at", "seats_taken", "max_participants", "creator_id"),
    *("subject__name", "booking__id", *(f"creator__{name}" for name in _PERSON)),
    *(f"booking__student__{name}" for name in _PERSON),
)


def recent(number: int) -> list[dict[str, Any]]:
    """The newest entries of the audit log, with the names of who did it. In two statements."""
    entries = list(AuditEntry.objects.order_by("-created_at", "-id").values(*_ENTRY)[:number])
    ids = {entry["actor_id"] for entry in entries}
    names = {row["id"]: name_of(row) for row in User.objects.filter(pk__in=ids).values(*_PERSON)}
    return [entry | {"actor": names.get(entry["actor_id"]) or _nobody(entry)} for entry in entries]


def coming(number: int, *, now: datetime) -> list[dict[str, Any]]:
    """The next sessions of all kinds that are to begin, the first one first. In one statement."""
    sessions = TutoringSession.objects.present().filter(status=SessionStatus.UPCOMING, starts_at__gte=now)
    return [
        row
        | {
            "host": name_of(row, "creator__"),
            "student": name_of(row, "booking__student__") if row["booking__id"] else None,
        }
        for row in sessions.order_by("starts_at", "pk").values(*_SESSION)[:number]
    ]


def _nobody(entry: dict[str, Any]) -> str:
    """The system itself, somebody who was not signed in, or whoever is gone for good."""
    if entry["actor_id"] is not None:
        return f"User {entry['actor_id']}"
    return "System" if entry["actor_role"] == "system" else "Guest"
