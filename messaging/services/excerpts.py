"""What two people wrote to each other, for who has to judge between them.

Kept are only the ids: texts stay in one place, where their senders delete them and an erasure finds them.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from messaging.models import Message

MOST = 50


def latest(one: int, other: int, *, since: datetime) -> list[int]:
    """The ids of the newest messages with words between the two users, the oldest first."""
    newest = _between(one, other).filter(created_at__gte=since).order_by("-pk")
    return sorted(newest.values_list("pk", flat=True)[:MOST])


def read(ids: Sequence[int], one: int, other: int) -> list[Message]:
    """Those that are still there and are between the two users, with their words as they are now."""
    return list(_between(one, other).filter(pk__in=ids).order_by("pk"))


def _between(one: int, other: int) -> QuerySet[Message]:
    """What both have seen: nothing deleted, nothing that was held back (R-MSG-9)."""
    low, high = sorted((one, other))
    thread = Message.objects.filter(conversation__low=low, conversation__high=high)
    return thread.filter(deleted_at=None, is_held=False).exclude(text="")
