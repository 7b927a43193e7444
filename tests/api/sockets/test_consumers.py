import asyncio
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.services import moderation, next_auth, presence, tokens
from accounts.services.tokens import open_family, user_of_claims
from api.core.sockets import codes, consumers, limits
from notifications import live
from notifications.hub import Hub
from notifications.models import EventCounter, LiveEvent
from notifications.services import Notice, notify
from tests.factories import AdminFactory, StudentFactory
from tests.support.patience import PATIENCE
from tests.support.sockets import Socket, in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
async def user():
    return await in_thread(StudentFactory)()


@pytest.fixture
async def pair(user):
    return await in_thread(open_family)(user)


@pytest.fixture
async def socket(user, pair):
    """A socket that is signed in and has heard so."""
    socket = await Socket(user.pk, token=pair.access).open()
    await socket.hear()
    yield socket
    await socket.disconnect()


@in_thread
def tell(*users, title="Started"):
    # The number of the event makes the cause.
    numbers = dict(EventCounter.objects.values_list("user_id", "last_seq"))
    notify(
        [
            Notice(user.pk, "session_started", title, "It has.", dedupe_key=f"cause:{numbers.get(user.pk, 0)}")
            for user in users
        ]
    )


class TestSigningIn:
    async def test_with_the_token_in_the_query(self, user, pair):
        socket = await Socket(user.pk, token=pair.access).open()

        assert await socket.hear() == {
            "type": "connection",
            "status": "connected",
            "user_id": user.pk,
            "email": user.email,
            "role": "student",
            "seq": 0,
        }
        await socket.disconnect()

    @pytest.mark.parametrize("cookie", ["token={}", "a,b=c; token={}; theme=dark"])
    async def test_with_the_token_in_a_cookie(self, user, pair, cookie):
        socket = await Socket(user.pk, cookie=cookie.format(pair.access)).open()

        assert (await socket.hear())["type"] == "connection"
        await socket.disconnect()

    @pytest.mark.parametrize("over", ["http", "https"])
    async def test_with_the_session_of_next_auth_in_its_cookie(self, settings, user, over):
        settings.TRUSTED_PROXIES = 1
        session = await in_thread(next_auth.open_session)(user, roles={}, now=timezone.now())
        names = {"http": "next-auth.session-token", "https": "__Secure-next-auth.session-token"}
        right, wrong = (f"{names[scheme]}={session.token}" for scheme in (over, {"http": "https"}.get(over, "http")))

        socket = await Socket(user.pk, cookie=right, **{"x-forwarded-proto": over}).open()
        unheard = await Socket(user.pk, cookie=wrong, **{"x-forwarded-proto": over}).open()

        assert (await socket.hear())["type"] == "connection"
        assert await unheard.receive_nothing(), "it waits for a first frame"
        await socket.disconnect()
        await unheard.disconnect()

    async def test_with_the_session_of_next_auth_as_a_token(self, user):
        session = await in_thread(next_auth.open_session)(user, roles={}, now=timezone.now())
        socket = await Socket(user.pk, token=session.token).open()
        assert (await socket.hear())["type"] == "connection"
        await socket.disconnect()
        await in_thread(next_auth.end)(session.token)

        assert await (await Socket(user.pk, token=session.token).open()).closing_code() == 4001

    async def test_with_the_token_in_a_first_frame(self, user, pair):
        socket = await Socket(user.pk).open()
        await socket.say({"type": "auth", "token": pair.access})

        assert (await socket.hear())["type"] == "connection"
        await socket.disconnect()

    async def test_the_path_may_end_with_a_slash(self, user, pair):
        socket = await Socket(user.pk, path=f"/ws/{user.pk}/", token=pair.access).open()

        assert (await socket.hear())["type"] == "connection"
        await socket.disconnect()

    async def test_the_frame_says_where_the_stream_stands(self, user, pair):
        await tell(user)
        socket = await Socket(user.pk, token=pair.access).open()

        assert (await socket.hear())["seq"] == 1
        assert await socket.is_open()
        await socket.disconnect()

    @pytest.mark.parametrize("carrier", ["query", "cookie", "frame"])
    @pytest.mark.parametrize("fault", ["garbage", "refresh token", "signed out", "expired"])
    async def test_with_bad_credentials_is_told_by_code_4001(self, user, pair, carrier, fault):
        token = {"garbage": "a.b.c", "refresh token": pair.refresh}.get(fault, pair.access)
        if fault == "signed out":
            await in_thread(tokens.revoke_by_refresh_token)(pair.refresh)
        later = timezone.now() + timedelta(hours=2 if fault == "expired" else 0)

        with time_machine.travel(later):
            if carrier == "frame":
                socket = await Socket(user.pk).open()
                await socket.say({"type": "auth", "token": token})
            elif carrier == "cookie":
                socket = await Socket(user.pk, cookie=f"token={token}").open()
            else:
                socket = await Socket(user.pk, token=token).open()

            assert await socket.closing_code() == 4001

    async def test_while_the_database_is_away_is_told_by_code_1013(self, user, pair, monkeypatch):
        def away(token) -> User:
            raise OperationalError("server closed the connection")

        monkeypatch.setattr(consumers, "user_of_access_token", away)

        socket = await Socket(user.pk, token=pair.access).open()

        assert await socket.closing_code() == 1013

    @pytest.mark.parametrize("carrier", ["query", "frame"])
    async def test_for_another_user_is_told_by_code_4003(self, user, pair, carrier):
        stranger = await in_thread(StudentFactory)()
        socket = await Socket(stranger.pk, token=pair.access if carrier == "query" else "").open()
        if carrier == "frame":
            await socket.say({"type": "auth", "token": pair.access})

        assert await socket.closing_code() == 4003

    @pytest.mark.parametrize("frame", [{"type": "ping"}, {"type": "auth"}, {"type": "auth", "token": 7}])
    async def test_any_other_first_frame_is_told_by_code_4001(self, user, frame):
        socket = await Socket(user.pk).open()
        await socket.say(frame)

        assert await socket.closing_code() == 4001

    async def test_too_late_is_told_by_code_4008(self, user, monkeypatch):
        monkeypatch.setattr(consumers, "AUTH_WITHIN", 0.01)
        socket = await Socket(user.pk).open()

        assert await socket.closing_code() == 4008

    async def test_in_time_ends_the_waiting(self, user, pair, monkeypatch):
        ended = []
        wait = consumers.StreamSocket._wait_for_auth

        async def watched(consumer):
            try:
                await wait(consumer)
            finally:
                ended.append(consumer.user)

        monkeypatch.setattr(consumers.StreamSocket, "_wait_for_auth", watched)
        socket = await Socket(user.pk).open()
        await socket.say({"type": "auth", "token": pair.access})
        await socket.hear()

        assert await socket.is_open()
        assert ended == [None]
        await socket.disconnect()

    async def test_a_socket_may_leave_without_a_word(self, user):
        socket = await Socket(user.pk).open()

        await socket.disconnect()

    async def test_signing_in_twice_is_no_mistake(self, socket, pair):
        await socket.say({"type": "auth", "token": pair.access})

        assert await socket.is_open()


