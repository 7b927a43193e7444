"""A fuse for each server that we speak to: one that has just failed is left alone for a while, so that a server which
hangs does not hold up everything else that is due.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone

from common.work import NotNow

# Less than the first pause of what failed.
PAUSE = timedelta(seconds=20)
# For how long other processes know that a server failed, unless it has answered meanwhile.
KNOWN_FOR = timedelta(minutes=1)
# How rows end that were put off for that.
SILENT = "is not answering"

_blown_until: dict[str, datetime] = {}


@contextmanager
def fuse(name: str, *, but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Speak to a server inside the block. Raises NotNow while its fuse is blown; a failure of the network blows it.

    `but` are failures that show that the server does answer.
    """
    _refuse_while_blown(name)
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and not isinstance(error, but):
            _blow(name)
        else:
            _mend(name)
        raise
    _mend(name)


def is_failing(name: str) -> bool:
    """Whether a server has failed lately, whichever process spoke to it (with Redis; without, this one)."""
    return cache.get(_key(name), False)


def mend_all() -> None:
    """Ask every server again at once."""
    _blown_until.clear()


def _refuse_while_blown(name: str) -> None:
    now = timezone.now()
    until = _blown_until.get(name)
    if until is None:
        return
    if now < until:
        raise NotNow(min(PAUSE, until - now), f"{name} {SILENT}")
    # Whoever comes first after the pause finds out for all: one thread waits for a server that still hangs, not each.
    _blown_until[name] = now + PAUSE


def _blow(name: str) -> None:
    _blown_until[name] = timezone.now() + PAUSE
    cache.set(_key(name), True, KNOWN_FOR.total_seconds())


def _mend(name: str) -> None:
    if _blown_until.pop(name, None):
        cache.delete(_key(name))


def _key(name: str) -> str:
    """Names have blanks, and may be long."""
    return f"fuse:{sha256(name.encode()).hexdigest()}"
