"""The one manner of commands: counts, dry runs, exit codes, and how far something is."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.core.management.base import OutputWrapper
from django.utils import timezone

from catalog.models import Subject
from common.commands import NOTHING_CHANGED, PeriodicCommand, Step, progress, woken
from notifications import tasks
from notifications.models import Delivery
from tests.factories import DeliveryFactory

pytestmark = pytest.mark.django_db


def add_subject(now):
    Subject.objects.create(name="Astronomy")
    return 1


def fail(now):
    Subject.objects.create(name="Botany")
    raise RuntimeError("on purpose")


def run(*steps, dry_run=False):
    """What is written, by a command of these steps."""

    class Command(PeriodicCommand):
        def steps(self):
            return steps

    out = io.StringIO()
    command = Command(stdout=out)
    try:
        command.handle(dry_run=dry_run)
    except CommandError as error:
        out.write(f"1: {error}\n")
    return out.getvalue().splitlines()


def test_a_command_says_how_many_of_what_it_did():
    assert run(Step("subjects added", add_subject)) == ["1 subjects added"]
    assert Subject.objects.count() == 1


def test_a_dry_run_says_the_same_and_leaves_nothing_behind(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as told:
        assert run(Step("subjects added", add_subject), dry_run=True) == ["1 subjects added", NOTHING_CHANGED]

    assert not Subject.objects.exists()
    assert told == []


def test_a_dry_run_counts_what_cannot_be_rolled_back():
    done = []
    step = Step("files deleted", lambda now: done.append(now) or 1, preview=lambda now: 7)

    assert run(step, dry_run=True) == ["7 files deleted", NOTHING_CHANGED]
    assert done == []


def test_a_step_that_fails_holds_up_no_other_and_ends_with_1():
    written = run(Step("plants grown", fail), Step("subjects added", add_subject))

    assert written == ["1 subjects added", "1: Failed: plants grown."]


def test_rows_that_are_due_are_counted_by_a_dry_run_and_not_touched():
    due = DeliveryFactory(due_at=timezone.now() - timedelta(minutes=1))
    DeliveryFactory(due_at=timezone.now() + timedelta(hours=1))

    assert run(woken("deliveries tried", Delivery, tasks.deliver), dry_run=True)[0] == "1 deliveries tried"
    due.refresh_from_db()
    assert (due.state, due.attempts) == ("due", 0)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("out", "lines", "expected"), [
    (io.StringIO(), True, "Digging, step 1 of 2: earth ...\nDigging, step 2 of 2: stones ...\n"),
    (io.StringIO(), False, ""),
    (Terminal(), True, ""),
], ids=["a file", "a quiet file", "a terminal"])  # fmt: skip
def test_progress_is_a_bar_on_a_terminal_and_lines_anywhere_else(out, lines, expected):
    with progress(OutputWrapper(out), "Digging", steps=2, lines=lines) as shown:
        shown(0, "earth")
        shown(1, "stones")
        shown(2, "done")

    assert out.getvalue() == expected
