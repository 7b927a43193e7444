"""Accounts that were closed long ago (R-GDPR-2): they cannot be restored any more, and are erased."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

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
    """Erase those who were deleted so long ago, the longest first. Whoever has something open stays, and says why; the
    next run looks at them after the others.

    A dry run does the same and takes it back. Raises Forbidden.
    """
    require_admin(actor)
    waiting = User.objects.soft_deleted().filter(deleted_at__lte=now - older_than)
    total = waiting.count()
    result = Purge()
    for user in _in_turn(waiting)[:limit]:
        _purge_one(user, result, actor=actor, now=now, dry_run=dry_run)
    result.remaining = total - len(result.purged) - len(result.blocked) - len(result.failed)
    record(
        "accounts.purge_rehearsed" if dry_run else "accounts.purged",
        actor=actor,
        after={"days": older_than.days, "purged": result.purged, "blocked": [one["user_id"] for one in result.blocked]},
    )
    return result


def _in_turn(waiting: QuerySet[User]) -> QuerySet[User]:
    """Those who could not be erased behind the others, or they would keep them out for as long as they are blocked."""
    open_one = Erasure.objects.open().filter(user=OuterRef("pk"))
    looked_at = waiting.annotate(looks_again_at=Subquery(open_one.values("next_check_at")))
    return looked_at.order_by(F("looks_again_at").asc(nulls_first=True), "deleted_at", "id")


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
