"""Redis is restarted under 200 open sockets, half of which lose their connection meanwhile (goal R12)."""

import asyncio

import pytest

from tests.chaos.sockets import Device
from tests.support import world
from tests.support.server import running_site

pytestmark = [pytest.mark.redis, pytest.mark.postgres]

SOCKETS = 200


@pytest.fixture
def site(tmp_path, redis):
    with running_site(tmp_path, engine="postgres", redis_url=redis.url) as one:
        yield one


async def test_two_hundred_sockets_resume_without_loss(site, redis):
    servers = [site.serve(), site.serve()]
    people = site.call(world.make_students, SOCKETS // 2)
    paths = ("/ws/messages", "/ws")  # of each person one client, on another process
    steadfast = [Device(servers[0].ws_url, person, path=paths[n % 2]) for n, person in enumerate(people)]
    movers = [Device(servers[1].ws_url, person, path=paths[(n + 1) % 2]) for n, person in enumerate(people)]
    devices = steadfast + movers
    ids = [person["id"] for person in people]

    async def tell(count):
        await asyncio.to_thread(site.call, push_titles, ids, count)

    await asyncio.gather(*(device.connect() for device in devices))
    await tell(2)
    assert all(await asyncio.gather(*(device.got(2) for device in devices)))

    await asyncio.to_thread(redis.stop)
    for device in movers:
        device.socket.transport.abort()  # no farewell, as when a network goes
    await tell(3)
    await asyncio.gather(*(come_back(device) for device in movers))
    await asyncio.to_thread(redis.start)
    await tell(2)
    arrived = await asyncio.gather(*(device.got(7) for device in devices))
    await asyncio.gather(*(device.disconnect() for device in devices))

    assert all(arrived)
    assert [device.numbers for device in steadfast] == [[1, 2, 3, 4, 5, 6, 7]] * len(steadfast)
    assert [sorted(device.numbers) for device in movers] == [[1, 2, 3, 4, 5, 6, 7]] * len(movers)


async def come_back(device):
    await device.connect()
    await device.resume()


def push_titles(users, times):
    """Notifications' frames for each of them, whole enough for either dialect."""
    from django.db import transaction

    from notifications.models import EventCounter
    from notifications.services import Notice, notify

    for _ in range(times):
        seen = dict(EventCounter.objects.values_list("user_id", "last_seq"))
        with transaction.atomic():
            notify(
                Notice(user, "session_started", "Started", "It has.", dedupe_key=f"told:{seen.get(user, 0)}")
                for user in users
            )
