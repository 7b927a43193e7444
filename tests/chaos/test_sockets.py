"""Goal S10 on a real server: who may listen, for how long, and what one client can do to the others."""

import asyncio
import json
from collections import Counter
from contextlib import suppress

import pytest
import websockets

from tests.chaos.load import ask, clients, until
from tests.chaos.sockets import Device
from tests.support import world
from tests.support.figures import figure
from tests.support.server import running_site

LISTENERS = 100
EVENTS, AT_ONCE = figure(1000, 200), 50
BIG_FRAMES, BIG_BYTES = 1500, 60_000
MEMORY_MB = 50


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("sockets")) as one:
        yield one


@pytest.fixture(scope="module")
def server(site):
    return site.serve()


@pytest.fixture(scope="module")
def hasty_server(site):
    return site.serve(module="tests.chaos.hasty_sockets")


@pytest.fixture
def redis_site(tmp_path, redis):
    with running_site(tmp_path, redis_url=redis.url) as one:
        yield one


# --- bad handshakes -----------------------------------------------------------------------------------------------


async def knock(server, user, *, token=None, first_frame=None, **options):
    """What a handshake comes to: `(close code, frames seen)`."""
    address = f"{server.ws_url}/ws/{user}" + (f"?token={token}" if token is not None else "")
    frames = []
    async with websockets.connect(address, proxy=None, **options) as socket:
        if first_frame is not None:
            await socket.send(first_frame)
        try:
            while True:
                frames.append(json.loads(await asyncio.wait_for(socket.recv(), 15)))
        except websockets.ConnectionClosed:
            return socket.close_code, frames
        except TimeoutError:
            return "still open", frames


async def test_bad_handshakes_are_closed_before_any_event(site, server):
    me, other, gone, signed_out, demoted = site.call(world.make_students, 5)
    odd = site.call(odd_tokens, me["id"])
    site.call(end_sign_ins, gone["id"], signed_out["id"], demoted["id"])
    mine = me["id"]

    def auth(token):
        return json.dumps({"type": "auth", "token": token})

    attempts = {
        "no token": (4008, knock(server, mine)),
        "an empty token": (4008, knock(server, mine, token="")),
        "garbage": (4001, knock(server, mine, token="garbage")),
        "expired": (4001, knock(server, mine, token=odd["expired"])),
        "of another key": (4001, knock(server, mine, token=odd["other key"])),
        "unsigned": (4001, knock(server, mine, token=odd["unsigned"])),
        "a refresh token": (4001, knock(server, mine, token=me["refresh"])),
        "another user's socket": (4003, knock(server, other["id"], token=me["token"])),
        "nobody's socket": (4003, knock(server, 999_999, token=me["token"])),
        "a deactivated user": (4001, knock(server, gone["id"], token=gone["token"])),
        "a revoked sign-in": (4001, knock(server, signed_out["id"], token=signed_out["token"])),
        "an outdated token version": (4001, knock(server, demoted["id"], token=demoted["token"])),
        "an alien page": (4003, knock(server, mine, token=me["token"], origin="https://evil.example")),
        "first frame: garbage": (4001, knock(server, mine, first_frame=auth("garbage"))),
        "first frame: no auth": (4001, knock(server, mine, first_frame='{"type": "resume", "since": 0}')),
        "first frame: no string": (4001, knock(server, mine, first_frame='{"type": "auth", "token": 5}')),
        "first frame: another user's": (4003, knock(server, other["id"], first_frame=auth(me["token"]))),
        "a cookie with garbage": (
            4001,
            knock(server, mine, additional_headers={"Cookie": "token=garbage; other=1"}),
        ),
    }
    site.call(push_event, mine)
    site.call(push_event, other["id"])
    found = await asyncio.gather(*(attempt for _, attempt in attempts.values()))

    expected = {name: (code, []) for name, (code, _) in attempts.items()}
    assert dict(zip(attempts, found, strict=True)) == expected


