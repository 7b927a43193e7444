"""Whatever is sent: the one error body as JSON, never HTML, never a 5xx."""

import json
import pickle
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.tokens import open_family
from sessions_app.models import SessionKind
from tests.authorization.world import (
    make_bookings,
    make_course,
    make_payments,
    make_queue,
    make_records,
    messages_of,
)
from tests.factories import (
    BookingFactory,
    DateOverrideFactory,
    MaterialFactory,
    NotificationFactory,
    PackageFactory,
    PackagePurchaseFactory,
    PastSessionFactory,
    PrecomputeJobFactory,
    PushSubscriptionFactory,
    ReviewFactory,
    SessionFactory,
    SlotHoldFactory,
    StudentFactory,
    SubjectFactory,
    TicketFactory,
    TimeOffFactory,
    TutorCertificationFactory,
    TutorEducationFactory,
    TutorFactory,
    VerificationDocumentFactory,
    WeeklyHoursFactory,
)
from tests.support.bodies import ACCEPTED, SESSION, accepted_by
from tests.support.figures import part
from tests.support.hostile import (
    BODIES,
    FILTER_VALUES,
    FILTERS,
    HEADER_VALUES,
    HEADERS,
    MEGABYTE,
    PATHS,
    QUERIES,
    VALUES,
    Body,
)
from tests.support.routes import Route, api_routes
from tests.support.things import address_of

pytestmark = pytest.mark.django_db

SENTENCES = ("message", "detail", "error")
# A page, and an answer without a word.
NOT_JSON = ("/api/auth/signout", "/api/auth/_log")
WRITES = [route for route in api_routes() if route.method != "GET"]


class Known(NamedTuple):
    """Who asks, and what they have; `learners_token` is for the learner's own pages."""

    user: User
    things: dict[str, Any]
    token: str
    learners_token: str


@pytest.fixture(scope="module")
def known(kept_rows):
    user, learner = TutorFactory(email="ada@example.com"), StudentFactory()
    things = {
        "learner": learner,
        "peer_session": SessionFactory(creator=learner, kind=SessionKind.PEER),
        "session": SessionFactory(creator=user),
        "past_session": PastSessionFactory(creator=user),
        "material": MaterialFactory(owner=user),
        **make_records(user, StudentFactory()),
        "notification": NotificationFactory(recipient=user),
        "browser": PushSubscriptionFactory(user=user),
        "favourite_tutor": user.tutor_profile,
        "saved_tutor": user.tutor_profile,
        "precompute_job": PrecomputeJobFactory(),
        **messages_of(user),
        "subject": SubjectFactory(),
        "tutor": user.tutor_profile,
        "window": WeeklyHoursFactory(tutor=user.tutor_profile),
        "override": DateOverrideFactory(tutor=user.tutor_profile),
        "time_off": TimeOffFactory(tutor=user.tutor_profile),
        "hold": SlotHoldFactory(tutor=user.tutor_profile),
        "ticket": TicketFactory(requester=user),
        "package": PackageFactory(tutor=user.tutor_profile),
        "purchase": PackagePurchaseFactory(package__tutor=user.tutor_profile),
        "review": ReviewFactory(booking__tutor=user.tutor_profile),
        "user": StudentFactory(),
        "account": StudentFactory(),
        "student": StudentFactory(),
        **make_queue(user, StudentFactory(), timezone.now() + timedelta(days=9)),
        **make_bookings(user.tutor_profile, StudentFactory(), timezone.now() + timedelta(days=7)),
        **make_course(user.tutor_profile, StudentFactory()),
        **make_payments(
            BookingFactory(tutor=user.tutor_profile, status="completed", starts_at=timezone.now() - timedelta(days=2))
        ),
        "waiting_tutor": user.tutor_profile,
        "certification": TutorCertificationFactory(tutor=user.tutor_profile),
        "degree": TutorEducationFactory(tutor=user.tutor_profile),
        "document": VerificationDocumentFactory(tutor=user.tutor_profile),
    }
    return pickle.dumps(Known(user, things, *(open_family(person).access for person in (user, learner))))


class Stranger(Client):
    """A signed-in tutor without manners, and a learner likewise on the learner's own pages; `send` checks that each
    answer is a proper one.
    """

    def __init__(self, known: bytes) -> None:
        super().__init__(raise_request_exception=False)
        self.user, self.things, self.token, self.learners_token = pickle.loads(known)

    def send(self, method: str, path: str, body: Body = BODIES["nothing"], **headers: str) -> Any:
        response = self.try_(method, path, body, **headers)
        assert fault_of(response) == ""
        return response

    def fault(self, method: str, path: str, body: Body = BODIES["nothing"], **headers: str) -> str:
        """What is wrong with the answer, and to what."""
        fault = fault_of(self.try_(method, path, body, **headers))
        return f"{method} {path[:80]} {body.content[:60]!r}: {fault}" if fault else ""

    def try_(self, method: str, path: str, body: Body, **headers: str) -> Any:
        token = self.learners_token if path.startswith("/api/learners/") else self.token
        headers = {"Authorization": f"Bearer {token}"} | headers
        return self.generic(method, path, body.content, content_type=body.content_type, headers=headers)

    def path_of(self, route: Route) -> str:
        return address_of(route.path, self.things)