class TestThePageBehindIt:
    @pytest.mark.parametrize(
        "origin", ["http://testserver", "HTTP://TESTSERVER", "https://learn.example", "https://peer.example"]
    )
    async def test_may_be_our_own_or_a_front_end_that_is_allowed(self, user, pair, settings, origin):
        settings.CORS_ALLOWED_ORIGINS = ["https://learn.example"]
        settings.PUBLIC_URL = "https://peer.example"
        socket = await Socket(user.pk, token=pair.access, origin=origin).open()

        assert (await socket.hear())["type"] == "connection"
        await socket.disconnect()

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "null",
            "http://testserver.evil.example",
            "https://learn.example:8443",
            "http://[",
            "x",
        ],
    )
    async def test_must_not_be_an_alien_one(self, user, pair, settings, origin):
        settings.CORS_ALLOWED_ORIGINS = ["https://learn.example"]
        socket = await Socket(user.pk, token=pair.access, origin=origin).open()

        assert await socket.closing_code() == 4003

    async def test_a_page_without_an_address_is_alien_whatever_the_host(self, user, pair):
        socket = await Socket(user.pk, token=pair.access, origin="null", host="").open()

        assert await socket.closing_code() == 4003


class TestTalking:
    async def test_a_ping_gets_a_pong(self, socket):
        await socket.say({"type": "ping"})

        assert await socket.hear() == {"type": "pong"}

    @pytest.mark.parametrize("frame", ["not json", "[]", '"ping"', "{}", '{"type": 7}', " ", '{"type": "dance"}'])
    async def test_a_mistake_is_told_and_the_socket_stays_open(self, socket, frame):
        await socket.say(frame)

        assert (await socket.hear())["type"] == "error"
        assert await socket.is_open()

    async def test_bytes_are_a_mistake_too(self, socket):
        await socket.send_to(bytes_data=b'{"type": "ping"}')

        assert (await socket.hear())["type"] == "error"
        assert await socket.is_open()

    async def test_a_flood_is_ended_by_code_4029(self, socket):
        for _ in range(limits.MOST_FRAMES_A_SECOND + 1):
            await socket.say({"type": "ping"})
        for _ in range(limits.MOST_FRAMES_A_SECOND):
            assert await socket.hear() == {"type": "pong"}

        assert await socket.closing_code() == 4029

    async def test_the_same_number_of_frames_in_more_time_is_no_flood(self, socket, monkeypatch):
        now = iter(range(1000))
        monkeypatch.setattr(limits.time, "monotonic", lambda: next(now) / 20)

        for _ in range(limits.MOST_FRAMES_A_SECOND * 2):
            assert await socket.is_open()

    @pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
    async def test_a_huge_frame_is_ended_by_code_1009(self, socket, size):
        await socket.say("x" * size)

        assert await socket.closing_code() == 1009

    async def test_a_frame_is_measured_in_bytes(self, socket):
        await socket.say("\N{EURO SIGN}" * 30_000)

        assert await socket.closing_code() == 1009

    async def test_64_kilobytes_are_not_too_much(self, socket):
        await socket.say({"type": "ping", "padding": "x" * 60_000})

        assert await socket.hear() == {"type": "pong"}