async def test_good_handshakes_are_welcome(site, server):
    """The control for the bad ones: query, first frame, cookie, and our own page."""
    (me,) = site.call(world.make_students)
    first_frame = json.dumps({"type": "auth", "token": me["token"]})
    ways = [
        {"token": me["token"]},
        {"first_frame": first_frame},
        {"additional_headers": {"Cookie": f"token={me['token']}"}},
        {"token": me["token"], "origin": server.url},
        {"token": me["token"], "origin": "http://localhost:3000"},
    ]

    for way in ways:
        address = f"{server.ws_url}/ws/{me['id']}" + (f"?token={way['token']}" if "token" in way else "")
        options = {name: value for name, value in way.items() if name in ("origin", "additional_headers")}
        async with websockets.connect(address, proxy=None, **options) as socket:
            if "first_frame" in way:
                await socket.send(way["first_frame"])
            hello = json.loads(await asyncio.wait_for(socket.recv(), 15))
        assert (hello["type"], hello["user_id"]) == ("connection", me["id"])


# --- how long -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["deactivate", "sign_out", "expire"])
async def test_an_open_socket_ends_with_its_sign_in(site, hasty_server, end):
    person, other = site.call(world.make_students, 2)
    if end == "expire":
        person = person | {"token": site.call(short_token, person["id"])}

    async with Device(hasty_server.ws_url, person) as device, Device(hasty_server.ws_url, other) as untouched:
        if end != "expire":
            site.call(end_sign_in, person["id"], end)
        await asyncio.wait_for(device.socket.wait_closed(), 15)

        assert device.socket.close_code == 4001
        assert device.frames[-1]["type"] == "token_expired"
        await untouched.send({"type": "ping"})
        await until(lambda: got_pong(untouched), what="a pong")


# --- what one client can do ---------------------------------------------------------------------------------------


async def test_whoever_floods_is_shown_out(site, server):
    (me,) = site.call(world.make_students)

    async with Device(server.ws_url, me) as device:
        for _ in range(20):
            await device.send({"type": "ping"})
        await until(lambda: got_pong(device, 20), what="twenty pongs")
    async with Device(server.ws_url, me) as device:
        with suppress(websockets.ConnectionClosed):  # the server closes while more are being sent
            for _ in range(60):
                await device.socket.send('{"type": "ping"}')
        await asyncio.wait_for(device.socket.wait_closed(), 15)

    assert device.socket.close_code == 4029
    assert sum(frame["type"] == "pong" for frame in device.frames) <= 20


@pytest.mark.parametrize("size", [64 * 1024 + 1, 5_000_000])
async def test_whoever_sends_too_much_at_once_is_shown_out(site, server, size):
    (me,) = site.call(world.make_students)

    async with Device(server.ws_url, me) as device:
        with suppress(websockets.ConnectionClosed):  # the server may close before all of it is sent
            await device.socket.send("x" * size)
        await asyncio.wait_for(device.socket.wait_closed(), 15)

    assert device.socket.close_code == 1009


@pytest.mark.redis
async def test_of_many_events_everybody_gets_their_own_and_nobody_elses(redis_site):
    server = redis_site.serve()
    people = redis_site.call(world.make_students, LISTENERS)
    devices = [Device(server.ws_url, person) for person in people]
    await asyncio.gather(*(device.connect() for device in devices))

    for sent in range(AT_ONCE, EVENTS + 1, AT_ONCE):
        await asyncio.to_thread(redis_site.call, push_to_all, [person["id"] for person in people], AT_ONCE)
        assert all(await asyncio.gather(*(device.got(sent) for device in devices)))
    await asyncio.gather(*(device.disconnect() for device in devices))

    meant_for = Counter(
        frame["for"] == device.person["id"] for device in devices for frame in device.frames if "for" in frame
    )
    assert meant_for == {True: LISTENERS * EVENTS}
    assert all(device.seqs == list(range(1, EVENTS + 1)) for device in devices)


