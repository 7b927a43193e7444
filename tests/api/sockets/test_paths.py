"""Paths where no socket is."""

import pytest
from channels.testing import WebsocketCommunicator

from peerlearn.asgi import application
from tests.support.patience import PATIENCE


@pytest.mark.parametrize("path", ["/ws/abc", "/ws/messages/7", "/api/v1/ws", "/nonsense", "/ws/" + "9" * 30, "/"])
async def test_an_unknown_path_is_accepted_and_closed_with_its_own_code(path):
    socket = WebsocketCommunicator(application, path)

    accepted, _ = await socket.connect(timeout=PATIENCE)
    closed = await socket.receive_output(timeout=PATIENCE)

    assert accepted
    assert (closed["type"], closed["code"]) == ("websocket.close", 4004)
