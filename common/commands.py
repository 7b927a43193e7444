"""The one manner of `manage.py` commands (docs/commands.md).

What cron runs ends with 0 when all is well and with 1, and a line on stderr, when somebody has to look. What changes
anything takes `--dry-run`. What takes a while shows how far it is: a bar on a terminal, lines anywhere else.
"""

import logging
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import transaction
from django.utils import timezone

from common import work
from common.models import DueWork

log = logging.getLogger("peerlearn.commands")

Progress = Callable[[int, str], None]
"""Is told how many steps are done, and what comes next."""

NOTHING_CHANGED = "Nothing was changed: a dry run."


def add_dry_run(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="Only say what would be done; change nothing.")


class Step(NamedTuple):
    """One thing that a command does: `do` returns how many, `words` says of what.

    A dry run does it and rolls it back. Where it does more than write rows (deletes files, asks a provider), `preview`
    counts instead what it would do.
    """

    words: str
    do: Callable[[datetime], int]
    preview: Callable[[datetime], int] | None = None


class PeriodicCommand(BaseCommand):
    """What is due at the moment, done by services that may be repeated. A step that fails does not hold up the others.

    With `works_here` what it wakes is done in this process, not handed to workers that may not be there.
    """

    works_here = False

    def steps(self) -> Sequence[Step]:
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if self.works_here and not dry_run:
            settings.WORK_RUNS_INLINE = True
        failed = [step.words for step in self.steps() if not self._take(step, now, dry_run=dry_run)]
        if dry_run:
            self.stdout.write(NOTHING_CHANGED)
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")

    def _take(self, step: Step, now: datetime, *, dry_run: bool) -> bool:
        try:
            count = _tried(step, now) if dry_run else step.do(now)
        except Exception:
            log.exception("command_step_failed", extra={"step": step.words})
            return False
        self.stdout.write(f"{count} {step.words}")
        return True


def _tried(step: Step, now: datetime) -> int:
    if step.preview is not None:
        return step.preview(now)
    with transaction.atomic():
        count = step.do(now)
        transaction.set_rollback(True)  # and with it whatever waits for the commit: nobody is told anything
    return count


def woken(words: str, model: type[DueWork], task: work.Task) -> Step:
    """Rows that say what must still be done, each tried once."""
    return Step(
        words,
        lambda now: work.wake_due(model, task),
        preview=lambda now: min(model.objects.due(now).count(), work.WOKEN_AT_ONCE),
    )


@contextmanager
def progress(stdout: OutputWrapper, title: str, *, steps: int, lines: bool = True) -> Iterator[Progress]:
    """What shows how far something is: `shown(done, what comes next)`. Without `lines` only a terminal shows it."""
    if stdout.isatty():
        with _bar(title, steps) as shown:
            yield shown
        return

    def line(done: int, what: str) -> None:
        if lines and done < steps:
            stdout.write(f"{title}, step {done + 1} of {steps}: {what} ...")
            stdout.flush()

    yield line


@contextmanager
def _bar(title: str, steps: int) -> Iterator[Progress]:
    from rich.progress import Progress as Bar

    with Bar(transient=True) as bar:
        task = bar.add_task(title, total=steps)
        yield lambda done, what: bar.update(task, completed=done, description=f"{title}: {what}")
