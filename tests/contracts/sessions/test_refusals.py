"""Every refusal that the sessions document names: its status, and `{error}`, which the client shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app.models import SessionStatus, TutoringSession
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


def refusal(answer, status, code):
    """The one body, with the sentence in `error`."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body["error"] == body["message"] == body["detail"]
    assert body["status"] == "error"
    return body


def valid(**changes):
    return {"title": "Algebra", "date": timezone.now() + timedelta(days=3), "max_participants": 6} | changes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 201),
        ("title", None),
        ("title", {"a": 1}),
        ("title", "null\x00byte"),
        ("description", "x" * 5001),
        ("date", "tomorrow"),
        ("date", "2020-01-01T10:00:00Z"),
        ("date", 5),
        ("date", None),
        ("date", "9999-12-31T23:59:59Z"),
        ("date", "0001-01-01T00:00:00+14:00"),
        ("max_participants", 1),
        ("max_participants", 21),
        ("max_participants", "many"),
        ("max_participants", 10**40),
        ("max_participants", None),
        ("duration_minutes", 10),
        ("duration_minutes", 245),
        ("duration_minutes", 61),
        ("subject_id", 999),
        ("subject_id", 10**40),
        ("level", "wizard"),
    ],
)
def test_invalid_data_is_400_and_names_the_field(field, value, api):
    answer = api.as_(TutorFactory()).post("/api/sessions/", valid(**{field: value}))

    assert answer.status_code == 400
    body = answer.json()
    assert list(body["errors"]) == [field]
    assert body["error"].startswith(f"{field}: ") or body["code"] == "PAST_DATE"
    assert not TutoringSession.objects.exists()


@pytest.mark.parametrize("level", ["beginner", "Beginner", " BEGINNER "])
def test_a_level_is_understood_in_any_case(level, api):
    answer = api.as_(TutorFactory()).post("/api/sessions/", valid(level=level))

    assert (answer.status_code, answer.json()["level"]) == (201, "beginner")


@pytest.mark.parametrize("field", ["title", "date", "max_participants"])
def test_a_missing_field_is_400(field, api):
    sent = valid()
    del sent[field]

    answer = api.as_(TutorFactory()).post("/api/sessions/", sent)

    assert list(refusal(answer, 400, "VALIDATION_ERROR")["errors"]) == [field]


def test_a_date_without_an_offset_is_refused_and_not_guessed_at(api):
    answer = api.as_(TutorFactory()).post("/api/sessions/", valid(date="2030-01-20T16:00:00"))

    refusal(answer, 400, "NAIVE_DATETIME")


def test_only_instructors_create(api):
    answer = api.as_(StudentFactory()).post("/api/sessions/", valid())

    body = refusal(answer, 403, "INSTRUCTORS_ONLY")
    assert body["error"] == "Only instructors can create sessions"


def test_two_sessions_at_once_are_400_and_name_the_other(api):
    session = SessionFactory()

    answer = api.as_(session.creator).post("/api/sessions/", valid(date=session.starts_at))

    assert refusal(answer, 400, "TIME_CONFLICT")["conflicts"][0]["id"] == session.pk


