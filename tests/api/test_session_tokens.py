"""Goals S4, S5 and S11 for next-auth's session tokens: as a bearer token, in the cookie, on a socket."""

import base64
import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured

from accounts.errors import TokenInvalid
from accounts.next_auth import jwe
from accounts.services import next_auth
from accounts.services.tokens import open_family
from peerlearn import environment
from tests.factories import AdminFactory, SessionFactory, StudentFactory, TutorFactory
from tests.support.next_auth import SESSION, Browser, signed_in
from tests.support.routes import NEED_NOBODY, api_routes
from tests.support.things import THINGS

pytestmark = pytest.mark.django_db

ME = "/auth/me"
SECRET = "a-secret-that-both-sides-know-0123456789"
# By next-auth 4.24.15's own `encode`, with SECRET.
BY_NEXT_AUTH = (
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..KbSQcDwj-jkUauCO.tYkyK9EhKNLwcyqu0mMk6HlF2FulAe7n8dmr-Ok0yFLnkfBrO_-vQxP"
    "lJLAp7VCBF9tBRaqh9zHz7hi7P2QD5_3cZukujGBk0fxjR5Op_o-LjiIzU-O3GUuedZAQp8EnBiJ1VsWBolcVycqiPPsV74tz9qUBdsIrD7Jw1OH7r"
    "ZoF-FggFSEaKEfSHEJ8cpZj9xx1csnKAJ-qlWKewgU.x6xkttdd5ENGMOtYowGFGQ"
)


def test_a_token_of_next_auth_itself_is_opened():
    claims = jwe.decrypt(BY_NEXT_AUTH, secret=SECRET)

    assert claims["name"] == "Ada Lovelace"
    assert (claims["sub"], claims["roles"], claims["exp"] - claims["iat"]) == ("42", ["MENTOR"], 60)
    with pytest.raises(TokenInvalid):
        jwe.decrypt(BY_NEXT_AUTH, secret=SECRET + "x")


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def token(user):
    return signed_in(user).token


def sealed(claims: object, *, header: object = None, secret: str = "", extra: bytes = b"") -> str:
    """A token with any header and any payload, rightly encrypted."""
    head, text = json.dumps(header or {"alg": "dir", "enc": "A256GCM"}).encode(), json.dumps(claims).encode() + extra
    protected, iv = encoded(head), b"\1" * 12
    cipher = AESGCM(jwe._key(secret or site.NEXTAUTH_SECRET)).encrypt(iv, text, protected.encode())
    return ".".join([protected, "", encoded(iv), encoded(cipher[:-16]), encoded(cipher[-16:])])


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def without(claims: dict, *names: str) -> dict:
    return {name: value for name, value in claims.items() if name not in names}


def changed(token: str, part: int, value: str | None = None) -> str:
    parts = token.split(".")
    parts[part] = value if value is not None else ("A" if parts[part][:1] != "A" else "B") + parts[part][1:]
    return ".".join(parts)


