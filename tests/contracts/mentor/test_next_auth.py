"""The handler of next-auth, `/api/auth/[...nextauth]`, as its own client calls it. The client itself does so in
`tests/e2e/next_auth`."""

import hashlib
import json
from datetime import datetime, timedelta
from random import randrange
from urllib.parse import quote, unquote

import pytest
import time_machine
from django.conf import settings as site
from django.utils import timezone

from accounts.models import TokenFamily, TutorProfile, TutorStatus, User
from accounts.next_auth import jwe
from accounts.services import moderation, recovery
from accounts.services.tokens import open_family, purge_expired, revoke_all
from api.mentor.dialect import Mentor
from tests.factories import PASSWORD, AdminFactory, StudentFactory, TutorFactory, UserFactory
from tests.support.next_auth import SESSION, Browser, signed_in

pytestmark = pytest.mark.django_db

BASE = "/api/auth"
ORIGIN = "http://testserver"
UNCACHED = {"Cache-Control": "private, no-cache, no-store", "Pragma": "no-cache", "Expires": "0"}


@pytest.fixture
def user():
    return StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def browser():
    return Browser()


def flags(cookie):
    return {name: cookie[name] for name in ("path", "httponly", "samesite", "secure", "domain")}


OPEN = {"path": "/", "httponly": True, "samesite": "Lax", "secure": "", "domain": ""}


class TestProviders:
    def test_there_is_one_and_its_addresses_are_absolute(self, browser):
        assert browser.get(f"{BASE}/providers").json() == {
            "credentials": {
                "id": "credentials",
                "name": "credentials",
                "type": "credentials",
                "signinUrl": f"{ORIGIN}{BASE}/signin/credentials",
                "callbackUrl": f"{ORIGIN}{BASE}/callback/credentials",
            }
        }


class TestCsrf:
    def test_a_new_browser_gets_a_token_and_two_cookies(self, browser):
        response = browser.get(f"{BASE}/csrf")

        token = response.json()["csrfToken"]
        expected = hashlib.sha256(f"{token}{site.NEXTAUTH_SECRET}".encode()).hexdigest()
        assert len(bytes.fromhex(token)) == 32
        assert response.cookies["next-auth.csrf-token"].value == f"{token}%7C{expected}"
        assert response.cookies["next-auth.callback-url"].value == quote(ORIGIN, safe="")
        assert [flags(cookie) for cookie in response.cookies.values()] == [OPEN, OPEN]
        assert UNCACHED.items() <= dict(response.items()).items()

    def test_one_that_has_it_gets_the_same_and_no_cookie(self, browser):
        token = browser.csrf_token()

        response = browser.get(f"{BASE}/csrf")

        assert (response.json(), response.cookies) == ({"csrfToken": token}, {})

    @pytest.mark.parametrize("cookie", ["", "abc", "a|b", "%7C", f"%7C{hashlib.sha256(b'').hexdigest()}", "\xe9|\xe9"])
    def test_a_cookie_of_somebody_elses_making_is_replaced(self, browser, cookie):
        browser.cookies["next-auth.csrf-token"] = cookie

        response = browser.get(f"{BASE}/csrf")

        assert response.cookies["next-auth.csrf-token"].value.startswith(response.json()["csrfToken"])


