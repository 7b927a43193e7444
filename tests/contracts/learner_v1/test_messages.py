"""Messages of the learner_v1 document, and the chat that its real client has."""

import pytest
import time_machine

from messaging import services
from messaging.models import Conversation, Message
from sessions_app.models import SessionMessage
from tests.factories import (
    BlockFactory,
    BookingFactory,
    ConversationFactory,
    MessageFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.messaging.events import frames_to, kinds_to
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

WHEN = "2026-01-31T14:00:00Z"
AVATAR = "http://127.0.0.1:8000/api/avatars/default.png"
CHAT = "/api/v1/chat"


@pytest.fixture
def grace():
    return StudentFactory(first_name="Grace", last_name="Hopper")


@pytest.fixture
def alan():
    return StudentFactory(first_name="Alan", last_name="Turing")


@pytest.fixture
def mine(api, grace):
    return api.as_(grace)


class TestTheDocument:
    @pytest.mark.parametrize("as_text", [False, True])
    def test_a_message_to_a_peer(self, api, grace, alan, as_text):
        with time_machine.travel(WHEN, tick=False):
            response = api.as_(grace).post(
                "/api/v1/learner/messages",
                {"receiverId": str(alan.pk) if as_text else alan.pk, "message": "Shall we meet?"},
            )

        assert response.status_code == 201
        shown = {
            "_id": str(Message.objects.get().pk),
            "senderId": str(grace.pk),
            "receiverId": str(alan.pk),
            "message": "Shall we meet?",
            "isRead": False,
            "createdAt": WHEN,
        }
        assert differences(response.json(), {"status": "success", "data": shown}) == []

    def test_to_nobody_or_without_a_text_it_is_refused(self, mine):
        unknown = mine.post("/api/v1/learner/messages", {"receiverId": 10**12, "message": "Hi"})
        empty = mine.post("/api/v1/learner/messages", {"receiverId": 1})

        assert (unknown.status_code, unknown.json()["code"]) == (404, "RECIPIENT_NOT_FOUND")
        assert (empty.status_code, list(empty.json()["errors"])) == (400, ["message"])

    def test_what_two_have_written_is_a_list_newest_first(self, mine, grace, alan):
        first, second = MessageFactory(sender=alan, recipient=grace), MessageFactory(sender=grace, recipient=alan)

        body = mine.get(f"/api/v1/learner/messages/{alan.pk}").json()

        assert [row["_id"] for row in body["data"]] == [str(second.pk), str(first.pk)]
        assert body["metadata"] == body["pagination"] == {"page": 1, "limit": 10, "total": 2}

    @pytest.mark.parametrize("count", [1, 30])
    def test_that_list_costs_the_same_however_long_it_is(self, mine, grace, alan, count, django_assert_num_queries):
        MessageFactory.create_batch(count, sender=alan, recipient=grace)

        with django_assert_num_queries(5):  # who asks, which thread, how many, which, receipts
            body = mine.get(f"/api/v1/learner/messages/{alan.pk}?limit=50").json()
        assert len(body["data"]) == count


class TestConversations:
    def test_are_new_once(self, mine, grace, alan, api):
        new = mine.post(f"{CHAT}/conversations", {"recipientId": str(alan.pk)})
        known = mine.post(f"{CHAT}/conversations", {"recipientId": alan.pk})

        assert (new.status_code, known.status_code) == (201, 200)
        conversation = Conversation.objects.get()
        shown = {
            "_id": str(conversation.pk),
            "participants": [
                {
                    "_id": str(grace.pk),
                    "name": "Grace Hopper",
                    "email": grace.email,
                    "role": "student",
                    "avatar": AVATAR,
                },
                {"_id": str(alan.pk), "name": "Alan Turing", "email": None, "role": "student", "avatar": AVATAR},
            ],
            "lastMessage": None,
            "lastMessageAt": None,
            "unread": 0,
        }
        assert differences(new.json()["data"], shown) == []
        assert new.json() == known.json()
        assert kinds_to(grace) == ["conversation_new"]
        assert [row["_id"] for row in mine.get(f"{CHAT}/conversations").json()["data"]] == [str(conversation.pk)]

    def test_that_somebody_has_only_opened_are_not_the_others_yet(self, api, alan):
        conversation = ConversationFactory(other=alan)
        path = f"{CHAT}/conversations/{conversation.pk}/messages"

        assert api.as_(alan).get(f"{CHAT}/conversations").json()["data"] == []
        assert api.as_(alan).get(path).status_code == 404
        assert api.as_(conversation.opened_by).get(path).status_code == 200
        services.send(sender=conversation.opened_by, recipient_id=alan.pk, text="Hello!")
        assert api.as_(alan).get(path).status_code == 200
        assert kinds_to(alan) == ["conversation_new", "new_message", "notification"]

    def test_show_the_last_message_and_how_many_are_unread(self, mine, grace, alan):
        with time_machine.travel(WHEN, tick=False):
            MessageFactory.create_batch(2, sender=alan, recipient=grace, text="Are you there?")

        row = mine.get(f"{CHAT}/conversations").json()["data"][0]

        assert (row["lastMessage"], row["lastMessageAt"], row["unread"]) == ("Are you there?", WHEN, 2)

    def test_with_blocked_unknown_or_oneself_are_refused(self, mine, grace):
        blocking = BlockFactory(blocked=grace).blocker
        answers = [mine.post(f"{CHAT}/conversations", {"recipientId": pk}) for pk in (blocking.pk, 10**12)]
        own = mine.post(f"{CHAT}/conversations", {"recipientId": grace.pk})

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "RECIPIENT_NOT_FOUND")}
        assert (own.status_code, own.json()["code"]) == (400, "WRITING_TO_ONESELF")

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, grace, count, django_assert_num_queries):
        for n in range(count):
            MessageFactory(sender=grace) if n % 2 else MessageFactory(recipient=grace)

        with django_assert_num_queries(4):  # who asks, how many on each side, which
            assert len(mine.get(f"{CHAT}/conversations").json()["data"]) == count


