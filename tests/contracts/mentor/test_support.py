"""The mentor contract's support: tickets, the chat, calls for help, feedback."""

import pytest

from api.mentor.examples import support as examples
from notifications.models import Notification
from payments.models import PaymentStatus
from support.models import Feedback, Ticket, TicketMessage
from support.services import handling
from tests.factories import (
    AdminFactory,
    BlockFactory,
    BookingFactory,
    DisputeFactory,
    PaymentFactory,
    StudentFactory,
    TicketFactory,
    TutorFactory,
)
from tests.messaging.events import frames_to
from tests.support.clients import queries_of
from tests.support_app.conftest import NOW

pytestmark = pytest.mark.django_db

TICKETS = "/api/support/tickets"
ESCALATE, CLOSE = f"{TICKETS}/escalate", f"{TICKETS}/close"
CHAT, FEEDBACK = "/api/support/chat", "/api/support/feedback"
EMERGENCIES = ["/api/support/emergency", "/api/sessions/emergency"]
STAFF_ONLY = {"tier", "phone", "requesterEmail", "requesterRole", "sla"}
QUESTION = {"subject": "The camera stays black", "description": "In every lesson.", "category": "technical"}


@pytest.fixture
def ada():
    return StudentFactory(first_name="Ada", last_name="Lovelace", email="ada@example.com")


@pytest.fixture
def mine(api, ada):
    return api.as_(ada)


@pytest.fixture
def agent():
    return AdminFactory(first_name="Maria", last_name="Mitchell")


@pytest.fixture
def desk(api, agent):
    return api.as_(agent)


@pytest.fixture
def ticket(ada):
    return TicketFactory(requester=ada)


def found(client, **query):
    return [item["id"] for item in client.get(TICKETS, query).json()["items"]]


