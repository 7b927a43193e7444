from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from accounts.tasks import purge_expired_secrets
from common import counters, redis
from common.models import RateWindow
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HALF_PAST = "2026-03-01T12:00:30Z"


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = ""


@pytest.fixture
def clock():
    with time_machine.travel(HALF_PAST, tick=False) as traveller:
        yield traveller


@pytest.fixture(params=["memory", "database", pytest.param("redis", marks=pytest.mark.redis)])
def hit(request, settings):
    """One hit of a fixed window, wherever it is counted. What Redis counts outlives a test, hence the names."""
    if request.param != "redis":
        settings.REDIS_URL = ""
    run = uuid4().hex
    return lambda key: counters.hit_window(f"{run}:{key}", window=MINUTE, durable=request.param == "database")


def test_hits_are_counted_one_by_one(hit, clock):
    assert [hit("a").hits for _ in range(3)] == [1, 2, 3]


def test_keys_are_counted_apart(hit, clock):
    hit("a")

    assert hit("b").hits == 1


def test_a_window_begins_with_the_clocks_minute_for_everybody(hit, clock):
    assert hit("a") == (1, 30.0)

    clock.shift(29)
    assert hit("a") == (2, 1.0)

    clock.shift(1)
    assert hit("a") == (1, 60.0)


class TestSinceTheFirstHit:
    def test_the_window_begins_with_it(self, clock):
        assert counters.hit_since_first("a", window=MINUTE) == (1, 60.0)

        clock.shift(20)

        assert counters.hit_since_first("a", window=MINUTE) == (2, 40.0)

    def test_a_new_window_begins_when_it_is_over(self, clock):
        counters.hit_since_first("a", window=MINUTE)
        clock.shift(60)

        assert counters.hit_since_first("a", window=MINUTE) == (1, 60.0)

    def test_a_hit_is_counted_whoever_forgets_the_counter_a_moment_later(self, clock):
        """As when a right password clears the count while another try is being counted."""

        def forgetful(execute, sql, params, many, context):
            result = execute(sql, params, many, context)
            if "RETURNING" in sql:
                RateWindow.objects.all().delete()
            return result

        with connection.execute_wrapper(forgetful):
            assert counters.hit_since_first("a", window=MINUTE) == (1, 60.0)

    def test_it_can_be_forgotten(self, clock):
        counters.hit_since_first("a", window=MINUTE)
        counters.hit_since_first("b", window=MINUTE)

        counters.forget("a")

        assert list(RateWindow.objects.values_list("key", flat=True)) == ["b"]


def test_windows_that_are_over_are_purged(clock):
    counters.hit_since_first("old", window=MINUTE)
    clock.shift(61)
    counters.hit_since_first("new", window=MINUTE)

    purge_expired_secrets()

    assert [row.key for row in RateWindow.objects.all()] == ["new"]
    assert str(RateWindow.objects.get()) == "new: 1 until 12:02:31"


def test_the_memory_of_a_process_does_not_grow_for_ever(no_redis, clock, monkeypatch):
    monkeypatch.setattr(counters, "_MEMORY_LIMIT", 3)
    for name in "abcd":
        counters.hit_window(name, window=MINUTE)

    clock.shift(120)
    counters.hit_window("e", window=MINUTE)

    assert len(counters._memory) == 1


def test_a_dead_redis_is_replaced_by_the_database_or_the_memory(settings, monkeypatch, clock):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(redis, "_blown_until", 0.0)

    assert [counters.hit_window("login", window=MINUTE, durable=True).hits for _ in range(2)] == [1, 2]
    assert [counters.hit_window("default", window=MINUTE).hits for _ in range(2)] == [1, 2]

    assert RateWindow.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_hits_none_is_lost(hit, clock):
    results = at_once([partial(hit, "a")] * 16)

    assert sorted(count.hits for count in results) == list(range(1, 17))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_hits_since_the_first_none_is_lost(clock):
    results = at_once([partial(counters.hit_since_first, "a", window=MINUTE)] * 16)

    assert sorted(count.hits for count in results) == list(range(1, 17))


@pytest.mark.redis
def test_a_window_in_redis_always_has_an_end(clock):
    name = uuid4().hex

    counters.hit_window(name, window=MINUTE)

    (key,) = redis.call("KEYS", f"*{name}*")
    assert 0 < redis.call("PTTL", key) <= 60_000
