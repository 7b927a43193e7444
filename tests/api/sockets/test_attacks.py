"""Whoever guesses ids in frames learns nothing, changes nothing and reaches nobody."""

import pytest

from messaging.models import Conversation, Message
from messaging.services import open_with
from notifications.models import LiveEvent
from tests.factories import BlockFactory, MessageFactory, StudentFactory
from tests.support.sockets import in_thread, signed_in

UNKNOWN = 999_999


@pytest.fixture
async def eve():
    return await in_thread(StudentFactory)()


@in_thread
def state():
    """All that frames could change."""
    return (
        list(Message.objects.order_by("pk").values("pk", "text", "read_at", "delivered_at")),
        list(Conversation.objects.order_by("pk").values("pk", "low_unread", "high_unread", "last_message")),
        LiveEvent.objects.count(),
    )


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message_read", "message_id": "{message}", "sender_id": "{bob}"},
        {"type": "message_read", "message_id": "{message}"},
        {"type": "message_read", "message_id": "{message}", "sender_id": "{eve}"},
        {"type": "message_delivered", "message_id": "{message}", "sender_id": "{bob}"},
        {"type": "message_delivered", "message_id": "{message}"},
        {"event": "message:send", "data": {"conversationId": "{conversation}", "text": "Hello!", "tempId": "1"}},
        {"event": "message:read", "data": {"conversationId": "{conversation}"}},
        {"event": "user:typing", "data": {"conversationId": "{conversation}"}},
    ],
)
async def test_what_belongs_to_others_is_as_if_it_did_not_exist(ann, bob, eve, message, frame):
    ids = {"message": message.pk, "conversation": message.conversation_id, "bob": bob.pk, "eve": eve.pk}
    path = "/ws/messages" if "type" in frame else "/ws"
    before = await state()

    async with signed_in(eve, path) as hers, signed_in(ann) as socket_of_ann, signed_in(bob) as socket_of_bob:
        await hers.say(filled(frame, ids))
        answer = await hers.hear()
        await hers.say(filled(frame, dict.fromkeys(ids, UNKNOWN)))
        assert await hers.hear() == answer, "what is not mine and what is not there look alike"
        assert (answer.get("data") or answer)["code"] == "NOT_FOUND"

        assert await hers.is_open()
        assert await socket_of_ann.hears_nothing()
        assert await socket_of_bob.hears_nothing()
    assert await state() == before


async def test_the_presence_of_strangers_is_not_seen(ann, eve, message):
    async with signed_in(eve) as hers, signed_in(ann):
        await hers.say({"type": "presence_check", "user_ids": [ann.pk, UNKNOWN, eve.pk]})

        assert await hers.hear() == {
            "type": "presence_status",
            "online_users": [],
            "offline_users": [ann.pk, UNKNOWN, eve.pk],
        }


@pytest.mark.parametrize("whose", ["a stranger", "somebody who blocks", "oneself", "nobody"])
async def test_typing_reaches_only_those_with_whom_one_talks(ann, bob, eve, message, whose):
    await in_thread(BlockFactory)(blocker=bob, blocked=ann)
    recipient = {"a stranger": eve.pk, "somebody who blocks": bob.pk, "oneself": ann.pk, "nobody": UNKNOWN}[whose]
    async with signed_in(ann) as hers, signed_in(bob) as his, signed_in(eve) as other:
        await hers.say({"type": "typing", "recipient_id": recipient})

        assert await hers.hears_nothing(), "a block is not told"
        assert await his.hears_nothing()
        assert await other.hears_nothing()


async def test_an_opened_conversation_without_a_word_lets_nothing_pass(ann, eve):
    """Anybody may open one with anybody: that shows nobody's presence, and rings nobody's phone."""
    conversation, _ = await in_thread(open_with)(ann.pk, user=eve)
    async with signed_in(ann, "/ws") as hers, signed_in(eve, "/ws") as intruder, signed_in(eve) as other:
        await intruder.say({"event": "user:typing", "data": {"conversationId": conversation.pk}})
        await other.say({"type": "typing", "recipient_id": ann.pk})
        await other.say({"type": "presence_check", "user_ids": [ann.pk]})

        assert (await other.hear())["online_users"] == []
        assert await intruder.hears_nothing()
        assert await hers.hears_nothing()