class TestChat:
    def test_messages_are_oldest_first_with_what_the_client_reads(self, mine, grace, alan):
        with time_machine.travel(WHEN, tick=False):
            first = MessageFactory(sender=alan, recipient=grace, text="One")
            second = MessageFactory(sender=grace, recipient=alan, text="Two")
        path = f"{CHAT}/conversations/{first.conversation_id}/messages"

        data = mine.get(path).json()["data"]

        assert [row["_id"] for row in data["messages"]] == [str(first.pk), str(second.pk)]
        assert (data["hasMore"], data["total"]) == (False, 2)
        shown = {
            "conversationId": str(first.conversation_id),
            "sender": {"_id": str(alan.pk), "name": "Alan Turing", "avatar": AVATAR},
            "text": "One",
            "read": False,
            "createdAt": WHEN,
        }
        assert differences(data["messages"][0], shown) == []
        newest = mine.get(path, {"limit": 1}).json()["data"]
        assert ([row["text"] for row in newest["messages"]], newest["hasMore"]) == (["Two"], True)
        older = mine.get(path, {"limit": 1, "before": newest["nextBefore"]}).json()["data"]
        assert ([row["text"] for row in older["messages"]], older["hasMore"]) == (["One"], False)

    def test_writing_reading_changing_and_reacting(self, mine, api, grace, alan):
        conversation = ConversationFactory(one=grace, other=alan)
        path = f"{CHAT}/conversations/{conversation.pk}"

        written = mine.post(f"{path}/messages", {"text": "Hello!", "tempId": "tmp-1"})
        assert (written.status_code, written.json()["data"]["text"]) == (201, "Hello!")
        assert frames_to(grace, "message_sent")[0]["client_msg_id"] == "tmp-1"
        message = f"{CHAT}/messages/{written.json()['data']['_id']}"

        assert api.as_(alan).patch(f"{path}/read").json()["data"]["updated"] == 1
        assert kinds_to(grace)[-1] == "thread_read"
        assert mine.get(f"{path}/messages").json()["data"]["messages"][0]["read"] is True

        changed = mine.patch(message, {"text": "Hello there!"}).json()["data"]
        assert (changed["text"], changed["edited"]) == ("Hello there!", True)

        reacted = api.as_(alan).post(f"{message}/react", {"emoji": "👍"}).json()["data"]
        assert reacted["reactions"] == [{"emoji": "👍", "userIds": [str(alan.pk)]}]
        in_body = api.as_(alan).delete(f"{message}/react", {"emoji": "👍"})
        assert (in_body.status_code, in_body.json()["data"]["reactions"]) == (200, [])
        api.as_(alan).post(f"{message}/react", {"emoji": "👍"})
        assert api.as_(alan).delete(f"{message}/react?emoji=👍").json()["data"]["reactions"] == []
        assert api.as_(alan).post(f"{message}/react", {"emoji": "no"}).status_code == 400

    def test_a_foreign_conversation_or_message_answers_as_a_missing_one(self, api):
        message, stranger = MessageFactory(), api.as_(StudentFactory())
        for what, pk, calls in (
            (
                "conversations",
                message.conversation_id,
                [("get", "/messages"), ("post", "/messages"), ("patch", "/read")],
            ),
            ("messages", message.pk, [("patch", ""), ("post", "/react"), ("delete", "/react")]),
        ):
            for method, end in calls:
                body = {"text": "Hi", "emoji": "👍"} if method != "get" else None
                answers = [getattr(stranger, method)(f"{CHAT}/{what}/{n}{end}", body) for n in (pk, 10**12)]
                bodies = [answer.json() | {"timestamp": None} for answer in answers]
                assert [answer.status_code for answer in answers] == [404, 404]
                assert bodies[0] == bodies[1]

        message.refresh_from_db()
        assert (message.text, message.read_at, message.reactions) == ("See you tomorrow!", None, [])

    def test_an_idempotency_key_makes_writing_safe_to_repeat(self, mine, grace, alan):
        path = f"{CHAT}/conversations/{ConversationFactory(one=grace, other=alan).pk}/messages"
        answers = [mine.post(path, {"text": "Hello!"}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]

        assert answers[0].content == answers[1].content
        assert Message.objects.count() == 1


class TestContacts:
    def test_are_those_with_whom_one_has_something_in_common(self, mine, grace):
        tutor = BookingFactory(student=grace).tutor.user
        session = SessionFactory()
        ParticipantFactory(session=session, user=grace)
        fellow = ParticipantFactory(session=session).user
        partner = MessageFactory(recipient=grace).sender
        BlockFactory(blocker=MessageFactory(recipient=grace).sender, blocked=grace)
        MessageFactory(sender=grace, recipient=StudentFactory(is_active=False))
        StudentFactory()

        body = mine.get(f"{CHAT}/contacts").json()

        assert {row["_id"] for row in body["data"]} == {
            str(user.pk) for user in (tutor, session.creator, fellow, partner)
        }
        assert {row["email"] for row in body["data"]} == {None}
        assert body["metadata"]["total"] == 4

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, grace, count, django_assert_num_queries):
        for _ in range(count):
            MessageFactory(recipient=grace)

        with django_assert_num_queries(9):  # who asks; bookings, sessions (2), threads, blocks (2); how many, which
            assert len(mine.get(f"{CHAT}/contacts").json()["data"]) == count