class TestAsking:
    def test_makes_an_open_ticket_of_ones_own(self, mine, ada):
        booking = BookingFactory(student=ada)

        answer = mine.post(TICKETS, QUESTION | {"priority": "high", "bookingId": booking.pk})

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (201, set(examples.NEW))
        assert (shown["status"], shown["priority"], shown["bookingId"]) == ("open", "high", booking.pk)
        assert (shown["requester"], shown["assignee"]) == ({"id": ada.pk, "name": "Ada Lovelace"}, None)
        assert shown["description"] == shown["messages"][0]["text"] == "In every lesson."
        assert answer["ETag"] == '"1"'
        assert mine.get(f"{TICKETS}/{shown['id']}").json() == shown

    def test_understands_snake_case_and_guesses_the_category(self, mine, ada):
        booking = BookingFactory(student=ada)
        asked = {"subject": "Refund", "description": "Twice.", "booking_id": booking.pk}

        assert mine.post(TICKETS, asked).json()["category"] == "payment"

    def test_twice_with_one_key_is_one_ticket(self, mine):
        answers = [mine.post(TICKETS, QUESTION, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert Ticket.objects.count() == 1

    @pytest.mark.parametrize("changes", [
        {"subject": ""}, {"subject": "x" * 201}, {"description": " "}, {"description": "x" * 5001},
        {"category": "weather"}, {"priority": "now"}, {"bookingId": 0}, {"subject": "a\x00b"},
    ])  # fmt: skip
    def test_what_makes_no_sense_is_400(self, mine, changes):
        answer = mine.post(TICKETS, QUESTION | changes)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(changes))
        assert not Ticket.objects.exists()

    def test_about_somebody_elses_lesson_is_as_about_one_that_does_not_exist(self, mine):
        answers = [mine.post(TICKETS, QUESTION | {"bookingId": pk}) for pk in (BookingFactory().pk, 10**9)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Booking not found"


class TestLists:
    def test_are_of_ones_own_and_of_all_for_the_staff(self, mine, desk, ticket):
        other = TicketFactory()

        assert (found(mine), found(desk)) == ([ticket.pk], [other.pk, ticket.pk])
        page = mine.get(TICKETS, {"pageSize": 1}).json()
        assert {name: page[name] for name in ("total", "page", "pageSize", "totalPages")} == {
            "total": 1, "page": 1, "pageSize": 1, "totalPages": 1,
        }  # fmt: skip
        assert set(page["items"][0]) == set(examples.CARD)
        assert set(desk.get(TICKETS).json()["items"][0]) == set(examples.CARD) | STAFF_ONLY

    def test_can_be_narrowed_down(self, desk, agent, ada, ticket):
        other = TicketFactory(subject="Refund", category="payment", priority="high", status="closed", assignee=agent)
        queries = [
            {"status": "closed"}, {"category": "payment"}, {"priority": "high"}, {"assignee": "me"},
            {"assignee": agent.pk}, {"search": "REF"}, {"search": other.requester.email},
        ]  # fmt: skip

        assert [found(desk, **query) for query in queries] == [[other.pk]] * len(queries)
        assert found(desk, assignee="none") == found(desk, search="camera lovelace") == [ticket.pk]
        assert found(desk, search="camera nobody") == []

    @pytest.mark.parametrize("query", [
        {"status": "lost"}, {"category": "x"}, {"priority": "x"}, {"assignee": "you"}, {"assignee": "0"},
        {"assignee": "9" * 19}, {"search": "x" * 201},
    ])  # fmt: skip
    def test_narrowed_down_by_nonsense_are_400(self, desk, query):
        assert desk.get(TICKETS, query).status_code == 400

    @pytest.mark.parametrize("who", ["mine", "desk"])
    def test_cost_the_same_however_long_they_are(self, request, ada, who):
        client = request.getfixturevalue(who)
        TicketFactory(requester=ada)
        queries_of(client, TICKETS)
        at_one = queries_of(client, TICKETS)
        TicketFactory.create_batch(2, requester=ada)

        assert queries_of(client, TICKETS) == at_one <= 5


class TestOneTicket:
    def test_shows_a_requester_no_notes_and_nothing_of_the_desk(self, mine, desk, agent, ticket):
        handling.note(ticket.pk, "Secretly difficult.", actor=agent, now=NOW)
        address = f"{TICKETS}/{ticket.pk}"

        own, theirs = mine.get(address), desk.get(address).json()

        assert "Secretly" not in own.content.decode()
        assert (own.json()["messageCount"], len(own.json()["messages"])) == (1, 1)
        assert set(own.json()) == set(examples.TICKET)
        assert theirs["messages"][1]["text"] == "Secretly difficult."
        assert theirs["messages"][1]["isInternal"] is True
        assert set(theirs) == set(examples.TICKET) | STAFF_ONLY | {"booking", "history"}

    def test_shows_an_admin_their_own_as_it_shows_every_requester_theirs(self, desk, agent):
        own = TicketFactory(requester=agent)
        handling.note(own.pk, "Secretly difficult.", actor=AdminFactory(), now=NOW)

        shown = desk.get(f"{TICKETS}/{own.pk}")
        (card,) = desk.get(TICKETS).json()["items"]

        assert "Secretly" not in shown.content.decode()
        assert set(shown.json()) == set(examples.TICKET)
        assert not STAFF_ONLY & set(card)

    def test_shows_the_staff_the_lesson_that_it_is_about_its_times_and_its_history(self, desk, ada):
        lesson = BookingFactory(student=ada)
        ticket = TicketFactory(requester=ada, booking=lesson)
        desk.put(ESCALATE, {"ticketId": ticket.pk, "reason": "They wait."})

        shown = desk.get(f"{TICKETS}/{ticket.pk}").json()

        assert (shown["booking"]["id"], shown["booking"]["price"]) == (lesson.pk, float(lesson.price))
        assert shown["booking"]["student"] == {"id": ada.pk, "name": "Ada Lovelace"}
        assert shown["requesterEmail"] == "ada@example.com"
        assert [(clock["metric"], clock["state"]) for clock in shown["sla"]] == [
            ("first_response", "running"), ("resolution", "running"),
        ]  # fmt: skip
        assert all(clock["dueAt"] for clock in shown["sla"])
        assert [(line["kind"], line["data"]) for line in shown["history"]] == [("escalated", {"reason": "They wait."})]

    def test_shows_the_staff_what_was_paid_for_its_lesson_and_what_of_it_is_disputed(self, desk, ada):
        lesson = BookingFactory(student=ada)
        of_lesson = {"payer": ada, "payable_id": lesson.pk}
        given_up = PaymentFactory(status=PaymentStatus.CANCELED, **of_lesson)
        paid = PaymentFactory(**of_lesson)
        DisputeFactory(payment=paid)
        PaymentFactory(payer=ada)
        ticket = TicketFactory(requester=ada, booking=lesson)

        shown = desk.get(f"{TICKETS}/{ticket.pk}").json()["booking"]["payments"]

        assert [(line["id"], line["status"], line["isDisputed"]) for line in shown] == [
            (paid.pk, "succeeded", True), (given_up.pk, "canceled", False),
        ]  # fmt: skip
        assert shown[0]["capturedAmount"] == float(paid.captured_amount)

    def test_of_somebody_else_is_not_there(self, api, ticket):
        stranger = api.as_(TutorFactory())
        for send in (
            lambda pk: stranger.get(f"{TICKETS}/{pk}"),
            lambda pk: stranger.put(f"{TICKETS}/{pk}", {"message": "Hello"}),
            lambda pk: stranger.put(ESCALATE, {"ticketId": pk, "reason": "x"}),
            lambda pk: stranger.put(CLOSE, {"ticketId": pk, "reason": "x"}),
            lambda pk: stranger.post(CHAT, {"ticketId": pk, "message": "x"}),
            lambda pk: stranger.post(FEEDBACK, {"ticketId": pk, "rating": 1, "comment": ""}),
        ):
            answers = [send(pk) for pk in (ticket.pk, 10**9)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].json()["error"] == answers[1].json()["error"] == "Ticket not found"
        assert (ticket.messages.count(), ticket.events.count()) == (1, 0)


class TestChanging:
    def test_as_its_requester_is_answering_and_closing(self, mine, ticket):
        address = f"{TICKETS}/{ticket.pk}"

        answered = mine.put(address, {"message": "Still so."}, headers={"If-Match": '"1"'})
        stale = mine.put(address, {"message": "Lost"}, headers={"If-Match": '"1"'})
        refused = mine.put(address, {"priority": "urgent", "message": "Lost"})
        closed = mine.put(address, {"status": "closed"})

        assert [message["text"] for message in answered.json()["messages"]] == ["It does in every lesson.", "Still so."]
        assert (stale.status_code, stale.json()["code"]) == (412, "STALE_VERSION")
        assert (refused.status_code, refused.json()["code"]) == (403, "SUPPORT_STAFF_ONLY")
        assert (closed.json()["status"], closed.json()["messageCount"]) == ("closed", 2)

    def test_as_the_staff_is_everything_at_once(self, desk, mine, agent, ticket):
        changes = {"message": "Which browser?", "priority": "low", "assigneeId": agent.pk, "status": "waiting_on_user"}

        shown = desk.put(f"{TICKETS}/{ticket.pk}", changes).json()

        assert (shown["status"], shown["priority"], shown["version"]) == ("waiting_on_user", "low", 2)
        assert shown["assignee"] == {"id": agent.pk, "name": "Maria Mitchell"}
        assert mine.get(f"{TICKETS}/{ticket.pk}").json()["messages"][-1]["isStaff"] is True

    @pytest.mark.parametrize(("changes", "status", "code"), [
        ({"status": "open", "priority": "normal", "assigneeId": None}, 200, None),  # as it is
        ({"internal": True}, 200, None),
        ({"status": "escalated"}, 409, "INVALID_TRANSITION"),  # which needs a reason
        ({"status": "resolved"}, 400, "TICKET_NEEDS_WORDS"),
        ({"status": "lost"}, 400, "VALIDATION_ERROR"),
        ({"priority": "now"}, 400, "VALIDATION_ERROR"),
        ({"assigneeId": 10**9}, 400, "NOT_SUPPORT_STAFF"),
        ({"message": ""}, 400, "VALIDATION_ERROR"),
        ({"status": "closed", "message": "x" * 501}, 400, "REASON_TOO_LONG"),
    ])  # fmt: skip
    def test_to_what_is_not_possible_is_refused(self, desk, ticket, changes, status, code):
        answer = desk.put(f"{TICKETS}/{ticket.pk}", changes)

        assert (answer.status_code, answer.json().get("code")) == (status, code)
        ticket.refresh_from_db()
        assert (ticket.status, ticket.messages.count(), ticket.events.count()) == ("open", 1, 0)

    def test_what_cannot_be_says_what_could(self, desk, ticket):
        handling.close(ticket.pk, reason="Done.", actor=ticket.requester, now=NOW)

        answer = desk.put(CLOSE, {"ticketId": ticket.pk, "reason": "Done."}).json()

        assert (answer["code"], answer["currentState"], answer["allowed"]) == ("INVALID_TRANSITION", "closed", [])


class TestEscalating:
    def test_is_for_a_requester_once_and_for_the_staff_always(self, mine, desk, ticket):
        body = {"ticketId": ticket.pk, "reason": "My lesson begins."}

        first, second = mine.put(ESCALATE, body), mine.put(ESCALATE, body)
        third = desk.put(ESCALATE, body)

        assert (first.json()["status"], first.json()["priority"]) == ("escalated", "high")
        assert first.json()["canEscalate"] is False
        assert (second.status_code, second.json()["code"]) == (409, "TICKET_ESCALATED_ALREADY")
        assert (third.json()["priority"], third.json()["tier"]) == ("urgent", "admin")

    @pytest.mark.parametrize("path", [ESCALATE, CLOSE])
    @pytest.mark.parametrize("changes", [{"reason": ""}, {"reason": "x" * 501}, {"ticketId": "x"}, {"ticketId": 0}])
    def test_and_closing_need_a_reason_and_a_ticket(self, mine, ticket, path, changes):
        answer = mine.put(path, {"ticketId": ticket.pk, "reason": "x"} | changes)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(changes))

    def test_closing_keeps_the_reason(self, mine, ticket):
        shown = mine.put(CLOSE, {"ticket_id": ticket.pk, "reason": "It works again."}).json()

        assert (shown["status"], shown["closeReason"]) == ("closed", "It works again.")


class TestChat:
    def test_begins_a_ticket_goes_on_in_it_and_is_heard_on_the_other_side(self, mine, desk, ada, agent):
        first = mine.post(CHAT, {"message": "The video\nis slow"})
        ticket_id = first.json()["ticketId"]
        desk.put(f"{TICKETS}/{ticket_id}", {"assigneeId": agent.pk})
        answer = desk.post(CHAT, {"ticketId": ticket_id, "message": "Which browser?"})
        mine.post(CHAT, {"ticketId": ticket_id, "message": "Firefox"})

        assert (first.status_code, answer.status_code) == (201, 201)
        assert set(answer.json()) == {"ticketId", "message"}
        assert answer.json()["message"]["author"] == {"id": agent.pk, "name": "Maria Mitchell"}
        made = Ticket.objects.get()
        assert (made.requester, made.subject, made.category) == (ada, "The video is slow", "technical")
        assert [frame["message"] for frame in frames_to(agent, "ticket_message")][1:] == ["Which browser?", "Firefox"]
        assert [frame["message"] for frame in frames_to(ada, "ticket_message")][1:] == ["Which browser?", "Firefox"]
        assert Notification.objects.filter(recipient=ada, type="ticket_reply").count() == 1

    def test_twice_with_one_key_is_one_message(self, mine):
        for _ in range(2):
            mine.post(CHAT, {"message": "Hello"}, headers={"Idempotency-Key": "k-1"})

        assert TicketMessage.objects.count() == 1

    @pytest.mark.parametrize("message", ["", "  ", "x" * 5001])
    def test_with_nothing_or_too_much_to_say_is_400(self, mine, message):
        assert mine.post(CHAT, {"message": message}).status_code == 400
        assert not Ticket.objects.exists()


class TestHelp:
    @pytest.mark.parametrize("path", EMERGENCIES)
    def test_is_an_urgent_ticket_and_calls_those_on_call(self, api, agent, path):
        tutor = TutorFactory(timezone="America/New_York", is_verified=False, profile__status="suspended")
        BlockFactory(blocked=tutor, blocker=agent)

        answer = api.as_(tutor).post(path, {"message": "I am threatened.", "sessionId": 10**9, "phone": "call me"})

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (201, {"ticketId", "message", "guidance"})
        assert "call 911 now" in shown["guidance"]
        made = Ticket.objects.get(pk=shown["ticketId"])
        assert (made.category, made.priority, made.phone, made.session) == ("safety", "urgent", "call me", None)
        assert Notification.objects.get(recipient=agent).type == "support_on_call"

    def test_is_there_for_who_has_used_up_every_other_limit(self, settings, mine):
        settings.THROTTLING = True
        settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"default": 1}
        assert [mine.get(TICKETS).status_code for _ in range(2)] == [200, 429]

        answers = [mine.post(path, {"message": "Help"}) for path in EMERGENCIES * 2]

        assert [answer.status_code for answer in answers] == [201] * 4
        assert answers[0]["X-RateLimit-Limit"] == "20"
        assert len({answer.json()["ticketId"] for answer in answers}) == 1

    def test_needs_a_word_and_somebody(self, api, mine):
        assert mine.post(EMERGENCIES[0], {"message": ""}).status_code == 400
        assert api.post(EMERGENCIES[0], {"message": "Help"}).status_code == 401


