"""Accounts that were closed long ago (R-GDPR-2): they cannot be restored any more, and are erased."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services.moderators import require_admin
from audit.services import record
from privacy.models import Erasure, ErasureOrigin, ErasureState
from privacy.services import erasing

# Of one run: an erasure is some dozens of statements.
MOST_AT_ONCE = 100


@dataclass
class Purge:
    """What a run did, or would do. `rows` says how many rows of what were deleted or overwritten."""

    purged: list[int] = field(default_factory=list)
    blocked: list[dict[str, Any]] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    remaining: int = 0
    rows: Counter[str] = field(default_factory=Counter)


def purge(
    *, older_than: timedelta, actor: User | None, now: datetime, dry_run: bool, limit: int = MOST_AT_ONCE
) -> Purge:
    """Erase those who were deleted so long ago, the longest first; whoever has something open is left, and says why.

    A dry run does the same and takes it back. Raises Forbidden.
    """
    require_admin(actor)
    waiting = User.objects.soft_deleted().filter(deleted_at__lte=now - older_than)
    total = waiting.count()
    result = Purge()
    for user in waiting.order_by("deleted_at", "id")[:limit]:
        _purge_one(user, result, actor=actor, now=now, dry_run=dry_run)
    result.remaining = total - len(result.purged) - len(result.blocked) - len(result.failed)
    record(
        "accounts.purge_rehearsed" if dry_run else "accounts.purged",
        actor=actor,
        after={"days": older_than.days, "purged": result.purged, "blocked": [one["user_id"] for one in result.blocked]},
    )
    return result


def _purge_one(user: User, result: Purge, *, actor: User | None, now: datetime, dry_run: bool) -> None:
    if not dry_run:
        with transaction.atomic():
            erasure = erasing.begin(user, origin=ErasureOrigin.PURGE, actor=actor, now=now)
        _count(erasing.advance(erasure.pk, now=now, actor=actor), result)
        return
    with transaction.atomic():
        erasure = erasing.begin(user, origin=ErasureOrigin.PURGE, actor=actor, now=now)
        _count(erasing.advance(erasure.pk, now=now, actor=actor), result)
        transaction.set_rollback(True)


def _count(erasure: Erasure, result: Purge) -> None:
    for part in erasure.parts.all():
        result.rows.update(part.evidence)
    if erasure.state == ErasureState.DONE:
        result.purged.append(erasure.user_id)
    elif erasure.state == ErasureState.BLOCKED:
        result.blocked.append({"user_id": erasure.user_id, "reasons": erasure.blockers})
    else:
        result.failed.append(erasure.user_id)
