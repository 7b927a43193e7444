"""Two people's browsers on two server processes exchange every kind of frame, through Redis.

Ann has the edustream client and a phone with the document's socket; Bob, her tutor, the learner_v1 client. They talk to
different processes, and what they do over HTTP goes to a third one.
"""

import pytest

from tests.chaos.load import ask, clients
from tests.chaos.sockets import Device
from tests.chaos.test_sockets import end_sign_in
from tests.support import market, world
from tests.support.server import running_site

pytestmark = pytest.mark.redis

# All that the front ends know by their documents, and what we add: `token_expired` and numbers for a reconnect.
FLAT = {
    *("connection", "pong", "error", "ack", "resumed", "token_expired"),
    *("new_message", "message_sent", "delivery_receipt", "message_read", "thread_read", "message_edited"),
    *("message_deleted", "typing", "presence_status", "booking_update", "notification"),
}
EVENTS = {
    *("connection", "pong", "error", "ack", "resumed", "token_expired"),
    *("message:new", "message:sent", "message:read", "message:edited", "message:reaction", "conversation:new"),
    *("user:online", "user:offline", "user:typing", "notification:new"),
    *("message:delivered", "message:deleted", "booking:update"),
}


@pytest.fixture
def site(engine, tmp_path, redis):
    with running_site(tmp_path, engine=engine, redis_url=redis.url) as one:
        yield one


async def test_every_kind_of_frame_crosses(site):
    hasty = {"module": "tests.chaos.hasty_sockets"}
    one, other, web = site.serve(**hasty), site.serve(**hasty), site.serve_wsgi(workers=2)
    (ann,), (bob,) = site.call(world.make_students), site.call(market.make_open_tutors)
    laptop, phone = Device(one.ws_url, ann, path="/ws/messages"), Device(other.ws_url, ann)
    his = Device(other.ws_url, bob, path="/ws")
    async with clients(web.url) as client, laptop, his:
        await they_meet(client, ann, bob, laptop, his)
        await phone.connect()
        await they_talk(client, ann, bob, laptop, phone, his)
        await they_come_and_go(client, ann, bob, laptop, phone, his)
        for person, device in ((ann, laptop), (bob, his)):
            site.call(end_sign_in, person["id"], "sign_out")
            await device.hears("token_expired")

    assert laptop.names | phone.names >= FLAT, FLAT - laptop.names - phone.names
    assert his.names >= EVENTS, EVENTS - his.names
    for device in (laptop, phone, his):
        assert device.numbers == sorted(set(device.numbers)), "in order, and none twice"
    assert his.numbers == list(range(1, len(his.numbers) + 1)), "and nothing is missing"


async def they_meet(client, ann, bob, laptop, his):
    await did(client, "POST", "/api/messages", ann, {"recipient_id": bob["id"], "message": "Hello!"})
    assert (await his.hears("conversation:new"))["participants"][1]["id"] == str(ann["id"])
    assert (await his.hears("message:new"))["message"]["text"] == "Hello!"
    assert (await his.hears("notification:new"))["type"] == "new_message"
    assert (await laptop.hears("message_sent"))["message"] == "Hello!"
    booking = {"tutor_profile_id": bob["profile"], "start_at": market.slot(day=3), "duration_minutes": 60}
    made = await did(client, "POST", "/api/bookings", ann, booking)
    assert (await laptop.hears("booking_update"))["booking_id"] == made["id"]
    assert (await his.hears("booking:update"))["bookingId"] == str(made["id"])