class TestHearing:
    async def test_a_notification_arrives_with_its_number(self, user, socket):
        await tell(user)

        frame = await socket.hear()
        assert (frame["type"], frame["title"], frame["seq"]) == ("notification", "Started", 1)

    async def test_all_devices_of_a_person_hear_it(self, user, pair, socket):
        tablet = await Socket(user.pk, token=pair.access).open()
        await tablet.hear()

        await tell(user)

        assert await socket.hear() == await tablet.hear()
        await tablet.disconnect()

    async def test_nobody_else_does(self, user, socket):
        stranger = await in_thread(StudentFactory)()
        theirs = await Socket(stranger.pk, token=(await in_thread(open_family)(stranger)).access).open()
        await theirs.hear()

        await tell(stranger)

        assert (await theirs.hear())["seq"] == 1
        assert await socket.is_open()
        await theirs.disconnect()

    async def test_a_lost_push_is_made_up_for_by_the_next(self, user, socket, monkeypatch):
        monkeypatch.setattr(live, "push", lambda *args: None)
        await tell(user, title="Lost")
        monkeypatch.undo()
        await tell(user, title="Arrived")

        assert [(await socket.hear())["title"] for _ in range(2)] == ["Lost", "Arrived"]
        assert await socket.is_open()

    async def test_a_lost_push_without_a_next_is_found_before_long(self, user, pair, monkeypatch):
        monkeypatch.setattr(consumers, "CHECK_EVERY", 0.02)
        monkeypatch.setattr(live, "push", lambda *args: None)
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        await tell(user, title="Lost")

        assert (await socket.hear())["title"] == "Lost"
        await socket.disconnect()

    async def test_a_layer_that_is_back_has_the_socket_look_for_what_it_missed(self, user, socket, monkeypatch):
        monkeypatch.setattr(live, "push", lambda *args: None)
        await tell(user, title="Lost")

        await live.send_to(user.pk, {"type": "look"})

        assert (await socket.hear())["title"] == "Lost"

    async def test_pushes_that_overtake_each_other_or_come_twice_are_put_in_order(self, user, socket, monkeypatch):
        monkeypatch.setattr(live, "push", lambda *args: None)
        for title in ("One", "Two", "Three"):
            await tell(user, title=title)
        events = await in_thread(list)(LiveEvent.objects.order_by("-seq"))

        for event in [*events, events[0]]:
            await live.send_to(user.pk, {"type": "event", "seq": event.seq, "text": event.frame})

        assert [(await socket.hear())["title"] for _ in range(3)] == ["One", "Two", "Three"]
        assert await socket.is_open()


