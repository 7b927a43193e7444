"""SQLite by its own online backup: writers go on meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import CommandError
from django.db import connection

FILE = "database.sqlite3"


def save(folder: Path) -> dict[str, int]:
    """Copy the database into the folder; returns how many rows each table of the copy has."""
    source = _source()
    # All pages in one step, which reads one state of the write-ahead log: in several steps each writer would make it
    # begin anew.
    with closing(_read_only(source)) as original, closing(sqlite3.connect(folder / FILE)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, that needs no other beside it
        _refuse_damage(copy, source)
        return _count(copy)


def survey() -> dict[str, int]:
    """How many rows each table has that `save` would copy now."""
    with closing(_read_only(_source())) as database:
        return _count(database)


def require_empty() -> None:
    """Raises CommandError where `load` would have something in its way."""
    target = _place()
    if target.exists() and target.stat().st_size:
        raise CommandError(f"{target} is there already. Move it away, with its -wal and -shm, and try again.")


def load(folder: Path) -> dict[str, int]:
    """Put it where the settings say, where there is none; returns the rows of each table."""
    target = _place()
    with closing(_read_only(folder / FILE)) as copy, closing(sqlite3.connect(target)) as restored:
        copy.backup(restored)
        _refuse_damage(restored, target)
        return _count(restored)


def _source() -> Path:
    place = _place()
    if not place.is_file():
        raise CommandError(f"There is no database at {place}.")
    return place


def _place() -> Path:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise CommandError("A database in memory cannot be backed up or restored.")
    return Path(name)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=60)


def _refuse_damage(database: sqlite3.Connection, place: Path) -> None:
    (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise CommandError(f"The copy of {place} is damaged: {found}")
    if (orphan := database.execute("PRAGMA foreign_key_check").fetchone()) is not None:
        raise CommandError(f"The copy of {place} has a row in {orphan[0]} that refers to nothing in {orphan[2]}.")


def _count(database: sqlite3.Connection) -> dict[str, int]:
    def number(table: str) -> Any:
        question = f'SELECT count(*) FROM "{table}"'  # noqa: S608  # nosec B608 - the name is from the catalogue
        return database.execute(question).fetchone()[0]

    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return {table: number(table) for (table,) in database.execute(names).fetchall()}
