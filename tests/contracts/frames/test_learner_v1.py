"""The frames of `/ws` as the learner_v1 client sends and reads them: `{event, data}`."""

import pytest
from django.conf import settings

from accounts.services.tokens import open_family
from api.core.sockets import presence
from messaging import services
from notifications.services import Notice, mark_all_read, mark_read, notify
from tests.factories import BlockFactory, NotificationFactory
from tests.support.sockets import Socket, in_thread, signed_in


def at_home(user):
    return signed_in(user, "/ws")


class TestTheConnection:
    async def test_is_announced(self, ann):
        async with at_home(ann) as socket:
            pass

        assert socket.hello == {
            "event": "connection",
            "data": {
                "status": "connected",
                "userId": str(ann.pk),
                "email": ann.email,
                "role": "student",
                "seq": 0,
            },
        }

    @pytest.mark.parametrize("auth", [{"type": "auth", "token": "{}"}, {"event": "auth", "data": {"token": "{}"}}])
    async def test_may_be_signed_in_by_a_first_frame_of_either_kind(self, ann, auth):
        token = (await in_thread(open_family)(ann)).access
        socket = await Socket(ann.pk, path="/ws").open()
        where = auth if "token" in auth else auth["data"]
        where["token"] = token
        await socket.say(auth)

        assert (await socket.hear())["event"] == "connection"
        await socket.disconnect()

    async def test_is_kept_by_pings(self, ann):
        async with at_home(ann) as socket:
            await socket.say({"event": "ping"})

            assert await socket.hear() == {"event": "pong", "data": {}}

    @pytest.mark.parametrize("frame", ["no json", {"data": {}}, {"event": 7}, {"event": "message:dance"}])
    async def test_stays_open_after_a_mistake(self, ann, frame):
        async with at_home(ann) as socket:
            await socket.say(frame)

            assert (await socket.hear())["event"] == "error"
            assert await socket.is_open()

    async def test_resumes(self, ann, bob, message):
        for emoji in ("\N{THUMBS UP SIGN}", "\N{PARTY POPPER}"):
            await in_thread(services.react)(message.pk, emoji, actor=ann)
        async with at_home(bob) as socket:
            await socket.say({"event": "resume", "data": {"since": 1}})

            frame = await socket.hear()
            assert (frame["event"], frame["data"]["emoji"], frame["seq"]) == ("message:reaction", "\N{PARTY POPPER}", 2)
            assert await socket.hear() == {"event": "resumed", "data": {"since": 1, "seq": 2}}

    async def test_acknowledges_what_asks_for_it(self, ann):
        async with at_home(ann) as socket:
            await socket.say({"event": "ping", "_ack_id": "x1"})

            assert (await socket.hear())["event"] == "pong"
            assert await socket.hear() == {"event": "ack", "data": {"messageId": "x1"}}


