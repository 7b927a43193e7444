"""The audit log, and accounts that are deleted, restored and erased."""

from typing import Any

ENTRY = {
    "id": 1,
    "user_id": 1,
    "action": "user_role_changed",
    "details": {"old_role": "student", "new_role": "tutor"},
    "ip_address": "192.168.1.1",
    "created_at": "2025-01-24T10:30:00Z",
    # What we say besides.
    "actor_role": "admin",
    "object_type": "accounts.user",
    "object_id": "42",
    "reason": "",
    "user_agent": "Mozilla/5.0",
    "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "seq": 1,
}
_HASH = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
VERIFICATION = {
    "ok": True,
    "checked": 812,
    "first_seq": 1,
    "next_seq": None,
    "first_break": None,
    "checkpoint": {"seq": 812, "hash": _HASH},
}
DELETED = {
    "id": 42,
    "user_id": 42,
    "email": "student@example.com",
    "first_name": "John",
    "last_name": "Doe",
    "role": "student",
    "is_active": False,
    "deleted_at": "2025-01-24T10:30:00Z",
    "deleted_by": 1,
    "reason": "Asked by telephone.",
    "restorable_until": "2025-02-23T10:30:00Z",
}
_BACK = {"is_active": True, "deleted_at": None, "deleted_by": None, "reason": "", "restorable_until": None}
PURGE = {
    "dry_run": True,
    "older_than_days": 30,
    "purged": 1,
    "user_ids": [42],
    "blocked": [{"user_id": 43, "reasons": ["A dispute is open."]}],
    "failed": [],
    "remaining": 0,
    "rows": {"accounts.user.pk overwritten": 1, "messaging.message.sender overwritten": 17},
}

_OPERATIONS: dict[str, dict[Any, Any]] = {
    "GET {}/logs": {200: [ENTRY]},
    "GET {}/logs/export": {},
    "GET {}/verify": {200: VERIFICATION},
    "POST {}/soft-delete-user": {
        "request": {"user_id": 42, "reason": DELETED["reason"]},
        200: {"message": "User deleted"} | DELETED,
    },
    "POST {}/restore-user": {"request": {"user_id": 42}, 200: {"message": "User restored"} | DELETED | _BACK},
    "GET {}/deleted-users": {200: [DELETED]},
    "POST {}/purge-old-deletes": {"request": {"older_than_days": 30, "dry_run": True}, 200: PURGE},
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    operation.format(prefix): example
    for prefix in ("/api/audit", "/api/admin/audit")
    for operation, example in _OPERATIONS.items()
}