@pytest.fixture
def stranger(known, db):
    return Stranger(known)


def fault_of(response: Any) -> str:
    """What is wrong with the answer; empty if it is one that a client can rely on."""
    if response.status_code >= 500 and response.status_code != 501:  # what nobody has set up says so properly
        return f"status {response.status_code}: {response.content[:200]!r}"
    if is_without_json(response):
        return ""
    if response["Content-Type"] != "application/json":
        return f"{response['Content-Type']} with status {response.status_code}"
    body = orjson.loads(response.content)
    if response.status_code < 400:
        return ""
    if body["status"] != "error" or not body["code"].isupper() or not body["timestamp"]:
        return f"not the error body: {body}"
    if len({body[name] for name in SENTENCES}) != 1 or not body["message"]:
        return f"not one sentence: {body}"
    return ""


def is_without_json(response: Any) -> bool:
    """Nothing, a file, a page, or the way to another address of ours."""
    if response.status_code == 302:
        return response["Location"].startswith(("/", "http://testserver/"))
    is_file = response.get("Content-Disposition", "").startswith("attachment")
    is_no_json = is_file or response.wsgi_request.path in NOT_JSON
    is_empty = response.status_code in (204, 304) or response.wsgi_request.method == "HEAD"
    return is_empty or (response.status_code == 200 and is_no_json)


@pytest.mark.parametrize("route", WRITES, ids=str)
def test_every_route_survives_every_body(stranger, route):
    path = stranger.path_of(route)
    bodies = part(BODIES.values(), WRITES.index(route), of=3)

    assert [fault for body in bodies if (fault := stranger.fault(route.method, path, body))] == []


# One for each kind of body: aliases share their view.
WITH_FIELDS = {ending: route for ending in ACCEPTED for route in WRITES if route.path.endswith(f"/{ending}")}


@pytest.mark.parametrize("route", [route for route in WITH_FIELDS.values() if route.method != "DELETE"], ids=str)
def test_every_field_survives_every_value(stranger, route):
    accepted, path = accepted_by(route), stranger.path_of(route)
    bodies = [
        Body(json.dumps(accepted | {field: value}).encode())
        for turn, field in enumerate(accepted, WRITES.index(route))
        for value in part(VALUES.values(), turn, of=3)
    ]

    assert [fault for body in bodies if (fault := stranger.fault(route.method, path, body))] == []


@pytest.mark.parametrize("route", api_routes(), ids=str)
def test_every_route_survives_every_query(stranger, route):
    queries = part(QUERIES, api_routes().index(route), of=3)
    paths = [f"{stranger.path_of(route)}?{query}" for query in queries]

    assert [fault for path in paths if (fault := stranger.fault(route.method, path))] == []


@pytest.mark.parametrize(("path", "names"), FILTERS.items(), ids=FILTERS)
def test_every_filter_survives_every_value(stranger, path, names):
    paths = [f"{path}?{name}={value}" for name in names for value in FILTER_VALUES]

    assert [fault for path in paths if (fault := stranger.fault("GET", path))] == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/sessions"), ("POST", "/api/sessions"), ("PUT", "/auth/me")])
def test_every_header_survives_every_value(stranger, method, path):
    body = Body(json.dumps(SESSION).encode())
    headers = [{name: value} for name in HEADERS for value in HEADER_VALUES]

    assert [fault for header in headers if (fault := stranger.fault(method, path, body, **header))] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_a_path_that_does_not_exist_is_a_404(stranger, path):
    assert stranger.send("GET", path).status_code == 404
    assert stranger.send("POST", path).status_code in (404, 405)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted({route.path for route in api_routes()}))
def test_every_other_method_is_a_405_that_names_the_right_ones(stranger, path):
    allowed = {route.method for route in api_routes() if route.path == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "NONSENSE"} - allowed:
        response = stranger.send(method, stranger.path_of(Route(method, path)))

        assert response.status_code == 405
        assert set(response["Allow"].split(", ")) >= allowed