class TestMessages:
    async def test_sending(self, ann, bob, message):
        async with at_home(ann) as hers, at_home(bob) as his, signed_in(bob) as his_other_app:
            await hers.hear_type("user:online")
            await his.hear_type("user:online")
            conversation_id = str(message.conversation_id)
            said = {"conversationId": conversation_id, "text": " Hello! ", "tempId": "t-1"}
            await hers.say({"event": "message:send", "data": said})

            sent, arrived, flat = await hers.hear(), await his.hear(), await his_other_app.hear()

        written = await in_thread(ann.messages_sent.get)()
        data = {
            "_id": str(written.pk),
            "id": str(written.pk),
            "conversationId": conversation_id,
            "sender": {
                "_id": str(ann.pk),
                "id": str(ann.pk),
                "name": "Ann Lee",
                "avatar": f"{settings.PUBLIC_URL}/api/avatars/default.png",
            },
            "text": "Hello!",
            "read": False,
            "edited": False,
            "deleted": False,
            "attachmentCount": 0,
            "reactions": [],
            "createdAt": written.created_at.isoformat().replace("+00:00", "Z"),
        }
        assert sent == {
            "event": "message:sent",
            "data": {
                "conversationId": conversation_id,
                "message": data | {"clientMsgId": "t-1"},
                "tempId": "t-1",
            },
            "seq": 1,
        }
        assert arrived == {
            "event": "message:new",
            "data": {"conversationId": conversation_id, "message": data | {"clientMsgId": None}},
            "seq": 1,
        }
        assert (flat["type"], flat["message"]) == ("new_message", "Hello!")

    async def test_sending_twice_is_sending_once_and_answered_twice(self, ann, bob, message):
        said = {"conversationId": message.conversation_id, "text": "Hello!", "tempId": "t-1"}
        async with at_home(ann) as hers:
            await hers.say({"event": "message:send", "data": said})
            first = await hers.hear()
            await hers.say({"event": "message:send", "data": said})

            again = await hers.hear()
            assert "seq" not in again
            assert first == again | {"seq": 1}
        assert await in_thread(ann.messages_sent.count)() == 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"text": "  "}, "MESSAGE_EMPTY"),
            ({"text": 7}, "VALIDATION_ERROR"),
            ({"text": "a\0b"}, "VALIDATION_ERROR"),
            ({"text": "x" * 5001}, "MESSAGE_TOO_LONG"),
            ({"tempId": 7}, "VALIDATION_ERROR"),
            ({"tempId": "x" * 65}, "VALIDATION_ERROR"),
            ({"tempId": "\0"}, "VALIDATION_ERROR"),
            ({"conversationId": None}, "VALIDATION_ERROR"),
            ({"conversationId": "abc"}, "VALIDATION_ERROR"),
            ({"conversationId": 999_999}, "NOT_FOUND"),
        ],
    )
    async def test_what_cannot_be_sent_is_told_with_its_code(self, ann, bob, message, change, code):
        said = {"conversationId": message.conversation_id, "text": "Hello!", "tempId": "t-1"} | change
        async with at_home(ann) as hers:
            await hers.say({"event": "message:send", "data": said})

            error = await hers.hear()
            assert (error["event"], error["data"]["code"]) == ("error", code)
            assert error["data"].get("tempId") == (said["tempId"] if isinstance(said["tempId"], str) else None)
            assert await hers.is_open()
        assert await in_thread(ann.messages_sent.count)() == 0

    async def test_sending_waits_for_a_verified_address_where_the_site_asks_for_it(self, ann, bob, message, settings):
        settings.REQUIRE_VERIFIED_EMAIL = True
        await in_thread(type(ann).objects.update)(is_verified=False)
        said = {"conversationId": message.conversation_id, "text": "Hello!", "tempId": "t-1"}
        async with at_home(ann) as hers:
            await hers.say({"event": "message:send", "data": said})
            error = await hers.hear()
            assert await in_thread(ann.messages_sent.count)() == 0

            await in_thread(type(ann).objects.update)(is_verified=True)
            await hers.say({"event": "message:send", "data": said})
            sent = await hers.hear()

        assert (error["event"], error["data"]["code"]) == ("error", "EMAIL_NOT_VERIFIED")
        assert (sent["event"], await in_thread(ann.messages_sent.count)()) == ("message:sent", 1)

    async def test_reading(self, ann, bob, message):
        async with at_home(ann) as hers, at_home(bob) as his:
            await his.hear_type("user:online")
            await hers.say({"event": "message:read", "data": {"conversationId": str(message.conversation_id)}})

            frame = await his.hear()
            assert frame["event"] == "message:read"
            assert (
                frame["data"]
                | {
                    "conversationId": str(message.conversation_id),
                    "readerId": str(ann.pk),
                    "messageCount": 1,
                }
                == frame["data"]
            )

    async def test_edits_reactions_and_deletions(self, ann, bob, message):
        ids = {"conversationId": str(message.conversation_id), "messageId": str(message.pk)}
        async with at_home(ann) as hers:
            await in_thread(services.edit)(message.pk, "At nine!", actor=bob)
            edited = await hers.hear()
            await in_thread(services.react)(message.pk, "\N{THUMBS UP SIGN}", actor=ann)
            reaction = await hers.hear()
            await in_thread(services.delete)(message.pk, actor=bob)
            deleted = await hers.hear()

        assert [frame["event"] for frame in (edited, reaction, deleted)] == [
            "message:edited",
            "message:reaction",
            "message:deleted",
        ]
        assert [frame["data"] | ids for frame in (edited, reaction, deleted)] == [
            frame["data"] for frame in (edited, reaction, deleted)
        ]
        assert edited["data"]["message"] == {
            "_id": str(message.pk),
            "id": str(message.pk),
            "text": "At nine!",
            "edited": True,
        }
        assert (reaction["data"]["emoji"], reaction["data"]["userId"]) == ("\N{THUMBS UP SIGN}", str(ann.pk))
        assert deleted["data"]["deletedBy"] == str(bob.pk)

    async def test_receipts_of_the_other_contract(self, ann, bob, message):
        async with signed_in(ann) as hers, at_home(bob) as his:
            await his.hear_type("user:online")
            await hers.say({"type": "message_delivered", "message_id": message.pk})
            await hers.say({"type": "message_read", "message_id": message.pk})

            delivered, read = await his.hear(), await his.hear()
            assert (delivered["event"], delivered["data"]["messageId"]) == ("message:delivered", str(message.pk))
            assert (read["event"], read["data"]["messageId"]) == ("message:read", str(message.pk))

    async def test_a_new_conversation_comes_whole(self, ann, bob):
        async with at_home(ann) as hers:
            await in_thread(services.send)(sender=bob, recipient_id=ann.pk, text="Hello!")

            frame = await hers.hear()
            conversation = await in_thread(services.open_with)(bob.pk, user=ann)
            assert frame == {
                "event": "conversation:new",
                "data": {
                    "_id": str(conversation[0].pk),
                    "id": str(conversation[0].pk),
                    "participants": [person(ann, ann.email), person(bob, None)],
                    "lastMessage": None,
                    "lastMessageAt": None,
                    "unread": 0,
                    "createdAt": conversation[0].created_at.isoformat().replace("+00:00", "Z"),
                },
                "seq": 1,
            }
            assert (await hers.hear())["event"] == "message:new"


