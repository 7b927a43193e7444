"""One Redis client a process, with a fuse: a Redis that is gone must cost requests nothing."""

import time
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from redis import Redis

# How long nobody asks a Redis that has just failed. Short, so that its return is noticed at once.
FUSE_SECONDS = 1.0
TIMEOUT_SECONDS = 0.25

_blown_until = 0.0


class RedisUnavailable(Exception):
    """No Redis is configured, or it did not answer just now. Callers have a way to go on without it."""


@cache
def _client(url: str) -> "Redis":
    from redis import Redis

    return Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


def call(command: str, *args: object) -> object:
    """Send one command. Raises RedisUnavailable at once while the fuse is blown."""
    global _blown_until
    if not settings.REDIS_URL or time.monotonic() < _blown_until:
        raise RedisUnavailable
    from redis.exceptions import RedisError

    try:
        return _client(settings.REDIS_URL).execute_command(command, *args)
    except (RedisError, OSError) as error:
        _blown_until = time.monotonic() + FUSE_SECONDS
        raise RedisUnavailable from error