class TestResuming:
    async def test_replays_exactly_what_was_missed_in_order(self, user, pair):
        for number in range(1, 5):
            await tell(user, title=str(number))
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        await socket.say({"type": "resume", "since": 2})

        assert [(await socket.hear())["title"] for _ in range(2)] == ["3", "4"]
        assert await socket.hear() == {"type": "resumed", "since": 2, "seq": 4}
        await tell(user, title="5")
        assert (await socket.hear())["title"] == "5"
        await socket.disconnect()

    async def test_replays_more_than_one_helping(self, user, pair):
        count = 501
        rows = [
            LiveEvent(user=user, seq=n, frame=f'{{"seq":{n}}}', created_at=timezone.now()) for n in range(1, count + 1)
        ]
        await in_thread(LiveEvent.objects.bulk_create)(rows)
        await in_thread(EventCounter.objects.create)(user=user, last_seq=count)
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        await socket.say({"type": "resume", "since": 0})

        assert [(await socket.hear())["seq"] for _ in range(count)] == list(range(1, count + 1))
        assert (await socket.hear())["type"] == "resumed"
        await socket.disconnect()

    async def test_with_nothing_missed_says_so(self, socket):
        await socket.say({"type": "resume", "since": 0})

        assert await socket.hear() == {"type": "resumed", "since": 0, "seq": 0}

    async def test_from_the_future_does_not_make_the_socket_deaf(self, user, socket):
        await socket.say({"type": "resume", "since": 10_000})
        assert await socket.hear() == {"type": "resumed", "since": 10_000, "seq": 0}

        await tell(user)

        assert (await socket.hear())["seq"] == 1

    @pytest.mark.parametrize("since", [None, "3", -1, 2**63, 1.5, True, []])
    async def test_needs_a_number(self, socket, since):
        await socket.say({"type": "resume", "since": since})

        assert (await socket.hear())["type"] == "error"
        assert await socket.is_open()


class TestTheEnd:
    @pytest.fixture(autouse=True)
    def often(self, monkeypatch):
        monkeypatch.setattr(consumers, "CHECK_EVERY", 0.02)

    async def hears_the_end(self, socket, code) -> None:
        frame = await socket.hear()
        assert (frame["type"], frame["code"]) == ("token_expired", code)
        assert await socket.closing_code() == 4001

    async def test_comes_when_the_token_expires(self, user, pair):
        with time_machine.travel(timezone.now()) as clock:
            socket = await Socket(user.pk, token=pair.access).open()
            await socket.hear()
            assert await socket.is_open()

            clock.shift(timedelta(hours=1))

            await self.hears_the_end(socket, "TOKEN_EXPIRED")

    async def test_comes_when_the_account_is_deactivated(self, user, pair):
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        admin = await in_thread(AdminFactory)()
        await in_thread(moderation.deactivate)(user.pk, actor=admin)

        await self.hears_the_end(socket, "TOKEN_REVOKED")

    async def test_comes_when_the_device_is_signed_out(self, user, pair):
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        await in_thread(tokens.revoke_by_refresh_token)(pair.refresh)

        await self.hears_the_end(socket, "TOKEN_REVOKED")

    async def test_does_not_come_because_the_database_was_away_for_a_moment(self, user, pair, monkeypatch):
        answers = []

        def away_once(claims) -> User:
            answers.append(claims)
            if len(answers) == 1:
                raise OperationalError("server closed the connection")
            return user_of_claims(claims)

        monkeypatch.setattr(consumers, "user_of_claims", away_once)
        monkeypatch.setattr(live, "push", lambda *args: None)
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()
        assert await socket.is_open()  # it holds nothing back any more: only a look can find what comes now

        await tell(user)

        assert (await socket.hear())["type"] == "notification"
        assert len(answers) > 1
        await socket.disconnect()


