"""What the learner_v1 client sends and reads about seats, on both its sides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.models import RequestState, SeatState
from tests.factories import (
    AdminFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    WaitlistEntryFactory,
    student_of,
)

pytestmark = pytest.mark.django_db

LEARNER, TUTOR = "/api/v1/learner/sessions", "/api/v1/tutor"
SPELLINGS = ["sessions/requests", "requests", "enrollments/requests"]


def data_of(answer, status=200):
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status, "success"), body
    return body["data"]


class TestLearnersSide:
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_a_free_seat_is_taken(self, api, slash):
        session, learner = SessionFactory(), StudentFactory()

        data = data_of(api.as_(learner).post(f"{LEARNER}/{session.pk}/join{slash}"), 201)

        assert data == {
            "status": "enrolled",
            "sessionId": str(session.pk),
            "learnerId": str(learner.pk),
            "requestId": None,
            "position": None,
            "conflicts": [],
        }
        assert session.participants.joined().get().user == learner

    def test_where_the_tutor_approves_there_is_a_request_first(self, api):
        session, learner = SessionFactory(needs_approval=True), StudentFactory()

        data = data_of(api.as_(learner).post(f"{LEARNER}/{session.pk}/join"), 202)

        request = session.join_requests.get()
        assert (data["status"], data["requestId"]) == ("pending", str(request.pk))
        assert not session.participants.exists()

    def test_who_wants_to_wait_waits(self, api):
        session, learner = SessionFactory(max_participants=2), StudentFactory()
        for _ in range(2):
            ParticipantFactory(session=session)

        refused = api.as_(learner).post(f"{LEARNER}/{session.pk}/join")
        data = data_of(api.as_(learner).post(f"{LEARNER}/{session.pk}/join", {"waitlist": True}), 202)

        assert (refused.status_code, refused.json()["code"]) == (409, "SESSION_FULL")
        assert refused.json()["waitlistAvailable"] is True
        assert (data["status"], data["position"]) == ("waitlisted", 1)

    def test_leaving_gives_up_a_seat_a_place_or_a_request(self, api):
        learner = StudentFactory()
        rows = [ParticipantFactory(user=learner), WaitlistEntryFactory(user=learner), JoinRequestFactory(user=learner)]

        for row in rows:
            data = data_of(api.as_(learner).post(f"{LEARNER}/{row.session.pk}/leave"))
            assert (data["status"], data["sessionId"]) == ("left", str(row.session.pk))
            row.refresh_from_db()

        assert [row.state for row in rows] == ["left", "withdrawn", "withdrawn"]
        again = api.as_(learner).post(f"{LEARNER}/{rows[0].session.pk}/leave")
        assert (again.status_code, again.json()["code"]) == (409, "NOT_JOINED")

    def test_a_key_makes_joining_safe_to_repeat(self, api):
        session, learner = SessionFactory(), api.as_(StudentFactory())

        first, second = (
            learner.post(f"{LEARNER}/{session.pk}/join", HTTP_IDEMPOTENCY_KEY="a-key-of-my-own") for _ in range(2)
        )

        assert (first.status_code, second.status_code) == (201, 201)
        assert second["Idempotent-Replay"] == "true"
        assert first.json() == second.json()

    @pytest.mark.parametrize("verb", ["join", "leave"])
    def test_is_for_learners(self, api, verb):
        session = SessionFactory()

        for person in (TutorFactory(), AdminFactory()):
            answer = api.as_(person).post(f"{LEARNER}/{session.pk}/{verb}")
            assert (answer.status_code, answer.json()["code"]) == (403, "LEARNER_ONLY")

        assert not session.participants.exists()


class TestRequests:
    def test_the_tutor_sees_who_asks_newest_first(self, api):
        old = JoinRequestFactory(user__first_name="Grace", user__last_name="Hopper", session__title="Compilers")
        host = old.session.creator
        new = JoinRequestFactory(session=old.session, state=RequestState.WITHDRAWN, decided_at=old.created_at)
        elsewhere = JoinRequestFactory(session=SessionFactory(creator=host, starts_at=old.session.ends_at))
        JoinRequestFactory()

        here = api.as_(host)
        everything = here.get(f"{TUTOR}/sessions/requests").json()

        assert [item["_id"] for item in everything["data"]] == [str(row.pk) for row in (elsewhere, new, old)]
        assert everything["pagination"] == {"page": 1, "limit": 50, "total": 3}
        assert everything["data"][2] == {
            "_id": str(old.pk),
            "id": str(old.pk),
            "requestId": str(old.pk),
            "sessionId": str(old.session.pk),
            "sessionTitle": "Compilers",
            "learnerId": str(old.user.pk),
            "learnerName": "Grace Hopper",
            "status": "pending",
            "createdAt": everything["data"][2]["createdAt"],
            "decidedAt": None,
        }
        pending = data_of(here.get(f"{TUTOR}/sessions/requests", {"status": "pending"}))
        of_one = data_of(here.get(f"{TUTOR}/sessions/{old.session.pk}/requests", {"status": "pending"}))
        assert [item["_id"] for item in pending] == [str(elsewhere.pk), str(old.pk)]
        assert [item["_id"] for item in of_one] == [str(old.pk)]
        assert here.get(f"{TUTOR}/sessions/requests", {"status": "lost"}).status_code == 400

    @pytest.mark.parametrize("spelling", SPELLINGS)
    @pytest.mark.parametrize(("verb", "state"), [("approve", "approved"), ("reject", "rejected")])
    def test_each_spelling_decides(self, api, spelling, verb, state):
        request = JoinRequestFactory()

        data = data_of(api.as_(request.session.creator).post(f"{TUTOR}/{spelling}/{request.pk}/{verb}"))

        assert (data["requestId"], data["status"]) == (str(request.pk), state)
        assert data["decidedAt"]
        assert request.session.participants.count() == (verb == "approve")
        again = api.as_(request.session.creator).post(f"{TUTOR}/{spelling}/{request.pk}/{verb}")
        assert (again.status_code, again.json()["code"]) == (409, "INVALID_TRANSITION")

    def test_somebody_elses_request_is_as_one_that_is_not_there(self, api):
        request, other = JoinRequestFactory(), TutorFactory()

        hidden, missing = (
            api.as_(other).post(f"{TUTOR}/requests/{pk}/approve") for pk in (request.pk, request.pk + 1_000_000)
        )

        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["message"] == missing.json()["message"]
        assert api.as_(other).get(f"{TUTOR}/sessions/{request.session.pk}/requests").status_code == 403
        assert data_of(api.as_(other).get(f"{TUTOR}/sessions/requests")) == []

    def test_a_list_costs_the_same_however_long_it_is(self, api):
        first = JoinRequestFactory()

        def cost():
            with CaptureQueriesContext(connection) as queries:
                api.as_(first.session.creator).get(f"{TUTOR}/sessions/requests")
            return len(queries)

        one = cost()
        for _ in range(10):
            JoinRequestFactory(session=first.session)

        assert cost() == one


class TestStudents:
    def test_the_tutor_adds_and_removes_a_student(self, api):
        session = SessionFactory()
        tutor, learner = api.as_(session.creator), student_of(session.creator)

        added = data_of(tutor.post(f"{TUTOR}/sessions/{session.pk}/students/add", {"studentId": str(learner.pk)}), 201)
        removed = data_of(tutor.delete(f"{TUTOR}/sessions/{session.pk}/students/{learner.pk}"))

        assert added["studentId"] == removed["studentId"] == str(learner.pk)
        assert session.participants.get().state == SeatState.REMOVED

    def test_refuses_whom_it_cannot_add(self, api):
        seat = ParticipantFactory()
        path, tutor = f"{TUTOR}/sessions/{seat.session.pk}/students", api.as_(seat.session.creator)

        answers = [
            tutor.post(f"{path}/add", body) for body in ({"studentId": seat.user_id}, {"studentId": 10**9}, {}, [])
        ]
        answers.append(tutor.delete(f"{path}/{StudentFactory().pk}"))

        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
            (409, "ALREADY_JOINED"),
            (404, "NOT_FOUND"),
            (400, "VALIDATION_ERROR"),
            (400, "MALFORMED_REQUEST"),
            (409, "NOT_JOINED"),
        ]

    def test_is_for_tutors_and_of_the_session(self, api):
        seat = ParticipantFactory()
        path = f"{TUTOR}/sessions/{seat.session.pk}/students"

        for person, code in (
            (seat.user, "TUTOR_ONLY"),
            (AdminFactory(), "TUTOR_ONLY"),
            (TutorFactory(), "NOT_THE_CREATOR"),
        ):
            here = api.as_(person)
            answers = [
                here.post(f"{path}/add", {"studentId": StudentFactory().pk}),
                here.delete(f"{path}/{seat.user_id}"),
            ]
            assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, code)}

        assert [row.user_id for row in seat.session.participants.joined()] == [seat.user_id]