class TestSession:
    def test_nobody_is_an_empty_object(self, browser):
        response = browser.get(f"{BASE}/session")

        assert (response.status_code, response.json(), response.cookies) == (200, {}, {})
        assert UNCACHED.items() <= dict(response.items()).items()

    def test_shows_who_is_signed_in_and_lasts_another_day(self, user):
        browser = signed_in(user)
        first = browser.token
        with time_machine.travel(timezone.now() + timedelta(hours=20), tick=False):
            response = browser.get(f"{BASE}/session")

            cookie, expires = response.cookies[SESSION], timezone.now().replace(microsecond=0) + timedelta(hours=24)
        assert response.json() == {
            "user": {
                "name": "Ada Lovelace",
                "email": "ada@example.com",
                "image": None,
                "id": user.pk,
                "roles": ["STUDENT"],
                "isVerified": True,
                "onboardingCompleted": False,
                "mentorVerificationStatus": None,
            },
            "expires": expires.isoformat().replace("+00:00", "Z"),
        }
        assert cookie.value not in ("", first)
        assert flags(cookie) == OPEN
        assert datetime.strptime(cookie["expires"], "%a, %d %b %Y %H:%M:%S GMT") == expires.replace(tzinfo=None)
        assert UNCACHED.items() <= dict(response.items()).items()

    def test_slides_as_long_as_somebody_looks_and_ends_a_day_after(self, user):
        browser, begin = signed_in(user), timezone.now()
        for hours in (20, 40, 60, 80):
            with time_machine.travel(begin + timedelta(hours=hours)):
                purge_expired()
                assert browser.seen()["user"]["id"] == user.pk

        with time_machine.travel(begin + timedelta(hours=104, seconds=2)):
            assert browser.seen() == {}

    def test_to_slide_writes_to_the_database_once_an_hour_at_most(self, user, django_assert_num_queries):
        browser = signed_in(user)
        with time_machine.travel(timezone.now() + timedelta(minutes=59)), django_assert_num_queries(3):
            browser.seen()
        with time_machine.travel(timezone.now() + timedelta(minutes=61)), django_assert_num_queries(4):
            browser.seen()

    @pytest.mark.parametrize(
        ("status", "word"),
        [
            (TutorStatus.DRAFT, "PENDING"),
            (TutorStatus.PENDING_APPROVAL, "DOCUMENTS_UNDER_REVIEW"),
            (TutorStatus.APPROVED, "APPROVED"),
            (TutorStatus.REJECTED, "REJECTED"),
            (TutorStatus.CHANGES_REQUESTED, "REAPPLICATION_REQUIRED"),
            (TutorStatus.SUSPENDED, "SUSPENDED"),
            (TutorStatus.CLOSED, "SUSPENDED"),
        ],
    )
    def test_says_how_far_a_mentor_is(self, status, word):
        tutor = TutorFactory()
        TutorProfile.objects.filter(user=tutor).update(status=status)

        shown = signed_in(tutor).seen()["user"]

        assert (shown["roles"], shown["mentorVerificationStatus"]) == (["MENTOR"], word)

    def test_a_tutor_whose_profile_was_never_made_is_at_the_beginning(self):
        assert signed_in(UserFactory(role="tutor")).seen()["user"]["mentorVerificationStatus"] == "PENDING"

    @pytest.mark.parametrize("token", ["garbage", "a.b.c", "a.b.c.d.e", "x" * 5000])
    def test_a_broken_cookie_is_nobody_and_taken_away(self, browser, token):
        browser.cookies[SESSION] = token

        response = browser.get(f"{BASE}/session")

        assert (response.status_code, response.json()) == (200, {})
        assert (response.cookies[SESSION].value, response.cookies[SESSION]["max-age"]) == ("", 0)

    def test_an_access_token_is_no_session(self, browser, user):
        browser.cookies[SESSION] = open_family(user).access

        assert browser.seen() == {}

    def test_a_cookie_in_parts_is_read_and_replaced_by_a_whole_one(self, user):
        browser = signed_in(user)
        token = browser.token
        del browser.cookies[SESSION]
        browser.cookies[f"{SESSION}.0"], browser.cookies[f"{SESSION}.1"] = token[:300], token[300:]

        response = browser.get(f"{BASE}/session")

        assert response.json()["user"]["id"] == user.pk
        assert {name: cookie["max-age"] for name, cookie in response.cookies.items() if not cookie.value} == {
            f"{SESSION}.0": 0,
            f"{SESSION}.1": 0,
        }
        assert response.cookies[SESSION].value

    def test_our_own_cookie_is_never_cut(self):
        longest = UserFactory(
            email="x" * 64 + "@" + ".".join(["y" * 59] * 3) + ".example",
            first_name="\U0001f600" * 100,
            last_name="\U0001f600" * 100,
            avatar="avatars/" + "z" * 190,
        )

        assert len(signed_in(longest).token) < 3933


