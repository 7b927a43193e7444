"""Accounts that were deleted, and what a purge did, as they are answered."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.services.leaving import RESTORABLE
from audit.models import AuditEntry
from privacy.services.purging import Purge

# What closes an account; the entry says who did it, and why.
CLOSURES = ("account.deleted", "account.closed_by_owner", "account.closed_for_erasure")


def deleted_users(page: QuerySet[User]) -> list[dict[str, Any]]:
    """Deleted accounts in the page's order, in two queries."""
    users = list(page)
    keys = [str(user.pk) for user in users]
    entries = AuditEntry.objects.filter(action__in=CLOSURES, object_type="accounts.user", object_id__in=keys)
    found = entries.order_by("id").values("object_id", "actor_id", "reason")
    closures: dict[str, Any] = {entry["object_id"]: entry for entry in found}
    return [_deleted(user, closures.get(str(user.pk), {})) for user in users]


def account(user: User) -> dict[str, Any]:
    """One account after it was deleted or restored."""
    (shown,) = deleted_users(User.objects.filter(pk=user.pk))
    return shown


def purge(result: Purge, *, dry_run: bool, older_than_days: int) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "older_than_days": older_than_days,
        "purged": len(result.purged),
        "user_ids": result.purged,
        "blocked": result.blocked,
        "failed": result.failed,
        "remaining": result.remaining,
        "rows": dict(sorted(result.rows.items())),
    }


def _deleted(user: User, closure: dict[str, Any]) -> dict[str, Any]:
    by = closure.get("actor_id")
    return {
        "id": user.pk,
        "user_id": user.pk,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.role,
        "is_active": user.is_active,
        "deleted_at": user.deleted_at,
        "deleted_by": by if user.deleted_at else None,
        "reason": (closure.get("reason") or user.closing_reason) if user.deleted_at else "",
        "restorable_until": user.deleted_at + RESTORABLE if user.deleted_at else None,
    }
