"""PostgreSQL by pg_dump and pg_restore, with rows counted in the very snapshot that is dumped."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import CommandError
from django.db import connection
from psycopg import sql

FILE = "database.dump"
# Whoever restores may own nothing of what was there.
PORTABLE = ("--no-owner", "--no-privileges", "--no-comments")
# A table may be large and pg_dump slow: none of the limits of requests.
UNLIMITED = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"


def save(folder: Path) -> dict[str, int]:
    """Dump the database into the folder; returns how many rows each table had at that moment."""
    with _connected() as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        (snapshot,) = _one(database, sql.SQL("SELECT pg_export_snapshot()"))
        _run("pg_dump", "--format=custom", *PORTABLE, f"--snapshot={snapshot}", f"--file={folder / FILE}")
        return _count(database)


def survey() -> dict[str, int]:
    """How many rows each table has that `save` would dump now."""
    _program("pg_dump")
    with _connected() as database:
        return _count(database)


def require_empty() -> None:
    """Raises CommandError where `load` would have something in its way, or lack its program."""
    _program("pg_restore")
    with _connected() as database:
        if _tables(database):
            name = connection.settings_dict["NAME"]
            raise CommandError(f"The database {name!r} is not empty. Make a new one and name it in DATABASE_URL.")


def load(folder: Path) -> dict[str, int]:
    """Fill the database of the settings, which is empty; returns the rows of each table."""
    options = ("--exit-on-error", "--single-transaction")
    _run("pg_restore", *PORTABLE, *options, f"--dbname={connection.settings_dict['NAME']}", str(folder / FILE))
    with _connected() as database:
        database.execute("ANALYZE")  # a new database has no statistics, and plans badly
        return _count(database)


@contextmanager
def _connected() -> Iterator[psycopg.Connection]:
    """A connection of our own, without the pool and the limits of requests."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    known = {ours: connection.settings_dict[theirs] for ours, theirs in names.items()}
    try:
        given = {name: value for name, value in known.items() if value}
        # Text is text, as on Django's own connections, whatever the server or the environment prefers.
        with psycopg.connect(**given, options=UNLIMITED, client_encoding="UTF8") as database:
            yield database
    except psycopg.OperationalError as error:
        raise CommandError(f"The database cannot be reached: {str(error).strip()}") from None


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise CommandError(f"{name} is not installed (Debian: postgresql-client), at least of the server's version.")
    return found


def _run(program: str, *arguments: str) -> None:
    found = _program(program)
    config = connection.settings_dict
    variables = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    # In the environment of the child alone: everybody may read a command line.
    secrets = {ours: str(config[theirs]) for ours, theirs in variables.items() if config[theirs]}
    done = subprocess.run(  # noqa: S603 - the program that PATH names, with our own arguments
        [found, *arguments], env={**os.environ, **secrets}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise CommandError(f"{program} failed: {done.stderr.strip()}")


def _count(database: psycopg.Connection) -> dict[str, int]:
    question = sql.SQL("SELECT count(*) FROM {}")
    return {table: _one(database, question.format(sql.Identifier(table)))[0] for table in _tables(database)}


def _tables(database: psycopg.Connection) -> list[str]:
    names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    return [table for (table,) in database.execute(names).fetchall()]


def _one(database: psycopg.Connection, question: sql.SQL | sql.Composed) -> tuple[Any, ...]:
    row = database.execute(question).fetchone()
    assert row is not None  # noqa: S101 - each question has one answer
    return row
