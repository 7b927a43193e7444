"""Where the work that is running now came from, and who does it in whose place. Read by `audit.services.record`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Origin(NamedTuple):
    """All empty for tasks and commands: nobody sent those."""

    ip: str = ""
    user_agent: str = ""
    request_id: str = ""


class StandIn(NamedTuple):
    """`helper`, a user, does what the person with that id could do."""

    person_id: int
    helper: object


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("audit_origin", default=_NOWHERE)
_stand_in: ContextVar[StandIn | None] = ContextVar("audit_stand_in", default=None)


def current_origin() -> Origin:
    return _current.get()


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Everything recorded inside the block is marked as having come from `origin`."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def acting_in_place_of(person_id: int, *, helper: object) -> Iterator[None]:
    """What services do for that person inside the block, they do by the person's own rights; but what they record as
    done by the person is recorded as done by `helper`, in the person's place.
    """
    token = _stand_in.set(StandIn(person_id, helper))
    try:
        yield
    finally:
        _stand_in.reset(token)


def who_acts(actor: object | None) -> object | None:
    """Who really does what `actor` seems to do."""
    stand_in = _stand_in.get()
    if stand_in is not None and getattr(actor, "pk", None) == stand_in.person_id:
        return stand_in.helper
    return actor
