import time
from contextlib import closing
from functools import cache
from socket import create_server

import pytest

from common import redis


@pytest.fixture(autouse=True)
def fresh_fuse(monkeypatch):
    monkeypatch.setattr(redis, "_blown_until", 0.0)
    monkeypatch.setattr(redis, "_client", cache(redis._client.__wrapped__))


@pytest.fixture
def nobody_listens(settings):
    with closing(create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def asked(monkeypatch):
    """How many commands really went out."""
    commands = []
    client = redis._client

    def count(url):
        commands.append(url)
        return client(url)

    monkeypatch.setattr(redis, "_client", count)
    return commands


def test_without_a_redis_nobody_is_asked(settings, asked):
    settings.REDIS_URL = ""

    with pytest.raises(redis.RedisUnavailable):
        redis.call("PING")

    assert asked == []


def test_a_dead_redis_is_asked_once_a_second_at_most(nobody_listens, asked):
    for _ in range(20):
        with pytest.raises(redis.RedisUnavailable):
            redis.call("PING")

    assert len(asked) == 1


def test_it_is_asked_again_when_the_fuse_has_cooled_down(nobody_listens, asked, monkeypatch):
    with pytest.raises(redis.RedisUnavailable):
        redis.call("PING")
    later = time.monotonic() + redis.FUSE_SECONDS
    monkeypatch.setattr(redis.time, "monotonic", lambda: later)

    with pytest.raises(redis.RedisUnavailable):
        redis.call("PING")

    assert len(asked) == 2


def test_a_redis_that_accepts_and_never_answers_counts_as_dead(settings):
    with closing(create_server(("127.0.0.1", 0))) as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"

        with pytest.raises(redis.RedisUnavailable):
            redis.call("PING")


@pytest.mark.redis
def test_a_living_redis_answers():
    assert redis.call("PING") is True
