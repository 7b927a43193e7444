"""A process that is killed: what it has committed stays, and nothing else of it does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connections

from common import work
from payments.services.webhooks import ORPHANS_ARE_TRIED_EVERY
from payments.tasks import settle_due

WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """Not an Exception: whoever survives errors does not survive this."""


def killed_after(commits: int, do: Callable[[], Any]) -> bool:
    """Do it until its first statement after so many commits; whether it came to that.

    The sandbox provider's commits count as well: it is asked before, between and after ours.
    """
    connection = connections["default"]
    made = 0
    commit_really = connection._commit

    def commit():
        nonlocal made
        commit_really()
        made += 1

    def statement(execute, sql, params, many, context):
        nonlocal made
        if made >= commits:
            raise Killed
        result = execute(sql, params, many, context)
        if not connection.in_atomic_block and sql.startswith(WRITES):
            made += 1
        return result

    with patch.object(connection, "_commit", commit), connection.execute_wrapper(statement):
        try:
            do()
        except Killed:
            connection.close()
            return True
    return False


def restart(clock: Any) -> None:
    """Time passes until nobody holds what the dead process held, and the sweeper comes round, twice."""
    for _ in range(2):
        clock.shift(max(work.LEASE, ORPHANS_ARE_TRIED_EVERY) + timedelta(seconds=1))
        settle_due()


def at_every_step(live: Callable[[int, Callable[[Callable[[], Any]], bool]], None]) -> int:
    """`live(number, dying)` again and again, each time with a later death, until there is none; returns how many died.

    `dying(do)` does it, is killed after `number` commits, and returns whether it was.
    """
    deaths: list[bool] = [True]

    def dying(do: Callable[[], Any]) -> bool:
        deaths.append(killed_after(len(deaths) - 1, do))
        return deaths[-1]

    while deaths[-1]:
        live(len(deaths) - 1, dying)
    return len(deaths) - 2
