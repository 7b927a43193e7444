"""Work outside the request: rows are the truth, a queue only wakes a worker.

A service writes a `DueWork` row in its transaction and calls `after_commit(task, row.pk)`. A task claims the row with
`perform`, and the periodic sweep (`wake_due`) sends again whatever the rows say is still due, so that a lost message,
a dead broker or a killed worker loses nothing.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone

from common.masking import mask_text
from common.models import DueWork

log = logging.getLogger(__name__)

# Longer than any task may take, so that nobody takes a row from a worker that is still alive.
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)
FIRST_RETRY = timedelta(seconds=30)
# What more is due is woken by the next sweep.
WOKEN_AT_ONCE = 500

Row = TypeVar("Row", bound=DueWork)

_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="after-commit")


class NotNow(Exception):
    """Raised by a body that cannot do its work yet: the row is due again after `pause`, and no attempt is counted."""

    def __init__(self, pause: timedelta, why: str) -> None:
        super().__init__(why)
        self.pause = pause


class Task(Protocol):
    """A Celery task: called directly it runs here, `apply_async` hands it to a worker."""

    def __call__(self, *args: Any) -> Any: ...
    def apply_async(self, args: tuple[Any, ...]) -> Any: ...


def after_commit(task: Task, *args: Any) -> None:
    """Run `task(*args)` once the running transaction is committed; never if it is rolled back."""

    def wake_up() -> None:  # a function: Django cannot log the failure of a `partial`
        wake(task, *args)

    transaction.on_commit(wake_up, robust=True)


def wake(task: Task, *args: Any) -> None:
    """Hand the task to a Celery worker, or without a broker to this process's own thread.

    Neither the broker's delay nor the task's is the caller's: both happen in that thread.
    """
    if settings.WORK_RUNS_INLINE:
        task(*args)
    else:
        with suppress(RuntimeError):  # the process is ending: the sweep finds the row
            _executor.submit(_dispatch, task, *args)


def _dispatch(task: Task, *args: Any) -> None:
    close_old_connections()
    try:
        if settings.CELERY_BROKER_URL:
            task.apply_async(args=args)
        else:
            task(*args)
    except Exception:
        log.warning("wake_up_failed", exc_info=True)
    finally:
        close_old_connections()


def perform(model: type[Row], pk: int, body: Callable[[Row], str]) -> None:
    """Claim the row, run `body(row)` and write down its outcome. Does nothing if the row is not due or taken.

    A failing body is repeated with growing pauses and given up after `MAX_ATTEMPTS`; one that raises `NotNow` is
    repeated when it says.
    """
    if not model.objects.claim(pk, now=timezone.now(), lease=LEASE):
        return
    row = cast(Row, model.objects.get(pk=pk))
    try:
        outcome = body(row)
    except NotNow as wait:
        row.attempts -= 1
        row.due_at = timezone.now() + wait.pause
        _finish(row, DueWork.State.DUE, str(wait))
    except Exception as error:  # noqa: BLE001 - whatever happened, the row must say so
        _put_off(row, error)
    else:
        _finish(row, DueWork.State.DONE, outcome)


def wake_due(model: type[DueWork], task: Task) -> int:
    """Wake `task` for every row that is due; returns how many."""
    pks = list(model.objects.due(timezone.now()).order_by("due_at").values_list("pk", flat=True)[:WOKEN_AT_ONCE])
    for pk in pks:
        wake(task, pk)
    return len(pks)


def _put_off(row: DueWork, error: Exception) -> None:
    log.warning("work_failed", extra={"work": row._meta.label, "pk": row.pk, "attempt": row.attempts}, exc_info=error)
    said = mask_text(repr(error))  # an error of a mail server repeats the address
    if row.attempts >= row.MAX_ATTEMPTS:
        _finish(row, DueWork.State.DEAD, said)
        return
    row.due_at = timezone.now() + FIRST_RETRY * 2 ** (row.attempts - 1)
    _finish(row, DueWork.State.DUE, said)


def _finish(row: DueWork, state: DueWork.State, outcome: str) -> None:
    row.state = state
    row.outcome = outcome[:500]
    row.leased_until = None
    row.save(update_fields=["state", "outcome", "attempts", "due_at", "leased_until", "updated_at"])
