"""A service that hangs, for a second or two: nobody fails for it, its work waits, and readiness names it (goal R20)."""

import pytest

from tests.chaos.own_servers import own_redis
from tests.load import outages

# What they are answered who need it, and whether something waits until it answers.
SERVICES = {
    "payments": ("503 PAYMENT_PROVIDER_UNAVAILABLE", True),
    "mail": ("200", True),
    "push": ("201", True),
    "storage": ("503 STORAGE_UNAVAILABLE", False),
}


@pytest.fixture
def redis(tmp_path, monkeypatch):
    with own_redis(tmp_path) as one:
        monkeypatch.setenv("REDIS_URL", one.url)
        yield one


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.parametrize("name", SERVICES)
def test_a_small_run_finds_what_is_answered_what_waits_and_what_is_down(tmp_path, redis, name):
    answer, waits = SERVICES[name]

    found = outages.run(tmp_path, name, rounds=1, seconds=1)

    assert set(found.answers) == {answer}
    assert (found.waiting > 0) is waits
    assert name in found.down
    assert found.well > 0 < found.hanging


def test_a_row_has_everything_that_was_found():
    found = outages.Found(0.04, 0.042, {"503 STORAGE_UNAVAILABLE": 7}, 0, ["storage"])

    shown = outages.row("storage", found)

    words = "storage 40 ms 42 ms 1.05 {'503 STORAGE_UNAVAILABLE': 7}; 0 wait; down: storage"
    assert " ".join(shown.split()) == words