class TestSignals:
    async def test_typing(self, ann, bob, message):
        async with at_home(ann) as hers, at_home(bob) as his:
            await his.hear_type("user:online")
            await hers.say({"event": "user:typing", "data": {"conversationId": message.conversation_id}})

            assert await his.hear() == {
                "event": "user:typing",
                "data": {"conversationId": str(message.conversation_id), "userId": str(ann.pk)},
            }

    async def test_contacts_hear_who_comes_and_goes(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(presence, "GRACE", 0.05)
        async with at_home(ann) as hers:
            async with at_home(bob) as his:
                assert await hers.hear() == {"event": "user:online", "data": {"userId": str(bob.pk)}}
                assert await his.hear() == {"event": "user:online", "data": {"userId": str(ann.pk)}}

            assert await hers.hear() == {"event": "user:offline", "data": {"userId": str(bob.pk)}}

    async def test_others_do_not(self, ann, bob, message, monkeypatch):
        monkeypatch.setattr(presence, "GRACE", 0)
        await in_thread(BlockFactory)(blocker=bob, blocked=ann)
        async with at_home(ann) as hers:
            async with at_home(bob) as his:
                assert await his.hears_nothing()

            assert await hers.hears_nothing()


class TestWhatElseHappens:
    async def test_a_notification(self, ann):
        async with at_home(ann) as socket:
            (row,) = await in_thread(notify)([Notice(ann.pk, "session_started", "Started", "It has.", "cause")])

            assert await socket.hear() == {
                "event": "notification:new",
                "data": {
                    "_id": str(row.pk),
                    "id": str(row.pk),
                    "type": "session_started",
                    "title": "Started",
                    "message": "It has.",
                    "link": "",
                    "data": {},
                    "read": False,
                    "createdAt": row.created_at.isoformat().replace("+00:00", "Z"),
                },
                "seq": 1,
            }

    async def test_what_was_read_on_another_device(self, ann):
        rows = await in_thread(NotificationFactory.create_batch)(2, recipient=ann)
        async with at_home(ann) as phone, signed_in(ann) as laptop:
            await in_thread(mark_read)(rows[0].pk, user=ann)
            await in_thread(mark_read)(rows[0].pk, user=ann)
            await in_thread(mark_all_read)(user=ann)
            await in_thread(mark_all_read)(user=ann)

            one = str(rows[0].pk)
            assert await phone.hear() == {
                "event": "notification:read",
                "data": {"_id": one, "id": one, "ids": [one], "all": False},
                "seq": 1,
            }
            assert await phone.hear() == {"event": "notification:read", "data": {"ids": [], "all": True}, "seq": 2}
            assert await phone.hears_nothing()
            assert await laptop.hear() == {
                "type": "notification_read",
                "notification_ids": [rows[0].pk],
                "all": False,
                "seq": 1,
            }


def person(user, email):
    return {
        "_id": str(user.pk),
        "id": str(user.pk),
        "name": user.display_name,
        "email": email,
        "role": user.role,
        "avatar": f"{settings.PUBLIC_URL}/api/avatars/default.png",
    }