@pytest.mark.parametrize("kind", ["message_read", "message_delivered"])
class TestReceipts:
    async def test_are_the_recipients_only(self, ann, bob, message, kind):
        before = await state()
        async with signed_in(bob) as his, signed_in(ann) as hers:
            await his.say({"type": kind, "message_id": message.pk, "sender_id": bob.pk})

            assert (await his.hear())["code"] == "RECIPIENT_ONLY"
            assert await hers.hears_nothing()
        assert await state() == before

    async def test_name_the_sender_or_nobody(self, ann, bob, eve, message, kind):
        before = await state()
        async with signed_in(ann) as hers, signed_in(eve) as other, signed_in(bob) as his:
            await hers.say({"type": kind, "message_id": message.pk, "sender_id": eve.pk})

            assert (await hers.hear())["code"] == "NOT_FOUND"
            assert await other.hears_nothing()
            assert await his.hears_nothing()
        assert await state() == before

    async def test_of_what_is_held_for_a_moderator_do_not_exist(self, ann, bob, kind):
        held = await in_thread(MessageFactory)(sender=bob, recipient=ann, is_held=True)
        async with signed_in(ann) as hers:
            await hers.say({"type": kind, "message_id": held.pk, "sender_id": bob.pk})

            assert (await hers.hear())["code"] == "NOT_FOUND"

    async def test_are_told_once(self, ann, bob, message, kind):
        async with signed_in(ann) as hers, signed_in(ann) as her_tablet, signed_in(bob) as his:
            for device in (hers, her_tablet, hers):
                await device.say({"type": kind, "message_id": message.pk, "sender_id": bob.pk})
                assert await device.is_open()

            assert (await his.hear())["seq"] == 1
            assert await his.hears_nothing()


class TestOddIds:
    """Bad input gets a sentence and a code; the socket stays open."""

    ODD = pytest.mark.parametrize("odd", [None, "", "abc", -1, 0, 1.5, True, [], {}, 2**63, "9" * 30, "\0", "٣", "1 "])

    @ODD
    @pytest.mark.parametrize(
        ("path", "frame"),
        [
            ("/ws/messages", {"type": "message_read", "message_id": ...}),
            ("/ws/messages", {"type": "message_delivered", "message_id": ...}),
            ("/ws/messages", {"type": "typing", "recipient_id": ...}),
            ("/ws/messages", {"type": "presence_check", "user_ids": [...]}),
            ("/ws/messages", {"type": "presence_check", "user_ids": ...}),
            ("/ws", {"event": "message:read", "data": {"conversationId": ...}}),
            ("/ws", {"event": "user:typing", "data": {"conversationId": ...}}),
            ("/ws", {"event": "message:send", "data": {"conversationId": ..., "text": "Hello!"}}),
        ],
    )
    async def test_are_told(self, ann, path, frame, odd):
        if odd == [] and frame.get("user_ids") is ...:
            return  # an empty list is a list of ids
        async with signed_in(ann, path) as hers:
            await hers.say(filled(frame, odd))

            answer = await hers.hear()
            assert (answer.get("data") or answer)["code"] == "VALIDATION_ERROR"
            assert await hers.is_open()

    async def test_too_many_ids_are_told(self, ann):
        async with signed_in(ann) as hers:
            await hers.say({"type": "presence_check", "user_ids": list(range(1, 1002))})

            assert (await hers.hear())["code"] == "VALIDATION_ERROR"

    async def test_a_nest_is_no_frame(self, ann):
        async with signed_in(ann) as hers:
            await hers.say('{"type":"ping","x":' + "[" * 500 + "]" * 500 + "}")

            assert (await hers.hear())["code"] == "MALFORMED_REQUEST"
            assert await hers.is_open()


def filled(frame, values):
    """The frame with its gaps filled: `...` by the one value, texts like `{bob}` by name."""
    if frame is ...:
        return values
    if isinstance(frame, dict):
        return {name: filled(value, values) for name, value in frame.items()}
    if isinstance(frame, list):
        return [filled(value, values) for value in frame]
    is_gap = isinstance(values, dict) and isinstance(frame, str) and frame.strip("{}") in values
    return values[frame.strip("{}")] if is_gap else frame
