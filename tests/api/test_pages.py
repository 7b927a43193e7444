"""The pages for people: what they allow themselves, and that they are there for everybody."""

import re

import pytest
from django.test import Client

from tests.factories import PASSWORD, SessionFactory, StudentFactory
from tests.support.clients import Api

pytestmark = pytest.mark.django_db

STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
INLINE_STYLES = {"style-src": "'self' 'unsafe-inline'"}


def policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/", {}),
        ("/openapi.json", {}),
        ("/health", {}),
        ("/docs", INLINE_STYLES),
        ("/redoc", INLINE_STYLES | {"worker-src": "blob:"}),
        ("/api-auth/login/", INLINE_STYLES),
        ("/admin/login/", INLINE_STYLES | {"script-src": "'self' 'unsafe-eval'"}),
    ],
)
def test_a_page_is_allowed_what_it_needs_and_no_more(path, more):
    assert policy(Client().get(path)) == STRICT | more


def test_the_browsable_api_is_allowed_its_styles_and_json_is_not():
    session = SessionFactory()
    client = Client()
    client.force_login(StudentFactory())

    assert policy(client.get(f"/api/sessions/{session.pk}", headers={"Accept": "text/html"})) == STRICT | INLINE_STYLES
    assert policy(client.get(f"/api/sessions/{session.pk}")) == STRICT


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/api-auth/login/"])
def test_a_page_asks_nobody_else_for_anything(path):
    html = Client().get(path).content.decode()

    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+', html) == []


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/redoc", "/redoc/", "/openapi.json"])
def test_the_documentation_is_everybodys(path):
    assert Client().get(path).status_code == 200


def test_swagger_gets_its_script_from_an_address_of_its_own():
    page = Client().get("/docs").content.decode()
    script = re.search(r'src="(/docs\?script=)"', page)

    answer = Client().get(script[1])

    assert answer.headers["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in answer.content.decode()
    assert '"validatorUrl": null' in answer.content.decode()
    assert '"docExpansion": "none"' in answer.content.decode()


def test_every_browser_finds_the_icon_that_it_asks_for():
    answer = Client().get("/favicon.ico")

    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"\x00\x00\x01\x00")


def test_signing_in_to_the_browsable_api_leads_back_to_it():
    student = StudentFactory()
    client = Client()

    answer = client.post(
        "/api-auth/login/?next=/api/sessions",
        {"username": student.email, "password": PASSWORD, "next": "/api/sessions"},
        follow=True,
    )

    assert answer.redirect_chain == [("/api/sessions", 302)]
    assert client.get("/auth/me").json()["email"] == student.email


def test_a_form_of_the_browsable_api_needs_its_csrf_token():
    session = SessionFactory()
    student = StudentFactory()
    client = Client(enforce_csrf_checks=True)
    client.force_login(student)

    answer = client.post(f"/api/sessions/{session.pk}/join", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["status"]) == (403, "error")
    session.refresh_from_db()
    assert session.seats_taken == 0


def test_the_browsable_page_of_an_action_offers_the_fields_of_that_action():
    client = Client()
    client.force_login(SessionFactory().creator)

    page = client.get("/api/sessions", headers={"Accept": "text/html"}).content.decode()

    fields = set(re.findall(r'name="(\w+)"', page))
    assert {"title", "description", "date", "max_participants", "duration_minutes", "subject_id", "level"} <= fields
    assert "reason" not in fields


def test_options_describe_without_speaking_a_dialect():
    """The envelope of a sign-in has a user; what OPTIONS answers has none."""
    answer = Api().options("/api/v1/learner/auth/login")

    assert (answer.status_code, answer.json()["name"]) == (200, "Login")
    assert not answer.cookies