class TestUpdate:
    def update(self, browser, **body):
        return browser.post(f"{BASE}/session", json.dumps(body), content_type="application/json")

    def test_says_what_the_database_says_now(self, user):
        browser = signed_in(user)
        User.objects.filter(pk=user.pk).update(onboarded_at=timezone.now(), first_name="Augusta")

        response = self.update(browser, csrfToken=browser.csrf_token(), data={"user": {"roles": ["ADMIN"]}})

        shown = response.json()["user"]
        assert (shown["name"], shown["onboardingCompleted"], shown["roles"]) == ("Augusta Lovelace", True, ["STUDENT"])
        claims = jwe.decrypt(response.cookies[SESSION].value, secret=site.NEXTAUTH_SECRET)
        assert (claims["onboardingCompleted"], claims["roles"]) == (True, ["STUDENT"])

    @pytest.mark.parametrize("token", ["", "0" * 64, None])
    def test_without_the_token_is_400(self, user, token):
        browser = signed_in(user)

        response = self.update(browser, csrfToken=token or "", data={})

        assert (response.status_code, response.json()["code"]) == (400, "CSRF_TOKEN_INVALID")
        assert SESSION not in response.cookies

    def test_of_nobody_is_empty(self, browser):
        assert self.update(browser, csrfToken=browser.csrf_token()).json() == {}


class TestSignin:
    def test_leads_to_the_front_ends_page(self, browser):
        response = browser.get(f"{BASE}/signin?error=SessionRequired&callbackUrl=/lessons?a=1")

        assert (response.status_code, response["Location"]) == (
            302,
            "/login?callbackUrl=http%3A%2F%2Ftestserver%2Flessons%3Fa%3D1&error=SessionRequired",
        )
        assert unquote(response.cookies["next-auth.callback-url"].value) == f"{ORIGIN}/lessons?a=1"
        assert browser.get(f"{BASE}/signin/credentials")["Location"] == (
            "/login?callbackUrl=http%3A%2F%2Ftestserver%2Flessons%3Fa%3D1"  # remembered
        )

    def test_a_form_is_told_that_there_is_another_door(self, browser):
        answers = [
            browser.form("signin/credentials"),
            browser.form("signin/credentials", csrfToken="0" * 64),
            browser.form("signin"),
            browser.form("signin/credentials", json="false"),
        ]

        assert [answer.json()["url"] for answer in answers[:3]] == [
            f"{ORIGIN}{BASE}/signin",
            f"{ORIGIN}{BASE}/signin?csrf=true",
            f"{ORIGIN}{BASE}/signin?csrf=true",
        ]
        assert (answers[3].status_code, answers[3]["Location"]) == (302, f"{ORIGIN}{BASE}/signin")


