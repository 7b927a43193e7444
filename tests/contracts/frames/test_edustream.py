"""The frames of `/ws/{user_id}` in the edustream document, and of `/ws/messages` as its clients send and read them."""

import pytest

from bookings.models import BookingStatus
from bookings.services import answering
from messaging import services
from notifications.services import Notice, notify
from tests.factories import BookingFactory
from tests.support.sockets import in_thread, signed_in

EVERY_ROUTE = pytest.mark.parametrize("path", ["/ws/{}", "/ws/messages", "/ws/messages/", "/api/v1/ws/messages"])


class TestTheConnection:
    @EVERY_ROUTE
    async def test_is_announced_at_once(self, ann, path):
        async with signed_in(ann, path.format(ann.pk)) as socket:
            pass

        assert socket.hello == {
            "type": "connection",
            "status": "connected",
            "user_id": ann.pk,
            "email": ann.email,
            "role": "student",
            "seq": 0,
        }

    async def test_is_kept_by_pings(self, ann):
        async with signed_in(ann) as socket:
            await socket.say({"type": "ping"})

            assert await socket.hear() == {"type": "pong"}

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            ("no json", "Send JSON objects with a type."),
            ({"recipient_id": 1}, "Send JSON objects with a type."),
            ({"type": "dance"}, "Unknown type."),
            ({"type": "message_send", "text": "Hi"}, "Unknown type."),
        ],
    )
    async def test_stays_open_after_a_mistake(self, ann, frame, message):
        async with signed_in(ann) as socket:
            await socket.say(frame)

            error = await socket.hear()
            assert (error["type"], error["message"]) == ("error", message)
            assert await socket.is_open()

    @pytest.mark.parametrize("ack_id", ["b1946ac9", 17])
    @pytest.mark.parametrize(
        ("said", "answers"), [({"type": "ping"}, ["pong"]), ({"type": "dance"}, ["error"]), ({"type": "auth"}, [])]
    )
    async def test_acknowledges_what_asks_for_it(self, ann, said, answers, ack_id):
        async with signed_in(ann) as socket:
            await socket.say(said | {"_ack_id": ack_id})

            assert [(await socket.hear())["type"] for _ in answers] == answers
            assert await socket.hear() == {"type": "ack", "message_id": ack_id}


