"""Goal R12: Redis goes away for a while. Requests do not notice; sockets lose nothing."""

import asyncio
import time

import pytest

from tests.chaos.load import ask, clients, outcomes, report, until
from tests.chaos.sockets import Device
from tests.support import world
from tests.support.figures import figure
from tests.support.server import running_site

# As the goal has it: with several processes Redis goes with PostgreSQL.
pytestmark = [pytest.mark.redis, pytest.mark.postgres]

AWAY_SECONDS = figure(60, 15)
A_SECOND = 50
BACK_WITHIN = 5


@pytest.fixture
def site(tmp_path, redis):
    with running_site(tmp_path, engine="postgres", redis_url=redis.url) as one:
        yield one


async def test_requests_go_on_and_sockets_get_everything_once(site, redis):
    server, sockets = site.serve_wsgi(workers=2), site.serve()
    hosts, students = site.call(world.make_tutors, 4), site.call(world.make_students, 20)
    sessions = [site.call(world.make_session, host["id"], seats=20) for host in hosts]
    answers, running = [], True

    async def steady():
        """People come and go; each change tells the host, each leaving the leaver too."""
        async with clients(server.url) as client:
            turns = [(student, move) for student in students for move in ("join", "leave")]
            while running:
                for index, (student, move) in enumerate(turns):
                    if not running:
                        return
                    began = time.monotonic()
                    path = f"/api/sessions/{sessions[index // 2 % 4]}/{move}"
                    answers.append(await ask(client, "POST", path, student))
                    await asyncio.sleep(max(0, 1 / A_SECOND - (time.monotonic() - began)))

    steadfast = [Device(sockets.ws_url, host) for host in hosts]
    async with Device(sockets.ws_url, hosts[0]) as leaver:
        await asyncio.gather(*(device.connect() for device in steadfast))
        load = asyncio.create_task(steady())
        await until(lambda: seen(steadfast, 5), what="the first events")

        await asyncio.to_thread(redis.stop)
        await leaver.disconnect()
        down = asyncio.get_running_loop().time() + AWAY_SECONDS
        await until(lambda: passed(down), seconds=AWAY_SECONDS + 1)
        await asyncio.to_thread(redis.start)
        back = asyncio.get_running_loop().time() + BACK_WITHIN
        await until(lambda: passed(back), seconds=BACK_WITHIN + 1)

        # Five seconds after its return the sockets are live again: what was missed is there, and what is new comes.
        stored = {host["id"]: site.call(world.event_count, host["id"]) for host in hosts}
        assert all([await device.got(stored[device.person["id"]], seconds=2) for device in steadfast])
        running = False
        await load
        await leaver.connect()
        await leaver.resume()
        total = site.call(world.event_count, hosts[0]["id"])
        assert await leaver.got(total)
        assert all([await one.got(site.call(world.event_count, one.person["id"])) for one in steadfast])
        await asyncio.gather(*(device.disconnect() for device in steadfast))

    report(f"join and leave, Redis away for {AWAY_SECONDS} s", answers)
    assert set(outcomes(answers)) == {"201", "200"}
    for device in [*steadfast, leaver]:
        assert device.seqs == list(range(1, site.call(world.event_count, device.person["id"]) + 1))
    told = sum(answer.status == 201 for answer in answers) + 2 * sum(answer.status == 200 for answer in answers)
    assert site.call(world.notification_count) == told


async def test_a_socket_that_opens_while_redis_is_away_misses_nothing(site, redis):
    server = site.serve()
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, 6)
    session = site.call(world.make_session, host["id"])
    redis.stop()

    async with Device(server.ws_url, host) as device, clients(server.url) as client:
        for student in students[:3]:
            assert (await ask(client, "POST", f"/api/sessions/{session}/join", student)).status == 201
        assert await device.got(3, seconds=BACK_WITHIN), "it looks into the stream by itself"
        await asyncio.to_thread(redis.start)
        for student in students[3:]:
            assert (await ask(client, "POST", f"/api/sessions/{session}/join", student)).status == 201
        assert await device.got(6, seconds=BACK_WITHIN)

    assert device.seqs == [1, 2, 3, 4, 5, 6]


async def test_what_happened_meanwhile_comes_by_itself_when_redis_is_back(site, redis):
    """Nothing new happens afterwards that could show a socket that it has missed something."""
    server = site.serve()
    (host,), (student,) = site.call(world.make_tutors), site.call(world.make_students)
    session = site.call(world.make_session, host["id"])

    async with Device(server.ws_url, host) as device, clients(server.url) as client:
        redis.stop()
        assert (await ask(client, "POST", f"/api/sessions/{session}/join", student)).status == 201
        await asyncio.to_thread(redis.start)
        assert await device.got(1, seconds=BACK_WITHIN)

    assert device.seqs == [1]


async def seen(devices, count):
    return all(len(device.events) >= count for device in devices)


async def passed(moment):
    return asyncio.get_running_loop().time() >= moment
