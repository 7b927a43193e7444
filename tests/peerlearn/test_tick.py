"""`manage.py tick`: what is periodic, in one small process."""

import logging
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string

from peerlearn.management.commands import tick

pytestmark = pytest.mark.django_db

calls: Counter[str] = Counter()


def works():
    calls["works"] += 1


def fails():
    calls["fails"] += 1
    raise RuntimeError("on purpose")


def ends():
    calls["ends"] += 1
    if calls["ends"] == 3:
        raise SystemExit


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


def test_every_periodic_task_is_there_and_has_a_period(settings):
    for path, seconds in settings.PERIODIC_TASKS.items():
        assert callable(import_string(path))
        assert seconds > 0


def test_once_does_each_task_once_and_reports_the_one_that_failed(settings, caplog):
    settings.PERIODIC_TASKS = {f"{__name__}.fails": 5, f"{__name__}.works": 5}

    with caplog.at_level(logging.ERROR), pytest.raises(CommandError, match="Failed: .*fails\\.$"):
        call_command("tick", "--once")

    assert calls == {"works": 1, "fails": 1}
    assert "on purpose" in caplog.text


def test_once_is_content_when_nothing_failed(settings):
    settings.PERIODIC_TASKS = {f"{__name__}.works": 5}

    call_command("tick", "--once")

    assert calls == {"works": 1}


def test_a_failing_task_stops_neither_the_others_nor_itself():
    with pytest.raises(SystemExit):
        tick.repeat({f"{__name__}.fails": 0.01, f"{__name__}.works": 0.01, f"{__name__}.ends": 0.02})

    assert calls["ends"] == 3
    assert calls["works"] > 1
    assert calls["fails"] > 1


def test_each_task_has_its_own_period():
    with pytest.raises(SystemExit):
        tick.repeat({f"{__name__}.works": 60, f"{__name__}.ends": 0.01})

    assert calls == {"works": 1, "ends": 3}


def test_it_ends_when_its_parent_is_not_there():
    wait = f"import time\nfrom peerlearn.children import end_with\nend_with({os.getpid() + 1})\ntime.sleep(10)\n"

    ended = subprocess.run([sys.executable, "-c", wait], timeout=10, env=os.environ | {"PYTHONPATH": "."})

    assert ended.returncode == -15
