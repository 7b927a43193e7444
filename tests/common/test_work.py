"""Mails stand for every kind of `DueWork` here."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event, current_thread

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import OutgoingMail
from common import work
from tests.support.patience import PATIENCE
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


class Task:
    """What Celery makes of a function: callable here, or sent to a worker."""

    def __init__(self, *, fails: bool = False):
        self.done, self.sent, self.threads = [], [], []
        self.fails = fails
        self.came = Event()

    def __call__(self, *args):
        self.threads.append(current_thread().name)
        self.done.append(args)
        self.came.set()
        if self.fails:
            raise RuntimeError("task failed")

    def apply_async(self, args):
        self.sent.append(args)
        self.came.set()
        if self.fails:
            raise ConnectionRefusedError("no broker")


def due_row(**values) -> OutgoingMail:
    return OutgoingMail.objects.create(
        **({"kind": "reset", "email": "ada@example.com", "due_at": timezone.now()} | values)
    )


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def idle_executor():
    """Waits until the process's own worker thread has nothing left to do."""
    return lambda: work._executor.submit(lambda: None).result(timeout=PATIENCE)


class TestWaking:
    def test_a_task_runs_after_the_commit(self, django_capture_on_commit_callbacks):
        task = Task()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            work.after_commit(task, 1)
            before_the_commit = list(task.done)

        assert (before_the_commit, task.done) == ([], [(1,)])

    def test_a_rolled_back_transaction_wakes_nobody(self, django_capture_on_commit_callbacks):
        task = Task()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            work.after_commit(task, 1)
            transaction.set_rollback(True)

        assert task.done == []

    @pytest.mark.django_db(transaction=True)
    def test_a_task_that_fails_does_not_fail_whoever_committed(self):
        task = Task(fails=True)

        with transaction.atomic():
            work.after_commit(task, 1)

        assert task.done == [(1,)]

    def test_without_a_broker_it_runs_in_a_thread_of_this_process(self, settings):
        settings.WORK_RUNS_INLINE, settings.CELERY_BROKER_URL = False, ""
        task = Task()

        work.wake(task, 1)

        assert task.came.wait(PATIENCE)
        assert task.done == [(1,)]
        assert task.threads[0].startswith("after-commit")

    def test_a_process_that_is_ending_leaves_it_to_the_sweep(self, settings, monkeypatch):
        settings.WORK_RUNS_INLINE = False
        ended = ThreadPoolExecutor(1)
        ended.shutdown()
        monkeypatch.setattr(work, "_executor", ended)
        task = Task()

        work.wake(task, 1)

        assert task.done == []

    def test_with_a_broker_it_is_sent(self, settings):
        settings.WORK_RUNS_INLINE, settings.CELERY_BROKER_URL = False, "redis://broker"
        task = Task()

        work.wake(task, 1)

        assert task.came.wait(PATIENCE)
        assert (task.sent, task.done) == ([(1,)], [])

    @pytest.mark.parametrize("broker", ["", "redis://broker"])
    def test_a_broker_or_task_that_fails_costs_the_caller_nothing(self, settings, broker, idle_executor, caplog):
        settings.WORK_RUNS_INLINE, settings.CELERY_BROKER_URL = False, broker

        work.wake(Task(fails=True), 1)
        idle_executor()

        assert "wake_up_failed" in caplog.text


class TestPerforming:
    def test_a_due_row_is_done_and_says_what_came_of_it(self, clock):
        row = due_row()

        work.perform(OutgoingMail, row.pk, lambda row: "sent " * 200)

        row.refresh_from_db()
        assert (row.state, row.attempts, row.leased_until) == (State.DONE, 1, None)
        assert row.outcome == ("sent " * 200)[:500]

    @pytest.mark.parametrize("values", [
        {"state": State.DONE},
        {"state": State.DEAD},
        {"due_at": timezone.now() + timedelta(hours=1)},
        {"leased_until": timezone.now() + timedelta(hours=1)},
    ])  # fmt: skip
    def test_what_is_not_due_is_left_alone(self, values):
        row = due_row(**values)
        bodies = []

        work.perform(OutgoingMail, row.pk, bodies.append)

        assert bodies == []

    def test_a_row_that_is_gone_is_nobodys(self):
        bodies = []

        work.perform(OutgoingMail, 12345, bodies.append)

        assert bodies == []

    def test_a_failing_body_is_put_off_longer_each_time_and_then_given_up(self, clock):
        row = due_row()
        pauses = []

        def fail(row):
            raise RuntimeError("broken")

        for _ in range(5):
            work.perform(OutgoingMail, row.pk, fail)
            row.refresh_from_db()
            pauses.append((row.due_at - timezone.now()).total_seconds())
            clock.shift(max(0, pauses[-1]))

        assert pauses[:4] == [30, 60, 120, 240]
        assert (row.state, row.attempts, row.outcome) == (State.DEAD, 5, "RuntimeError('broken')")


class TestTheSweep:
    def test_wakes_for_what_is_due_oldest_first(self, clock):
        now = timezone.now()
        late, later = due_row(due_at=now - timedelta(hours=2)), due_row(due_at=now - timedelta(hours=1))
        due_row(due_at=now + timedelta(seconds=1))
        due_row(state=State.DONE)
        due_row(state=State.DEAD)
        due_row(leased_until=now + timedelta(seconds=1))
        abandoned = due_row(leased_until=now)
        task = Task()

        assert work.wake_due(OutgoingMail, task) == 3

        assert task.done == [(late.pk,), (later.pk,), (abandoned.pk,)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_workers_that_claim_one_row_at_once_exactly_one_gets_it():
    row = due_row()
    bodies = []

    def body(row):
        bodies.append(row.pk)
        return "done"

    at_once([partial(work.perform, OutgoingMail, row.pk, body)] * 8)

    row.refresh_from_db()
    assert bodies == [row.pk]
    assert (row.state, row.attempts) == (State.DONE, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_sweeps_at_once_each_row_is_done_once():
    rows = [due_row() for _ in range(10)]
    bodies = []

    def body(row):
        bodies.append(row.pk)
        return "done"

    def task(pk):
        work.perform(OutgoingMail, pk, body)

    at_once([partial(work.wake_due, OutgoingMail, task)] * 2)

    assert sorted(bodies) == sorted(row.pk for row in rows)
