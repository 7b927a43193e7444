"""How two people's sockets behave beyond the documents' frames."""

import asyncio
from datetime import timedelta

import orjson
import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import presence as who_is_online
from accounts.services.tokens import open_family
from api.core.sockets import DIRECT_WRITE, consumers, delivery, limits, presence
from messaging.services import limits as message_limits
from messaging.services import signals
from notifications import live
from notifications.models import LiveEvent
from notifications.services import stream
from tests.factories import MessagingSettingsFactory
from tests.support.patience import PATIENCE
from tests.support.sockets import Socket, in_thread, signed_in


class TestReceipts:
    @pytest.mark.parametrize("kind", ["message_read", "message_delivered"])
    async def test_are_noted_and_not_told_where_receipts_are_off(self, ann, bob, message, kind):
        await in_thread(MessagingSettingsFactory)(user=ann)
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await hers.say({"type": kind, "message_id": message.pk, "sender_id": bob.pk})

            assert await hers.is_open()
            assert await his.hears_nothing()
        await in_thread(message.refresh_from_db)()
        assert message.delivered_at is not None

    async def test_may_have_ids_as_texts(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await hers.say({"type": "message_read", "messageId": str(message.pk), "senderId": str(bob.pk)})

            assert (await his.hear())["type"] == "message_read"


class TestTyping:
    async def test_is_passed_on_once_a_second(self, ann, bob, message, monkeypatch):
        now = [100.0]
        monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
        async with signed_in(ann) as hers, signed_in(bob) as his:
            for moment in (100.0, 100.4, 100.9, 101.1):
                now[0] = moment
                await hers.say({"type": "typing", "recipient_id": bob.pk})
                assert await hers.is_open()

            heard = [await his.hear(), await his.hear()]
            assert [frame["type"] for frame in heard] == ["typing", "typing"]
            assert await his.hears_nothing()

    async def test_reaches_all_devices_and_is_in_no_stream(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as laptop, signed_in(bob, "/ws") as phone:
            await phone.hear_type("user:online")
            await hers.say({"type": "typing", "recipient_id": bob.pk})

            assert (await laptop.hear())["type"] == "typing"
            assert (await phone.hear())["event"] == "user:typing"
        assert await in_thread(LiveEvent.objects.count)() == 0

    async def test_ends_no_socket_when_the_layer_is_broken(self, ann, bob, message, monkeypatch, settings):
        class Dead:
            async def group_send(self, group, message):
                raise ConnectionRefusedError

        async with signed_in(ann) as hers, signed_in(bob) as his:
            monkeypatch.setattr(live, "get_channel_layer", Dead)
            with monkeypatch.context() as with_redis:
                with_redis.setattr(settings, "REDIS_URL", "redis://somewhere")
                await hers.say({"type": "typing", "recipient_id": bob.pk})
                assert await hers.is_open()

            assert await his.is_open()

    async def test_gives_up_on_a_layer_that_hangs(self, ann, bob, message, monkeypatch):
        async def hanging(*args):
            await asyncio.Event().wait()

        monkeypatch.setattr(live, "PUSH_TIMEOUT", 0.05)
        async with signed_in(ann) as hers:
            with monkeypatch.context() as patched:
                patched.setattr(live, "send_to", hanging)
                await hers.say({"type": "typing", "recipient_id": bob.pk})

                assert await hers.is_open()


class TestPresence:
    async def test_a_second_device_is_no_news(self, ann, bob, message):
        async with signed_in(ann, "/ws") as hers, signed_in(bob):
            await hers.hear_type("user:online")

            async with signed_in(bob):
                assert await hers.hears_nothing()

    async def test_who_has_another_device_is_not_gone(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(presence, "GRACE", 0.3)
        async with signed_in(ann, "/ws") as hers, signed_in(bob) as laptop:
            await hers.hear_type("user:online")
            async with signed_in(bob):
                pass
            assert await laptop.is_open()

            await asyncio.gather(*presence._farewells)
            assert await hers.hears_nothing()
            assert await online(bob)

    async def test_who_comes_back_at_once_was_not_gone(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(presence, "GRACE", 0.3)
        async with signed_in(ann, "/ws") as hers:
            async with signed_in(bob):
                await hers.hear_type("user:online")
            async with signed_in(bob):
                await asyncio.gather(*presence._farewells)

                assert {frame["event"] for frame in await all_heard(hers)} <= {"user:online"}

    async def test_that_cannot_be_told_ends_no_socket(self, ann, bob, message, monkeypatch):
        def fail(*args, **kwargs):
            raise OperationalError

        monkeypatch.setattr(presence, "GRACE", 0)
        monkeypatch.setattr(who_is_online, "online_among", fail)
        async with signed_in(ann) as hers:
            assert await hers.is_open()
        await asyncio.gather(*presence._farewells)

    async def test_of_who_was_taken_for_gone_is_told_again(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(consumers, "CHECK_EVERY", 0.05)
        async with signed_in(ann, "/ws") as hers, signed_in(bob):
            await hers.hear_type("user:online")
            await in_thread(who_is_online.note_gone)(bob.pk)

            assert (await hers.hear())["event"] == "user:online"


class TestResuming:
    async def test_in_the_handshake_comes_before_anything_else(self, ann, bob, message):
        await write(3)
        token = await token_of(ann)
        socket = await Socket(ann.pk, path="/ws/messages", token=f"{token}&since=1").open()

        assert (await socket.hear())["type"] == "connection"
        assert [(await socket.hear())["n"] for _ in range(2)] == [2, 3]
        assert await socket.hear() == {"type": "resumed", "since": 1, "seq": 3}
        await write(1, begin=4)
        assert (await socket.hear())["n"] == 4
        assert await socket.is_open()
        await socket.disconnect()

    @pytest.mark.parametrize("since", ["", "-1", "x", "٣", "9" * 19])
    async def test_in_the_handshake_needs_a_number(self, ann, bob, message, since):
        await write(1)
        socket = await Socket(ann.pk, path="/ws/messages", token=f"{await token_of(ann)}&since={since}").open()

        assert (await socket.hear())["type"] == "connection"
        assert await socket.is_open()
        await socket.disconnect()

    @pytest.mark.parametrize("since", [1, -1, "1", None, True])
    async def test_in_the_first_frame(self, ann, bob, message, since):
        await write(2)
        socket = await Socket(ann.pk, path="/ws/messages").open()
        await socket.say({"type": "auth", "token": await token_of(ann), "since": since})

        assert (await socket.hear())["type"] == "connection"
        if since is not True and since == 1:
            assert (await socket.hear())["n"] == 2
            assert (await socket.hear())["type"] == "resumed"
        assert await socket.is_open()
        await socket.disconnect()

    async def test_a_new_socket_holds_events_back_until_the_client_has_resumed(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(delivery, "RESUME_WITHIN", 60)
        await write(3)
        async with signed_in(ann) as socket:
            await write(1, begin=4)
            await settle()
            await socket.say({"type": "resume", "since": 1})

            assert [(await socket.hear())["n"] for _ in range(3)] == [2, 3, 4], "in order, and none twice"
            assert (await socket.hear())["type"] == "resumed"
            await write(1, begin=5)
            assert (await socket.hear())["n"] == 5
            assert await socket.is_open()

    async def test_too_late_brings_what_is_missing_and_nothing_twice(self, ann, bob, message):
        await write(3)
        async with signed_in(ann) as socket:
            await write(1, begin=4)
            assert (await socket.hear())["n"] == 4

            await socket.say({"type": "resume", "since": 1})

            assert [(await socket.hear())["n"] for _ in range(2)] == [2, 3]
            assert await socket.hear() == {"type": "resumed", "since": 1, "seq": 4}
            await write(1, begin=5)
            assert (await socket.hear())["n"] == 5
            await socket.say({"type": "resume", "since": 3})
            assert [(await socket.hear())["n"] for _ in range(2)] == [4, 5], "who asks again gets it again"
            assert (await socket.hear())["type"] == "resumed"

    async def test_who_says_something_else_first_has_nothing_to_resume(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(delivery, "RESUME_WITHIN", 60)
        async with signed_in(ann) as socket:
            await write(1)
            await settle()
            await socket.say({"type": "ping"})

            assert (await socket.hear())["n"] == 1
            assert (await socket.hear())["type"] == "pong"

    async def test_what_was_held_back_comes_by_itself(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(delivery, "RESUME_WITHIN", 0.1)
        async with signed_in(ann) as socket:
            await write(1)

            assert (await socket.hear())["n"] == 1

    async def test_a_look_into_the_stream_waits_as_well(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(delivery, "RESUME_WITHIN", 60)
        async with signed_in(ann) as socket:
            await write(1)
            await live.send_to(ann.pk, {"type": "look"})
            await settle()
            await socket.say({"type": "resume", "since": 0})

            assert (await socket.hear())["n"] == 1
            assert (await socket.hear())["type"] == "resumed"

    async def test_may_be_asked_for_again(self, ann, bob, message):
        async with signed_in(ann) as socket:
            await write(2)
            assert [(await socket.hear())["n"] for _ in range(2)] == [1, 2]

            await socket.say({"type": "resume", "since": 1})

            assert (await socket.hear())["n"] == 2
            assert (await socket.hear())["type"] == "resumed"


class TestOnOurOwnServer:
    async def test_events_are_written_without_a_detour(self, ann, bob, message):
        written = []
        socket = Socket(ann.pk, path="/ws/messages", token=await token_of(ann))
        socket.scope["extensions"] = {DIRECT_WRITE: written.append}
        await socket.open()
        assert (await socket.hear())["type"] == "connection"
        assert await socket.is_open()

        await write(2)
        async with asyncio.timeout(PATIENCE):
            while len(written) < 2:
                await settle()

        assert [orjson.loads(text)["n"] for text in written] == [1, 2]
        assert await socket.is_open()
        await socket.disconnect()

    async def test_a_gap_is_filled_before_what_comes_next(self, ann, bob, message, monkeypatch):
        async with signed_in(ann) as socket:
            assert await socket.is_open()
            with monkeypatch.context() as patched:
                patched.setattr(live, "push", lambda *args: None)
                await write(3)
            for _ in range(3):
                await live.send_to(ann.pk, {"type": "event", "seq": 3, "text": "never sent as it is"})

            assert [(await socket.hear())["n"] for _ in range(3)] == [1, 2, 3]
            assert await socket.is_open()


class TestWhileTheDatabaseIsAway:
    @pytest.fixture
    def away(self, monkeypatch):
        def fail(*args, **kwargs):
            raise OperationalError("server closed the connection")

        return lambda target, name: monkeypatch.setattr(target, name, fail)

    async def test_a_frame_is_refused_without_an_acknowledgement(self, ann, bob, message, away):
        async with signed_in(ann) as hers:
            away(signals, "mark_of")
            await hers.say({"type": "message_read", "message_id": message.pk, "_ack_id": "x"})

            assert (await hers.hear())["code"] == "UNAVAILABLE"
            assert await hers.is_open()

    async def test_a_handshake_is_told_to_come_again(self, ann, away):
        away(stream, "last_seq")
        socket = await Socket(ann.pk, path="/ws/messages", token=await token_of(ann)).open()

        assert await socket.closing_code() == 1013


class TestSending:
    async def test_too_much_is_told(self, ann, bob, message, monkeypatch, settings):
        settings.THROTTLING = True
        monkeypatch.setattr(message_limits, "LIMITS", ((1, timedelta(minutes=1)),))
        said = {"conversationId": message.conversation_id, "text": "Hello!"}
        async with signed_in(ann, "/ws") as hers:
            for temp_id in "ab":
                await hers.say({"event": "message:send", "data": said | {"tempId": temp_id}})

            # In either order: what is refused is not in the stream, which Redis may bring later.
            heard = {frame["event"]: frame["data"] for frame in [await hers.hear(), await hers.hear()]}
            assert set(heard) == {"message:sent", "error"}
            assert (heard["error"]["code"], heard["error"]["tempId"]) == ("TOO_MANY_MESSAGES", "b")


@in_thread
def write(count, begin=1):
    """So many events for Ann, numbered in themselves."""
    ann = User.objects.get(first_name="Ann")
    with transaction.atomic():
        stream.append([(ann.pk, {"type": "notification", "n": n}) for n in range(begin, begin + count)])


@in_thread
def online(user):
    return bool(who_is_online.online_among({user.pk}, now=timezone.now()))


@in_thread
def token_of(user):
    return open_family(user).access


async def settle():
    for _ in range(50):
        await asyncio.sleep(0)


async def all_heard(socket):
    """Everything up to the answer to a ping."""
    await socket.say({"event": "ping"})
    heard = []
    while True:
        frame = await socket.hear()
        if "pong" in (frame.get("event"), frame.get("type")):
            return heard
        heard.append(frame)
