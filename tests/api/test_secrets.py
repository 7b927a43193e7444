"""Goal S20: planted secrets are found nowhere after a walk through everything that handles one."""

import inspect
import json
import logging
from io import StringIO

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import OutgoingMail
from audit import services
from audit.models import AuditEntry
from peerlearn.celery import app
from tests.support import leaks
from tests.support.mails import code_in, deliver, token_in

pytestmark = pytest.mark.django_db

PASSWORD, SECOND, THIRD = "Canary-Password-1!", "Canary-Password-2!", "Canary-Password-3!"
WRONG = "Canary-Wrong-Password!"


@pytest.fixture
def log(caplog):
    """Everything that is logged, as the handlers of the real settings would write it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.getLogger().handlers[0].formatter or logging.Formatter("%(message)s %(args)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    yield lambda: written.getvalue() + caplog.text + str([record.__dict__ for record in caplog.records])
    root.removeHandler(handler)


def walk(api) -> set[str]:
    """Signs up, in, wrongly in, on and out; verifies, resets, changes. Returns every secret that passed."""
    secrets = {PASSWORD, SECOND, THIRD, WRONG}
    email = {"email": "ada@example.com"}

    def post(path: str, body: dict, **headers: str) -> dict:
        response = api.post(path, body, **headers)
        answer = response.json()
        secrets.update(answer[name] for name in ("access_token", "refresh_token", "token") if name in answer)
        secrets.update(
            answer["data"][name] for name in ("accessToken", "refreshToken") if name in answer.get("data", {})
        )
        return answer

    post("/api/auth/register", email | {"password": PASSWORD, "confirmPassword": PASSWORD, "name": "Ada"})
    post("/api/auth/register", email | {"password": PASSWORD})
    post("/api/auth/register", {"email": "nonsense", "password": PASSWORD})
    (welcome,) = deliver()
    secrets.update((token_in(welcome), code_in(welcome)))
    post("/api/auth/verify-otp", email | {"otp": f"{(int(code_in(welcome)) + 1) % 1_000_000:06d}"})
    post("/api/auth/verify-otp", email | {"otp": code_in(welcome)})
    post("/api/auth/verify-email", {"token": token_in(welcome)})
    post("/auth/login", email | {"password": WRONG})
    signed_in = post("/auth/login", email | {"password": PASSWORD})
    renewed = post("/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    post("/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    post("/api/auth/forgot-password", email)
    (reset,) = deliver()
    secrets.add(token_in(reset))
    post("/api/auth/reset-password", {"token": token_in(reset), "password": SECOND})
    post("/api/auth/reset-password", {"token": token_in(reset), "password": SECOND})
    again = post("/api/v1/learner/auth/login", email | {"password": SECOND})
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {again['token']}"}
    post("/api/v1/learner/auth/change-password", {"currentPassword": WRONG, "newPassword": THIRD}, **bearer)
    post("/api/v1/learner/auth/change-password", {"currentPassword": SECOND, "newPassword": THIRD}, **bearer)
    api.get("/auth/me", {"token": renewed["token"]}, HTTP_AUTHORIZATION=f"Bearer {renewed['token']}")
    post("/auth/logout", {}, **bearer)
    deliver()
    return secrets


def rows_of(*models) -> str:
    return json.dumps([list(model.objects.values()) for model in models], default=str)


def found(secrets: set[str], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text and not secret.isdecimal()]


def test_the_walk_meets_every_kind_of_secret(api):
    secrets = walk(api)

    assert len([secret for secret in secrets if secret.count(".") == 2]) >= 6  # access and refresh tokens
    assert len([secret for secret in secrets if secret.isdecimal()]) == 1
    assert AuditEntry.objects.filter(action="auth.password_changed").count() == 1


def test_no_secret_is_logged(api, log):
    secrets = walk(api)

    assert found(secrets, log()) == []


def test_no_secret_is_logged_when_everything_fails(api, log, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    for name in ("registration.register", "check_credentials", "tokens.renew", "recovery.reset_password"):
        monkeypatch.setattr(f"accounts.views.account.{name}", fail)
    body = {"email": "ada@example.com", "password": PASSWORD, "token": "canary-token", "refresh_token": "canary-token"}

    answers = [
        api.post(path, body).status_code
        for path in ("/auth/register", "/auth/login", "/auth/refresh", "/api/auth/reset-password")
    ]

    assert answers == [500] * 4
    assert "request_failed" in log()
    assert found({PASSWORD, "canary-token"}, log()) == []


def test_no_secret_is_in_the_audit_log_or_the_mail_queue(api):
    secrets = walk(api)

    rows = rows_of(AuditEntry, OutgoingMail)
    assert found(secrets, rows) == []
    assert not any(f'"{code}"' in rows for code in secrets if code.isdecimal())
    assert "ada@example.com" not in rows_of(AuditEntry)


def test_no_secret_is_in_any_table(api):
    secrets = walk(api)

    models = [model for model in apps.get_models() if model._meta.managed]
    assert len(models) > 12
    assert found(secrets, json.dumps([list(model._base_manager.values()) for model in models], default=str)) == []


def test_no_password_is_part_of_a_statement(api):
    with CaptureQueriesContext(connection) as queries:
        walk(api)

    text = "\n".join(query["sql"] for query in queries)
    assert "INSERT" in text
    assert found({PASSWORD, SECOND, THIRD, WRONG}, text) == []


def test_the_only_mails_with_a_secret_are_those_that_bring_it(api):
    walk(api)
    api.post("/auth/register", {"email": "grace@example.com", "password": PASSWORD})

    (message,) = deliver()

    assert PASSWORD not in message.body
    assert mail.outbox == []


class TestTheWatchOverTheWholeSuite:
    """`tests/support/leaks.py` would notice: it cannot fail without these."""

    @pytest.fixture
    def caught(self):
        yield leaks.found
        leaks.found.clear()

    def test_a_password_in_the_log(self, caught):
        logging.getLogger("peerlearn.test").warning("it was %s", PASSWORD)

        assert len(caught) == 1

    def test_but_an_address_is_masked_before_it_gets_there(self, caught):
        logging.getLogger("peerlearn.test").warning("mail to %s failed", "ada@example.com")

        assert caught == []

    def test_a_password_in_the_body_of_an_error(self, caught, client, monkeypatch):
        answer = HttpResponse(PASSWORD, "application/json", 404)
        monkeypatch.setattr("api.core.root.response_for", lambda status: answer)
        client.get("/nothing")

        assert len(caught) == 1

    def test_a_password_or_an_address_in_the_audit_log(self, caught):
        services.record("session.created", actor=None, reason=f"{PASSWORD} of ada@example.com")

        assert len(caught) == 2


def test_what_tasks_are_called_with_is_numbers():
    """So that no queue, no log of a worker and no list of failed tasks can hold anything."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    kinds = {
        f"{name}({parameter.name})": parameter.annotation
        for name, task in ours.items()
        for parameter in inspect.signature(task.run).parameters.values()
    }

    assert len(ours) > 30
    assert {where: kind for where, kind in kinds.items() if kind is not int} == {}
