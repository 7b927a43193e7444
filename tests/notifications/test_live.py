import asyncio
from datetime import UTC, datetime

import pytest

from notifications import live
from notifications.hub import hub
from tests.support.patience import PATIENCE


class Heard(list):
    """A listener that only writes down what it is given."""

    __hash__ = object.__hash__

    def hear(self, message):
        self.append(message)


@pytest.fixture
def sent(monkeypatch):
    """A channel layer that only writes down what it is given."""

    class Layer:
        def __init__(self):
            self.messages = []

        async def group_send(self, group, message):
            self.messages.append((group, message))

    layer = Layer()
    monkeypatch.setattr(live, "get_channel_layer", lambda: layer)
    return layer.messages


@pytest.fixture
def no_redis(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(live, "_socket_loop", None)


def test_a_frame_goes_over_the_wire_in_utc():
    at = datetime(2026, 3, 1, 14, tzinfo=UTC)

    assert live.encode({"type": "a", "at": at}) == '{"type":"a","at":"2026-03-01T14:00:00Z"}'


async def test_a_push_reaches_the_listeners_of_its_user(no_redis):
    live.register_socket_loop()
    mine, other = Heard(), Heard()
    await hub().join(7, mine)
    await hub().join(8, other)

    await asyncio.to_thread(live.push, 7, 3, "{}")
    await until(lambda: mine)

    assert mine == [{"type": "event", "user": 7, "seq": 3, "text": "{}"}]
    assert other == []


def test_without_sockets_in_this_process_nothing_is_pushed(no_redis, sent):
    live.push(7, 3, "{}")

    assert sent == []


def test_a_loop_that_has_ended_is_nobodys(no_redis, sent, monkeypatch):
    loop = asyncio.new_event_loop()
    loop.close()
    monkeypatch.setattr(live, "_socket_loop", loop)

    live.push(7, 3, "{}")

    assert sent == []


def test_with_redis_one_loop_of_the_process_publishes(settings, sent):
    settings.REDIS_URL = "redis://somewhere"

    live.push(7, 3, "{}")
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), live._publisher_loop()).result(timeout=PATIENCE)

    assert [group for group, _ in sent] == ["user.7"]


async def test_a_layer_that_fails_is_logged_and_nothing_else(monkeypatch, caplog):
    class Dead:
        async def group_send(self, group, message):
            raise ConnectionRefusedError

    monkeypatch.setattr(live, "get_channel_layer", Dead)

    await live._send(7, {})

    assert [record.getMessage() for record in caplog.records] == ["push_failed"]


async def test_a_layer_that_hangs_is_given_up(monkeypatch, caplog):
    class Hanging:
        async def group_send(self, group, message):
            await asyncio.Event().wait()

    monkeypatch.setattr(live, "get_channel_layer", Hanging)
    monkeypatch.setattr(live, "PUSH_TIMEOUT", 0.01)

    await live._send(7, {})

    assert [record.getMessage() for record in caplog.records] == ["push_failed"]


async def test_without_a_layer_nothing_happens(monkeypatch, caplog):
    monkeypatch.setattr(live, "get_channel_layer", lambda: None)

    await live._send(7, {})

    assert caplog.records == []


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0)