def test_without_a_token_everything_is_401_with_a_challenge(api):
    answer = api.get("/api/sessions/")

    refusal(answer, 401, "NO_TOKEN")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_full_and_already_joined_and_not_joined_have_the_documents_words(api):
    full = SessionFactory(max_participants=2)
    seats = [ParticipantFactory(session=full) for _ in range(2)]
    student = StudentFactory()

    assert refusal(api.as_(student).post(f"/api/sessions/{full.pk}/join/"), 400, "SESSION_FULL")["error"] == (
        "Session is full"
    )
    again = api.as_(seats[0].user).post(f"/api/sessions/{full.pk}/join/")
    assert refusal(again, 400, "ALREADY_JOINED")["error"] == "Already joined this session"
    gone = api.as_(student).post(f"/api/sessions/{full.pk}/leave/")
    assert refusal(gone, 400, "NOT_JOINED")["error"] == "Not joined to this session"


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.UPCOMING}))
def test_a_session_that_is_not_upcoming_cannot_be_joined_or_left(status, api):
    seat = ParticipantFactory(session__status=status)

    refusal(api.as_(StudentFactory()).post(f"/api/sessions/{seat.session.pk}/join/"), 400, "CANNOT_JOIN")
    refusal(api.as_(seat.user).post(f"/api/sessions/{seat.session.pk}/leave/"), 400, "INVALID_TRANSITION")


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        ("cancel", "Only the creator can cancel a session"),
        ("start", "Only the creator can start a session"),
        ("complete", "Only the creator can complete a session"),
    ],
)
def test_only_the_creator_manages_a_session(verb, error, api):
    session = SessionFactory()

    answer = api.as_(TutorFactory()).post(f"/api/sessions/{session.pk}/{verb}/")

    assert refusal(answer, 403, "NOT_THE_CREATOR")["error"] == error


@pytest.mark.parametrize("status", [SessionStatus.COMPLETED, SessionStatus.CANCELLED])
@pytest.mark.parametrize(("method", "path"), [("put", ""), ("post", "cancel/"), ("post", "start/")])
def test_a_session_that_is_over_is_400_with_its_state(method, path, status, api):
    session = SessionFactory(status=status)

    answer = getattr(api.as_(session.creator), method)(f"/api/sessions/{session.pk}/{path}", {"title": "New"})

    body = refusal(answer, 400, "INVALID_TRANSITION")
    assert (body["current_state"], body["allowed"]) == (status, [])


@pytest.mark.parametrize("status", [SessionStatus.ONGOING, SessionStatus.COMPLETED])
def test_ongoing_and_completed_sessions_are_not_deleted(status, api):
    session = SessionFactory(status=status)

    refusal(api.as_(session.creator).delete(f"/api/sessions/{session.pk}/"), 400, "INVALID_TRANSITION")


def test_fewer_seats_than_participants_is_400(api):
    session = SessionFactory()
    for _ in range(3):
        ParticipantFactory(session=session)

    answer = api.as_(session.creator).put(f"/api/sessions/{session.pk}/", {"max_participants": 2})

    assert refusal(answer, 400, "CAPACITY_BELOW_PARTICIPANTS")["seats_taken"] == 3


def test_a_stale_if_match_is_412_and_a_broken_one_400(api):
    session = SessionFactory(version=3)
    client = api.as_(session.creator)
    path = f"/api/sessions/{session.pk}/"

    stale = client.put(path, {"title": "New"}, headers={"If-Match": '"2"'})
    broken = client.put(path, {"title": "New"}, headers={"If-Match": '"abc"'})
    current = client.put(path, {"title": "New"}, headers={"If-Match": 'W/"3"'})
    anything = client.put(path, {"title": "Newer"}, headers={"If-Match": "*"})

    assert refusal(stale, 412, "STALE_VERSION")["current_version"] == 3
    refusal(broken, 400, "BAD_IF_MATCH")
    assert (current.status_code, anything.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["", "join/", "leave/", "cancel/", "start/", "complete/", "participants/"])
def test_an_unknown_session_is_404(path, api):
    method = "get" if path in ("", "participants/") else "post"

    answer = getattr(api.as_(TutorFactory()), method)(f"/api/sessions/4711/{path}")

    assert refusal(answer, 404, "NOT_FOUND")["error"] == "Session not found"


@pytest.mark.parametrize("pk", ["0", "abc", "-1", "1.5", "9" * 30, "%00", "1%2F2"])
def test_an_id_that_is_none_is_an_unknown_path(pk, api):
    refusal(api.as_(TutorFactory()).get(f"/api/sessions/{pk}/"), 404, "NOT_FOUND")
