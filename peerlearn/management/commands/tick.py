import logging
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.module_loading import import_string

from peerlearn import children, database

log = logging.getLogger("peerlearn.tick")


class Command(BaseCommand):
    help = (
        "Do what is periodic (settings.PERIODIC_TASKS) in this process, for as long as it lives. The tasks are safe to "
        "repeat, so any number of these may run, beside Celery beat too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do every task once and end; 1 if one of them failed.")
        parser.add_argument(
            "--only",
            action="append",
            metavar="TASK",
            choices=list(settings.PERIODIC_TASKS),
            help="This task, such as accounts.tasks.end_suspensions; may be given several times.",
        )
        parser.add_argument("--list", action="store_true", help="Name the tasks and their periods, and end.")
        parser.add_argument("--parent", type=int, metavar="PID", help="End as soon as this is no longer the parent.")

    def handle(self, *, once: bool, only: list[str] | None, list: bool, parent: int | None, **options: Any) -> None:
        periods = {path: every for path, every in settings.PERIODIC_TASKS.items() if not only or path in only}
        if list:
            for path, every in periods.items():
                self.stdout.write(f"{path}: every {every} s")
            return
        settings.WORK_RUNS_INLINE = True  # what is due is done here, not handed to workers that may not be there
        if once:
            database.refuse_unreachable()
            database.refuse_unapplied_migrations()
            failed = [path for path in periods if not run(path)]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}.")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)
        if parent:
            children.end_with(parent)
        repeat(periods)


def repeat(periods: Mapping[str, float]) -> NoReturn:
    """Run each task now and then every so many seconds; one that was late is not made up for."""
    due = dict.fromkeys(periods, time.monotonic())
    while True:
        path = min(due, key=due.__getitem__)
        time.sleep(max(0.0, due[path] - time.monotonic()))
        run(path)
        due[path] = time.monotonic() + periods[path]


def run(path: str) -> bool:
    """Run one task; whatever goes wrong in it is logged and does not stop the others."""
    close_old_connections()
    try:
        import_string(path)()
    except Exception:
        log.exception("periodic_task_failed", extra={"task": path})
        return False
    finally:
        close_old_connections()
    return True


def _end(number: int, frame: FrameType | None) -> NoReturn:
    # In the middle of a task too: its transaction is rolled back, and it is done at the next start.
    sys.exit(0)
