"""What the measuring scripts of plans share: a database of their own, and how a plan is shown."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

ROUNDS = 20


def own_database_url(suffix: str) -> str:
    """Beside the one that DATABASE_URL names."""
    parts = urlsplit(os.environ.get("DATABASE_URL", ""))
    if parts.scheme not in ("postgres", "postgresql"):
        sys.exit("This needs PostgreSQL: DATABASE_URL must begin with postgres://.")
    return urlunsplit(parts._replace(path=f"{parts.path}_{suffix}"))


def set_up_django(url: str) -> None:
    import django

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "peerlearn.settings",
        "DATABASE_URL": url,
        "PEERLEARN_DEBUG": "false",
        "PEERLEARN_SECRET_KEY": "only-for-this-measurement-0123456789-abcdefghijklmnopqrstuvwxyz",
        "PEERLEARN_ALLOWED_HOSTS": "testserver",
        "PEERLEARN_THROTTLING": "off",
        "EMAIL_URL": "memorymail://",
    }
    django.setup()


@contextmanager
def filled_database(url: str, fill: Callable[[], None]) -> Iterator[None]:
    """A new database at `url`, migrated and filled, until the block ends. Django must be set up on it."""
    import psycopg
    from django.core.management import call_command
    from django.db import connection

    name = urlsplit(url).path.lstrip("/")
    with closing(psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True)) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        call_command("migrate", verbosity=0)
        fill()
        try:
            yield
        finally:
            connection.close()
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_seed(seed: str, numbers: dict[str, int], tables: tuple[str, ...]) -> None:
    """Run the seed's statements, and gather statistics of the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a request's is for requests
        for statement in filter(str.strip, seed.split(";")):
            cursor.execute(statement, numbers)
        for table in tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def measured(path: str, **headers: str) -> tuple[list[str], float]:
    """The statements of a request whose totals are not known yet, and the median milliseconds of further ones."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers=headers)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    statements = [each["sql"] for each in captured.captured_queries]
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - start)
    return statements, sorted(times)[ROUNDS // 2] * 1000


def explained(statement: str) -> list[str]:
    """EXPLAIN's lines, the second time."""
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
            plan = [row[0] for row in cursor.fetchall()]
    return plan


def shown(kind: str, plan: list[str]) -> str:
    """A plan's time, its buffers, and its nodes without what is not about their work."""
    nodes = [line for line in plan if "->" in line or "Index Cond" in line or line is plan[0]]
    lines = "\n".join(f"        {re.sub(r'width=[0-9]+', '', line)}" for line in nodes)
    return f"    {kind}: {_milliseconds(plan):.2f} ms, {_buffers(plan)} buffers\n{lines}"


def _milliseconds(plan: list[str]) -> float:
    return next(float(line.split()[2]) for line in plan if line.startswith("Execution Time"))


def _buffers(plan: list[str]) -> int:
    """Of the whole plan: its first node's."""
    line = next(line for line in plan if "Buffers:" in line)
    return sum(int(number) for number in re.findall(r"(?:hit|read)=([0-9]+)", line))
