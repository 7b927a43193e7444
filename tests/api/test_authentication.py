"""Goals S4 and S11: attacks with tokens, and with cookies."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.services import moderation
from accounts.services.tokens import open_family, revoke_by_refresh_token
from tests.factories import AdminFactory, NotificationFactory, SessionFactory, StudentFactory, TutorFactory
from tests.support.routes import NEED_NOBODY, api_routes

pytestmark = pytest.mark.django_db

ME = "/auth/me"


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def pair(user):
    return open_family(user)


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict, *, key: str = "", headers: dict | None = None) -> str:
    return jwt.encode(claims, key or settings.SECRET_KEY, algorithm="HS256", headers=headers)


def unsigned(claims: dict, algorithm: str = "none", signature: bytes = b"") -> str:
    parts = [json.dumps({"alg": algorithm, "typ": "JWT"}).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def without(claims: dict, *names: str) -> dict:
    return {name: value for name, value in claims.items() if name not in names}


def flipped(token: str, part: int) -> str:
    parts = token.split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    return ".".join(parts)


def signed_by_hand(payload: bytes, header: bytes = b'{"alg":"HS256","typ":"JWT"}', digest=hashlib.sha256) -> str:
    """Any payload at all under our own signature: what a leaked key allows."""
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, payload))
    signature = hmac.new(settings.SECRET_KEY.encode(), message, digest).digest()
    return (message + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


# name: the attack's token, from a good access token and its claims
ATTACKS = {
    "no token": lambda token, claims: "",
    "garbage": lambda token, claims: "garbage",
    "two dots": lambda token, claims: "..",
    "five parts": lambda token, claims: "a.b.c.d.e",
    "not ASCII": lambda token, claims: "é.é.é",
    "100 kB": lambda token, claims: "a" * 100_000,
    "100 kB, signed": lambda token, claims: signed(claims | {"padding": "x" * 100_000}),
    "alg none": lambda token, claims: unsigned(claims),
    "alg NoNe": lambda token, claims: unsigned(claims, "NoNe"),
    "alg none with a signature": lambda token, claims: unsigned(claims, "none", b"signature"),
    "alg HS256 without a signature": lambda token, claims: unsigned(claims, "HS256"),
    "alg RS256 without a key": lambda token, claims: unsigned(claims, "RS256", b"signature"),
    "no alg": lambda token, claims: signed_by_hand(json.dumps(claims).encode(), b'{"typ":"JWT"}'),
    "another key": lambda token, claims: signed(claims, key="x" * 64),
    "an empty key": lambda token, claims: signed(claims, key="\0" * 32),
    "HS512 of our own key": lambda token, claims: signed_by_hand(
        json.dumps(claims).encode(), b'{"alg":"HS512","typ":"JWT"}', hashlib.sha512
    ),
    "a changed header": lambda token, claims: flipped(token, 0),
    "a changed payload": lambda token, claims: flipped(token, 1),
    "a changed signature": lambda token, claims: flipped(token, 2),
    "another's payload under this signature": lambda token, claims: ".".join(
        [token.split(".")[0], unsigned(claims | {"user_id": 1}).split(".")[1], token.split(".")[2]]
    ),
    "a jku header and another key": lambda token, claims: signed(
        claims, key="x" * 64, headers={"jku": "https://evil.example/keys.json", "kid": "1"}
    ),
    "a kid that is a path and another key": lambda token, claims: signed(
        claims, key="x" * 64, headers={"kid": "../../../../dev/null"}
    ),
    "an x5u header and another key": lambda token, claims: signed(
        claims, key="x" * 64, headers={"x5u": "https://evil.example/cert.pem"}
    ),
    "a jwk header and its own key": lambda token, claims: signed(
        claims, key="x" * 64, headers={"jwk": {"kty": "oct", "k": "eHh4"}}
    ),
    "an unknown crit header": lambda token, claims: signed(claims, headers={"crit": ["exp"]}) + "x",
    "expired": lambda token, claims: signed(claims | {"exp": int(time.time()) - 1}),
    "issued in the future": lambda token, claims: signed(claims | {"iat": int(time.time()) + 3600}),
    "valid only later": lambda token, claims: signed(claims | {"nbf": int(time.time()) + 3600}),
    "no exp": lambda token, claims: signed(without(claims, "exp")),
    "exp that is a word": lambda token, claims: signed(claims | {"exp": "never"}),
    "exp without end": lambda token, claims: signed_by_hand(json.dumps(claims | {"exp": 1e300}).encode()),
    "exp that is null": lambda token, claims: signed_by_hand(json.dumps(claims | {"exp": None}).encode()),
    "no jti": lambda token, claims: signed(without(claims, "jti")),
    "jti that is no uuid": lambda token, claims: signed(claims | {"jti": "1"}),
    "no type": lambda token, claims: signed(without(claims, "token_type")),
    "an unknown type": lambda token, claims: signed(claims | {"token_type": "sliding"}),
    "no issuer": lambda token, claims: signed(without(claims, "iss")),
    "another issuer": lambda token, claims: signed(claims | {"iss": "evil"}),
    "no user": lambda token, claims: signed(without(claims, "user_id")),
    "a user by name": lambda token, claims: signed(claims | {"user_id": "admin"}),
    "a user that is a number in a string": lambda token, claims: signed(claims | {"user_id": str(claims["user_id"])}),
    "a user that is true": lambda token, claims: signed(claims | {"user_id": True}),
    "a user that is null": lambda token, claims: signed(claims | {"user_id": None}),
    "a user that is a list": lambda token, claims: signed(claims | {"user_id": [claims["user_id"]]}),
    "user minus one": lambda token, claims: signed(claims | {"user_id": -1}),
    "user 2 to the 63rd": lambda token, claims: signed(claims | {"user_id": 2**63}),
    "user 10 to the 400th": lambda token, claims: signed(claims | {"user_id": 10**400}),
    "a user who is not there": lambda token, claims: signed(claims | {"user_id": 2**62}),
    "another's family": lambda token, claims: signed(claims | {"fam": uuid.uuid4().hex}),
    "no family": lambda token, claims: signed(without(claims, "fam")),
    "a family that is a number": lambda token, claims: signed(claims | {"fam": 7}),
    "SQL for a family": lambda token, claims: signed(claims | {"fam": "' OR 1=1 --"}),
    "no version": lambda token, claims: signed(without(claims, "ver")),
    "a version that is a word": lambda token, claims: signed(claims | {"ver": "0"}),
    "an older version": lambda token, claims: signed(claims | {"ver": -1}),
    "a newer version": lambda token, claims: signed(claims | {"ver": 1}),
    "a payload that is a list": lambda token, claims: signed_by_hand(b"[]"),
    "a payload that is a number": lambda token, claims: signed_by_hand(b"7"),
    "a payload that is no JSON": lambda token, claims: signed_by_hand(b"{"),
    "a header that is a list": lambda token, claims: signed_by_hand(json.dumps(claims).encode(), b"[]"),
    "twice": lambda token, claims: f"{token} {token}",
    "twice with a comma": lambda token, claims: f"{token}, Bearer {token}",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_a_401_and_never_anything_else(client, pair, attack):
    token = attack(pair.access, claims_of(pair.access))

    response = client.get(ME, headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 401
    assert response.json()["code"] in ("TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED")
    assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_on_the_renewal_is_refused_too(client, pair, attack):
    token = attack(pair.refresh, claims_of(pair.refresh))

    response = client.post("/auth/refresh", {"refresh_token": token}, content_type="application/json")

    assert response.status_code in (400, 401)


def test_there_are_more_attacks_than_the_goal_asks_for():
    assert len(ATTACKS) >= 25


def test_the_same_forgery_without_a_fault_would_have_succeeded(client, pair):
    """The negative control of the table: it is the faults that are refused."""
    for token in (signed(claims_of(pair.access)), signed_by_hand(json.dumps(claims_of(pair.access)).encode())):
        assert client.get(ME, headers={"Authorization": f"Bearer {token}"}).status_code == 200


class TestTheHeader:
    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
    def test_may_be_written_in_any_case(self, client, pair, scheme):
        assert client.get(ME, headers={"Authorization": f"{scheme} {pair.access}"}).status_code == 200

    @pytest.mark.parametrize("scheme", ["Basic", "Token", "JWT", ""])
    def test_of_another_scheme_is_no_token(self, client, pair, scheme):
        response = client.get(ME, headers={"Authorization": f"{scheme} {pair.access}"})

        assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")
        assert response["WWW-Authenticate"] == "Bearer"

    def test_is_the_only_carrier(self, client, pair):
        client.cookies["token"] = pair.access

        in_the_query = client.get(f"{ME}?token={pair.access}&access_token={pair.access}")
        in_another_header = client.get(ME, headers={"X-Access-Token": pair.access})

        assert (in_the_query.status_code, in_another_header.status_code) == (401, 401)

    def test_takes_no_refresh_token(self, client, pair):
        assert client.get(ME, headers={"Authorization": f"Bearer {pair.refresh}"}).status_code == 401


class TestAnEndedSignIn:
    def refusal(self, client, pair) -> str:
        response = client.get(ME, headers={"Authorization": f"Bearer {pair.access}"})
        assert response.status_code == 401
        return response.json()["code"]

    def test_by_the_clock(self, client, pair):
        with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
            assert self.refusal(client, pair) == "TOKEN_EXPIRED"

    def test_by_signing_out(self, client, pair):
        revoke_by_refresh_token(pair.refresh)

        assert self.refusal(client, pair) == "TOKEN_REVOKED"

    def test_by_an_admin(self, client, user, pair):
        moderation.deactivate(user.pk, actor=AdminFactory())

        assert self.refusal(client, pair) == "TOKEN_REVOKED"

    def test_by_deletion(self, client, user, pair):
        user.delete()

        assert self.refusal(client, pair) == "TOKEN_REVOKED"


class TestCookies:
    """Goal S11."""

    @pytest.fixture
    def browser(self):
        browser = Client(enforce_csrf_checks=True)
        tutor = TutorFactory()
        browser.force_login(tutor)
        browser.user = tutor
        return browser

    def test_no_write_with_a_session_cookie_passes_without_the_csrf_token(self, browser):
        session, notification = SessionFactory(creator=browser.user), NotificationFactory(recipient=browser.user)
        writes = [
            route
            for route in api_routes()
            if route.method != "GET" and not any(word in route.path for word in NEED_NOBODY)
        ]

        answers = {}
        for route in writes:
            pk = notification.pk if "notification" in route.path else session.pk
            answers[str(route)] = browser.generic(route.method, re.sub(r"<id:\w+>", str(pk), route.path)).status_code

        assert len(answers) > 15
        assert set(answers.values()) == {403}, answers

    def test_a_refusal_for_the_csrf_token_has_the_one_body(self, browser):
        response = browser.put(ME, {"first_name": "Eve"}, content_type="application/json")

        assert response.json()["code"] == "FORBIDDEN"
        browser.user.refresh_from_db()
        assert browser.user.first_name != "Eve"

    def test_the_browsable_apis_sign_in_needs_the_csrf_token(self, browser):
        response = browser.post("/api-auth/login/", {"username": "a", "password": "b"})

        assert response.status_code == 403

    def test_reading_with_a_session_cookie_is_fine(self, browser):
        assert browser.get(ME).json()["id"] == browser.user.pk

    def test_writing_with_the_csrf_token_is_fine(self, browser):
        token = "a" * 32
        browser.cookies["csrftoken"] = token

        response = browser.put(
            ME, {"first_name": "Grace"}, content_type="application/json", headers={"X-CSRFToken": token}
        )

        assert response.json()["first_name"] == "Grace"

    def test_a_bearer_token_decides_whatever_the_cookies_say(self, browser, user, pair):
        response = browser.get(ME, headers={"Authorization": f"Bearer {pair.access}"})

        assert response.json()["id"] == user.pk

    def test_a_bad_bearer_token_is_not_helped_by_a_good_cookie(self, browser):
        assert browser.get(ME, headers={"Authorization": "Bearer nonsense"}).status_code == 401

    def test_a_bearer_write_needs_no_csrf_token(self, browser, pair):
        response = browser.put(
            ME,
            {"first_name": "Grace"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {pair.access}"},
        )

        assert response.status_code == 200

    def test_signing_out_with_a_session_has_no_device_to_end(self, browser):
        browser.cookies["csrftoken"] = "a" * 32

        response = browser.post("/auth/logout", headers={"X-CSRFToken": "a" * 32})

        assert response.status_code == 200