class TestWithoutAChannelLayer:
    @pytest.fixture
    async def layer(self, monkeypatch):
        """The layer can be broken and mended."""

        class Layer:
            alive = False

        def breakable(works):
            async def method(*args):
                if not Layer.alive:
                    raise ConnectionRefusedError("no Redis")
                return await works(*args)

            return method

        for name in ("join", "leave"):
            monkeypatch.setattr(Hub, name, breakable(getattr(Hub, name)))
        monkeypatch.setattr(consumers, "CHECK_WHILE_DEAF", 0.02)
        return Layer

    async def test_a_socket_signs_in_and_hears_what_the_stream_says(self, user, pair, layer):
        socket = await Socket(user.pk, token=pair.access).open()
        assert (await socket.hear())["type"] == "connection"
        assert await socket.is_open()

        await tell(user)

        assert (await socket.hear())["seq"] == 1
        await socket.disconnect()

    async def test_it_listens_again_once_the_layer_is_back(self, user, pair, layer, monkeypatch):
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()
        await tell(user, title="Found")
        assert (await socket.hear())["title"] == "Found"

        listens = asyncio.Event()
        listen = consumers.StreamSocket._listen

        async def listen_and_say_so(consumer):
            await listen(consumer)
            if consumer.listening:
                listens.set()

        monkeypatch.setattr(consumers.StreamSocket, "_listen", listen_and_say_so)
        monkeypatch.setattr(consumers, "CHECK_EVERY", 3600)  # from now on only a push can tell it anything
        layer.alive = True
        async with asyncio.timeout(PATIENCE):
            await listens.wait()
        await tell(user, title="Pushed")

        assert (await socket.hear())["title"] == "Pushed"
        await socket.disconnect()

    async def test_a_socket_leaves_in_peace_when_it_breaks(self, user, pair, layer):
        layer.alive = True
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()

        layer.alive = False
        await socket.disconnect()


class TestPresence:
    """Whoever has a socket open is online."""

    @staticmethod
    @in_thread
    def is_online(user):
        return presence.is_online(User.objects.get(pk=user.pk).online_until, now=timezone.now())

    async def becomes_online(self, user):
        async with asyncio.timeout(PATIENCE):
            while not await self.is_online(user):
                await asyncio.sleep(0.02)

    async def test_begins_with_a_socket_that_is_signed_in_and_ends_with_it(self, user, pair):
        assert not await self.is_online(user)

        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()
        assert await self.is_online(user)

        await socket.disconnect()
        assert not await self.is_online(user)

    async def test_lasts_while_another_socket_is_open(self, user, pair, socket):
        other = await Socket(user.pk, token=pair.access).open()
        await other.hear()

        await other.disconnect()

        await self.becomes_online(user)

    async def test_is_renewed_while_the_socket_lives(self, user, pair, monkeypatch):
        monkeypatch.setattr(consumers, "CHECK_EVERY", 0.05)
        socket = await Socket(user.pk, token=pair.access).open()
        await socket.hear()
        await in_thread(User.objects.filter(pk=user.pk).update)(online_until=None)

        await self.becomes_online(user)
        await socket.disconnect()

    async def test_is_nobodys_who_only_knocked(self, user):
        socket = await Socket(user.pk, token="nonsense").open()
        assert await socket.closing_code() == codes.BAD_CREDENTIALS

        assert not await self.is_online(user)

    async def test_that_cannot_be_written_ends_no_socket(self, user, pair, monkeypatch):
        def fail(*args, **kwargs):
            raise OperationalError

        monkeypatch.setattr(presence, "note_here", fail)
        monkeypatch.setattr(presence, "note_gone", fail)
        socket = await Socket(user.pk, token=pair.access).open()

        assert (await socket.hear())["type"] == "connection"
        assert await socket.is_open()
        await socket.disconnect()
