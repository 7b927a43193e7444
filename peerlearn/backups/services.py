"""To make a backup, and to put one back."""

import os
import shutil
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from peerlearn.backups import manifest, postgres, sqlite, uploads
from peerlearn.backups.manifest import Manifest

PREFIX, UNFINISHED = "peerlearn-", ".partial"


class Plan(NamedTuple):
    """A backup that would be made: its rows and files as they are now."""

    folder: Path
    rows: dict[str, int]
    files: int | None


def plan(into: Path, *, now: datetime) -> Plan:
    """What `back_up` would make. Changes nothing; raises CommandError where it would refuse."""
    folder = _folder(into, now)
    nearest = next(path for path in (into, *into.parents) if os.path.exists(path))
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise CommandError(f"{into} cannot be written to.")
    if folder.exists():
        raise CommandError(f"{folder} is there already.")
    return Plan(folder, _engine().survey(), uploads.survey())


def back_up(into: Path, *, now: datetime) -> Path:
    """Make a new folder in `into` and return it. It has its name only once it is whole."""
    folder = _folder(into, now)
    unfinished = folder.with_suffix(UNFINISHED)
    try:
        into.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
        if folder.exists():
            raise FileExistsError
    except FileExistsError:
        raise CommandError(f"{folder} is there already.") from None
    except OSError as error:
        raise CommandError(f"{into} cannot be written to: {error.strerror}.") from None
    old_mask = os.umask(0o077)  # nobody else reads what is in it
    try:
        rows = _engine().save(unfinished)
        files = uploads.save(unfinished)
        Manifest(connection.vendor, now, timezone.now(), rows, files).write(unfinished)
    except BaseException:
        shutil.rmtree(unfinished)
        raise
    finally:
        os.umask(old_mask)
    return unfinished.rename(folder)


def check(folder: Path) -> Manifest:
    """What `put_back` would restore: a whole backup, for a database of its kind that is empty. Changes nothing; raises
    CommandError where something is in the way.
    """
    found = manifest.read(folder)
    if found.engine != connection.vendor:
        raise CommandError(f"The backup is one of {found.engine}, and DATABASE_URL names {connection.vendor}.")
    _engine().require_empty()
    uploads.place_for(folder)
    return found


def put_back(folder: Path) -> Manifest:
    """Restore into the empty database and the folder of uploads that the settings name.

    Raises CommandError where it cannot be done, or where the result is not what the backup says.
    """
    expected = check(folder)
    rows = _engine().load(folder)
    wrong = {table for table in rows.keys() | expected.rows.keys() if rows.get(table) != expected.rows.get(table)}
    if wrong:
        raise CommandError(f"The restored database differs from the backup in {', '.join(sorted(wrong))}.")
    files = uploads.load(folder)
    if files != (expected.files or 0):
        raise CommandError(f"{files} files were unpacked, and the backup had {expected.files}.")
    return expected


def forget_old(into: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest whole backups of the folder; returns those that are gone."""
    old = _whole(into)[:-keep]
    for path in old:
        shutil.rmtree(path)
    return old


def would_forget(new: Path, *, keep: int) -> list[Path]:
    """What `forget_old` would delete once `new` is there as well."""
    return sorted([*_whole(new.parent), new])[:-keep]


def _whole(into: Path) -> list[Path]:
    """The oldest first."""
    return sorted(path for path in into.glob(f"{PREFIX}*Z") if (path / manifest.NAME).is_file())


def _folder(into: Path, now: datetime) -> Path:
    return into / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}"


def _engine() -> ModuleType:
    """The one with `save`, `load` and what may be asked before them, for this database."""
    return sqlite if connection.vendor == "sqlite" else postgres
