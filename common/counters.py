"""Fixed-window counters, each hit one atomic increment.

Redis counts where there is one. Without it, `durable` counters live in the database, right across processes, and
the others in the memory of this process.
"""

import threading
import time
from datetime import UTC, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from common import redis
from common.models import RateWindow

_memory: dict[str, tuple[int, float]] = {}
_memory_lock = threading.Lock()
_MEMORY_LIMIT = 50_000

_UPSERT = """
    INSERT INTO common_ratewindow (key, count, expires_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN common_ratewindow.expires_at <= %s THEN 1 ELSE common_ratewindow.count + 1 END,
        expires_at = CASE WHEN common_ratewindow.expires_at <= %s THEN excluded.expires_at
                          ELSE common_ratewindow.expires_at END
    RETURNING count, expires_at
"""

# One round trip, atomic: the key can never be left without its expiry.
_REDIS_HIT = (
    "local n = redis.call('INCR', KEYS[1]) "
    "if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end "
    "return {n, redis.call('PTTL', KEYS[1])}"
)


class Count(NamedTuple):
    """How many hits the window has, this one included, and how many seconds it still lasts."""

    hits: int
    seconds_left: float


def hit_window(key: str, *, window: timedelta, durable: bool = False) -> Count:
    """Count one hit in the clock-aligned window that is running now (a minute begins at :00 for everybody)."""
    length = window.total_seconds()
    now = time.time()
    number = int(now // length)
    seconds_left = (number + 1) * length - now
    key = f"{key}:{number}"
    try:
        reply = redis.call("EVAL", _REDIS_HIT, 1, f"peerlearn:rate:{key}", int(length * 1000))
        return Count(int(reply[0]), seconds_left)  # type: ignore[index]
    except redis.RedisUnavailable:
        hits = _hit_database(key, window).hits if durable else _hit_memory(key, now + length)
        return Count(hits, seconds_left)


def hit_since_first(key: str, *, window: timedelta) -> Count:
    """Count one hit in a window that began with its first hit. Always in the database: it must outlive a Redis."""
    return _hit_database(key, window)


def forget(key: str) -> None:
    """Start a `hit_since_first` counter again."""
    RateWindow.objects.filter(key=key).delete()


def purge_expired() -> int:
    """Delete windows that are over; returns how many."""
    return RateWindow.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _hit_database(key: str, window: timedelta) -> Count:
    """One statement: a moment later somebody else may have forgotten the row."""
    now = timezone.now()
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [key, adapt(now + window), adapt(now), adapt(now)])
        hits, expires_at = cursor.fetchone()
    if timezone.is_naive(expires_at):  # SQLite's
        expires_at = expires_at.replace(tzinfo=UTC)
    return Count(hits, max(0.0, (expires_at - now).total_seconds()))


def _hit_memory(key: str, expires: float) -> int:
    with _memory_lock:
        if len(_memory) > _MEMORY_LIMIT:
            _drop_expired()
        count = _memory.get(key, (0, 0.0))[0] + 1
        _memory[key] = (count, expires)
        return count


def _drop_expired() -> None:
    now = time.time()
    for key in [key for key, (_, expires) in _memory.items() if expires < now]:
        del _memory[key]
