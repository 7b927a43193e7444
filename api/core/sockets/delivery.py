"""How one user's events get to one socket: in order, each once, whatever was lost on the way."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, ClassVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError
from psycopg_pool import PoolTimeout

from accounts.models import User
from api.core.sockets import DIRECT_WRITE, presence
from api.core.sockets.frames import Frames
from notifications.services import stream

DATABASE_AWAY = (DatabaseError, InterfaceError, PoolTimeout)

# So long a new socket keeps events back, for the client to say where it left off: they come in order, and once.
RESUME_WITHIN = 0.5


class DeliveringSocket(AsyncWebsocketConsumer):
    """What the hub calls (`notifications.hub.Listener`), and what is sent to the client."""

    frames: ClassVar[Frames]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user: User | None = None
        self.began_seq = 0  # where the stream stood when the client was greeted
        self.sent_seq = 0
        self.sending = asyncio.Lock()
        self.is_greeted = False
        self.is_holding = False
        self.must_look = False
        self.looking: asyncio.Task[None] | None = None
        self.tasks: set[asyncio.Task[Any]] = set()

    @property
    def me(self) -> User:
        assert self.user  # noqa: S101 - set before anything is heard or told
        return self.user

    async def tell(self, frame: dict[str, Any]) -> None:
        """Send a frame that is no event of the stream, if this contract's clients are told such things."""
        text = self.frames.write(frame, self.me)
        if text is not None:
            await self.send(text_data=text)

    def hear(self, message: dict[str, Any]) -> None:
        """Something was sent to the user, in whatever process."""
        if not self.is_greeted:
            return  # the stream is looked into before long
        match message["type"]:
            case "event":
                self._hear_event(message["seq"], message["text"])
            case "look":
                self._look_soon()
            case "signal":  # of the moment, such as typing: in no stream, and without a number
                self._write(self.frames.write(message["frame"], self.me))
            case "ask":  # another socket of the user's was closed; this one is still there
                self._soon(presence.note_here(self.me.pk))

    def _hear_event(self, seq: int, text: str) -> None:
        """Out of order or missing ones are fetched from the stream."""
        if self.is_holding or seq <= self.sent_seq:
            return
        if seq == self.sent_seq + 1 and not self.sending.locked():
            self.sent_seq = seq
            self._write(self.frames.rewrite(text, self.me))
        else:
            self._look_soon()

    def _write(self, text: str | None) -> None:
        """Our own server takes texts without a detour: a thousand sockets may be waiting for the same one."""
        if text is None:
            return
        write = self.scope.get("extensions", {}).get(DIRECT_WRITE)
        if write:
            write(text)
        else:
            self._soon(self.send(text_data=text))

    def _soon(self, doing: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(doing)
        self.tasks.add(task)  # the loop alone would not keep it
        task.add_done_callback(self.tasks.discard)
        return task

    def _look_soon(self) -> None:
        self.must_look = True
        if not self.is_holding and (self.looking is None or self.looking.done()):
            self.looking = self._soon(self._look())

    async def _look(self) -> None:
        while self.must_look:
            self.must_look = False
            with contextlib.suppress(*DATABASE_AWAY):  # the next event, or `_watch`, shows the gap
                await self._catch_up()

    # --- the stream -----------------------------------------------------------------------------------------------

    def _begin_at(self, seq: int) -> None:
        self.began_seq = self.sent_seq = seq
        self.is_holding = True

    def _stop_delivering(self) -> None:
        for task in tuple(self.tasks):
            task.cancel()

    async def resume(self, since: int) -> None:
        """Replay everything after that number: what the client missed while it was away.

        Who resumes so late that newer events have come already gets what was before them, and nothing twice.
        """
        self.is_holding = False  # what was held back is in the stream
        async with self.sending:
            # A number from the future (the database was restored) must not make the socket deaf until then.
            last = await database_sync_to_async(stream.last_seq)(self.me.pk)
            is_late = since < self.began_seq < self.sent_seq
            replayed = await self._replay(min(since, last), until=self.began_seq if is_late else None)
            self.sent_seq = max(self.sent_seq, replayed)
            self.began_seq = min(self.began_seq, since)
        await self.tell({"type": "resumed", "since": since, "seq": self.sent_seq})

    async def _hold(self) -> None:
        await asyncio.sleep(RESUME_WITHIN)
        with contextlib.suppress(*DATABASE_AWAY):  # the next event, or `_watch`, shows the gap
            await self._end_holding()

    async def _end_holding(self) -> None:
        if self.is_holding:
            self.is_holding = False
            await self._catch_up()

    async def _catch_up(self) -> None:
        async with self.sending:
            head = await database_sync_to_async(stream.last_seq)(self.me.pk)
            if head > self.sent_seq:
                self.sent_seq = max(await self._replay(self.sent_seq), head)

    async def _replay(self, seq: int, *, until: int | None = None) -> int:
        """Send what came after `seq`, and not after `until`; returns the number of the last frame sent."""
        while True:
            events = await database_sync_to_async(stream.since)(self.me.pk, seq)
            for number, text in events:
                if until is not None and number > until:
                    return seq
                await self.send(text_data=self.frames.rewrite(text, self.me))
                seq = number
            if len(events) < stream.MOST_AT_ONCE:
                return seq
