"""The chapter on messages of the edustream document, and what its client sends and reads besides."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging import services
from messaging.models import Block, Message, Report
from notifications.models import LiveEvent
from tests.factories import (
    AttachmentFactory,
    BlockFactory,
    BookingFactory,
    MessageFactory,
    MessagingSettingsFactory,
    StudentFactory,
    TutorFactory,
)
from tests.messaging.events import frames_to, kinds_to
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

WHEN = "2025-01-24T10:30:00Z"


@pytest.fixture
def jane():
    return StudentFactory(first_name="Jane", last_name="Doe")


@pytest.fixture
def john():
    return TutorFactory(first_name="John", last_name="Tutor")


@pytest.fixture
def mine(api, jane):
    return api.as_(jane)


class TestSending:
    @pytest.mark.parametrize("path", ["/api/messages", "/api/messages/"])
    def test_the_documents_example(self, api, jane, path):
        with time_machine.travel(WHEN, tick=False):
            booking = BookingFactory(student=jane)
            tutor = booking.tutor.user
            response = api.as_(jane).post(
                path,
                {"recipient_id": tutor.pk, "message": "Hi! I'd like to book a session.", "booking_id": booking.pk},
            )

        assert response.status_code == 201
        example = {
            "id": Message.objects.get().pk,
            "sender_id": jane.pk,
            "recipient_id": tutor.pk,
            "message": "Hi! I'd like to book a session.",
            "is_read": False,
            "created_at": WHEN,
            "booking_id": booking.pk,
        }
        assert differences(response.json(), example) == []
        frame = frames_to(tutor, "new_message")[0]
        assert frame["message_id"] == example["id"]
        assert frame["sender_email"] == jane.email  # as the document's frame has it

    def test_unknown_and_blocked_people_get_one_answer(self, mine, jane):
        blocking = BlockFactory(blocked=jane).blocker

        answers = [mine.post("/api/messages", {"recipient_id": pk, "message": "Hi"}) for pk in (blocking.pk, 10**12)]

        assert {answer.status_code for answer in answers} == {404}
        bodies = [{**answer.json(), "timestamp": None} for answer in answers]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "RECIPIENT_NOT_FOUND"

    def test_a_foreign_booking_answers_as_a_missing_one(self, mine, john):
        answers = [
            mine.post("/api/messages", {"recipient_id": john.pk, "message": "Hi", "booking_id": pk})
            for pk in (BookingFactory().pk, 10**12)
        ]

        assert {answer.status_code for answer in answers} == {404}
        assert {answer.json()["message"] for answer in answers} == {"Booking not found"}
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            {"message": "Hi"},
            {"recipient_id": 0, "message": "Hi"},
            {"recipient_id": "x", "message": "Hi"},
            {"recipient_id": 2**63, "message": "Hi"},
            {"recipient_id": 1},
            {"recipient_id": 1, "message": "   "},
            {"recipient_id": 1, "message": "x" * 5001},
            {"recipient_id": 1, "message": "a\0b"},
            {"recipient_id": 1, "message": ["Hi"]},
            {"recipient_id": 1, "message": "Hi", "client_msg_id": "x" * 65},
        ],
    )
    def test_malformed_ones_are_refused(self, mine, body):
        answer = mine.post("/api/messages", body)

        assert answer.status_code == 400
        assert answer.json()["code"] == "VALIDATION_ERROR"

    def test_nobody_writes_to_oneself(self, mine, jane):
        answer = mine.post("/api/messages", {"recipient_id": jane.pk, "message": "Hi"})

        assert (answer.status_code, answer.json()["code"]) == (400, "WRITING_TO_ONESELF")

    def test_an_idempotency_key_makes_it_safe_to_repeat(self, mine, john):
        body = {"recipient_id": john.pk, "message": "Hi"}
        first = mine.post("/api/messages", body, HTTP_IDEMPOTENCY_KEY="k")
        again = mine.post("/api/messages", body, HTTP_IDEMPOTENCY_KEY="k")
        other = mine.post("/api/messages", body | {"message": "Ho"}, HTTP_IDEMPOTENCY_KEY="k")

        assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
        assert first.content == again.content
        assert again["Idempotent-Replay"] == "true"
        assert Message.objects.count() == 1
        assert kinds_to(john).count("new_message") == 1

    def test_the_thirty_first_message_of_a_minute_waits(self, api, jane, john, settings):
        settings.THROTTLING, settings.REDIS_URL = True, ""
        with time_machine.travel(WHEN, tick=False):
            mine = api.as_(jane)
            answers = [
                mine.post("/api/messages", {"recipient_id": john.pk, "message": f"Message {n}"}) for n in range(31)
            ]

        assert [answer.status_code for answer in answers] == [201] * 30 + [429]
        assert answers[-1].json()["code"] == "TOO_MANY_MESSAGES"
        assert answers[-1]["Retry-After"] == "60"

    def test_the_twenty_first_new_conversation_of_a_day_waits(self, mine):
        others = [StudentFactory() for _ in range(21)]
        answers = [mine.post("/api/messages", {"recipient_id": other.pk, "message": f"{other}"}) for other in others]

        assert [answer.status_code for answer in answers] == [201] * 20 + [429]
        assert answers[-1].json()["code"] == "TOO_MANY_NEW_CONVERSATIONS"
        assert int(answers[-1]["Retry-After"]) > 86_000


class TestThreads:
    def test_the_documents_example(self, mine, jane, john):
        with time_machine.travel(WHEN, tick=False):
            MessageFactory(sender=john, recipient=jane, text="Hello")
            last = MessageFactory(sender=john, recipient=jane, text="See you tomorrow!")

        response = mine.get("/api/messages/threads")

        assert response.status_code == 200
        example = {
            "other_user_id": john.pk,
            "other_user_name": "John Tutor",
            "other_user_avatar": "http://127.0.0.1:8000/api/avatars/default.png",
            "last_message": "See you tomorrow!",
            "last_message_at": WHEN,
            "unread_count": 2,
            "other_user_email": None,
            "other_user_first_name": "John",
            "other_user_last_name": "Tutor",
            "other_user_role": "tutor",
            "last_message_time": WHEN,
            "last_sender_id": john.pk,
            "conversation_id": last.conversation_id,
        }
        assert differences(response.json(), [example]) == []
        assert response["X-Total-Count"] == "1"

    def test_are_ones_own_who_wrote_last_first_on_either_side_of_the_pair(self, api):
        # Between the two: the lower id of one pair, the higher of the other.
        first, me, second = StudentFactory(), StudentFactory(), StudentFactory()
        MessageFactory()
        MessageFactory(sender=me, recipient=second)
        MessageFactory(sender=first, recipient=me)
        assert [row["other_user_id"] for row in api.as_(me).get("/api/messages/threads").json()] == [
            first.pk,
            second.pk,
        ]
        MessageFactory(sender=second, recipient=me)
        assert [row["other_user_id"] for row in api.as_(me).get("/api/messages/threads").json()] == [
            second.pk,
            first.pk,
        ]

    def test_a_deleted_last_message_and_one_who_left_keep_their_place(self, mine, jane, john):
        message = MessageFactory(sender=john, recipient=jane)
        services.delete(message.pk, actor=john)
        john.deleted_at = timezone.now()
        john.save()

        row = mine.get("/api/messages/threads").json()[0]

        assert (row["last_message"], row["unread_count"]) == ("Message deleted", 0)
        assert (row["other_user_name"], row["other_user_first_name"]) == ("Former user", "")

    def test_what_nobody_has_written_in_is_no_thread_yet(self, mine, jane, john):
        services.open_with(john.pk, user=jane)

        assert mine.get("/api/messages/threads").json() == []

    def test_come_in_pages(self, mine, jane):
        others = [MessageFactory(recipient=jane).sender_id for _ in range(5)]
        pages = [mine.get("/api/messages/threads", {"page": n, "page_size": 2}) for n in (1, 2, 3, 4)]

        shown = [[row["other_user_id"] for row in page.json()] for page in pages]
        assert shown == [[others[4], others[3]], [others[2], others[1]], [others[0]], []]
        assert {page["X-Total-Count"] for page in pages} == {"5"}
        assert 'rel="next"' in pages[0]["Link"]

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, jane, count, django_assert_num_queries):
        for n in range(count):
            pair = (jane, StudentFactory()) if n % 2 else (StudentFactory(), jane)
            MessageFactory(sender=pair[0], recipient=pair[1])

        with django_assert_num_queries(4):  # who asks, how many on each side, which
            assert len(mine.get("/api/messages/threads").json()) == count


class TestOneThread:
    def test_the_documents_example(self, mine, jane, john):
        with time_machine.travel("2025-01-24T09:00:00Z", tick=False):
            message = MessageFactory(sender=jane, recipient=john, text="Hello!", read_at=timezone.now())

        response = mine.get(f"/api/messages/threads/{john.pk}")

        assert response.status_code == 200
        shown = {
            "id": message.pk,
            "sender_id": jane.pk,
            "recipient_id": john.pk,
            "message": "Hello!",
            "is_read": True,
            "created_at": "2025-01-24T09:00:00Z",
        }
        assert differences(response.json(), {"messages": [shown], "total": 1, "page": 1}) == []

    def test_the_newest_page_comes_first_and_each_page_is_oldest_first(self, mine, jane, john):
        ids = [MessageFactory(sender=john, recipient=jane).pk for _ in range(5)]
        path = f"/api/messages/threads/{john.pk}"

        pages = [mine.get(path, {"page": n, "page_size": 2}).json() for n in (1, 2, 3, 4)]

        assert [[m["id"] for m in page["messages"]] for page in pages] == [ids[3:], ids[1:3], ids[:1], []]
        assert [page["has_more"] for page in pages] == [True, True, False, False]
        assert {(page["total"], page["page_size"], page["total_pages"]) for page in pages} == {(5, 2, 3)}

    def test_fifty_are_on_a_page_unless_asked_otherwise_and_never_more_than_a_hundred(self, mine, jane, john):
        path = f"/api/messages/threads/{john.pk}"
        assert mine.get(path).json()["page_size"] == 50
        assert mine.get(path, {"page_size": 1000}).json()["page_size"] == 100

    def test_keyset_pages_are_not_shifted_by_what_is_written_meanwhile(self, mine, jane, john):
        ids = [MessageFactory(sender=john, recipient=jane).pk for _ in range(5)]
        path = f"/api/messages/threads/{john.pk}"
        seen, before = [], None
        while True:
            page = mine.get(path, {"page_size": 2} | ({"before": before} if before else {})).json()
            seen = [m["id"] for m in page["messages"]] + seen
            MessageFactory(sender=jane, recipient=john)
            before = page["next_before"]
            if not page["has_more"]:
                break

        assert seen == ids
        assert before is None

    def test_can_be_narrowed_to_a_booking(self, mine, jane, john):
        about = MessageFactory(sender=john, recipient=jane, booking_id=7)
        MessageFactory(sender=john, recipient=jane)

        body = mine.get(f"/api/messages/threads/{john.pk}", {"booking_id": 7}).json()

        assert ([m["id"] for m in body["messages"]], body["total"]) == ([about.pk], 1)

    def test_with_somebody_new_it_is_empty_and_with_nobody_it_is_missing(self, mine, jane, john):
        assert mine.get(f"/api/messages/threads/{john.pk}").json()["messages"] == []
        for pk in (BlockFactory(blocked=jane).blocker_id, 10**12, jane.pk):
            answer = mine.get(f"/api/messages/threads/{pk}")
            assert (answer.status_code, answer.json()["code"]) == (404, "RECIPIENT_NOT_FOUND")

    def test_a_block_leaves_what_was_written_readable(self, mine, jane, john):
        MessageFactory(sender=john, recipient=jane)
        services.block(jane.pk, user=john)

        assert len(mine.get(f"/api/messages/threads/{john.pk}").json()["messages"]) == 1

    def test_deleted_messages_are_tombstones_without_their_files(self, mine, jane, john):
        message = AttachmentFactory(message=MessageFactory(sender=john, recipient=jane, attachment_count=1)).message
        assert len(mine.get(f"/api/messages/threads/{john.pk}").json()["messages"][0]["attachments"]) == 1
        services.delete(message.pk, actor=john)

        shown = mine.get(f"/api/messages/threads/{john.pk}").json()["messages"][0]

        assert (shown["message"], shown["is_deleted"], shown["attachments"]) == ("Message deleted", True, [])

    def test_what_is_held_only_its_sender_sees(self, api, jane, john):
        MessageFactory(sender=john, recipient=jane, is_held=True)

        assert api.as_(jane).get(f"/api/messages/threads/{john.pk}").json()["total"] == 0
        assert api.as_(john).get(f"/api/messages/threads/{jane.pk}").json()["total"] == 1

    @pytest.mark.parametrize("side", ["jane", "john"])
    def test_the_sender_sees_no_receipts_where_either_has_turned_them_off(self, api, jane, john, side):
        MessagingSettingsFactory(user={"jane": jane, "john": john}[side])
        MessageFactory(sender=jane, recipient=john, read_at=timezone.now())

        sent = api.as_(jane).get(f"/api/messages/threads/{john.pk}").json()["messages"][0]
        received = api.as_(john).get(f"/api/messages/threads/{jane.pk}").json()["messages"][0]

        assert (sent["is_read"], sent["read_at"], sent["delivered_at"]) == (False, None, None)
        assert received["is_read"]

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_long_it_is(self, mine, jane, john, count, django_assert_num_queries):
        for _ in range(count):
            AttachmentFactory(message=MessageFactory(sender=john, recipient=jane, attachment_count=1))

        # who asks, which thread, how many, which, receipts, files
        with django_assert_num_queries(6):
            assert len(mine.get(f"/api/messages/threads/{john.pk}").json()["messages"]) == count


class TestSearch:
    @pytest.fixture
    def thread(self, jane, john):
        return [
            MessageFactory(sender=john, recipient=jane, text="Homework: the quadratic FORMULA"),
            MessageFactory(sender=jane, recipient=john, text="100% of the formulas, see été_1"),
            MessageFactory(sender=john, recipient=jane, text="Nothing about it"),
        ]

    @pytest.mark.parametrize("name", ["query", "q"])
    def test_finds_words_in_ones_own_threads_newest_first(self, mine, thread, name):
        MessageFactory(text="A formula of others")

        body = mine.get("/api/messages/search", {name: "formula"}).json()

        assert [message["id"] for message in body["messages"]] == [thread[1].pk, thread[0].pk]
        assert (body["total"], body["total_pages"], body["page"]) == (2, 1, 1)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("FORMULA quadratic", [0]),
            ("100%", [1]),
            ("%%", []),
            ("été_", [1]),
            ("ete_", []),
            ("ab", [2]),
            ("xy", []),
            ("ÉTÉ", [1]),
            ("formula_", []),
        ],
    )
    def test_every_word_must_occur_and_wildcards_are_letters(self, mine, thread, query, found):
        body = mine.get("/api/messages/search", {"q": query}).json()

        assert [message["id"] for message in body["messages"]] == [thread[n].pk for n in found]

    def test_can_be_narrowed_to_a_person(self, mine, jane, thread, john):
        other = MessageFactory(recipient=jane, text="formula")

        found = mine.get("/api/messages/search", {"q": "formula", "user_id": other.sender_id}).json()

        assert [message["id"] for message in found["messages"]] == [other.pk]
        assert mine.get("/api/messages/search", {"q": "formula", "user_id": john.pk}).json()["total"] == 2

    def test_leaves_out_what_is_deleted_or_held(self, mine, thread, jane, john):
        services.delete(thread[0].pk, actor=john)
        MessageFactory(sender=john, recipient=jane, text="A held formula", is_held=True)

        assert [m["id"] for m in mine.get("/api/messages/search", {"q": "formula"}).json()["messages"]] == [
            thread[1].pk
        ]

    @pytest.mark.parametrize("query", ["", "a", "  a  "])
    def test_needs_two_characters(self, mine, query):
        answer = mine.get("/api/messages/search", {"query": query})

        assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_TOO_SHORT")
        assert mine.get("/api/messages/search").status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_much_it_finds(self, mine, jane, john, count, django_assert_num_queries):
        MessageFactory.create_batch(count, sender=john, recipient=jane)

        with django_assert_num_queries(5):  # who asks, how many sent and received, which, receipts
            body = mine.get("/api/messages/search", {"q": "tomorrow", "page_size": 50}).json()
        assert len(body["messages"]) == count


class TestReading:
    def test_one_message(self, mine, jane, john):
        message = MessageFactory(sender=john, recipient=jane)

        response = mine.patch(f"/api/messages/{message.pk}/read")

        assert response.status_code == 200
        assert (response.json()["id"], response.json()["is_read"]) == (message.pk, True)
        assert kinds_to(john) == ["message_read"]

    def test_only_its_recipient_may(self, mine, jane):
        answer = mine.patch(f"/api/messages/{MessageFactory(sender=jane).pk}/read")

        assert (answer.status_code, answer.json()["code"]) == (403, "RECIPIENT_ONLY")

    def test_a_whole_thread(self, mine, jane, john):
        MessageFactory.create_batch(3, sender=john, recipient=jane)

        path = f"/api/messages/threads/{john.pk}/read-all"
        first, again = mine.patch(path), mine.patch(path)

        assert (first.status_code, first.json()) == (200, {"message": "All messages marked as read", "updated": 3})
        assert again.json()["updated"] == 0
        assert kinds_to(john) == ["thread_read"]

    def test_how_many_are_unread(self, mine, jane, john):
        MessageFactory.create_batch(3, sender=john, recipient=jane)
        other = MessageFactory(recipient=jane).sender_id

        response = mine.get("/api/messages/unread/count")

        assert response.status_code == 200
        assert response.json() == {
            "unread_count": 4,
            "total": 4,
            "by_sender": {str(john.pk): 3, str(other): 1},
        }


class TestChanging:
    def test_the_documents_example(self, mine, jane):
        message = MessageFactory(sender=jane)

        response = mine.patch(f"/api/messages/{message.pk}", {"message": "Updated message content"})

        assert response.status_code == 200
        shown = response.json()
        assert (shown["id"], shown["message"], shown["is_edited"]) == (message.pk, "Updated message content", True)

    def test_after_fifteen_minutes_it_is_too_late(self, mine, jane):
        message = MessageFactory(sender=jane)
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            answer = mine.patch(f"/api/messages/{message.pk}", {"message": "Late"})

        assert (answer.status_code, answer.json()["code"]) == (409, "EDIT_WINDOW_CLOSED")

    def test_a_deleted_one_stays_deleted(self, mine, jane):
        message = MessageFactory(sender=jane)
        deleted = mine.delete(f"/api/messages/{message.pk}")
        again = mine.delete(f"/api/messages/{message.pk}")
        answer = mine.patch(f"/api/messages/{message.pk}", {"message": "Back"})

        assert (deleted.status_code, deleted.content, again.status_code) == (204, b"", 204)
        assert (answer.status_code, answer.json()["code"]) == (409, "MESSAGE_DELETED")

    def test_the_recipient_may_not(self, mine, jane):
        message = MessageFactory(recipient=jane)
        answers = [
            mine.patch(f"/api/messages/{message.pk}", {"message": "Forged"}),
            mine.delete(f"/api/messages/{message.pk}"),
        ]

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "SENDER_ONLY")}
        assert not LiveEvent.objects.exists()


class TestPeople:
    def test_whom_one_is_about_to_write_to(self, mine, john):
        body = mine.get(f"/api/messages/users/{john.pk}").json()

        assert (
            differences(
                body,
                {"id": john.pk, "first_name": "John", "last_name": "Tutor", "name": "John Tutor", "role": "tutor"},
            )
            == []
        )
        assert body["email"] is None

    def test_blocking_hides_both_from_each_other_and_can_be_taken_back(self, mine, api, jane, john):
        path = f"/api/messages/users/{john.pk}/block"
        assert mine.post(path).json() == {"message": "User blocked", "user_id": john.pk, "is_blocked": True}
        assert mine.post(path).status_code == 200

        for client, other in ((mine, john), (api.as_(john), jane)):
            assert client.get(f"/api/messages/users/{other.pk}").status_code == 404
            assert client.post("/api/messages", {"recipient_id": other.pk, "message": "Hi"}).status_code == 404
        assert [row["id"] for row in mine.get("/api/messages/blocks").json()] == [john.pk]
        assert api.as_(john).get("/api/messages/blocks").json() == []

        assert mine.delete(path).json()["is_blocked"] is False
        assert mine.delete(path).status_code == 200
        assert not Block.objects.exists()
        assert mine.post("/api/messages", {"recipient_id": john.pk, "message": "Hi"}).status_code == 201

    @pytest.mark.parametrize("method", ["post", "delete"])
    @pytest.mark.parametrize("nobody", [0, 10**9])
    def test_who_does_not_exist_is_neither_blocked_nor_unblocked(self, mine, method, nobody):
        assert getattr(mine, method)(f"/api/messages/users/{nobody}/block").status_code == 404

    @pytest.mark.parametrize("count", [1, 30])
    def test_the_list_of_the_blocked_costs_the_same(self, mine, jane, count, django_assert_num_queries):
        BlockFactory.create_batch(count, blocker=jane)

        with django_assert_num_queries(4):  # who asks, how many, which, who they are
            assert len(mine.get("/api/messages/blocks?page_size=50").json()) == count

    def test_receipts_can_be_turned_off_and_on(self, mine):
        assert mine.get("/api/messages/settings").json() == {"read_receipts": True}
        assert mine.put("/api/messages/settings", {"read_receipts": False}).json() == {"read_receipts": False}
        assert mine.get("/api/messages/settings").json() == {"read_receipts": False}
        assert mine.put("/api/messages/settings", {"read_receipts": True}).json() == {"read_receipts": True}
        assert mine.put("/api/messages/settings", {}).status_code == 400

    def test_a_message_can_be_reported_once(self, mine, jane):
        message = MessageFactory(recipient=jane)
        path = f"/api/messages/{message.pk}/report"
        first, again = mine.post(path, {"reason": "An insult."}), mine.post(path, {"reason": "Again."})

        assert first.status_code == 201
        assert first.json() == {
            "message": "Message reported",
            "id": Report.objects.get().pk,
            "message_id": message.pk,
            "state": "open",
        }
        assert (again.status_code, again.json()["code"]) == (409, "MESSAGE_REPORTED_ALREADY")
