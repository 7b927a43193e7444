"""Doing things at the same time: real threads, a connection each."""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import Any

from django.db import connection, connections

from tests.support.patience import PATIENCE


def waiting_after(call: Callable[..., Any], *, people: int = 2) -> Callable[..., Any]:
    """`call`, from which nobody returns before this many have come so far.

    For controls: put in the place of what reads before others write, it makes certain what a race leaves to chance.
    """
    everybody = Barrier(people)

    @functools.wraps(call)
    def call_and_wait(*args: Any, **kwargs: Any) -> Any:
        result = call(*args, **kwargs)
        everybody.wait(timeout=PATIENCE)
        return result

    return call_and_wait


def kinds(results: Iterable[Any]) -> Counter[str]:
    """How often each outcome came: the name of a refusal, or `ok`."""
    return Counter(type(result).__name__ if isinstance(result, Exception) else "ok" for result in results)


def at_once(calls: Sequence[Callable[[], Any]], *, threads: int = 16) -> list[Any]:
    """Run the calls, `threads` at a time, the first ones starting together; returns results or exceptions in order."""
    together = min(threads, len(calls))
    start = Barrier(together)

    def run(number: int, call: Callable[[], Any]) -> Any:
        if number < together:
            start.wait(timeout=PATIENCE)
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - what a call raises is its result
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(run, range(len(calls)), calls))


def wait_for_a_waiter() -> None:
    """Until somebody waits for a lock, in this database: in others of the server somebody may be waiting, too."""
    here = "SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    until = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute(f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN ({here}))")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
