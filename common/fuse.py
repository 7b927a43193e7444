"""A fuse for each server that we speak to: one that has just failed is left alone for a while, so that a server which
hangs does not hold up everything else that is due.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from common.work import NotNow

# Less than the first pause of what failed.
PAUSE = timedelta(seconds=20)
# How rows end that were put off for that.
SILENT = "is not answering"

_blown_until: dict[str, datetime] = {}


@contextmanager
def fuse(name: str, *, but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Speak to a server inside the block. Raises NotNow while its fuse is blown; a failure of the network blows it.

    `but` are failures that show that the server does answer.
    """
    now = timezone.now()
    until = _blown_until.get(name)
    if until is not None and now < until:
        raise NotNow(min(PAUSE, until - now), f"{name} {SILENT}")
    try:
        yield
    except but:
        raise
    except OSError:
        _blown_until[name] = timezone.now() + PAUSE
        raise
    _blown_until.pop(name, None)


def mend_all() -> None:
    """Ask every server again at once."""
    _blown_until.clear()
