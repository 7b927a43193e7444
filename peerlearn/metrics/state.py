"""What the rows say when somebody scrapes: the same whichever process is asked, and what dead workers leave undone.

Everything here is an index range or a partial index, except what `_Kept` counts once a minute.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from psycopg_pool import PoolTimeout

from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus
from common import redis
from common.models import DueWork
from notifications.hub import sockets_here
from payments.models import Payment

# What can be counted in the log of deeds without reading much of it.
RECENT = timedelta(minutes=15)
SIGN_IN_FAILED, LOCKED_OUT = "auth.login_failed", "auth.locked_out"
# Bookings that are not over: their rows have partial indexes.
LIVE = (BookingStatus.PENDING, BookingStatus.CONFIRMED)
# All rows of work that is waited for, deliveries and scans of files included.
QUEUES = ("notifications.Delivery", "messaging.AttachmentScan", *settings.WORK_QUEUES)
KEPT_SECONDS = 60.0
DATABASE_AWAY = (DatabaseError, InterfaceError, PoolTimeout)


class Family(NamedTuple):
    """One figure with its series: `rows` are `(labels, value)`."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    rows: Sequence[tuple[tuple[str, ...], float]]


def families() -> Iterator[Family]:
    """All of them; where the database does not answer, only what can be known without it."""
    yield _single("peerlearn_open_sockets", "Sockets that are signed in, in the process that answers.", sockets_here())
    if settings.REDIS_URL:
        yield _single("peerlearn_redis_up", "Whether Redis answers.", _redis_answers())
    found: list[Family] = []
    try:
        now = timezone.now()
        found = [*_database(), *_work(now), *_deeds(now), _live_bookings(), *_whole_tables()]
    except DATABASE_AWAY:
        found = []
    yield _single("peerlearn_database_up", "Whether the database answers.", bool(found))
    yield from found


def _single(name: str, meaning: str, value: float) -> Family:
    return Family(name, meaning, (), [((), float(value))])


def _redis_answers() -> bool:
    try:
        redis.call("PING")
    except redis.RedisUnavailable:
        return False
    return True


# --- The database -------------------------------------------------------------------------------------------------


def _database() -> list[Family]:
    began = time.perf_counter()
    _ask("SELECT 1")
    took = time.perf_counter() - began
    found = [_single("peerlearn_database_ping_seconds", "How long the shortest question takes.", took)]
    if connection.vendor == "sqlite":
        size = _ask("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")[0][0]
    else:
        size = _ask("SELECT pg_database_size(current_database())")[0][0]
        found += _connections()
    return [*found, _single("peerlearn_database_bytes", "Size of the database.", size)]


def _connections() -> list[Family]:
    states = _ask(
        "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() GROUP BY 1"
    )
    limit = _ask("SELECT setting::int FROM pg_settings WHERE name = 'max_connections'")[0][0]
    rows = [((state,), float(count)) for state, count in states]
    return [
        Family("peerlearn_database_connections", "Connections to this database, by their state.", ("state",), rows),
        _single("peerlearn_database_connections_most", "How many the server allows.", limit),
    ]


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


# --- Work ---------------------------------------------------------------------------------------------------------


def _work(now: datetime) -> list[Family]:
    waiting, oldest = [], []
    for label in QUEUES:
        count, due_at = _due(label, now)
        waiting.append(((label,), float(count)))
        oldest.append(((label,), max(0.0, (now - due_at).total_seconds()) if due_at else 0.0))
    return [
        Family("peerlearn_work_due", "Rows of work whose time has come.", ("kind",), waiting),
        Family("peerlearn_work_oldest_seconds", "How long the oldest of them has been due.", ("kind",), oldest),
    ]


def _rows_of(label: str) -> QuerySet:
    rows = apps.get_model(label)._default_manager.order_by()
    # What belongs to a digest is sent with it.
    return rows.filter(digest=None) if label == "notifications.Delivery" else rows


def _due(label: str, now: datetime) -> tuple[int, datetime | None]:
    due = _rows_of(label).filter(state=DueWork.State.DUE, due_at__lte=now)
    found = due.exclude(leased_until__gt=now).aggregate(Count("pk"), Min("due_at"))
    return found["pk__count"], found["due_at__min"]


class _Kept:
    """Families that are worked out anew when they are older than a minute: their tables are read as a whole."""

    def __init__(self, make: Callable[[], list[Family]]) -> None:
        self.make = make
        self.value: list[Family] = []
        self.until = 0.0

    def __call__(self) -> list[Family]:
        if time.monotonic() >= self.until:
            self.value, self.until = self.make(), time.monotonic() + KEPT_SECONDS
        return self.value

    def forget(self) -> None:
        self.until = 0.0


def _count_everything() -> list[Family]:
    given_up = [((label,), float(_rows_of(label).filter(state=DueWork.State.DEAD).count())) for label in QUEUES]
    statuses = Payment.objects.order_by().values_list("status").annotate(Count("pk"))
    payments = [((status,), float(count)) for status, count in sorted(statuses)]
    return [
        Family("peerlearn_work_given_up", "Rows that were tried five times.", ("kind",), given_up),
        Family("peerlearn_payments", "Payments by status.", ("status",), payments),
    ]


_whole_tables = _Kept(_count_everything)


def forget() -> None:
    """Count everything anew at the next scrape."""
    _whole_tables.forget()


# --- What people do -----------------------------------------------------------------------------------------------


def _deeds(now: datetime) -> list[Family]:
    entries = AuditEntry.objects.filter(created_at__gt=now - RECENT).order_by()
    found = dict(entries.values_list("action").annotate(Count("pk")))
    failures = [((action,), float(found.get(action, 0))) for action in (SIGN_IN_FAILED, LOCKED_OUT)]
    rows = [((action,), float(count)) for action, count in sorted(found.items())]
    return [
        Family("peerlearn_recent_deeds", "Entries of the audit log of the last 15 minutes.", ("action",), rows),
        Family("peerlearn_recent_sign_in_failures", "Failures and lock-outs of 15 minutes.", ("kind",), failures),
    ]


def _live_bookings() -> Family:
    rows = [((str(status),), float(Booking.objects.filter(status=status).count())) for status in LIVE]
    return Family("peerlearn_bookings", "Bookings that are not over.", ("status",), rows)