class TestFeedback:
    def test_on_the_platform_is_given_at_any_time(self, mine, ada):
        body = {"rating": 4, "comment": "Clear.", "category": "design"}

        answers = [mine.post(FEEDBACK, body) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert set(answers[0].json()) == {"message", "id"}
        rows = list(Feedback.objects.values_list("user", "rating", "comment", "category", "ticket"))
        assert rows == [(ada.pk, 4, "Clear.", "design", None)] * 2

    def test_on_a_ticket_is_given_once_after_it_was_resolved(self, mine, agent, ticket):
        body = {"ticketId": ticket.pk, "rating": 5, "comment": "Quick."}
        before = mine.post(FEEDBACK, body)
        handling.resolve(ticket.pk, text="Fixed.", actor=agent, now=ticket.created_at)

        given, again = mine.post(FEEDBACK, body), mine.post(FEEDBACK, body)

        assert (before.status_code, before.json()["code"]) == (409, "TICKET_NOT_RESOLVED")
        assert (given.status_code, again.json()["code"]) == (201, "TICKET_RATED_ALREADY")
        shown = mine.get(f"{TICKETS}/{ticket.pk}").json()["satisfaction"]
        assert (shown["rating"], shown["comment"]) == (5, "Quick.")

    @pytest.mark.parametrize("changes", [
        {"rating": 0}, {"rating": 6}, {"rating": "good"}, {"comment": "x" * 5001}, {"category": "x" * 51},
        {"ticketId": "x"},
    ])  # fmt: skip
    def test_that_makes_no_sense_is_400(self, mine, changes):
        answer = mine.post(FEEDBACK, {"rating": 5, "comment": "Good."} | changes)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(changes))
        assert not Feedback.objects.exists()