class TestCredentials:
    def test_the_clients_form(self, browser, user):
        response = browser.form(
            "callback/credentials",
            email=" ADA@example.com ",
            password=PASSWORD,
            redirect="false",
            callbackUrl=f"{ORIGIN}/dashboard",
        )

        cookie = response.cookies[SESSION]
        assert (response.status_code, response.json()) == (200, {"url": f"{ORIGIN}/dashboard"})
        assert flags(cookie) == OPEN
        left = datetime.strptime(cookie["expires"], "%a, %d %b %Y %H:%M:%S GMT") - timezone.now().replace(tzinfo=None)
        assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
        assert browser.seen()["user"]["id"] == user.pk

    def test_the_token_says_what_the_front_ends_middleware_reads(self):
        tutor = TutorFactory(first_name="Grace", last_name="Hopper", email="grace@example.com", avatar="avatars/x.jpg")

        claims = jwe.decrypt(signed_in(tutor).token, secret=site.NEXTAUTH_SECRET)

        family = TokenFamily.objects.get(user=tutor)
        times = {name: claims.pop(name) for name in ("iat", "exp", "jti")}
        assert claims == {
            "name": "Grace Hopper",
            "email": "grace@example.com",
            "picture": f"{site.PUBLIC_URL}/api/avatars/x.jpg",
            "sub": str(tutor.pk),
            "userId": tutor.pk,
            "roles": ["MENTOR"],
            "isVerified": True,
            "onboardingCompleted": False,
            "mentorVerificationStatus": "APPROVED",
            "sid": family.pk.hex,
            "ver": 0,
        }
        assert times["exp"] - times["iat"] == 86_400

    def test_who_has_not_proven_the_address_may_sign_in(self, browser):
        browser.sign_in(UserFactory(is_verified=False))

        assert browser.seen()["user"]["isVerified"] is False

    def test_json_is_read_too(self, browser, user):
        body = {"email": user.email, "password": PASSWORD, "csrfToken": browser.csrf_token(), "json": True}

        response = browser.post(f"{BASE}/callback/credentials", json.dumps(body), content_type="application/json")

        assert response.json() == {"url": ORIGIN}

    def test_without_json_all_is_a_redirect(self, browser, user):
        right = browser.sign_in(user, json="", callbackUrl="/dashboard")
        wrong = browser.sign_in(user, "wrong", json="")

        assert (right.status_code, right["Location"]) == (302, f"{ORIGIN}/dashboard")
        assert SESSION in right.cookies
        assert (wrong.status_code, wrong["Location"]) == (302, f"{ORIGIN}{BASE}/error?error=Invalid%20credentials")
        assert SESSION not in wrong.cookies

    @pytest.mark.parametrize(
        ("fields", "code", "sentence"),
        [
            ({"password": "wrong"}, "INVALID_CREDENTIALS", "Invalid credentials"),
            ({"email": "nobody@example.com"}, "INVALID_CREDENTIALS", "Invalid credentials"),
            ({"email": "closed@example.com"}, "INVALID_CREDENTIALS", "Invalid credentials"),
            ({"email": ""}, "CREDENTIALS_MISSING", "Email and password are required"),
            ({"password": ""}, "CREDENTIALS_MISSING", "Email and password are required"),
        ],
    )
    def test_a_refusal_is_401_and_brings_an_address_with_the_reason(self, browser, user, fields, code, sentence):
        StudentFactory(email="closed@example.com", is_active=False)

        response = browser.form("callback/credentials", **{"email": user.email, "password": PASSWORD} | fields)

        answer = response.json()
        assert (response.status_code, answer["code"], answer["error"]) == (401, code, sentence)
        assert answer["url"] == f"{ORIGIN}{BASE}/error?error={quote(sentence)}"
        assert SESSION not in response.cookies
        assert not TokenFamily.objects.exists()

    def test_an_unknown_address_and_a_wrong_password_look_the_same(self, browser, user):
        answers = [browser.form("callback/credentials", email=e, password="x").json() for e in (user.email, "n@b.cd")]

        assert [answer | {"timestamp": ""} for answer in answers][0] == answers[1] | {"timestamp": ""}

    def test_a_locked_account_is_a_401_with_that_sentence(self, settings, user):
        settings.THROTTLING, settings.THROTTLE_RATES = True, settings.THROTTLE_RATES | {"login": 100}
        browser = Browser(REMOTE_ADDR=f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}")
        answers = [browser.sign_in(user, "wrong") for _ in range(10)]

        locked = browser.sign_in(user)

        assert {answer.json()["code"] for answer in answers} == {"INVALID_CREDENTIALS"}
        assert (locked.status_code, locked.json()["code"]) == (401, "ACCOUNT_LOCKED")
        assert locked.json()["url"] == f"{ORIGIN}{BASE}/error?error=Account%20is%20temporarily%20locked"
        assert SESSION not in locked.cookies

    def test_shares_the_limit_of_all_logins_and_still_has_an_address(self, settings, user, api):
        settings.THROTTLING = True
        address = f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}"
        browser = Browser(REMOTE_ADDR=address)
        token = browser.csrf_token()
        for number in range(5):
            api.post("/auth/login", {"email": f"a{number}@example.com", "password": "x"}, REMOTE_ADDR=address)
            browser.form("callback/credentials", csrfToken=token, email=f"b{number}@example.com", password="x")

        refused = browser.sign_in(user, csrfToken=token)

        assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
        assert refused.json()["url"].startswith(f"{ORIGIN}{BASE}/error?error=Too%20many%20requests")

    @pytest.mark.parametrize("token", ["", "0" * 64, "another browser's"])
    def test_a_form_without_the_token_of_this_browser_signs_nobody_in(self, browser, user, token):
        token = Browser().csrf_token() if token.startswith("another") else token
        browser.csrf_token()

        as_json = browser.sign_in(user, csrfToken=token)
        as_form = browser.sign_in(user, csrfToken=token, json="")

        assert (as_json.status_code, as_json.json()) == (200, {"url": f"{ORIGIN}{BASE}/signin?csrf=true"})
        assert (as_form.status_code, as_form["Location"]) == (302, f"{ORIGIN}{BASE}/signin?csrf=true")
        assert SESSION not in browser.cookies
        assert not TokenFamily.objects.exists()

    def test_what_is_malformed_is_a_400_with_an_address(self, browser):
        answers = [
            browser.post(f"{BASE}/callback/credentials", "{", content_type="application/json"),
            browser.form("callback/credentials", email="a\0", password="x"),
            browser.form("callback/credentials", email="x" * 255, password="x"),
        ]

        assert [(answer.status_code, "/error?error=" in answer.json()["url"]) for answer in answers] == [
            (400, True)
        ] * 3


