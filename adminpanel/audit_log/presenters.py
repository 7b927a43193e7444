"""Entries of the audit log as they are answered and exported."""

from typing import Any

from django.db.models import QuerySet

from audit import personal
from audit.models import AuditEntry
from audit.origin import Origin
from audit.services import Checkpoint, Verification

_COLUMNS = (
    *("id", "created_at", "action", "object_type", "object_id", "before", "after", "reason"),
    *("actor_id", "actor_role", "ip", "user_agent", "origin_token", "request_id", "link__seq"),
)


def entries(page: QuerySet[AuditEntry]) -> list[dict[str, Any]]:
    """One page of entries, in its order, in two queries."""
    rows = list(page.values(*_COLUMNS))
    origins = personal.origins([row["origin_token"] for row in rows])
    return [_entry(row, origins.get(row["origin_token"], Origin())) for row in rows]


def details(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, flat, as the document shows it: `old_role` and `new_role`; what is only said, by its own name."""
    old = {f"old_{name}": value for name, value in before.items()}
    return old | {f"new_{name}" if name in before else name: value for name, value in after.items()}


def verification(
    found: Verification, *, first_seq: int, next_seq: int | None, end: Checkpoint | None
) -> dict[str, Any]:
    """What a replay of the chain found; `checkpoint` is the chain's end now, to be kept elsewhere."""
    return {
        "ok": found.ok,
        "checked": found.checked,
        "first_seq": first_seq,
        "next_seq": next_seq,
        "first_break": found.first_break._asdict() if found.first_break else None,
        "checkpoint": end._asdict() if end else None,
    }


def _entry(row: dict[str, Any], origin: Origin) -> dict[str, Any]:
    return {
        "id": row["id"],
        "user_id": row["actor_id"],
        "actor_role": row["actor_role"],
        "action": row["action"],
        "object_type": row["object_type"],
        "object_id": row["object_id"],
        "details": details(row["before"], row["after"]),
        "reason": row["reason"],
        "ip_address": row["ip"] or origin.ip or None,
        "user_agent": row["user_agent"] or origin.user_agent,
        "request_id": row["request_id"],
        "seq": row["link__seq"],
        "created_at": row["created_at"],
    }