@pytest.mark.parametrize(
    "accept", ["application/xml", "image/png", "nonsense", "", "application/json; charset=latin-1"]
)
def test_whoever_accepts_nothing_of_ours_gets_json(stranger, accept):
    paths = [stranger.path_of(route) for route in api_routes() if route.method == "GET"]

    assert [fault for path in paths if (fault := stranger.fault("GET", path, Accept=accept))] == []


@pytest.mark.slow
@pytest.mark.parametrize("route", api_routes(), ids=str)
def test_the_browsable_api_shows_every_route_without_failing(stranger, route):
    stranger.force_login(stranger.user)

    response = stranger.generic(route.method, stranger.path_of(route), headers={"Accept": "text/html"})

    assert response.status_code < 500 or response.status_code == 501


class TestTheStatusOf:
    """One route for each kind of fault; the sweeps above show that every route has an answer."""

    def post(self, stranger, body: Body, path: str = "/api/auth/register") -> tuple[int, str]:
        response = stranger.send("POST", path, body)
        return response.status_code, response.json().get("code", "")

    MALFORMED = ["blanks", "cut off", "not JSON", "null", "a number", "a string", "true", "an array"]
    MALFORMED += ["NaN", "not UTF-8", "UTF-16", "half a surrogate", "a raw NUL", "1,000 deep", "1,000 arrays deep"]
    MALFORMED += ["100,000 deep", "multipart without a boundary"]

    @pytest.mark.parametrize("name", MALFORMED)
    def test_a_malformed_body_is_400(self, stranger, name):
        assert self.post(stranger, BODIES[name]) == (400, "MALFORMED_REQUEST")

    def test_an_array_is_malformed_but_where_one_is_asked_for(self, stranger):
        taken = stranger.send("PUT", "/api/tutors/me/subjects", BODIES["an array"])

        assert taken.json().get("code") != "MALFORMED_REQUEST"
        assert self.post(stranger, BODIES["an array"], "/auth/login") == (400, "MALFORMED_REQUEST")
        assert "errors" not in stranger.send("POST", "/auth/login", BODIES["an array of objects"]).json()

    @pytest.mark.parametrize("name", ["nothing", "an empty object"])
    def test_an_empty_body_is_an_empty_object(self, stranger, name):
        response = stranger.send("POST", "/api/auth/login", BODIES[name])

        assert response.status_code == 400
        assert response.json()["errors"] == {"password": ["This field is required."]}

    @pytest.mark.parametrize("name", ["a media type of nobody's", "a media type that is none", "text", "XML"])
    def test_an_unknown_media_type_is_415(self, stranger, name):
        assert self.post(stranger, BODIES[name]) == (415, "UNSUPPORTED_MEDIA_TYPE")

    @pytest.mark.parametrize("name", ["3 MB", "3 MB of a form"])
    def test_more_than_two_and_a_half_megabytes_are_413(self, stranger, name):
        assert self.post(stranger, BODIES[name]) == (413, "BODY_TOO_LARGE")

    def test_two_and_a_half_are_not_too_much(self, stranger):
        body = Body(b'{"email": "' + b"x" * (2 * MEGABYTE + MEGABYTE // 2 - 100) + b'"}')

        assert self.post(stranger, body)[0] == 400

    def test_the_last_of_a_key_sent_twice_counts(self, stranger):
        body = b'{"first_name": "One", "first_name": "Two"}'

        assert stranger.send("PUT", "/auth/me", Body(body)).json()["first_name"] == "Two"

    @pytest.mark.parametrize("page", ["abc", "1.5", "%00", "9" * 5000])
    def test_a_page_that_is_no_number_is_400(self, stranger, page):
        assert stranger.send("GET", f"/api/sessions?page={page}").status_code == 400

    @pytest.mark.parametrize("page", [str(10**30), "1000000"])
    def test_a_page_beyond_the_last_is_empty(self, stranger, page):
        response = stranger.send("GET", f"/api/sessions?page={page}")

        assert (response.status_code, response.json()["results"]) == (200, [])

    @pytest.mark.parametrize(("size", "shown"), [("100000", 100), ("0", 1), ("-5", 1)])
    def test_a_page_size_is_clamped(self, stranger, size, shown):
        NotificationFactory.create_batch(101, recipient=stranger.user)

        assert len(stranger.send("GET", f"/api/notifications?page_size={size}").json()) == shown

    def test_an_unknown_subject_is_400(self, stranger):
        known = SubjectFactory()

        assert self.post(stranger, self.session_about(known.pk + 1), "/api/sessions") == (400, "VALIDATION_ERROR")
        assert self.post(stranger, self.session_about(known.pk), "/api/sessions") == (201, "")

    def session_about(self, subject: int) -> Body:
        return Body(json.dumps(SESSION | {"subject_id": subject}).encode())