ALIEN = [
    "https://evil.example",
    "https://evil.example/dashboard",
    "//evil.example",
    "http://testserver.evil.example/",
    "http://testserver@evil.example/",
    "https://testserver/dashboard",
    "http:testserver",
    "http:\\\\evil.example",
    "/\\evil.example",
    "/\tevil",
    " https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "testserver/x",
    "http://testserver/\r\nSet-Cookie: a=b",
    "http://testserver/" + "x" * 2000,
]


class TestWhereOneIsSent:
    """Nobody is sent to another site."""

    @pytest.mark.parametrize("address", ALIEN)
    def test_never_to_a_strangers_address(self, user, address):
        browser = Browser()
        by_form = browser.sign_in(user, callbackUrl=address)
        page = browser.get(f"{BASE}/signin", {"callbackUrl": address})
        out = browser.form("signout", callbackUrl=address, json="")

        # A path with two slashes is one of our own, behind our own origin.
        expected = f"{ORIGIN}//evil.example" if address.startswith("//") else ORIGIN
        assert by_form.json()["url"] == expected
        assert page["Location"] == f"/login?callbackUrl={quote(expected, safe='')}"
        assert (out.status_code, out["Location"]) == (302, expected)

    def test_nor_by_a_cookie(self, browser, user):
        token = browser.csrf_token()
        browser.cookies["next-auth.callback-url"] = quote("https://evil.example/", safe="")

        assert browser.sign_in(user, csrfToken=token).json() == {"url": ORIGIN}

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("/dashboard?tab=1#top", f"{ORIGIN}/dashboard?tab=1#top"),
            (f"{ORIGIN}/dashboard", f"{ORIGIN}/dashboard"),
            (f"{ORIGIN}?a=b", f"{ORIGIN}?a=b"),
            ("https://learn.example/dashboard", "https://learn.example/dashboard"),
            ("", ORIGIN),
        ],
    )
    def test_to_a_page_of_ours_or_of_the_front_end(self, settings, browser, user, address, expected):
        settings.FRONTEND_URL = "https://learn.example"

        assert browser.sign_in(user, callbackUrl=address).json() == {"url": expected}

    @pytest.mark.parametrize(
        ("proxies", "headers", "origin"),
        [
            (0, {"X-Forwarded-Host": "learn.example"}, "http://testserver"),
            (1, {"X-Forwarded-Host": "learn.example"}, "http://learn.example"),
            (1, {"X-Forwarded-Host": "evil.example, learn.example"}, "http://learn.example"),
            (1, {"X-Forwarded-Host": "evil.example"}, "http://testserver"),
            (1, {"X-Forwarded-Host": "evil.example/.learn.example"}, "http://testserver"),
            (1, {"X-Forwarded-Host": "api.example:8443"}, "http://api.example:8443"),
        ],
    )
    def test_our_origin_is_what_a_trusted_proxy_says_if_that_is_ours(self, settings, proxies, headers, origin):
        settings.TRUSTED_PROXIES = proxies
        settings.FRONTEND_URL = "http://learn.example"
        settings.ALLOWED_HOSTS = ["testserver", "api.example", ".learn.example"]

        providers = Browser(headers=headers).get(f"{BASE}/providers").json()

        assert providers["credentials"]["callbackUrl"] == f"{origin}{BASE}/callback/credentials"


