"""Password hashes. One costs 100 MiB for a moment, on purpose: only a few are made at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth import hashers

from common.errors import Busy

AT_ONCE = 4
# Who waits longer than this for a turn is told to come back.
PATIENCE_SECONDS = 10.0

_turns = BoundedSemaphore(AT_ONCE)


def make(password: str) -> str:
    """The hash to store. Slow, hence never inside a transaction. Raises Busy."""
    with _turn():
        return hashers.make_password(password)


def matches(password: str, stored: str) -> bool:
    """Whether this is the password of that hash. As slow. Raises Busy."""
    with _turn():
        return hashers.check_password(password, stored)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
