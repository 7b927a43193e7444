"""Every route against every kind of person."""

import pickle
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import MentorApplication, TutorStatus
from sessions_app.models import SessionKind
from tests.authorization.matrix import PEOPLE
from tests.authorization.rules import PRIVATE_SESSION_ROUTES, RULES
from tests.authorization.rules.tutors import APPLICANTS
from tests.authorization.world import make_world
from tests.factories import SessionFactory, TutorProfileFactory
from tests.support.clients import Api
from tests.support.routes import api_routes
from tests.support.snapshot import everything
from tests.support.things import address_of, thing_at

pytestmark = pytest.mark.django_db

# What stands in the paths of sessions.
SESSIONS = ("session", "queued_session", "asked_session", "noted_session", "recorded_session")
# Of any request whatever.
MOST_QUERIES = 50


@pytest.fixture(scope="module")
def made(kept_rows: None) -> bytes:
    return pickle.dumps(make_world())


@pytest.fixture
def world(made: bytes, db: None) -> dict[str, Any]:
    return pickle.loads(made)


def client_of(person: str, world: dict[str, Any]) -> Api:
    if person == "anonymous":
        return Api()
    user = world[person]
    client = Api().as_(user)
    if person == "deactivated":
        user.is_active = False
        user.save()
    return client


def address(route: str, world: dict[str, Any]) -> str:
    return address_of(route.split()[1], world)


def send(route: str, person: str, world: dict[str, Any]) -> Any:
    body = RULES[route].send(world)
    method = route.split()[0].lower()
    return getattr(client_of(person, world), method)(address(route, world), body, format=RULES[route].format)


def test_every_route_has_its_rule():
    assert {str(route) for route in api_routes()} == set(RULES)


# `make test` asks as the others only: the stranger, the parties, the admin.
IN_THE_WHOLE_SUITE = {"deactivated", "other_tutor", "draft_tutor"}
EACH_PERSON = [pytest.param(who, marks=[pytest.mark.slow] if who in IN_THE_WHOLE_SUITE else []) for who in PEOPLE]


@pytest.mark.parametrize("person", EACH_PERSON)
@pytest.mark.parametrize("route", RULES)
def test_a_route_answers_each_person_as_the_matrix_says(route, person, world):
    with CaptureQueriesContext(connection) as queries:
        answer = send(route, person, world)

    assert answer.status_code == RULES[route].answers[person], answer.content
    assert len(queries) <= MOST_QUERIES


MENTORS_ROUTES = [
    route for route in RULES if route.split()[1].startswith(("/api/mentors/", "/api/uploads/", "/api/tutors/me"))
]


@pytest.mark.parametrize("route", MENTORS_ROUTES)
def test_a_student_who_has_applied_comes_to_the_application_and_no_further(route, world):
    profile = TutorProfileFactory(user=world["stranger"], status=TutorStatus.CHANGES_REQUESTED)
    MentorApplication.objects.create(tutor=profile, agreed_at=timezone.now())

    answer = send(route, "stranger", world)

    assert answer.status_code == APPLICANTS.get(route, RULES[route].answers["stranger"]), answer.content


@pytest.mark.parametrize("person", ["stranger", "other_tutor", "draft_tutor"])
@pytest.mark.parametrize("route", PRIVATE_SESSION_ROUTES)
def test_somebody_elses_private_session_answers_exactly_as_one_that_does_not_exist(route, person, world):
    session = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1, starts_at=world["next_week"])

    before = everything()
    hidden = send(route, person, world | dict.fromkeys(SESSIONS, session))
    after = everything()
    session.pk = 999_999_999
    missing = send(route, person, world | dict.fromkeys(SESSIONS, session))

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())
    assert after == before


@pytest.mark.parametrize("route", [route for route in RULES if "notifications/<id:pk>" in route])
def test_somebody_elses_notification_answers_exactly_as_one_that_does_not_exist(route, world):
    before = everything()
    hidden = send(route, "stranger", world)
    after = everything()
    world["notification"].pk = 999_999_999
    missing = send(route, "stranger", world)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())
    assert after == before


HOLD_ROUTES = [route for route in RULES if "holds/<id:pk>" in route]
OWN_HOURS_ROUTES = [route for route in RULES if "/availability" in route and "<id:pk>" in route and "DELETE" in route]


@pytest.mark.parametrize(
    ("route", "person"),
    [(route, "stranger") for route in HOLD_ROUTES] + [(route, "other_tutor") for route in OWN_HOURS_ROUTES],
)
def test_somebody_elses_hold_or_hours_answer_exactly_as_those_that_do_not_exist(route, person, world):
    hidden = send(route, person, world)
    world[thing_at(route.split()[1])].pk = 999_999_999
    missing = send(route, person, world)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())


BOOKING_ROUTES = [route for route in RULES if "bookings/<id:pk>" in route]


@pytest.mark.parametrize("route", BOOKING_ROUTES)
def test_somebody_elses_booking_answers_exactly_as_one_that_does_not_exist(route, world):
    person = "other_tutor" if "/tutor/" in route else "stranger"
    before = everything()
    hidden = send(route, person, world)
    after = everything()
    world[thing_at(route.split()[1])].pk = 999_999_999
    missing = send(route, person, world)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())
    assert after == before


LEARNING_ROUTES = [
    route
    for route in RULES
    if "/tutor/courses/<id:" in route
    or any(f"/{parts}/<id:pk>" in route for parts in ("progress", "assessments", "submissions"))
]


@pytest.mark.parametrize("route", LEARNING_ROUTES)
def test_what_belongs_to_somebody_elses_course_answers_exactly_as_what_does_not_exist(route, world):
    person = "other_tutor" if "/tutor/" in route else "stranger"
    thing = "course" if "/tutor/courses/" in route else thing_at(route.split()[1])
    before = everything()
    hidden = send(route, person, world)
    after = everything()
    world[thing].pk = 999_999_999
    missing = send(route, person, world)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())
    assert after == before


MESSAGE_ROUTES = [
    route
    for route, rule in RULES.items()
    if route.split()[1].startswith(("/api/messages/", "/api/v1/chat/")) and rule.answers["stranger"] == 404
]


@pytest.mark.parametrize("person", ["stranger", "other_tutor"])
@pytest.mark.parametrize("route", MESSAGE_ROUTES)
def test_somebody_elses_message_file_or_conversation_answers_exactly_as_one_that_does_not_exist(route, person, world):
    before = everything()
    hidden = send(route, person, world)
    after = everything()
    world[thing_at(route.split()[1])].pk = 999_999_999
    missing = send(route, person, world)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden.json()) == without_time(missing.json())
    assert after == before


def without_time(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "timestamp"}
