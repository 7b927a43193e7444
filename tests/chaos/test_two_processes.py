"""What happens in one server process is told on the sockets of another, to those whom it concerns."""

import asyncio

import pytest

from tests.chaos.load import ask, clients
from tests.chaos.sockets import Device
from tests.support import world
from tests.support.server import running_site

pytestmark = pytest.mark.redis


@pytest.fixture
def site(engine, tmp_path, redis):
    with running_site(tmp_path, engine=engine, redis_url=redis.url) as one:
        yield one


async def test_a_join_in_one_process_reaches_the_host_in_another(site):
    other = site.serve()
    for one in (site.serve(), site.serve_wsgi(workers=2)):
        await a_join_reaches_the_host(site, one, other)


async def a_join_reaches_the_host(site, one, other):
    (host,), (stranger,) = site.call(world.make_tutors), site.call(world.make_tutors)
    students = site.call(world.make_students, 5)
    session = site.call(world.make_session, host["id"])

    devices = [Device(other.ws_url, host) for _ in range(3)]
    others = [Device(other.ws_url, somebody) for somebody in (stranger, *students)]
    async with clients(one.url) as client:
        await asyncio.gather(*(device.connect() for device in devices + others))
        for student in students:
            answer = await ask(client, "POST", f"/api/sessions/{session}/join", student)
            assert answer.status == 201
        assert all([await device.got(len(students)) for device in devices])
        # Pings are answered in order: whatever was on its way to the others has come before.
        await asyncio.gather(*(device.send({"type": "ping"}) for device in others))
        await asyncio.gather(*(pong(device) for device in others))
        await asyncio.gather(*(device.disconnect() for device in devices + others))

    for device in devices:
        assert [frame["data"]["actor_id"] for frame in device.events] == [student["id"] for student in students]
        assert {frame["notification_type"] for frame in device.events} == {"session_joined"}
        assert device.seqs == [1, 2, 3, 4, 5]
    assert [device.events for device in others] == [[]] * len(others)


async def pong(device):
    while device.frames[-1]["type"] != "pong":
        await asyncio.sleep(0.02)
