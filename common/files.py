"""Files of people, wherever they are stored. All reading and writing of them goes through here.

A file comes before its row and goes after it, so that no row ever lacks its file: what a rolled-back transaction, a
killed process or an unreachable storage leaves behind is found by `sweep`.
"""

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models, transaction

from common import fuse
from common.errors import Busy, NotFound

log = logging.getLogger(__name__)

# Longer than any request that has stored a file and not yet its row.
YOUNG = timedelta(days=1)
BATCH = 500
# The name of its fuse, where it is a server.
STORAGE = "the storage"


class StorageUnavailable(Busy):
    """The storage does not answer, is full, or refuses us; nothing was changed."""

    code = "STORAGE_UNAVAILABLE"
    message = "Files cannot be stored or fetched at the moment. Try again in a moment."

    def __init__(self) -> None:
        super().__init__(retry_after=timedelta(seconds=10))


def state() -> str:
    """Up, down while it could not be reached within the last minute, or not_configured: a folder is a part of us."""
    if settings.STORAGE_URL.startswith("file:"):
        return "not_configured"
    return "down" if fuse.is_failing(STORAGE) else "up"


def keep(content: bytes | File, *, folder: str, kind: str = "") -> str:
    """Store the file under a name that nobody can guess and that says its kind at most; returns the name. What is large
    comes as a file, which is not read into memory.

    Call it outside of transactions. Raises StorageUnavailable.
    """
    name = f"{folder}{secrets.token_hex(16)}{f'.{kind}' if kind else ''}"
    try:
        return default_storage.save(name, ContentFile(content) if isinstance(content, bytes) else content)
    except Exception as error:
        log.warning("file_not_stored", extra={"folder": folder}, exc_info=error)
        raise StorageUnavailable from error


def fetch(name: str) -> bytes:
    """What is in the file. Raises NotFound or StorageUnavailable."""
    with _reading(name), default_storage.open(name) as file:
        return file.read()


def opened(name: str) -> File:
    """The file, to be read in parts and closed. Raises NotFound or StorageUnavailable."""
    with _reading(name):
        return default_storage.open(name)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound("File not found") from None
    except Exception as error:
        log.warning("file_not_fetched", extra={"file": name}, exc_info=error)
        raise StorageUnavailable from error


def discard(names: Iterable[str]) -> None:
    """Delete files that nothing refers to. One that cannot be deleted is left for `sweep`."""
    for name in names:
        try:
            default_storage.delete(name)
        except Exception as error:
            log.warning("file_not_deleted", extra={"file": name}, exc_info=error)


def discard_after_commit(*names: str) -> None:
    """Delete them after the commit, except those that some row has by then: who still sees the old rows must find their
    files, and rows may share one.
    """

    def delete() -> None:
        discard(set(names) - _referenced(names))

    if any(names):
        transaction.on_commit(delete, robust=True)


def sweep(*, now: datetime) -> int:
    """Delete what no row refers to and is not just being uploaded; returns how many files. Safe to repeat."""
    swept = 0
    for some in _orphans(now):
        discard(some)
        swept += len(some)
    return swept


def orphans(*, now: datetime) -> list[str]:
    """What `sweep` would delete. Raises StorageUnavailable."""
    with _reading("the upload folders"):
        return [name for some in _orphans(now) for name in some]


def missing() -> list[tuple[str, object, str]]:
    """What rows name and the storage does not have: the model's label, the row's key and the file's name.

    It lists the folders instead of asking for each file. Raises StorageUnavailable.
    """
    with _reading("the upload folders"):
        stored = {name for folder in settings.UPLOAD_FOLDERS for name in _names_in(folder)}
    found = []
    for model, field in _file_fields():
        rows = model._base_manager.exclude(**{field.name: ""}).values_list("pk", field.name)
        named = ((pk, name) for pk, name in rows.iterator() if name.startswith(settings.UPLOAD_FOLDERS))
        found += [(model._meta.label_lower, pk, name) for pk, name in named if name not in stored]
    return found


def _orphans(now: datetime) -> Iterator[list[str]]:
    for folder in settings.UPLOAD_FOLDERS:
        for names in _batches(_names_in(folder)):
            yield [name for name in set(names) - _referenced(names) if _is_old(name, now)]


def _names_in(folder: str) -> list[str]:
    try:
        return [folder + name for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []  # nobody has uploaded such a thing yet


def _is_old(name: str, now: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) <= now - YOUNG
    except FileNotFoundError:
        return False  # gone meanwhile


def _batches(names: list[str]) -> Iterator[list[str]]:
    return (names[at : at + BATCH] for at in range(0, len(names), BATCH))


def _referenced(names: Iterable[str]) -> set[str]:
    """Those of the names that a row of any model has."""
    found: set[str] = set()
    for model, field in _file_fields():
        rows = model._base_manager.filter(**{f"{field.name}__in": list(names)})
        found |= set(rows.values_list(field.name, flat=True))
    return found


def _file_fields() -> Iterator[tuple[type[models.Model], models.FileField]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                yield model, field
