"""Goal S13: the headers on every route, errors, pages for people and static files included."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.factories import AdminFactory, NotificationFactory, SessionFactory, TutorFactory
from tests.support.routes import NOT_API, api_routes
from tests.support.routes import _walk as walk_patterns

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
PAGES = [
    "/docs",
    "/redoc",
    "/openapi.json",
    "/metrics",
    "/",
    "/api-auth/login/",
    "/admin/login/",
    "/admin/",
    "/static/unfold/css/simplebar/simplebar.css",
]
# What the resolver does not know: middleware answers.
FILES = ["/favicon.ico", "/static/unfold/css/simplebar/simplebar.css", "/static/drf_spectacular_sidecar/nothing.js"]
NOT_THERE = ["/nothing", "/api/nothing", "/admin/nothing/", "/static/nothing.css", "/.well-known/security.txt"]


@pytest.fixture(autouse=True)
def behind_tls(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def faults_of(response) -> list[str]:
    """What a browser would miss."""
    faults = [f"{name}: {response.get(name)}" for name, value in EVERYWHERE.items() if response.get(name) != value]
    policy = response.get("Content-Security-Policy", "")
    if "frame-ancestors" not in policy or "default-src 'self'" not in policy:
        faults.append(f"Content-Security-Policy: {policy}")
    if "Server" in response or "X-Powered-By" in response:
        faults.append("says what it runs on")
    return faults


def walk(client: Client, requests: list[tuple[str, str]], **options) -> dict[str, list[str]]:
    faults = {}
    for method, path in requests:
        response = client.generic(method, path, secure=True, **options)
        if found := faults_of(response):
            faults[f"{method} {path}: {response.status_code}"] = found
    return faults


@pytest.fixture
def requests():
    """Every operation, on a session and a notification that are there."""
    tutor = TutorFactory()
    session, notification = SessionFactory(creator=tutor), NotificationFactory(recipient=tutor)
    paths = [
        (route.method, re.sub(r"<id:\w+>", str(notification.pk if "notif" in route.path else session.pk), route.path))
        for route in api_routes()
    ]
    return tutor, paths


def test_every_operation_has_them_whether_it_succeeds_or_refuses(client, requests):
    tutor, paths = requests
    anonymous = walk(client, paths)
    client.force_login(tutor)
    signed_in = walk(client, paths)

    assert (anonymous, signed_in) == ({}, {})


@pytest.mark.parametrize("options", [
    {"data": b"{", "content_type": "application/json"},
    {"data": b"x", "content_type": "text/plain"},
    {"headers": {"Authorization": "Bearer nonsense"}},
    {"headers": {"Host": "evil.example"}},
    {"headers": {"Accept": "text/html"}},
    {"headers": {"Origin": "https://evil.example"}},
])  # fmt: skip
def test_every_kind_of_refusal_has_them(client, requests, options):
    assert walk(client, requests[1], **options) == {}


def test_every_wrong_method_has_them(client, requests):
    assert (
        walk(client, [("TRACE", path) for _, path in requests[1]] + [("OPTIONS", path) for _, path in requests[1]])
        == {}
    )


def test_pages_for_people_have_them(client):
    assert walk(client, [("GET", path) for path in PAGES]) == {}

    client.force_login(AdminFactory())
    assert walk(client, [("GET", path) for path in PAGES]) == {}


def every_other_path() -> list[str]:
    """Everything that is not the API's, the back office page by page, with something in each place of its pattern."""
    patterns = (path for path, _ in walk_patterns(get_resolver().url_patterns, "") if path.startswith(NOT_API))
    named = (
        re.sub(r"<(?:(\w+):)?\w+>", lambda found: "1" if found[1] in ("int", "id") else "x", path) for path in patterns
    )
    return sorted({"/" + re.sub(r"\(\?P<\w+>[^)]*\)|[\^$\\]", "", path) for path in named})


def test_every_path_that_is_not_the_apis_has_them(client):
    paths = every_other_path()

    assert len(paths) > 200
    with_a_secret = {"/calendar/feed/x.ics", "/notifications/unsubscribe/x", "/guardians/recordings/x"}
    assert {"/metrics", "/certificates/x", *with_a_secret} <= set(paths)
    assert walk(client, [("GET", path) for path in [*paths, *FILES]]) == {}


def test_what_is_not_there_has_them(client):
    assert walk(client, [("GET", path) for path in NOT_THERE]) == {}


def test_a_bug_has_them(client, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("drf_spectacular.views.SpectacularSwaggerSplitView.get", fail)
    monkeypatch.setattr("accounts.views.account.check_credentials", fail)
    client.raise_request_exception = False
    login = {"data": b'{"email": "a", "password": "b"}', "content_type": "application/json"}

    assert walk(client, [("GET", "/docs")]) == {}
    assert walk(client, [("POST", "/auth/login")], **login) == {}


def test_a_host_that_is_not_ours_has_them(client):
    assert walk(client, [("GET", "/docs"), ("GET", "/health")], headers={"Host": "evil.example"}) == {}


@pytest.mark.parametrize("path", ["/auth/me", "/api/auth/me", "/users/me", "/api/sessions", "/api/notifications"])
def test_nobodys_data_is_kept_by_a_cache(api, path):
    assert api.as_(TutorFactory()).get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/api/sessions", "/api-auth/login/"])
def test_no_page_but_the_back_office_runs_code_of_its_own(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy


class TestWhileDebugging:
    """Django's own pages for developers never reach anybody: the one body stands in their place, with all headers."""

    @pytest.fixture(autouse=True)
    def debugging(self, settings, client):
        settings.DEBUG = True
        settings.CORS_ALLOWED_ORIGINS = ["https://learn.example"]
        client.raise_request_exception = False

    @pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
    @pytest.mark.parametrize(("path", "host", "status"), [
        ("/api/nothing", "testserver", 404),
        ("/nothing", "testserver", 404),
        ("/static/nothing.css", "testserver", 404),
        ("/api/sessions", "evil.example", 400),
    ])  # fmt: skip
    def test_a_refusal_has_them(self, client, path, host, status, accept):
        self.refused(client, path, status, Host=host, Accept=accept)

    @pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
    def test_a_bug_has_them(self, client, monkeypatch, accept):
        def fail(*args, **kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr("api.core.middleware.SlashlessPaths.__call__", fail)

        self.refused(client, "/api/sessions", 500, Accept=accept)

    def refused(self, client, path, status, **headers):
        response = client.get(path, headers=headers | {"Origin": "https://learn.example"}, secure=True)

        assert (response.status_code, response["Content-Type"]) == (status, "application/json")
        assert faults_of(response) == []
        assert response["Access-Control-Allow-Origin"] == "https://learn.example"
        assert response.get("Cache-Control") == ("no-store" if path.startswith("/api/") else None)


class TestCors:
    def preflight(self, client, origin):
        return client.options("/api/sessions", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

    def test_a_front_end_that_is_named_may_call_with_credentials(self, client, settings):
        settings.CORS_ALLOWED_ORIGINS = ["https://learn.example"]

        response = self.preflight(client, "https://learn.example")

        assert response["Access-Control-Allow-Origin"] == "https://learn.example"
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert "idempotency-key" in response["Access-Control-Allow-Headers"]

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://learn.example.evil.example"])
    def test_nobody_else_may(self, client, settings, origin):
        settings.CORS_ALLOWED_ORIGINS = ["https://learn.example"]

        assert "Access-Control-Allow-Origin" not in self.preflight(client, origin)