async def they_talk(client, ann, bob, laptop, phone, his):
    conversation = (await did(client, "GET", "/api/v1/chat/conversations", bob))["data"][0]["id"]
    said = {"conversationId": conversation, "text": "Hello, Ann!", "tempId": "t1"}
    await his.send({"event": "message:send", "data": said, "_ack_id": "a1"})
    sent = await his.hears("message:sent")
    assert (sent["tempId"], (await his.hears("ack"))["messageId"]) == ("t1", "a1")
    for device in (laptop, phone):
        assert (await device.hears("new_message"))["sender_id"] == bob["id"]
        assert (await device.hears("notification"))["notification_type"] == "new_message"

    receipt = {"message_id": int(sent["message"]["id"]), "sender_id": bob["id"]}
    await laptop.send(receipt | {"type": "message_delivered", "_ack_id": "a2"})
    assert (await laptop.hears("ack"))["message_id"] == "a2"
    assert (await his.hears("message:delivered"))["messageId"] == sent["message"]["id"]
    await phone.send(receipt | {"type": "message_read"})
    assert (await his.hears("message:read"))["readerId"] == str(ann["id"])
    await his.send({"event": "message:read", "data": {"conversationId": conversation}})
    assert (await laptop.hears("thread_read"))["reader_id"] == bob["id"]

    second = await did(client, "POST", "/api/messages", ann, {"recipient_id": bob["id"], "message": "At eight?"})
    await his.hears("message:new")
    async with Device(his.ws_url, bob, path="/api/v1/ws/messages") as tablet:
        await tablet.send({"type": "message_delivered", "message_id": second["id"], "sender_id": ann["id"]})
        assert (await phone.hears("delivery_receipt"))["recipient_id"] == bob["id"]
    await did(client, "PATCH", f"/api/messages/{second['id']}", ann, {"message": "At nine?"})
    assert (await his.hears("message:edited"))["text"] == "At nine?"
    assert (await laptop.hears("message_edited"))["new_content"] == "At nine?"
    await did(client, "POST", f"/api/v1/chat/messages/{second['id']}/react", bob, {"emoji": "\N{THUMBS UP SIGN}"})
    assert (await his.hears("message:reaction"))["userId"] == str(bob["id"])
    await did(client, "PATCH", f"/api/messages/{second['id']}/read", bob)
    assert (await phone.hears("message_read"))["message_id"] == second["id"]
    await did(client, "DELETE", f"/api/messages/{second['id']}", ann)
    assert (await his.hears("message:deleted"))["messageId"] == str(second["id"])
    assert (await phone.hears("message_deleted"))["deleted_by"] == ann["id"]

    await laptop.send({"type": "typing", "recipient_id": bob["id"]})
    assert (await his.hears("user:typing"))["conversationId"] == conversation
    await his.send({"event": "user:typing", "data": {"conversationId": conversation}})
    assert (await phone.hears("typing"))["user_id"] == bob["id"]


async def they_come_and_go(client, ann, bob, laptop, phone, his):
    await laptop.send({"type": "presence_check", "user_ids": [bob["id"]]})
    assert (await laptop.hears("presence_status"))["online_users"] == [bob["id"]]
    for device, frame in ((laptop, {"type": "dance"}), (his, {"event": "dance"})):
        await device.send(frame)
        await device.send({"type": "ping"})
        await device.hears("error")
        await device.hears("pong")

    await his.disconnect()
    for text in ("One", "Two", "Three"):
        await did(client, "POST", "/api/messages", ann, {"recipient_id": bob["id"], "message": text})
    await his.connect()
    await his.resume()
    assert [(await his.hears("message:new"))["message"]["text"] for _ in range(3)] == ["One", "Two", "Three"]
    await his.hears("resumed")
    await laptop.send({"type": "resume", "since": max(laptop.numbers)})
    await laptop.hears("resumed")

    await laptop.disconnect()
    await phone.disconnect()
    assert (await his.hears("user:offline"))["userId"] == str(ann["id"])
    await laptop.connect()
    heard = await his.hears("user:online")
    assert heard["userId"] == str(ann["id"])


async def did(client, method, path, person, body=None):
    answer = await ask(client, method, path, person, **({"json": body} if body is not None else {}))
    assert answer.status < 300, (path, answer)
    return answer.body
