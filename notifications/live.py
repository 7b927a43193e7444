"""Pushing frames to open sockets, from any thread of any process, without ever making the caller wait or fail."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson
from channels.layers import get_channel_layer
from django.conf import settings

from notifications.hub import group_of, hub

log = logging.getLogger(__name__)

PUSH_TIMEOUT = 2.0

# Without Redis: the loop that runs this process's sockets. None until the first of them connects.
_socket_loop: asyncio.AbstractEventLoop | None = None


def register_socket_loop() -> None:
    """Called by a consumer when it connects."""
    global _socket_loop
    _socket_loop = asyncio.get_running_loop()


def push(user_id: int, seq: int, frame: str) -> None:
    """Send an encoded frame to all sockets of a user. Best effort: who misses it catches up from the stream."""
    message = {"type": "event", "user": user_id, "seq": seq, "text": frame}
    if settings.REDIS_URL:
        asyncio.run_coroutine_threadsafe(_send(user_id, message), _publisher_loop())
    elif _socket_loop is not None and not _socket_loop.is_closed():
        _socket_loop.call_soon_threadsafe(hub(_socket_loop).deliver, user_id, message)


async def send_to(user_id: int, message: dict[str, Any]) -> None:
    """Hand a message to all sockets of a user. Best effort; from the loop that runs sockets."""
    message = message | {"user": user_id}
    if settings.REDIS_URL:
        await _send(user_id, message)
    else:
        hub().deliver(user_id, message)


async def signal(user_ids: Iterable[int], frame: dict[str, Any]) -> None:
    """A frame of the moment, such as typing: in no stream, and nobody makes up for it. Best effort."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PUSH_TIMEOUT):
            for user_id in user_ids:
                await send_to(user_id, {"type": "signal", "frame": frame})


def encode(frame: dict[str, Any]) -> str:
    """A frame as it goes over the wire: UTC with Z."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z).decode()


async def _send(user_id: int, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    group = group_of(user_id)
    try:
        async with asyncio.timeout(PUSH_TIMEOUT):
            await layer.group_send(group, message)
    except Exception:  # noqa: BLE001 - a dead Redis fails in many ways; the frame is in the stream
        log.warning("push_failed", extra={"group": group})


@cache
def _publisher_loop() -> asyncio.AbstractEventLoop:
    """One background loop a process keeps one connection to Redis open, whatever threads publish through it."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live-publisher", daemon=True).start()
    return loop