class TestSessionChat:
    @pytest.fixture
    def session(self, grace):
        session = SessionFactory()
        ParticipantFactory(session=session, user=grace)
        return session

    def test_the_people_of_a_session_write_to_all_of_them(self, api, mine, grace, session):
        path = f"{CHAT}/sessions/{session.pk}/chat"
        said = mine.post(path, {"message": " I am late. "})
        answered = api.as_(session.creator).post(path, {"text": "We wait."})

        assert (said.status_code, answered.status_code) == (201, 201)
        data = mine.get(path).json()["data"]
        assert [row["message"] for row in data["messages"]] == ["I am late.", "We wait."]
        assert data["messages"][0]["sender"] == {
            "_id": str(grace.pk), "id": str(grace.pk), "name": "Grace Hopper", "avatar": AVATAR,
        }  # fmt: skip
        assert data["pagination"] == {"page": 1, "limit": 50, "total": 2}
        for person in (grace, session.creator):
            assert [frame["message"] for frame in frames_to(person, "session_message")] == ["I am late.", "We wait."]

    def test_who_is_not_in_it_neither_reads_nor_writes(self, api, session):
        stranger, left = StudentFactory(), ParticipantFactory(session=session, state="left").user
        path = f"{CHAT}/sessions/{session.pk}/chat"
        for user in (stranger, left):
            answers = [api.as_(user).get(path), api.as_(user).post(path, {"message": "Hi"})]
            assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "NOT_IN_SESSION")}

        assert not SessionMessage.objects.exists()

    def test_a_private_session_of_others_answers_as_a_missing_one(self, mine):
        private = BookingFactory().session
        answers = [mine.get(f"{CHAT}/sessions/{pk}/chat") for pk in (private.pk, 10**12)]
        bodies = [answer.json() | {"timestamp": None} for answer in answers]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert bodies[0] == bodies[1]

    @pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
    def test_a_text_is_needed_and_has_an_end(self, mine, session, text):
        assert mine.post(f"{CHAT}/sessions/{session.pk}/chat", {"message": text}).status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_much_was_said(self, mine, grace, session, count, django_assert_num_queries):
        for n in range(count):
            SessionMessage.objects.create(session=session, sender=grace, text=f"{n}", created_at=session.created_at)

        with django_assert_num_queries(5):  # who asks, the session, its seats, how many, which
            data = mine.get(f"{CHAT}/sessions/{session.pk}/chat").json()["data"]
        assert len(data["messages"]) == count


def test_a_tutor_is_reached_like_anybody(mine):
    tutor = TutorFactory()

    assert mine.post(f"{CHAT}/conversations", {"recipientId": tutor.pk}).status_code == 201