NOW = int(time.time())
ATTACKS = {
    "five parts of nothing": lambda token, claims: "....",
    "five parts of letters": lambda token, claims: "a.b.c.d.e",
    "not ASCII": lambda token, claims: "é.é.é.é.é",
    "100 kB": lambda token, claims: "a" * 100_000 + "....",
    "100 kB, encrypted": lambda token, claims: sealed(claims | {"x": "x" * 100_000}),
    "a changed header": lambda token, claims: changed(token, 0),
    "an encrypted key": lambda token, claims: changed(token, 1, "AAAA"),
    "another IV": lambda token, claims: changed(token, 2),
    "no IV": lambda token, claims: changed(token, 2, ""),
    "a changed text": lambda token, claims: changed(token, 3),
    "no text": lambda token, claims: changed(token, 3, ""),
    "a changed tag": lambda token, claims: changed(token, 4),
    "a short tag": lambda token, claims: changed(token, 4, token.split(".")[4][:8]),
    "padding": lambda token, claims: token + "==",
    "another secret": lambda token, claims: sealed(claims, secret="x" * 64),
    "the signing key for a secret": lambda token, claims: sealed(claims, secret=site.SECRET_KEY),
    "alg none": lambda token, claims: sealed(claims, header={"alg": "none"}),
    "a wrapped key": lambda token, claims: sealed(claims, header={"alg": "A256KW", "enc": "A256GCM"}),
    "passwords for keys": lambda token, claims: sealed(
        claims, header={"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": 10**9}
    ),
    "a weaker cipher": lambda token, claims: sealed(claims, header={"alg": "dir", "enc": "A128GCM"}),
    "compression": lambda token, claims: sealed(claims, header={"alg": "dir", "enc": "A256GCM", "zip": "DEF"}),
    "a crit header": lambda token, claims: sealed(claims, header={"alg": "dir", "enc": "A256GCM", "crit": ["exp"]}),
    "a kid": lambda token, claims: sealed(claims, header={"alg": "dir", "enc": "A256GCM", "kid": "../../dev/null"}),
    "a header that is a list": lambda token, claims: sealed(claims, header=["dir"]),
    "expired": lambda token, claims: sealed(claims | {"exp": NOW - 1}),
    "issued in the future": lambda token, claims: sealed(claims | {"iat": NOW + 3600}),
    "no exp": lambda token, claims: sealed(without(claims, "exp")),
    "exp that is a word": lambda token, claims: sealed(claims | {"exp": "never"}),
    "exp without end": lambda token, claims: sealed(claims | {"exp": 1e300}),
    "no iat": lambda token, claims: sealed(without(claims, "iat")),
    "no jti": lambda token, claims: sealed(without(claims, "jti")),
    "no sign-in": lambda token, claims: sealed(without(claims, "sid")),
    "another's sign-in": lambda token, claims: sealed(claims | {"sid": uuid.uuid4().hex}),
    "SQL for a sign-in": lambda token, claims: sealed(claims | {"sid": "' OR 1=1 --"}),
    "no version": lambda token, claims: sealed(without(claims, "ver")),
    "a newer version": lambda token, claims: sealed(claims | {"ver": 1}),
    "no user": lambda token, claims: sealed(without(claims, "userId")),
    "a user by name": lambda token, claims: sealed(claims | {"userId": "admin"}),
    "a user that is true": lambda token, claims: sealed(claims | {"userId": True}),
    "user 10 to the 400th": lambda token, claims: sealed(claims | {"userId": 10**400}),
    "another user": lambda token, claims: sealed(claims | {"userId": claims["userId"] + 1}),
    "a list": lambda token, claims: sealed([claims]),
    "a number": lambda token, claims: sealed(7),
    "no JSON": lambda token, claims: sealed(claims, extra=b"}"),
    "a nest": lambda token, claims: sealed([], extra=b"[" * 3000),
    "twice": lambda token, claims: f"{token} {token}",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_a_401_with_either_carrier_and_no_session(token, attack):
    forged = attack(token, jwe.decrypt(token, secret=site.NEXTAUTH_SECRET))
    browser = Browser()
    browser.cookies[SESSION] = forged if forged.isascii() and " " not in forged else "x"

    response = Browser(headers={"Authorization": f"Bearer {forged}"}).get(ME)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert response.json()["code"] in ("TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED")
    assert browser.get(ME).status_code == 401
    assert browser.seen() == {}


def test_the_same_forgery_without_a_fault_would_have_succeeded(user, token):
    """The negative control of the table: it is the faults that are refused."""
    forged = sealed(jwe.decrypt(token, secret=site.NEXTAUTH_SECRET))
    assert Browser(headers={"Authorization": f"Bearer {forged}"}).get(ME).json()["id"] == user.pk


def test_a_session_token_buys_no_other(api, token):
    for path in ("/auth/refresh", "/api/auth/refresh"):
        assert api.post(path, {"refresh_token": token}).status_code == 401


class TestTheCookie:
    """Browsers send it whoever asks them to."""

    def put(self, browser, **headers):
        return browser.put(ME, {"first_name": "Eve"}, content_type="application/json", headers=headers)

    def test_signs_in_everywhere_and_costs_nothing_more(self, user, token, django_assert_num_queries):
        browser, bearer = signed_in(user), Browser(headers={"Authorization": f"Bearer {token}"})
        for one in (browser, bearer):
            with django_assert_num_queries(1):
                assert one.get(ME).json()["id"] == user.pk
        assert browser.get("/api/sessions").status_code == browser.get("/api/v1/learner/me").status_code == 200

    def test_no_write_passes_that_no_page_of_ours_has_sent(self):
        tutor = TutorFactory()
        browser = signed_in(tutor)
        session = SessionFactory(creator=tutor)
        writes = [
            route
            for route in api_routes()
            if route.method != "GET" and not any(word in route.path for word in NEED_NOBODY)
        ]

        answers = {}
        for route in writes:
            path = "/".join(str(session.pk) if "<" in part else part for part in route.path.split("/"))
            for headers in ({}, {"Origin": "https://evil.example"}):
                answers[f"{route} {headers}"] = browser.generic(route.method, path, headers=headers).status_code

        assert len(answers) > 2 * len(THINGS)
        assert {answer: status for answer, status in answers.items() if status != 403} == {}

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Origin": "http://testserver.evil.example"},
            {"Origin": "http://["},
            {"X-CSRFToken": "0" * 64},
            {"X-CSRFToken": ""},
            {},
        ],
    )
    def test_a_refusal_has_the_one_body_and_changes_nothing(self, user, headers):
        response = self.put(signed_in(user), **headers)

        assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")
        user.refresh_from_db()
        assert user.first_name != "Eve"

    def test_an_alien_page_is_not_helped_by_the_token(self, user):
        browser = signed_in(user)

        assert (
            self.put(browser, Origin="https://evil.example", **{"X-CSRFToken": browser.csrf_token()}).status_code == 403
        )

    @pytest.mark.parametrize("origin", ["http://testserver", "https://learn.example", "http://api.example"])
    def test_a_page_of_ours_may_write(self, settings, user, origin):
        settings.CORS_ALLOWED_ORIGINS, settings.PUBLIC_URL = ["https://learn.example"], "http://api.example"

        assert self.put(signed_in(user), Origin=origin).json()["first_name"] == "Eve"

    @pytest.mark.parametrize("header", ["X-CSRFToken", "X-CSRF-Token"])
    def test_so_may_who_brings_the_token(self, user, header):
        browser = signed_in(user)

        assert self.put(browser, **{header: browser.csrf_token()}).json()["first_name"] == "Eve"

    def test_what_is_no_good_is_as_if_it_were_not_there(self, user):
        browser = signed_in(user)
        next_auth.end(browser.token)

        assert browser.get(ME).json()["code"] == "NO_TOKEN"
        assert browser.get("/api/tutors").status_code == 200

    def test_a_bearer_token_decides_whatever_the_cookie_says(self, user):
        browser, other = signed_in(user), StudentFactory()

        assert (
            browser.get(ME, headers={"Authorization": f"Bearer {open_family(other).access}"}).json()["id"] == other.pk
        )
        assert browser.get(ME, headers={"Authorization": "Bearer nonsense"}).status_code == 401

    def test_comes_before_the_back_offices_session(self, user):
        browser = signed_in(user)
        browser.force_login(AdminFactory())

        assert browser.get(ME).json()["id"] == user.pk
        assert self.put(browser, Origin="http://testserver").status_code == 200

    def test_an_access_token_in_it_is_none(self, user):
        browser = Browser()
        browser.cookies[SESSION] = open_family(user).access

        assert browser.get(ME).status_code == 401

    def test_signing_out_by_the_api_ends_it_too(self, user):
        browser = signed_in(user)

        assert browser.post("/auth/logout", headers={"Origin": "http://testserver"}).status_code == 200
        assert browser.seen() == {}


class TestTheSecret:
    def test_has_some_length(self, monkeypatch):
        monkeypatch.setenv("X", "x" * 31)

        with pytest.raises(ImproperlyConfigured, match="X must be at least 32 characters long."):
            environment.secret("X", least=32)

    def test_follows_from_our_key_unless_it_is_set_and_is_never_that(self):
        assert len(site.NEXTAUTH_SECRET) == 64
        assert site.SECRET_KEY not in site.NEXTAUTH_SECRET