class TestMessages:
    async def test_the_documents_example(self, ann, bob):
        example = {"type": "new_message", "sender_email": "tutor@example.com", "message": "Hello!"}
        async with signed_in(ann, f"/ws/{ann.pk}") as socket:
            sent = await send(bob, ann, "Hello!")

            await socket.hear_type("conversation_new")
            frame = await socket.hear()

        ids = {"message_id": sent.pk, "sender_id": bob.pk}
        assert frame | example | ids | {"created_at": wire(sent.created_at)} == frame
        assert (
            frame
            | {
                "sender_role": "tutor",
                "recipient_id": ann.pk,
                "booking_id": None,
                "is_read": False,
                "is_edited": False,
                "has_attachment": False,
                "attachment_count": 0,
            }
            == frame
        )

    async def test_the_senders_devices_hear_of_it_too(self, ann, bob, message):
        async with signed_in(bob) as laptop, signed_in(bob, f"/ws/{bob.pk}") as phone, signed_in(ann) as hers:
            sent = await send(bob, ann, "Hello!")

            frame = await laptop.hear()
            assert (
                frame
                | {
                    "type": "message_sent",
                    "message_id": sent.pk,
                    "recipient_id": ann.pk,
                    "message": "Hello!",
                    "created_at": wire(sent.created_at),
                }
                == frame
            )
            assert await phone.hear() == frame
            assert (await hers.hear())["type"] == "new_message"

    async def test_delivery(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await hers.say({"type": "message_delivered", "message_id": message.pk, "sender_id": bob.pk})

            assert await his.hear() == {
                "type": "delivery_receipt",
                "message_id": message.pk,
                "conversation_id": message.conversation_id,
                "recipient_id": ann.pk,
                "state": "delivered",
                "seq": 1,
            }
            assert await hers.hears_nothing()

    async def test_reading(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await hers.say({"type": "message_read", "message_id": message.pk, "sender_id": bob.pk})

            frame = await his.hear()
            await in_thread(message.refresh_from_db)()
            assert frame == {
                "type": "message_read",
                "message_id": message.pk,
                "conversation_id": message.conversation_id,
                "reader_id": ann.pk,
                "read_at": wire(message.read_at),
                "seq": 1,
            }

    async def test_reading_a_thread_over_http(self, ann, bob, message):
        async with signed_in(bob) as his:
            await in_thread(services.mark_thread_read)(bob.pk, user=ann)

            frame = await his.hear()
            assert (frame["type"], frame["reader_id"], frame["message_count"]) == ("thread_read", ann.pk, 1)

    async def test_an_edit(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            edited = await in_thread(services.edit)(message.pk, "At nine!", actor=bob)

            for socket in (hers, his):
                frame = await socket.hear()
                assert (frame["type"], frame["message_id"]) == ("message_edited", message.pk)
                assert (frame["new_content"], frame["is_edited"]) == ("At nine!", True)
                assert frame["edited_at"] == wire(edited.edited_at)

    async def test_a_deletion(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await in_thread(services.delete)(message.pk, actor=bob)

            for socket in (hers, his):
                frame = await socket.hear()
                assert (frame["type"], frame["message_id"], frame["deleted_by"]) == (
                    "message_deleted",
                    message.pk,
                    bob.pk,
                )


class TestSignals:
    async def test_typing(self, ann, bob, message):
        async with signed_in(ann) as hers, signed_in(bob) as his:
            await hers.say({"type": "typing", "recipient_id": bob.pk})

            assert await his.hear() == {
                "type": "typing",
                "user_id": ann.pk,
                "user_email": ann.email,
                "conversation_id": message.conversation_id,
            }
            assert await hers.hears_nothing()

    async def test_presence(self, ann, bob, message):
        async with signed_in(ann) as hers:
            await hers.say({"type": "presence_check", "user_ids": [bob.pk, 999_999]})
            assert await hers.hear() == {
                "type": "presence_status",
                "online_users": [],
                "offline_users": [bob.pk, 999_999],
            }

            async with signed_in(bob):
                await hers.say({"type": "presence_check", "user_ids": [bob.pk, 999_999]})
                assert await hers.hear() == {
                    "type": "presence_status",
                    "online_users": [bob.pk],
                    "offline_users": [999_999],
                }


class TestWhatElseHappens:
    async def test_a_booking_that_changes_its_state(self, ann, bob):
        booking = await in_thread(asked_for)(ann, bob)
        async with signed_in(ann, f"/ws/{ann.pk}") as socket:
            await in_thread(answering.confirm_booking)(booking.pk, actor=bob)

            frame = await socket.hear()
            assert (frame["type"], frame["booking_id"], frame["status"]) == ("booking_update", booking.pk, "CONFIRMED")

    async def test_a_notification(self, ann):
        async with signed_in(ann, f"/ws/{ann.pk}") as socket:
            (row,) = await tell(ann)

            assert await socket.hear() == {
                "type": "notification",
                "notification_id": row.pk,
                "notification_type": "session_started",
                "title": "Started",
                "message": "It has.",
                "link": "/sessions/5",
                "data": {"session_id": 5},
                "is_read": False,
                "created_at": wire(row.created_at),
                "seq": 1,
            }


@in_thread
def send(sender, recipient, text):
    return services.send(sender=sender, recipient_id=recipient.pk, text=text)


@in_thread
def tell(user):
    data = {"session_id": 5}
    return notify([Notice(user.pk, "session_started", "Started", "It has.", "cause", link="/sessions/5", data=data)])


def asked_for(student, tutor):
    return BookingFactory(student=student, tutor=tutor.tutor_profile, status=BookingStatus.PENDING)


def wire(moment):
    return moment.isoformat().replace("+00:00", "Z")
