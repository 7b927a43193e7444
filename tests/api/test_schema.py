"""The description of the API: valid, complete, and true of what views and presenters really say."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import jsonschema
import pytest
from django.test import RequestFactory
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.core.dialect import Dialect
from api.core.errors import HTTP_CODES
from api.core.schema import view
from api.learner_v1.dialect import LearnerV1
from api.mentor.dialect import Mentor
from sessions_app import presenters, serializers
from tests.factories import ParticipantFactory, SessionFactory, SubjectFactory
from tests.support.clients import Api
from tests.support.routes import Route, api_routes, view_of
from tests.support.routes import _patterns as bound_views

JSON = "application/json"


@cache
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> dict[str, dict[str, Any]]:
    """`POST /api/sessions/{id}/join` and what is said of it."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in description()["paths"].items()
        for method, operation in item.items()
    }


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    return description()["components"][kind][name]


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema | {"components": description()["components"]})
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(value)]


def described(path: str) -> str:
    """As the description names the ids in a path: that of the thing itself is `{id}`."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("{pk}", "{id}")


ROUTES = [(f"{route.method} {described(route.path)}", route) for route in api_routes()]
OPERATIONS = sorted(operations())
# What is about something whose id the body or the query has, not the path.
NAMED_IN_THE_BODY = {
    "GET /api/v1/tutor/students/search",
    "POST /api/sessions",
    "POST /api/sessions/conflicts",
    "POST /api/bookings",
    "POST /api/bookings/holds",
    "POST /api/favorites",
    "POST /api/matching/compatibility",
    "POST /api/matching/feedback",
    "POST /api/matching/precompute",
    "POST /api/messages",
    "POST /api/messages/with-attachment",
    "POST /api/v1/chat/conversations",
    "POST /api/v1/learner/messages",
    "POST /api/v1/tutor/materials",
    "POST /api/packages",
    "POST /api/reviews",
    *(f"POST /api/payments/{deed}" for deed in ("create-intent", "confirm", "refund", "dispute")),
    "POST /api/admin/payouts",
    *("GET /api/users/me/erasure", "GET /api/users/me/export", "GET /api/users/me/export/download"),
    *(f"POST /api{prefix}/audit/{deed}-user" for prefix in ("", "/admin") for deed in ("soft-delete", "restore")),
    "PUT /api/admin/mentors/suspend",
    "PUT /api/admin/sessions/conflicts",
    "POST /api/admin/sessions/quality-review",
    "GET /api/mentors/payouts",
    "GET /api/mentors/availability",
    "GET /api/mentors/performance",
    "GET /api/mentors/verification",
    "PUT /api/mentors/verification",
    "PUT /api/users/profile",
    "PUT /api/users/language-preferences",
    "POST /api/users/language-preferences",
    *(f"PUT /api/support/tickets/{deed}" for deed in ("escalate", "close")),
    *(f"POST /api/support/{what}" for what in ("tickets", "chat", "feedback")),
}
# What makes something that must not be there twice.
IDEMPOTENT = {
    "POST /api/matching/precompute",
    "POST /api/messages",
    "POST /api/messages/with-attachment",
    "POST /api/v1/chat/conversations/{id}/messages",
    "POST /api/v1/chat/sessions/{id}/chat",
    "POST /api/v1/learner/messages",
    "POST /api/v1/learner/sessions",
    "POST /api/v1/tutor/sessions",
    "POST /api/v1/tutor/materials",
    "POST /api/notifications/push",
    "POST /api/bookings",
    "POST /api/learners/{learner_id}/sessions",
    "POST /api/learners/{learner_id}/sessions/{id}/book",
    "POST /api/sessions",
    "POST /api/sessions/conflicts",
    "POST /api/sessions/{id}/join",
    "POST /api/sessions/{id}/notes",
    "POST /api/sessions/{id}/recording",
    "POST /api/v1/learner/sessions/{id}/join",
    "POST /api/v1/tutor/sessions/{id}/students/add",
    "POST /api/packages",
    "POST /api/reviews",
    "POST /api/v1/assessments/{id}/submit",
    "POST /api/v1/learner/assessments/{id}",
    "POST /api/v1/courses/{id}/enroll",
    "POST /api/v1/learner/courses/{id}/enroll",
    "POST /api/v1/tutor/courses",
    *(f"POST /api/payments/{deed}" for deed in ("create-intent", "confirm", "refund", "dispute")),
    "POST /api/admin/payouts",
    "POST /api/sessions/emergency",
    *(f"POST /api/support/{what}" for what in ("tickets", "chat", "emergency", "feedback")),
    *(f"POST /api/v1/tutor/courses/{{id}}/{parts}" for parts in ("modules", "assessments", "sessions")),
}
PROFILE_PARTS = {
    "PATCH": ("about", "pricing", "description", "video", "photo"),
    "PUT": ("subjects", "certifications", "education"),
    "POST": ("submit", "withdraw", "pause", "resume", "close"),
}
BOOKING_MOVES = [
    *(f"/api/bookings/{{id}}/{verb}" for verb in ("cancel", "reschedule", "join", "leave", "contest-no-show")),
    *(f"/api/bookings/{{id}}/reschedule/{answer}" for answer in ("accept", "decline", "withdraw")),
    *(f"/api/tutor/bookings/{{id}}/{verb}" for verb in ("confirm", "decline", "complete", "waive-late-cancel")),
    *(f"/api/tutor/bookings/{{id}}/mark-no-show-{who}" for who in ("student", "tutor")),
]
# What needs nobody, but may find that what was brought is no good.
SIGN_IN = ("/login", "/refresh", "/callback/")
IS_PUBLIC = {label for label, operation in operations().items() if operation["security"] == [{}]}
# For everybody, with more for who is signed in.
IS_OPTIONAL = {label for label, operation in operations().items() if {} in operation["security"]} - IS_PUBLIC


def test_it_is_valid_openapi_3_1():
    assert description()["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(description()).iter_errors()) == []


def test_it_describes_every_route_and_nothing_else():
    assert sorted(operations()) == sorted(label for label, _ in ROUTES)


@pytest.mark.django_db
def test_everybody_can_read_it():
    answer = Api().get("/openapi.json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/vnd.oai.openapi+json")
    assert sorted(answer.json()["paths"]) == sorted(description()["paths"])


def test_it_is_made_once_however_many_are_the_first_to_ask(monkeypatch):
    made = []
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: made.append(1) or {"openapi": "3.1.0"})
    view._make.cache_clear()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: view.description(), range(8)))

    view._make.cache_clear()
    assert (made, set(answers)) == ([1], {b'{"openapi":"3.1.0"}'})


def test_a_paths_methods_are_in_one_order_so_that_every_process_describes_the_same():
    order = ["get", "post", "put", "patch", "delete"]

    for path, item in description()["paths"].items():
        assert list(item) == [method for method in order if method in item], path


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for operation in operations().values()]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_is_explained(label):
    operation = operations()[label]

    assert operation["summary"], label
    assert len(operation["summary"]) <= 110
    assert operation["description"].startswith(operation["summary"])
    assert len(operation["tags"]) == 1


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_has_examples_of_its_bodies(label):
    operation = operations()[label]
    bodies = [response for status, response in operation["responses"].items() if status < "3" and status != "204"]
    bodies += [operation["requestBody"]] if "requestBody" in operation else []

    contents = [body.get("content", {}).get(JSON, {"example": "a file"}) for body in bodies]  # or nothing at all
    assert [content for content in contents if "example" not in content] == []


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_example_is_valid(label):
    operation = operations()[label]
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [resolved(response) for response in operation["responses"].values()]

    for content in (body["content"][JSON] for body in bodies if JSON in body.get("content", ())):
        examples = [example["value"] for example in content.get("examples", {}).values()]
        for value in examples + ([content["example"]] if "example" in content else []):
            assert complaints(content["schema"], value) == []


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_refusals_have_the_one_body_and_a_stable_code(label):
    for status, response in operations()[label]["responses"].items():
        if status < "4" or (status == "503" and "health" in label):
            continue
        content = resolved(response)["content"][JSON]
        assert content["schema"] == {"$ref": "#/components/schemas/Error"}
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", code) for code in content["examples"])


@pytest.mark.parametrize(("label", "route"), ROUTES)
def test_the_refusals_are_those_that_can_happen(label, route):
    operation = operations()[label]
    statuses = {int(status) for status in operation["responses"]}
    scope = getattr(view_of(route), "throttle_scope", "default")

    assert (401 in statuses) == (label not in IS_PUBLIC or any(word in label for word in SIGN_IN))
    assert (404 in statuses) == ("{" in label or label in NAMED_IN_THE_BODY)
    assert {413, 415} <= statuses if "requestBody" in operation else not {413, 415} & statuses
    assert (429 in statuses) == (scope is not None)
    assert (422 in statuses) == (label in IDEMPOTENT)


def authenticators_of(route: Route) -> list[Any]:
    view = view_of(route)()
    view.request = RequestFactory().generic(route.method, route.path)
    return view.get_authenticators()


def test_what_needs_nobody_is_what_has_no_permission_class():
    assert {label for label, route in ROUTES if not authenticators_of(route)} == IS_PUBLIC
    signed_in = [operations()[label]["security"] for label in set(OPERATIONS) - IS_PUBLIC - IS_OPTIONAL]
    assert all(schemes == [{"bearer": []}, {"nextAuth": []}, {"session": []}] for schemes in signed_in)


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(set(OPERATIONS) - IS_PUBLIC - IS_OPTIONAL))
def test_what_needs_somebody_really_refuses_a_stranger(label):
    method, path = label.split()

    answer = Api().generic(method, re.sub(r"{\w+}", "1", path), content_type=JSON)

    assert answer.status_code == 401


def test_versions_and_keys_are_described_where_they_are_honoured():
    headers = {
        label: sorted(parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "header")
        for label, operation in operations().items()
    }

    assert {label: names for label, names in headers.items() if names} == {
        **dict.fromkeys(IDEMPOTENT, ["Idempotency-Key"]),
        "POST /api/sessions/{id}/join": ["Idempotency-Key", "If-Match"],
        "POST /api/learners/{learner_id}/sessions/{id}/book": ["Idempotency-Key", "If-Match"],
        **{f"{change} /api/learners/{{learner_id}}/sessions/{{id}}": ["If-Match"] for change in ("PUT", "DELETE")},
        "DELETE /api/learners/{learner_id}/sessions/{id}/book": ["If-Match"],
        **dict.fromkeys(
            ["PUT /api/sessions/{id}", "DELETE /api/sessions/{id}", "PUT /api/sessions/{id}/cancel"], ["If-Match"]
        ),
        "PUT /api/sessions/{id}/reschedule": ["If-Match"],
        **{f"POST /api/sessions/{{id}}/{verb}": ["If-Match"] for verb in ("leave", "cancel", "start", "complete")},
        **{f"POST {path}": ["If-Match"] for path in BOOKING_MOVES},
        "PUT /api/support/tickets/{id}": ["If-Match"],
        **{f"{change} /api/v1/tutor/courses/{{id}}": ["If-Match"] for change in ("PATCH", "DELETE")},
        **{f"POST /api/v1/tutor/courses/{{id}}/{verb}": ["If-Match"] for verb in ("publish", "archive")},
        **{f"{method} /api/v1/tutor/sessions/{{id}}": ["If-Match"] for method in ("PATCH", "DELETE")},
        **{f"{method} /api/v1/tutor/me": ["If-Match"] for method in ("PATCH", "PUT")},
        **{
            f"{change} /api/tutors/me/{part}": ["If-Match"] for change, parts in PROFILE_PARTS.items() for part in parts
        },
    }
    assert "ETag" in operations()["GET /api/sessions/{id}"]["responses"]["200"]["headers"]


@pytest.mark.parametrize("part", ["certifications", "education"])
def test_lists_with_scans_are_described_as_json_and_as_multipart(part):
    content = operations()[f"PUT /api/tutors/me/{part}"]["requestBody"]["content"]
    forms = resolved(content["multipart/form-data"]["schema"])["properties"]

    assert set(content) == {JSON, "multipart/form-data"}
    assert resolved(content[JSON]["schema"])["properties"][part]["type"] == "array"
    assert (forms[part]["type"], forms["file_0"]["format"]) == ("string", "binary")
    assert set(forms) == {part, "version", "file_0"}


def test_the_ids_in_paths_are_numbers():
    parameters = [
        p for operation in operations().values() for p in operation.get("parameters", ()) if p["in"] == "path"
    ]

    kinds = {(p["name"] in ("code", "rest"), p["schema"]["type"]) for p in parameters}
    assert kinds == {(False, "integer"), (True, "string")}


def test_bare_arrays_tell_their_total_in_headers():
    answer = operations()["GET /api/notifications"]["responses"]["200"]

    assert answer["content"][JSON]["schema"]["type"] == "array"
    assert set(answer["headers"]) == {"X-Total-Count", "Link"}


def test_a_list_knows_that_it_is_one():
    """Without `detail=False` a list that is bound by hand would be described without its pages and filters."""
    forgotten = [
        path for path, view in bound_views() if "list" in getattr(view, "actions", {}).values()
        if view.initkwargs.get("detail") is not False
    ]  # fmt: skip

    assert forgotten == []


def test_the_notifications_of_learner_v1_are_described_as_a_page():
    operation = operations()["GET /api/v1/notifications"]

    assert {p["name"] for p in operation["parameters"]} >= {"page", "limit", "is_read", "unread_only", "type"}
    schema = resolved(operation["responses"]["200"]["content"][JSON]["schema"])
    assert set(schema["properties"]) == {"status", "data", "metadata", "pagination"}


def test_a_refusal_for_now_says_when_to_come_back():
    responses = operations()["GET /api/sessions"]["responses"]

    assert "Retry-After" in resolved(responses["429"])["headers"]
    assert "Retry-After" in resolved(responses["503"])["headers"]
    assert "WWW-Authenticate" in resolved(responses["401"])["headers"]


def test_every_documented_status_is_one_that_we_have_words_for():
    statuses = {int(status) for operation in operations().values() for status in operation["responses"]}

    assert {status for status in statuses if status >= 400} <= set(HTTP_CODES) | {402, 409, 410, 412, 422, 429, 501}


# --- Dialects -------------------------------------------------------------------------------------------------------

PERSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "first_name": {"type": "string"}, "role": {"type": "string"}},
    "required": ["first_name", "id", "role"],
}


def test_the_canonical_form_names_the_roles():
    assert Dialect().object_schema(PERSON)["properties"]["role"]["enum"] == ["student", "tutor", "admin"]


def test_the_mentor_contract_spells_and_names_in_its_own_way():
    schema = Mentor().object_schema(PERSON)

    assert list(schema["properties"]) == ["id", "firstName", "role"]
    assert schema["properties"]["role"]["enum"] == ["STUDENT", "MENTOR", "ADMIN"]
    assert schema["required"] == ["firstName", "id", "role"]


def test_learner_v1_ids_are_strings_and_come_twice():
    schema = LearnerV1().object_schema(PERSON)

    assert list(schema["properties"]) == ["_id", "id", "firstName", "role"]
    assert {schema["properties"][name]["type"] for name in ("_id", "id")} == {"string"}
    assert "_id" in schema["required"]


def test_each_dialect_has_its_own_components():
    components = description()["components"]["schemas"]

    assert "first_name" in components["EdustreamUser"]["properties"]
    assert "firstName" in components["MentorUser"]["properties"]
    assert "_id" in components["LearnerV1User"]["properties"]


# --- What presenters build is what serializers describe --------------------------------------------------------------


@pytest.fixture
def seat(db):
    return ParticipantFactory(session=SessionFactory(subject=SubjectFactory()))


def test_a_session_has_the_fields_that_are_described(seat):
    shown = presenters.detail(seat.session, seat.session.creator)
    described = serializers.SessionDetailSerializer().fields

    assert set(shown) == {name for name, field in described.items() if field.required}
    assert set(shown["creator"]) == set(described["creator"].fields)
    assert set(shown["subject"]) == set(described["subject"].fields)
    assert set(shown["participants"][0]) == set(described["participants"].child.fields)


@pytest.mark.parametrize("path", ["", "/my_sessions", "/created_sessions", "/{id}", "/{id}/participants"])
def test_real_answers_are_as_described(seat, path):
    label = f"/api/sessions{path}"
    schema = operations()[f"GET {label}"]["responses"]["200"]["content"][JSON]["schema"]

    answer = Api().as_(seat.session.creator).get(label.replace("{id}", str(seat.session.pk)), {"tz": "Asia/Tokyo"})

    assert answer.status_code == 200
    assert complaints(schema, answer.json()) == []