@pytest.mark.redis
async def test_a_client_that_does_not_read_costs_no_memory(redis_site):
    server = redis_site.serve()
    slow, quick = redis_site.call(world.make_students, 2)
    async with Device(server.ws_url, quick) as device:
        address = f"{server.ws_url}/ws/{slow['id']}?token={slow['token']}"
        # One frame is read, and nothing after it: the library stops reading when this many lie there.
        async with websockets.connect(address, proxy=None, max_queue=1, close_timeout=0.1) as sleeper:
            await sleeper.recv()
            before = memory_of(server.pid)

            pushing = asyncio.to_thread(redis_site.call, push_big, slow["id"], quick["id"], BIG_FRAMES, BIG_BYTES)
            pushing = asyncio.create_task(pushing)
            highest = before
            while not pushing.done() or len(device.events) < BIG_FRAMES // 10:
                highest = max(highest, memory_of(server.pid))
                await asyncio.sleep(0.05)
            await pushing

        # What it has missed is there when it comes back.
        async with Device(server.ws_url, slow) as back:
            await back.send({"type": "resume", "since": BIG_FRAMES - 3})
            assert await back.got(3)

    print(
        f"memory: {before:.0f} MB before, {highest:.0f} MB at most; {BIG_FRAMES * BIG_BYTES / 1e6:.0f} MB were pushed"
    )
    assert highest - before < MEMORY_MB
    assert device.seqs == list(range(1, BIG_FRAMES // 10 + 1))


async def test_no_token_is_ever_logged(site):
    server = site.serve(module="tests.chaos.talkative")
    me, other = site.call(world.make_students, 2)
    secrets = [me["token"], me["refresh"]]

    async with Device(server.ws_url, me), clients(server.url) as client:
        await knock(server, other["id"], token=me["token"])
        await ask(client, "GET", "/auth/me", me)
        await ask(client, "GET", f"/api/sessions?token={me['token']}")
        await ask(client, "GET", f"/nowhere?token={me['token']}")
        await ask(client, "POST", "/auth/refresh", json={"refresh_token": me["refresh"]})
        await ask(client, "POST", "/auth/refresh", json={"refresh_token": me["refresh"]})
        await ask(client, "POST", f"/ws/{me['id']}?token={me['token']}")
    server.stop()

    log = site.logs()
    assert '"path": "/auth/me"' in log or "GET /auth/me" in log, "requests are not logged at all"
    # The signature alone identifies a token; the rest may be cut or escaped.
    assert [secret for secret in secrets if secret.rsplit(".", 1)[1] in log] == []


async def got_pong(device, count=1):
    return sum(frame["type"] == "pong" for frame in device.frames) >= count


def memory_of(pid):
    """Resident megabytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


# --- beside the server --------------------------------------------------------------------------------------------


def odd_tokens(user):
    from datetime import timedelta

    import jwt
    from rest_framework_simplejwt.tokens import AccessToken

    from accounts import tokens
    from accounts.models import TokenFamily, User

    person = User.objects.get(pk=user)
    family = TokenFamily.objects.get(user=person)
    payload = AccessToken(tokens.make_pair(person, family).access).payload
    expired = AccessToken()
    expired.payload = dict(payload)
    expired.set_exp(lifetime=timedelta(seconds=-5))
    return {
        "expired": str(expired),
        "other key": jwt.encode(payload, "another key of fifty characters and some more to be safe", "HS256"),
        "unsigned": jwt.encode(payload, None, "none"),
    }


def short_token(user):
    """An access token that ends in three seconds."""
    from datetime import timedelta

    from rest_framework_simplejwt.tokens import AccessToken

    from accounts import tokens
    from accounts.models import TokenFamily, User

    person = User.objects.get(pk=user)
    token = AccessToken(tokens.make_pair(person, TokenFamily.objects.get(user=person)).access)
    token.set_exp(lifetime=timedelta(seconds=3))
    return str(token)


def end_sign_ins(gone, signed_out, demoted):
    from accounts.models import Role, User
    from accounts.services import moderation

    end_sign_in(gone, "deactivate")
    end_sign_in(signed_out, "sign_out")
    moderation.change_role(demoted, Role.TUTOR, actor=User.objects.get(pk=world.make_admin()["id"]))


def end_sign_in(user, how):
    from django.utils import timezone

    from accounts.models import TokenFamily, User
    from accounts.services import moderation

    if how == "deactivate":
        moderation.deactivate(user, actor=User.objects.get(pk=world.make_admin()["id"]))
    else:
        TokenFamily.objects.filter(user=user).update(revoked_at=timezone.now())


def push_event(user):
    push_to_all([user], 1)


def push_to_all(users, times):
    """So many events for each of them, marked with whom they are for."""
    from django.db import transaction

    from notifications.services import stream

    for number in range(times):
        with transaction.atomic():
            stream.append([(user, {"type": "notification", "for": user, "number": number}) for user in sorted(users)])


def push_big(slow, quick, times, size):
    from django.db import transaction

    from notifications.services import stream

    filling = "x" * size
    for number in range(times):
        frames = [(slow, {"type": "notification", "filling": filling})]
        if number % 10 == 0:
            frames.append((quick, {"type": "notification"}))
        with transaction.atomic():
            stream.append(sorted(frames, key=lambda frame: frame[0]))
