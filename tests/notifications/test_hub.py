"""One subscription a process for all sockets of a user."""

import asyncio

import pytest

from notifications import hub as hubs
from notifications.hub import Hub, group_of, user_of
from tests.support.patience import PATIENCE


class Layer:
    """Redis' side: what was subscribed to, and a mailbox to put messages into."""

    def __init__(self):
        self.calls = []
        self.mailbox = asyncio.Queue()

    async def new_channel(self):
        return "mailbox"

    async def group_add(self, group, channel):
        self.calls.append(("add", group, channel))

    async def group_discard(self, group, channel):
        self.calls.append(("discard", group, channel))

    async def receive(self, channel):
        return await self.mailbox.get()


class Listener:
    def __init__(self):
        self.heard = asyncio.Queue()

    def hear(self, message):
        self.heard.put_nowait(message)


class Broken:
    def hear(self, message):
        raise KeyError("odd")


@pytest.fixture
async def layer(monkeypatch, settings):
    settings.REDIS_URL = "redis://somewhere"
    layer = Layer()
    monkeypatch.setattr(hubs, "get_channel_layer", lambda: layer)
    return layer


def test_a_group_names_its_user():
    assert user_of(f"peerlearn/5__group__{group_of(42)}") == 42


async def test_all_listeners_of_a_user_hear_what_arrives_once(layer):
    hub, devices, other = Hub(), [Listener(), Listener()], Listener()
    for device in devices:
        await hub.join(7, device)
    await hub.join(8, other)

    layer.mailbox.put_nowait({"type": "event", "user": 7})

    async with asyncio.timeout(PATIENCE):
        assert [await device.heard.get() for device in devices] == [{"type": "event", "user": 7}] * 2
    assert other.heard.empty()
    assert {call for call in layer.calls if call[0] == "add"} == {("add", f"user.{n}", "mailbox") for n in (7, 8)}


async def test_the_last_one_to_leave_ends_the_subscription(layer):
    hub, first, second = Hub(), Listener(), Listener()
    await hub.join(7, first)
    await hub.join(7, second)

    await hub.leave(7, first)
    assert not any(call[0] == "discard" for call in layer.calls)
    await hub.leave(7, second)
    await hub.leave(7, second)  # safe to repeat

    assert ("discard", "user.7", "mailbox") in layer.calls
    hub.deliver(7, {"type": "event"})
    assert first.heard.empty()
    assert second.heard.empty()


async def test_the_trouble_of_one_is_not_the_others(layer, caplog):
    hub, device = Hub(), Listener()
    await hub.join(7, Broken())
    await hub.join(7, device)

    hub.deliver(7, {"type": "event"})

    assert device.heard.get_nowait() == {"type": "event"}
    assert [record.getMessage() for record in caplog.records] == ["delivery_failed"]


async def test_who_could_not_subscribe_may_join_again(layer, monkeypatch):
    hub, device = Hub(), Listener()

    async def away(group, channel):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(layer, "group_add", away)
        with pytest.raises(ConnectionRefusedError):
            await hub.join(7, device)
    await hub.join(7, device)

    hub.deliver(7, {"type": "event"})
    assert device.heard.qsize() == 1, "it is one listener, however often it joins"


async def test_without_redis_nothing_is_subscribed_to(layer, settings):
    settings.REDIS_URL = ""
    hub, device = Hub(), Listener()
    await hub.join(7, device)
    hub.deliver(7, {"type": "event"})
    await hub.leave(7, device)

    assert device.heard.qsize() == 1
    assert layer.calls == []
