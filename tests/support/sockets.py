"""A socket as its client sees it, in the process of the test."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from channels.db import database_sync_to_async
from channels.layers import channel_layers
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.db import connections

from accounts.services.tokens import open_family
from api.core.sockets import delivery
from peerlearn.routing import websocket_urlpatterns
from tests.factories import MessageFactory, StudentFactory, TutorFactory
from tests.support.patience import PATIENCE

application = URLRouter(websocket_urlpatterns)
# Everything that asks the database does so in the thread that the consumers use.
in_thread = database_sync_to_async


@pytest.fixture(autouse=True)
async def connections_of_the_thread_end(transactional_db, monkeypatch):
    channel_layers.backends.clear()  # a layer belongs to the loop of one test
    monkeypatch.setattr(delivery, "RESUME_WITHIN", 0)
    yield
    await in_thread(connections.close_all)()


@pytest.fixture
async def ann():
    return await in_thread(StudentFactory)(first_name="Ann", last_name="Lee")


@pytest.fixture
async def bob():
    return await in_thread(TutorFactory)(first_name="Bob", last_name="Ray", email="tutor@example.com")


@pytest.fixture
async def message(ann, bob):
    """Bob has written to Ann."""
    return await in_thread(MessageFactory)(sender=bob, recipient=ann)


@asynccontextmanager
async def signed_in(user, path="/ws/messages"):
    """A socket of the user's that has heard so."""
    socket = await Socket(user.pk, path=path, token=(await in_thread(open_family)(user)).access).open()
    socket.hello = await socket.hear_type("connection")
    try:
        yield socket
    finally:
        await socket.disconnect()


class Socket(WebsocketCommunicator):
    """`await socket.open()`, then `say` and `hear` frames; `closing_code` when the server hangs up."""

    def __init__(self, user_id: int, *, token: str = "", path: str = "", **headers: str) -> None:
        query = f"?token={token}" if token else ""
        encoded = [
            (name.lower().encode(), value.encode()) for name, value in ({"host": "testserver"} | headers).items()
        ]
        self.hello: dict[str, Any] = {}
        super().__init__(application, (path or f"/ws/{user_id}") + query, headers=encoded)

    async def open(self) -> "Socket":
        accepted, _ = await self.connect(timeout=PATIENCE)
        assert accepted, "A handshake is never refused: clients would take it for a network fault."
        return self

    async def say(self, frame: Any) -> None:
        await self.send_to(text_data=frame if isinstance(frame, str) else orjson.dumps(frame).decode())

    async def hear(self) -> dict[str, Any]:
        output = await self.receive_output(timeout=PATIENCE)
        assert output["type"] == "websocket.send", output
        return orjson.loads(output["text"])

    async def hear_type(self, name: str) -> dict[str, Any]:
        """The next frame, which must be of that type (or event)."""
        frame = await self.hear()
        assert name in (frame.get("type"), frame.get("event")), frame
        return frame

    async def closing_code(self) -> int:
        output = await self.receive_output(timeout=PATIENCE)
        assert output["type"] == "websocket.close", output
        return output["code"]

    async def is_open(self) -> bool:
        """Whether the next thing to be heard is the answer to a ping: nothing else was waiting."""
        await self.say({"type": "ping"})
        return await self.hear() in ({"type": "pong"}, {"event": "pong", "data": {}})

    async def hears_nothing(self) -> bool:
        """The same, once all that the server was about to say to others has been said."""
        for _ in range(20):
            await asyncio.sleep(0)
        return await self.is_open()
