"""The benchmark's two databases: a seeded one that is kept, and a copy of it that each run may spoil."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from tests.load import seed

MARK = "PeerLearn benchmark: "


class NotOurs(Exception):
    """A database of the benchmark's name is there, but the benchmark did not make it."""


def renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def working_copy(url: str, sizes: seed.Sizes) -> Iterator[None]:
    """The database of `url`, fresh from the seeded one, while the block runs. Django must be set up on `url`."""
    name = urlsplit(url).path.lstrip("/")
    seeded = f"{name}_seed"
    if not _is_seeded(url, seeded, sizes):
        print(
            f"Seeding {sizes.tutors:,} tutors, {sizes.students:,} students, {sizes.sessions:,} sessions and "
            f"{sizes.notifications:,} notifications, once ...",
            flush=True,
        )
        _make(url, name)
        call_command("migrate", verbosity=0)
        seed.fill(sizes)
        _execute(url, "VACUUM (ANALYZE, FREEZE)", database=name)
        connection.close()
        _drop(url, seeded)
        _execute(url, "ALTER DATABASE {} RENAME TO {}", Identifier(name), Identifier(seeded))
        _execute(url, "COMMENT ON DATABASE {} IS {}", Identifier(seeded), Literal(_comment(sizes)))
    _make(url, name, template=seeded)
    try:
        yield
    finally:
        connection.close()
        _drop(url, name)


def _is_seeded(url: str, name: str, sizes: seed.Sizes) -> bool:
    return _comment_on(url, name) == _comment(sizes)


def _comment(sizes: seed.Sizes) -> str:
    return MARK + seed.fingerprint(sizes)


def _comment_on(url: str, name: str) -> str | None:
    """None: there is no such database."""
    rows = _execute(
        url,
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = {}",
        Literal(name),
    )
    return rows[0][0] if rows else None


def _make(url: str, name: str, *, template: str = "template0") -> None:
    _drop(url, name)
    _execute(url, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", Identifier(name), Identifier(template))
    _execute(url, "COMMENT ON DATABASE {} IS {}", Identifier(name), Literal(MARK))


def _drop(url: str, name: str) -> None:
    comment = _comment_on(url, name)
    if comment is None:
        return
    if not comment.startswith(MARK):
        raise NotOurs(f"The database {name} is not the benchmark's, so it is left alone: name another by DATABASE_URL.")
    _execute(url, "DROP DATABASE {} WITH (FORCE)", Identifier(name))


def _execute(url: str, statement: str, *values: Identifier | Literal, database: str = "postgres") -> list[tuple]:
    with closing(psycopg.connect(renamed(url, database), autocommit=True)) as admin:
        cursor = admin.execute(SQL(statement).format(*values))
        return cursor.fetchall() if cursor.description else []
