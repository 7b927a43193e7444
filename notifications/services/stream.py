"""Each user's stream of numbered events: kept in the database, pushed to open sockets, replayed on request.

Numbers of one user have no gaps, and a number is visible only when all smaller ones are. A socket that misses one
can therefore tell, and ask for it: the push may fail, the stream does not.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from notifications import live
from notifications.models import EventCounter, LiveEvent

KEPT_FOR = timedelta(days=7)
MOST_AT_ONCE = 500

_TAKE_NUMBERS = """
    INSERT INTO notifications_eventcounter (user_id, last_seq) VALUES {rows}
    ON CONFLICT (user_id) DO UPDATE SET last_seq = notifications_eventcounter.last_seq + excluded.last_seq
    RETURNING user_id, last_seq
"""


def append(events: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Add the frames of `(user id, frame)`, sorted by user id; those of one user in the order given.

    Each frame gets its `seq` and is pushed after the commit.
    """
    if not events:
        return
    numbers = _take_numbers(Counter(user_id for user_id, _ in events))
    now = timezone.now()
    rows = []
    for user_id, frame in events:
        seq = next(numbers[user_id])
        rows.append(LiveEvent(user_id=user_id, seq=seq, frame=live.encode(frame | {"seq": seq}), created_at=now))
    LiveEvent.objects.bulk_create(rows)

    def push() -> None:  # a function: Django cannot log the failure of a `partial`
        for row in rows:
            live.push(row.user_id, row.seq, row.frame)

    transaction.on_commit(push, robust=True)


def last_seq(user_id: int) -> int:
    """The number of the latest event; 0 when there was none."""
    return EventCounter.objects.filter(user=user_id).values_list("last_seq", flat=True).first() or 0


def since(user_id: int, seq: int, *, limit: int = MOST_AT_ONCE) -> list[tuple[int, str]]:
    """`(seq, frame)` of what came after number `seq`, oldest first, at most `limit` of those that are still kept."""
    rows = LiveEvent.objects.filter(user=user_id, seq__gt=seq).order_by("seq")
    return list(rows.values_list("seq", "frame")[:limit])


def rewrite(
    user_ids: Sequence[int], *, having: str, since: datetime, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Replay other frames than were sent: those of these users, since then, in whose JSON `having` occurs, as `change`
    makes them. Numbers stay. What open sockets have received they keep.
    """
    rows = LiveEvent.objects.filter(user__in=user_ids, created_at__gte=since, frame__contains=having)
    changed = list(rows)
    for row in changed:
        row.frame = live.encode(change(orjson.loads(row.frame)))
    LiveEvent.objects.bulk_update(changed, ["frame"])


def purge(*, now: datetime) -> int:
    """Delete frames older than a week; returns how many. The notifications themselves stay."""
    return LiveEvent.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _take_numbers(wanted: Counter[int]) -> dict[int, Iterator[int]]:
    """The next numbers of each user, as many as wanted. Streams are locked in the order that users come in."""
    with connection.cursor() as cursor:
        rows = ", ".join(["(%s, %s)"] * len(wanted))
        cursor.execute(_TAKE_NUMBERS.format(rows=rows), [value for item in wanted.items() for value in item])
        return {user_id: iter(range(last - wanted[user_id] + 1, last + 1)) for user_id, last in cursor.fetchall()}