class TestOverHttps:
    NAMES = ("__Host-next-auth.csrf-token", "__Secure-next-auth.callback-url", f"__Secure-{SESSION}")

    def test_cookies_are_secure_and_promise_so_by_their_names(self, user):
        browser = signed_in(user, secure=True)

        assert tuple(browser.cookies) == self.NAMES
        assert [flags(cookie) for cookie in browser.cookies.values()] == [OPEN | {"secure": True}] * 3
        assert browser.seen()["user"]["id"] == user.pk
        assert browser.get("/auth/me").json()["id"] == user.pk

    def test_a_cookie_that_could_be_of_a_page_over_http_is_not_read(self, user):
        browser = Browser(secure=True)
        browser.cookies[SESSION] = signed_in(user).token

        assert browser.seen() == {}
        assert browser.get("/auth/me").status_code == 401

    def test_is_also_what_the_public_address_says(self, settings):
        settings.PUBLIC_URL = "https://testserver"

        assert set(Browser().get(f"{BASE}/csrf").cookies) == set(self.NAMES[:2])


class TestSignout:
    def test_ends_the_session_on_the_server_too(self, user):
        browser, other = signed_in(user), signed_in(user)
        kept = browser.token

        response = browser.form("signout", callbackUrl="/bye")

        assert (response.status_code, response.json()) == (200, {"url": f"{ORIGIN}/bye"})
        assert (response.cookies[SESSION].value, response.cookies[SESSION]["max-age"]) == ("", 0)
        thief = Browser()
        thief.cookies[SESSION] = kept
        assert thief.seen() == {}
        assert Browser(headers={"Authorization": f"Bearer {kept}"}).get("/auth/me").status_code == 401
        assert other.seen()["user"]["id"] == user.pk, "the other device stays"

    @pytest.mark.parametrize("token", ["", "garbage"])
    def test_of_nobody_is_fine(self, browser, token):
        if token:
            browser.cookies[SESSION] = token

        assert browser.form("signout").json() == {"url": ORIGIN}

    def test_without_the_token_ends_nothing(self, user):
        browser = signed_in(user)

        answers = [browser.form("signout", csrfToken="0" * 64), browser.form("signout", csrfToken="", json="")]

        assert answers[0].json() == {"url": f"{ORIGIN}{BASE}/signout?csrf=true"}
        assert (answers[1].status_code, answers[1]["Location"]) == (302, f"{ORIGIN}{BASE}/signout?csrf=true")
        assert browser.seen()["user"]["id"] == user.pk

    def test_has_a_page_with_a_form_that_works(self, user):
        browser = signed_in(user)

        page = browser.get(f"{BASE}/signout")

        assert page["Content-Type"] == "text/html; charset=utf-8"
        assert f'name="csrfToken" value="{browser.csrf_token()}"' in page.content.decode()
        assert '<form method="post">' in page.content.decode(), "to its own address"
        assert browser.form("signout", json="").status_code == 302
        assert browser.seen() == {}


class TestTheRest:
    @pytest.mark.parametrize(
        ("query", "location"),
        [
            ("error=CredentialsSignin", f"{ORIGIN}{BASE}/signin?error=CredentialsSignin"),
            ("error=SessionRequired", f"{ORIGIN}{BASE}/signin?error=SessionRequired"),
            ("error=Invalid%20credentials", "/login?error=Invalid%20credentials"),
            ("error=%26callbackUrl%3Dhttps://evil.example", "/login?error=%26callbackUrl%3Dhttps%3A%2F%2Fevil.example"),
            ("error=a%0D%0ASet-Cookie:b", "/login?error=a%0D%0ASet-Cookie%3Ab"),
            ("", "/login"),
        ],
    )
    def test_an_error_leads_to_the_page_that_shows_it(self, browser, query, location):
        response = browser.get(f"{BASE}/error?{query}")

        assert (response.status_code, response["Location"]) == (302, location)

    def test_who_must_prove_an_address_is_led_there(self, browser):
        response = browser.get(f"{BASE}/verify-request")

        assert (response.status_code, response["Location"]) == (302, "/verify-email")

    @pytest.mark.parametrize(
        ("body", "kind", "code"),
        [
            (
                "level=error&code=CLIENT_FETCH_ERROR&message=x",
                "application/x-www-form-urlencoded",
                "CLIENT_FETCH_ERROR",
            ),
            ('{"code": "A\\nB"}', "application/json", "odd"),
            ("{", "application/json", "None"),
            ("anything", "text/plain", "None"),
            ("[1]", "application/json", "None"),
        ],
    )
    def test_reports_of_the_client_are_logged_by_their_code_alone(self, browser, caplog, body, kind, code):
        response = browser.post(f"{BASE}/_log", body, content_type=kind)

        assert (response.status_code, response.content) == (200, b"")
        assert [record.client_code for record in caplog.records if record.msg == "client_error"] == [code]

    @pytest.mark.parametrize(
        "path",
        ["", "/nonsense", "/signin/google", "/callback/google", "/callback", "/csrf/x", "/session/x", "/error/x"],
    )
    def test_what_next_auth_does_not_know_is_a_404_with_the_one_body(self, browser, path):
        for method in ("GET", "POST"):
            response = browser.generic(method, f"{BASE}{path}")

            assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("path", ["providers", "csrf", "session", "signout", "signin", "error"])
    def test_a_last_slash_changes_nothing(self, browser, path):
        plain, slashed = browser.get(f"{BASE}/{path}"), browser.get(f"{BASE}/{path}/")

        assert (plain.status_code, plain.content) == (slashed.status_code, slashed.content)

    def test_the_other_contracts_routes_come_first(self, api, user):
        answers = [
            api.post(f"{BASE}/login", {"email": user.email, "password": PASSWORD}),
            api.as_(user).get(f"{BASE}/me"),
            api.as_(user).post(f"{BASE}/logout"),
        ]

        assert [answer.status_code for answer in answers] == [200, 200, 200]


