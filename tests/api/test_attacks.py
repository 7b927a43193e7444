"""What an attacker tried on the running system and got away with, once."""

from functools import partial
from random import randrange

import pytest
from django.test import Client

from accounts import passwords
from accounts.errors import AccountLocked, InvalidCredentials, LinkInvalid
from accounts.models import EmailSecret, User
from accounts.services import mail, moderation, recovery
from accounts.services.sign_in import check_credentials
from common.client_address import network_of
from tests.factories import PASSWORD, AdminFactory, SessionFactory, StudentFactory, TutorFactory
from tests.support.clients import Api
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    """Nobody else's: with Redis the counts of other tests are in the same place."""
    return f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}"


@pytest.mark.parametrize("page", ["/admin/login/", "/api-auth/login/"])
def test_the_login_pages_share_the_limit_of_the_api(page, settings, address):
    api = Api(REMOTE_ADDR=address)
    settings.THROTTLING = True
    user = AdminFactory()
    for number in range(5):
        Client(REMOTE_ADDR=address).post(page, {"username": f"nobody{number}@example.com", "password": "x"})
        api.post("/auth/login", {"email": f"somebody{number}@example.com", "password": "x"})

    browser = Client(REMOTE_ADDR=address)
    browser.post(page, {"username": user.email, "password": PASSWORD})
    by_api = api.post("/auth/login", {"email": user.email, "password": PASSWORD})

    assert "_auth_user_id" not in browser.session
    assert by_api.status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_guesses_made_at_once_only_ten_are_compared(settings):
    settings.THROTTLING = True
    user = StudentFactory()
    guesses = [*(f"guess {n}" for n in range(23)), PASSWORD]

    results = at_once([partial(check_credentials, user.email, guess, address="203.0.113.7") for guess in guesses])

    compared = [r for r in results if isinstance(r, InvalidCredentials | User)]
    assert len(compared) <= 10
    assert {type(r) for r in results if r not in compared} == {AccountLocked}


@pytest.mark.parametrize("path", ["/auth/register", "/api/auth/register", "/api/v1/learner/auth/register"])
def test_an_index_of_five_thousand_digits_is_no_500(path, api):
    body = f"email=x@example.com&password=Abcdefg1!&interests[{'1' * 5000}]=x"

    answer = api.generic("POST", path, body, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_REQUEST")


def reset_token(user, monkeypatch):
    monkeypatch.setattr(mail.secrets, "token_urlsafe", lambda length: "the-mailed-token")
    recovery.request_reset(user.email)
    return "the-mailed-token"


def test_a_reset_link_does_not_survive_a_change_of_the_password(monkeypatch, django_capture_on_commit_callbacks):
    user = StudentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        token = reset_token(user, monkeypatch)
    assert EmailSecret.objects.filter(user=user, used_at=None).count() == 1

    recovery.change_password(user, current=PASSWORD, new="another-Secret1", address="203.0.113.7")

    with pytest.raises(LinkInvalid):
        recovery.reset_password(token, "stolen-Secret1")


def test_a_reset_link_does_not_survive_a_deactivation(monkeypatch, django_capture_on_commit_callbacks):
    user, admin = StudentFactory(), AdminFactory()
    with django_capture_on_commit_callbacks(execute=True):
        token = reset_token(user, monkeypatch)

    moderation.deactivate(user.pk, actor=admin)
    moderation.reactivate(user.pk, actor=admin)

    with pytest.raises(LinkInvalid):
        recovery.reset_password(token, "stolen-Secret1")


def test_a_made_up_reset_token_costs_no_hash(monkeypatch):
    monkeypatch.setattr(passwords, "make", lambda password: pytest.fail("hashed"))

    with pytest.raises(LinkInvalid):
        recovery.reset_password("made up", "a-good-password")


def test_a_suspended_tutor_does_not_go_on_hosting_through_an_old_session(api):
    tutor = TutorFactory()
    session = SessionFactory(creator=tutor)
    moderation.suspend_tutor(tutor.pk, actor=AdminFactory(), reason="Spam")
    client, path = api.as_(tutor), f"/api/sessions/{session.pk}"

    changed = client.put(path, {"title": "Something else"})
    started = client.post(f"{path}/start")
    cancelled = client.post(f"{path}/cancel")

    assert [(a.status_code, a.json()["code"]) for a in (changed, started)] == [(403, "TUTOR_SUSPENDED")] * 2
    assert cancelled.status_code == 200


def test_refused_requests_count_towards_the_limit(settings, address):
    api = Api(REMOTE_ADDR=address)
    settings.THROTTLING = True
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"default": 3}
    student = api.as_(StudentFactory())

    anonymous = [api.get("/api/sessions").status_code for _ in range(4)]
    refused = [student.post("/api/sessions", {}).status_code for _ in range(4)]

    assert anonymous == [401, 401, 401, 429]
    assert refused == [403, 403, 403, 429]


def test_bad_tokens_count_by_address(settings, address):
    api = Api(REMOTE_ADDR=address)
    settings.THROTTLING = True
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"default": 3}
    api.credentials(HTTP_AUTHORIZATION="Bearer forged")

    assert [api.get("/api/sessions").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_the_addresses_of_one_ipv6_network_count_as_one():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
    assert network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("unknown") == "unknown"


def test_a_large_file_is_refused_before_it_is_read(api):
    answer = api.generic(
        "POST",
        "/api/auth/forgot-password",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="40000000",
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


class TestBackOffice:
    @pytest.fixture
    def browser(self):
        browser = Client(raise_request_exception=False)
        browser.force_login(AdminFactory())
        return browser

    @pytest.mark.parametrize("second", ["nope", ""])
    def test_the_action_that_runs_is_the_one_that_is_asked_about(self, second, browser):
        user = StudentFactory()
        sent = {"action": ["deactivate", second], "index": "0", "_selected_action": str(user.pk)}

        answer = browser.post("/admin/accounts/user/", sent)

        assert answer.status_code == 200
        assert b"Deactivate" in answer.content

    def test_a_search_of_two_thousand_words_is_no_outage(self, browser):
        answer = browser.get("/admin/accounts/user/", {"q": "a " * 2000})

        assert answer.status_code == 302

    def test_wrong_own_passwords_count_towards_the_lock(self, browser, settings):
        settings.THROTTLING = True
        sent = {"old_password": "wrong", "new_password1": "Quite-New-1!", "new_password2": "Quite-New-1!"}

        answers = [browser.post("/admin/password_change/", sent).content.decode() for _ in range(11)]

        assert "temporarily locked" not in answers[9]
        assert "temporarily locked" in answers[10]
