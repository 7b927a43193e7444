"""Only oneself or an admin: for anybody else, whatever ids are sent, there is no such learner (goal S2)."""

import pytest

from sessions_app.models import SessionKind
from tests.factories import (
    AdminFactory,
    BookingFactory,
    NotificationFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.support.routes import api_routes
from tests.support.snapshot import everything
from tests.support.things import address_of

pytestmark = pytest.mark.django_db

ROUTES = [route for route in api_routes() if route.path.startswith("/api/learners/")]
MISSING = 999_999_999


class Nobody:
    pk = MISSING


def without_time(answer):
    return {key: value for key, value in answer.json().items() if key != "timestamp"}


def ask(client, route, things, body=None):
    return getattr(client, route.method.lower())(address_of(route.path, things), body)


@pytest.fixture
def things(learner):
    return {
        "learner": learner,
        "peer_session": SessionFactory(creator=learner, kind=SessionKind.PEER),
        "session": ParticipantFactory(user=learner).session,
        "notification": NotificationFactory(recipient=learner),
        "lesson": BookingFactory(student=learner).session,
    }


def test_there_are_fifteen_besides_the_login_and_the_browsing_of_sessions():
    assert len(ROUTES) == 15


@pytest.mark.parametrize("factory", [StudentFactory, TutorFactory])
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_somebody_elses_pages_answer_exactly_as_nobodys(route, factory, api, things):
    client = api.as_(factory())
    body = {"learnerId": things["learner"].pk, "title": "Mine", "theme": "dark", "bio": "Mine"}
    before = everything()

    hidden = ask(client, route, things, body)
    after = everything()
    missing = ask(client, route, things | {"learner": Nobody}, body)

    assert hidden.status_code == missing.status_code == 404
    assert without_time(hidden) == without_time(missing)
    assert after == before


@pytest.mark.parametrize(
    ("method", "part", "thing", "status"),
    [
        ("put", "notifications/{}", "notification", 404),
        ("put", "sessions/{}", "peer_session", 403),
        ("delete", "sessions/{}", "peer_session", 403),
        ("delete", "sessions/{}/book", "session", 409),
        ("put", "sessions/{}", "lesson", 404),
        ("delete", "sessions/{}", "lesson", 404),
        ("post", "sessions/{}/book", "lesson", 404),
        ("delete", "sessions/{}/book", "lesson", 404),
    ],
)
def test_ones_own_id_is_no_way_to_what_is_somebody_elses(method, part, thing, status, api, things):
    stranger = StudentFactory()
    path = f"/api/learners/{stranger.pk}/{part.format(things[thing].pk)}"
    before = everything()

    answer = getattr(api.as_(stranger), method)(path, {"title": "Mine", "learnerId": stranger.pk})

    assert answer.status_code == status
    assert everything() == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_is_no_student_has_no_such_pages_not_even_an_admin_for_them(route, api, things):
    tutor, admin = TutorFactory(), AdminFactory()

    answers = [
        ask(api.as_(caller), route, things | {"learner": person})
        for caller, person in ((tutor, tutor), (admin, tutor), (admin, admin))
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": "2026-01-01T00:00:00Z"}])
def test_a_learner_who_left_is_not_there_for_admins_either(change, api, learner, path):
    type(learner).objects.filter(pk=learner.pk).update(**change)

    assert api.as_(AdminFactory()).get(path()).status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_nobody_who_is_not_signed_in(route, api, things):
    answer = ask(api, route, things)

    assert (answer.status_code, answer.json()["code"]) == (401, "NO_TOKEN")