ENDS = {
    "another password": lambda user, admin: recovery.change_password(
        user, current=PASSWORD, new="Quite-New-1!", address="203.0.113.7"
    ),
    "another role": lambda user, admin: moderation.change_role(user.pk, "tutor", actor=admin),
    "deactivation": lambda user, admin: moderation.deactivate(user.pk, actor=admin),
    "signing out everywhere": lambda user, admin: revoke_all(user, actor=user),
    "an admin": lambda user, admin: moderation.end_sign_in(user.token_families.get().pk, actor=admin),
    "deletion": lambda user, admin: user.delete(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_ends_with_what_ends_every_sign_in(user, end):
    browser = signed_in(user)
    bearer = Browser(headers={"Authorization": f"Bearer {browser.token}"})
    assert browser.get("/auth/me").status_code == bearer.get("/auth/me").status_code == 200

    end(user, AdminFactory())

    refused = bearer.get("/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_REVOKED")
    assert browser.get("/auth/me").status_code == 401
    response = browser.get(f"{BASE}/session")
    assert (response.status_code, response.json(), response.cookies[SESSION].value) == (200, {}, "")


class TestMentorRegister:
    BODY = {"name": "Grace Hopper", "email": "grace@example.com", "password": PASSWORD, "confirmPassword": PASSWORD}

    @pytest.mark.parametrize(
        "names", [{"name": "Grace Hopper"}, {"name": "", "firstName": "Grace", "lastName": "Hopper", "role": "STUDENT"}]
    )
    def test_makes_a_mentor_whose_profile_is_a_draft(self, api, names):
        response = api.post(f"{BASE}/mentor-register", self.BODY | names)

        answer, user = response.json(), User.objects.get()
        assert response.status_code == 201
        assert (answer["message"], answer["userId"]) == ("Account created. Check your e-mail.", user.pk)
        assert (answer["id"], answer["role"], answer["firstName"], answer["lastName"], answer["isVerified"]) == (
            user.pk, "MENTOR", "Grace", "Hopper", False
        )  # fmt: skip
        assert (user.role, user.tutor_profile.status) == ("tutor", "draft")
        assert signed_in(user).seen()["user"]["mentorVerificationStatus"] == "PENDING"

    @pytest.mark.parametrize(
        ("changes", "status"),
        [({"confirmPassword": "other"}, 400), ({"email": "x"}, 400), ({"password": "short"}, 400), ({}, 409)],
    )
    def test_is_refused_as_every_registration(self, api, changes, status):
        UserFactory(email="GRACE@example.com".lower())

        assert api.post(f"{BASE}/mentor-register", self.BODY | changes).status_code == status
        assert User.objects.count() == 1


def test_the_words_for_roles_are_the_contracts():
    shown = {user.role: signed_in(user).seen()["user"]["roles"] for user in (StudentFactory(), AdminFactory())}

    assert shown == {role: [word] for role, word in Mentor.roles.items() if role != "tutor"}
