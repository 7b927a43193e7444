"""Every kind of exception becomes one body with the right status and headers."""

from datetime import timedelta

import orjson
import pytest
from django.core import exceptions as django
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as rest

from api.core import errors
from api.core.errors import refusal_of
from api.core.idempotency import KeyReused, StillRunning
from api.core.middleware import ErrorBodies
from api.edustream.dialect import EduStream
from api.learner.dialect import Learner
from api.sessions.dialect import Sessions
from common import errors as domain
from tests.factories import AdminFactory


def caused_by(error: Exception, sqlstate: str) -> Exception:
    """As Django raises it: psycopg's own error, with its state, is the cause."""
    cause = Exception("from the driver")
    cause.sqlstate = sqlstate
    error.__cause__ = cause
    return error


class Slot(domain.Conflict):
    code = "SLOT_TAKEN"
    message = "Taken."


SOON = timedelta(seconds=61.2)
INVALID_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
KINDS = [
    (domain.Invalid(), 400, "VALIDATION_ERROR", {}),
    (domain.Invalid("No.", code="BAD_IF_MATCH"), 400, "BAD_IF_MATCH", {}),
    (domain.Unauthenticated(), 401, "NO_TOKEN", {"WWW-Authenticate": "Bearer"}),
    (domain.Forbidden(), 403, "FORBIDDEN", {}),
    (domain.NotFound(), 404, "NOT_FOUND", {}),
    (domain.Conflict(), 409, "CONFLICT", {}),
    (Slot(), 409, "SLOT_TAKEN", {}),
    (domain.StaleVersion(), 412, "STALE_VERSION", {}),
    (domain.TooManyRequests(retry_after=SOON), 429, "RATE_LIMITED", {"Retry-After": "62"}),
    (domain.TooManyRequests(retry_after=timedelta(0)), 429, "RATE_LIMITED", {"Retry-After": "1"}),
    (domain.Busy(), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (rest.ValidationError("No."), 400, "VALIDATION_ERROR", {}),
    (rest.ParseError(), 400, "MALFORMED_REQUEST", {}),
    (rest.NotAuthenticated(), 401, "NO_TOKEN", {"WWW-Authenticate": "Bearer"}),
    (rest.AuthenticationFailed(code="TOKEN_EXPIRED"), 401, "TOKEN_EXPIRED", INVALID_TOKEN),
    (rest.PermissionDenied(), 403, "FORBIDDEN", {}),
    (rest.PermissionDenied(code="TUTORS_ONLY"), 403, "TUTORS_ONLY", {}),
    (rest.NotFound(), 404, "NOT_FOUND", {}),
    (rest.MethodNotAllowed("POST"), 405, "METHOD_NOT_ALLOWED", {}),
    (rest.NotAcceptable(), 406, "MALFORMED_REQUEST", {}),
    (rest.UnsupportedMediaType("text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE", {}),
    (rest.Throttled(wait=12.3), 429, "RATE_LIMITED", {"Retry-After": "13"}),
    (rest.Throttled(), 429, "RATE_LIMITED", {"Retry-After": "1"}),
    (rest.APIException(), 500, "INTERNAL_ERROR", {}),
    (KeyReused(), 422, "IDEMPOTENCY_KEY_REUSED", {}),
    (StillRunning(), 409, "IDEMPOTENCY_KEY_IN_USE", {"Retry-After": "5"}),
    (Http404(), 404, "NOT_FOUND", {}),
    (django.PermissionDenied(), 403, "FORBIDDEN", {}),
    (django.RequestDataTooBig(), 413, "BODY_TOO_LARGE", {}),
    (django.TooManyFieldsSent(), 400, "MALFORMED_REQUEST", {}),
    (django.SuspiciousOperation(), 400, "MALFORMED_REQUEST", {}),
    (django.ValidationError("No."), 400, "VALIDATION_ERROR", {}),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), 400, "MALFORMED_REQUEST", {}),
    (OverflowError(), 400, "MALFORMED_REQUEST", {}),
    (DataError("out of range"), 400, "MALFORMED_REQUEST", {}),
    (IntegrityError("duplicate key"), 409, "CONFLICT", {}),
    (caused_by(OperationalError("deadlock"), "40P01"), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (caused_by(OperationalError("serialization"), "40001"), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (caused_by(OperationalError("lock timeout"), "55P03"), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (caused_by(OperationalError("statement timeout"), "57014"), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (OperationalError("database is locked"), 503, "BUSY_RETRY", {"Retry-After": "1"}),
    (OperationalError("connection refused"), 503, "DATABASE_UNAVAILABLE", {"Retry-After": "5"}),
    (InterfaceError("connection already closed"), 503, "DATABASE_UNAVAILABLE", {"Retry-After": "5"}),
    (PoolTimeout("no connection"), 503, "DATABASE_UNAVAILABLE", {"Retry-After": "5"}),
    (DatabaseError("what?"), 500, "INTERNAL_ERROR", {}),
    (ZeroDivisionError(), 500, "INTERNAL_ERROR", {}),
    (KeyError("secret detail"), 500, "INTERNAL_ERROR", {}),
]  # fmt: skip


@pytest.mark.parametrize(("error", "status", "code", "headers"), KINDS, ids=lambda value: type(value).__name__)
def test_every_kind_has_its_status_code_and_headers(error, status, code, headers):
    refusal = refusal_of(error)

    assert (refusal.status, refusal.code, refusal.headers) == (status, code, headers)


@pytest.mark.parametrize("error", [error for error, *_ in KINDS], ids=lambda value: type(value).__name__)
def test_every_body_says_one_sentence_in_three_places(error):
    body = refusal_of(error).body()

    assert body["status"] == "error"
    assert body["message"] == body["detail"] == body["error"] != ""
    assert body["timestamp"].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "error", [KeyError("secret detail"), DatabaseError("secret detail"), DataError("secret detail")]
)
def test_a_bug_gives_nothing_away(error):
    assert "secret" not in str(refusal_of(error).body())


class TestAConflict:
    def test_has_the_status_that_the_contract_documents(self):
        assert refusal_of(Slot(), Sessions()).status == 400
        assert refusal_of(Slot(), EduStream()).status == 409

    def test_has_the_status_of_the_view_before_that(self):
        assert refusal_of(Slot(), EduStream(), conflict_status=400).status == 400

    def test_says_more_in_the_names_of_the_contract(self):
        refusal = refusal_of(domain.Conflict("No.", current_state="full", code="FULL", message_id=3), Learner())

        body = refusal.body(Learner())
        assert (body["currentState"], body["messageId"], body["code"]) == ("full", 3, "FULL")

    def test_cannot_overwrite_the_body_itself(self):
        refusal = errors.Refusal(409, "FULL", "No.", extra={"status": "fine", "error": "none", "seat": 1})

        body = refusal.body()
        assert (body["status"], body["error"], body["seat"]) == ("error", "No.", 1)


class TestFieldErrors:
    def test_are_named_as_the_contract_names_fields(self):
        refusal = refusal_of(rest.ValidationError({"first_name": ["Too long."]}))

        assert refusal.body(EduStream())["errors"] == {"first_name": ["Too long."]}
        assert refusal.body(Learner())["errors"] == {"firstName": ["Too long."]}

    def test_give_the_first_fields_sentence_as_the_message(self):
        refusal = refusal_of(rest.ValidationError({"title": ["Too long.", "Too loud."], "date": ["Past."]}))

        assert refusal.body()["message"] == "title: Too long."

    def test_may_lie_deep(self):
        detail = {"slots": [{}, {"start": {"hour": ["No."]}}], "tags": {0: ["Empty."]}}

        assert refusal_of(rest.ValidationError(detail)).errors == {"slots.1.start.hour": ["No."], "tags.0": ["Empty."]}

    def test_of_no_field_are_a_plain_sentence(self):
        refusal = refusal_of(rest.ValidationError("Not together."))

        assert (refusal.message, refusal.errors) == ("Not together.", {"non_field_errors": ["Not together."]})

    def test_may_carry_a_stable_code(self):
        naive = rest.ValidationError({"date": [rest.ErrorDetail("No zone.", code="NAIVE_DATETIME")]})

        assert refusal_of(naive).code == "NAIVE_DATETIME"

    def test_of_the_domain_are_named_too(self):
        refusal = refusal_of(domain.Invalid(errors={"role": ["Must be student or tutor."]}))

        assert refusal.body()["errors"] == {"role": ["Must be student or tutor."]}

    @pytest.mark.parametrize("detail", [[], {}])
    def test_may_be_missing_altogether(self, detail):
        assert refusal_of(rest.ValidationError(detail)).message


class TestTheLastResort:
    """`ErrorBodies` stands outside of everything."""

    request = RequestFactory().get("/api/sessions")

    def answer(self, response, path="/api/sessions", resolver_match=None):
        request = RequestFactory().get(path)
        request.resolver_match = resolver_match
        return ErrorBodies(lambda request: response)(request)

    def test_turns_an_error_page_into_the_body(self):
        response = self.answer(HttpResponse("<h1>Bad</h1>", status=400))

        assert response["Content-Type"] == "application/json"
        assert orjson.loads(response.content)["code"] == "MALFORMED_REQUEST"

    def test_keeps_what_the_page_says_beside_its_text(self):
        page = HttpResponse("<h1>Bad</h1>", status=404, headers={"Vary": "origin", "Content-Length": "12"})
        page.set_cookie("seen", "1")

        response = self.answer(page)

        assert (response["Vary"], response.cookies["seen"].value) == ("origin", "1")
        assert "Content-Length" not in response

    @pytest.mark.parametrize("path", ["/admin/", "/api-auth/login/"])
    def test_leaves_pages_for_people_alone(self, path):
        page = HttpResponse("<h1>Not found</h1>", status=404)

        assert self.answer(page, path, resolver_match=object()) is page

    @pytest.mark.parametrize("path", ["/static/a.css", "/api-auth/nothing"])
    def test_a_path_beside_the_pages_that_nobody_answers_is_no_page(self, path):
        response = self.answer(HttpResponse("<h1>Not found</h1>", status=404), path)

        assert orjson.loads(response.content)["code"] == "NOT_FOUND"

    def test_leaves_good_answers_alone(self):
        page = HttpResponse("<h1>Welcome</h1>")

        assert self.answer(page) is page

    def test_answers_for_a_plain_view_as_for_a_rest_view(self):
        response = ErrorBodies(lambda request: HttpResponse()).process_exception(self.request, OperationalError("gone"))

        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert orjson.loads(response.content)["code"] == "DATABASE_UNAVAILABLE"

    def test_leaves_a_bug_to_django_which_logs_it(self):
        assert ErrorBodies(lambda request: HttpResponse()).process_exception(self.request, ZeroDivisionError()) is None


@pytest.mark.django_db
class TestOverHttp:
    def test_a_bug_is_a_500_with_the_body_and_is_logged(self, api, monkeypatch, caplog):
        def fail(*args, **kwargs):
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr("accounts.views.account.check_credentials", fail)

        response = api.post("/auth/login", {"email": "a@example.com", "password": "x"})

        assert (response.status_code, response.json()["code"]) == (500, "INTERNAL_ERROR")
        assert "secret" not in response.content.decode()
        assert [record.getMessage() for record in caplog.records if record.name == "peerlearn.errors"] == [
            "request_failed"
        ]

    def test_a_bug_in_a_plain_page_is_a_500_with_the_body(self, client, monkeypatch):
        def fail(*args, **kwargs):
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr("api.core.middleware.SlashlessPaths.__call__", fail)
        client.raise_request_exception = False

        response = client.get("/docs")

        assert response.status_code == 500
        assert response.json()["code"] == "INTERNAL_ERROR"

    @pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/api/sessions/0/nothing"])
    def test_an_unknown_path_is_a_404_with_the_body(self, client, path):
        response = client.get(path, headers={"Accept": "text/html"})

        assert (response.status_code, response["Content-Type"]) == (404, "application/json")

    @pytest.mark.django_db
    @pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/nothing", "/admin/accounts/nothing/1/change/"])
    def test_an_unknown_page_of_the_back_office_is_a_page_to_who_works_there_in_a_browser(self, client, path):
        client.force_login(AdminFactory())

        page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        programs = [client.get(path, headers={"Accept": accept}) for accept in ("*/*", "application/json")]

        assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert 'href="/admin/"' in page.text
        assert {(answer.status_code, answer.json()["code"]) for answer in programs} == {(404, "NOT_FOUND")}

    def test_an_unknown_host_is_a_400_with_the_body(self, client):
        response = client.get("/health", headers={"Host": "evil.example"})

        assert (response.status_code, response.json()["code"]) == (400, "MALFORMED_REQUEST")

    def test_a_form_of_too_many_fields_is_a_400_with_the_body(self, client):
        response = client.get("/health?" + "&".join(f"f{n}=1" for n in range(1500)))

        assert response.status_code in (200, 400)
        assert response["Content-Type"] == "application/json"
