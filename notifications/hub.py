"""Who listens in this process: one subscription for all sockets of a user, however many there are.

What arrives is handed to each of them by a plain call. Without Redis there is one process, and nothing to subscribe to.
"""

import asyncio
import logging
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)

# What the sockets of a user receive when they may have missed something.
LOOK = "look"


class Listener(Protocol):
    def hear(self, message: dict[str, Any]) -> None: ...


def group_of(user_id: int) -> str:
    """The name under which all processes that have sockets of one user listen."""
    return f"user.{user_id}"


def user_of(group: str) -> int:
    """The reverse; of the group's name as Redis has it, too."""
    return int(group.rpartition(".")[2])


class Hub:
    """The listeners of one event loop. `receive` is its mailbox in the channel layer."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[Listener]] = {}
        self._channel = ""
        self._receiving: asyncio.Task[None] | None = None

    async def join(self, user_id: int, listener: Listener) -> None:
        """From now on it hears what is sent to the user. Raises whatever Redis' absence raises; join again then."""
        self._listeners.setdefault(user_id, set()).add(listener)
        layer = get_channel_layer() if settings.REDIS_URL else None
        if layer is None:
            return
        if self._receiving is None or self._receiving.done():
            self._channel = await layer.new_channel()
            self._receiving = asyncio.create_task(self._receive(layer))
        await layer.group_add(group_of(user_id), self._channel)

    async def leave(self, user_id: int, listener: Listener) -> None:
        """It hears nothing any more. Raises as `join` does."""
        others = self._listeners.get(user_id, set())
        others.discard(listener)
        if others:
            return
        self._listeners.pop(user_id, None)
        layer = get_channel_layer() if settings.REDIS_URL else None
        if layer is not None and self._channel:
            await layer.group_discard(group_of(user_id), self._channel)

    def deliver(self, user_id: int, message: dict[str, Any]) -> None:
        """To all listeners of the user in this process; only from the loop's own thread."""
        for listener in tuple(self._listeners.get(user_id, ())):
            try:
                listener.hear(message)
            except Exception:
                log.exception("delivery_failed")  # one socket's trouble is not the others'

    def count(self) -> int:
        """How many listen."""
        return sum(len(listeners) for listeners in tuple(self._listeners.values()))

    async def _receive(self, layer: Any) -> None:
        while True:
            message = await layer.receive(self._channel)
            self.deliver(message["user"], message)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub(loop: asyncio.AbstractEventLoop | None = None) -> Hub:
    """That of the loop, or of the running one."""
    return _hubs.setdefault(loop or asyncio.get_running_loop(), Hub())


def sockets_here() -> int:
    """How many signed-in sockets this process has; from any thread."""
    return sum(each.count() for each in tuple(_hubs.values()))
