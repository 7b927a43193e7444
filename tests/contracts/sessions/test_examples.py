"""The sessions document: each of its examples, in the state and at the time that it shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from sessions_app.models import Participant, TutoringSession
from tests.contracts.sessions import examples
from tests.factories import SessionFactory, StudentFactory, TutorFactory
from tests.support.golden import differences

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def john() -> Any:
    return TutorFactory(pk=1, first_name="John", last_name="Doe", email="john@example.com")


@pytest.fixture
def alice() -> Any:
    return StudentFactory(pk=2, first_name="Alice", last_name="Smith", email="alice@example.com")


@pytest.fixture
def session(john: Any) -> TutoringSession:
    example = examples.SESSION
    with time_machine.travel(at("2024-01-05T09:00:00"), tick=False):
        return SessionFactory(
            pk=1,
            creator=john,
            title=example["title"],
            description=example["description"],
            starts_at=at("2024-01-15T14:00:00"),
            ends_at=at("2024-01-15T16:00:00"),
        )


def seat(session: TutoringSession, user: Any, joined_at: str, pk: int) -> None:
    Participant.objects.create(pk=pk, session=session, user=user, joined_at=at(joined_at))
    TutoringSession.objects.filter(pk=session.pk).update(seats_taken=session.participants.count())


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_the_list(api, session, alice):
    for number in range(3):
        seat(session, StudentFactory(), "2024-01-10T10:00:00", 10 + number)

    answer = api.as_(alice).get("/api/sessions/")

    assert answer.status_code == 200
    assert differences(answer.json(), examples.LIST) == []


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_the_details(api, session, alice):
    seat(session, alice, "2024-01-10T10:00:00", 1)

    answer = api.as_(alice).get("/api/sessions/1/")

    assert answer.status_code == 200
    assert differences(answer.json(), examples.DETAIL) == []
    assert answer["ETag"] == '"1"'


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_creating(api):
    tutor = TutorFactory(pk=1, first_name="Current", last_name="User", email="current@example.com")

    answer = api.as_(tutor).post("/api/sessions/", examples.CREATE_REQUEST)

    assert answer.status_code == 201
    assert differences(answer.json(), examples.CREATED) == []
    assert answer.json()["id"] == TutoringSession.objects.get().pk


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_updating(api, session, john):
    answer = api.as_(john).put("/api/sessions/1/", examples.UPDATE_REQUEST)

    assert answer.status_code == 200
    assert differences(answer.json(), examples.UPDATE_REQUEST | {"id": 1, "status": "upcoming"}) == []


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
@pytest.mark.parametrize("field", examples.UPDATE_REQUEST)
def test_updating_any_part_leaves_the_rest(field, api, session, john):
    answer = api.as_(john).put("/api/sessions/1/", {field: examples.UPDATE_REQUEST[field]})

    assert answer.status_code == 200
    unchanged = {key: examples.SESSION[key] for key in examples.UPDATE_REQUEST if key != field}
    assert differences(answer.json(), unchanged | {field: examples.UPDATE_REQUEST[field]}) == []


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_deleting(api, session, john):
    answer = api.as_(john).delete("/api/sessions/1/")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Session deleted successfully"}
    assert api.as_(john).get("/api/sessions/1/").status_code == 404


@time_machine.travel(at("2024-01-12T15:30:00"), tick=False)
def test_joining(api, session, alice):
    seat(session, alice, "2024-01-10T10:00:00", 1)
    current = StudentFactory(pk=3, first_name="Current", last_name="User", email="current@example.com")

    answer = api.as_(current).post("/api/sessions/1/join/")

    assert answer.status_code == 201
    assert differences(answer.json(), examples.JOINED) == []
    assert answer.json()["conflicts"] == []


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_leaving(api, session, alice):
    seat(session, alice, "2024-01-10T10:00:00", 1)

    answer = api.as_(alice).post("/api/sessions/1/leave/")

    assert answer.status_code == 200
    expected = {"message": "Successfully left the session", "session": {"participants": [], "available_spots": 8}}
    assert differences(answer.json(), expected) == []


@pytest.mark.parametrize("method", ["post", "put"])
def test_cancelling(method, api, session, john):
    with time_machine.travel(at("2024-01-12T16:00:00"), tick=False):
        answer = getattr(api.as_(john), method)("/api/sessions/1/cancel/")

    assert answer.status_code == 200
    assert differences(answer.json(), examples.CANCELLED) == []


def test_starting_and_completing(api, session, john):
    with time_machine.travel(at("2024-01-15T14:00:00"), tick=False):
        started = api.as_(john).post("/api/sessions/1/start/")
    with time_machine.travel(at("2024-01-15T16:00:00"), tick=False):
        completed = api.as_(john).post("/api/sessions/1/complete/")

    assert (started.status_code, completed.status_code) == (200, 200)
    assert differences(started.json(), examples.STARTED) == []
    assert differences(completed.json(), examples.COMPLETED) == []


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_my_created_and_joined_sessions(api, session, john, alice):
    for number, person in enumerate([alice, StudentFactory(), StudentFactory()]):
        seat(session, person, "2024-01-10T10:00:00", number + 1)
    other = SessionFactory(starts_at=datetime.now(UTC) + timedelta(days=9))

    lists = {
        (who.first_name, name): [row["id"] for row in api.as_(who).get(f"/api/sessions/{name}/").json()["results"]]
        for who in (john, alice, other.creator)
        for name in ("my_sessions", "created_sessions", "joined_sessions")
    }

    assert differences(api.as_(alice).get("/api/sessions/my_sessions/").json(), examples.LIST) == []
    assert lists == {
        ("John", "my_sessions"): [1],
        ("John", "created_sessions"): [1],
        ("John", "joined_sessions"): [],
        ("Alice", "my_sessions"): [1],
        ("Alice", "created_sessions"): [],
        ("Alice", "joined_sessions"): [1],
        (other.creator.first_name, "my_sessions"): [other.pk],
        (other.creator.first_name, "created_sessions"): [other.pk],
        (other.creator.first_name, "joined_sessions"): [],
    }


@time_machine.travel(at("2024-01-12T10:00:00"), tick=False)
def test_the_participants(api, session, alice):
    bob = StudentFactory(pk=3, first_name="Bob", last_name="Johnson", email="bob@example.com")
    seat(session, alice, "2024-01-10T10:00:00", 1)
    seat(session, bob, "2024-01-11T14:30:00", 2)

    answer = api.as_(alice).get("/api/sessions/1/participants/")

    assert answer.status_code == 200
    assert differences(answer.json(), [examples.ALICES_SEAT, examples.BOBS_SEAT]) == []
