"""5 registrations, 10 sign-ins, 100 of anything else a minute (goal S6; the real servers' part is in tests/chaos)."""

import os
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from common import redis
from common.models import RateWindow
from tests.factories import PASSWORD, StudentFactory
from tests.support.clients import Api
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

HALF_PAST = "2026-03-01T12:00:30Z"
REGISTER = ["/auth/register", "/api/auth/register", "/api/v1/learner/auth/register"]
LOGIN = ["/auth/login", "/api/auth/login", "/api/v1/learner/auth/login"]


@pytest.fixture(autouse=True)
def throttling(settings):
    settings.THROTTLING = True
    settings.REDIS_URL = ""


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(HALF_PAST, tick=False) as traveller:
        yield traveller


def post(path: str, *, address: str = "192.0.2.1", body: dict | None = None, **headers: str):
    return Client(REMOTE_ADDR=address).post(path, body or {}, content_type="application/json", headers=headers)


def statuses(send, times: int) -> list[int]:
    return [send().status_code for _ in range(times)]


class TestTheLimit:
    def test_of_registering_is_five(self):
        assert statuses(partial(post, "/auth/register"), 7) == [400] * 5 + [429] * 2

    def test_of_signing_in_is_ten(self):
        assert statuses(partial(post, "/auth/login"), 12) == [400] * 10 + [429] * 2

    def test_of_anything_else_is_a_hundred(self, api):
        signed_in = api.as_(StudentFactory())

        assert statuses(partial(signed_in.get, "/auth/me"), 101) == [200] * 100 + [429]

    def test_of_changing_payments_is_ten_in_five_minutes(self, api, clock):
        signed_in = api.as_(StudentFactory())
        confirm = partial(signed_in.post, "/api/payments/confirm", {})
        sent = statuses(confirm, 11)
        clock.shift(4 * 60)  # twelve o'clock, four minutes and a half
        before = confirm().status_code
        clock.shift(30)

        assert sent == [400] * 10 + [429]
        assert (before, confirm().status_code) == (429, 400)

    def test_holds_for_anonymous_callers_of_open_routes(self):
        assert statuses(partial(post, "/api/auth/forgot-password"), 101)[-2:] == [400, 429]

    def test_does_not_exist_for_health_checks(self, client):
        assert set(statuses(partial(client.get, "/health"), 150)) == {200}

    def test_can_be_switched_off(self, settings):
        settings.THROTTLING = False

        response = post("/auth/register")

        assert set(statuses(partial(post, "/auth/register"), 20)) == {400}
        assert "X-RateLimit-Limit" not in response

    def test_starts_again_with_the_next_minute(self, clock):
        statuses(partial(post, "/auth/register"), 6)
        clock.shift(29)
        before = post("/auth/register").status_code
        clock.shift(1)

        assert (before, post("/auth/register").status_code) == (429, 400)


class TestOneBucket:
    @pytest.mark.parametrize(("paths", "limit"), [(REGISTER, 5), (LOGIN, 10)])
    def test_is_shared_by_all_aliases_of_an_operation(self, paths, limit):
        sent = [post(paths[number % len(paths)]).status_code for number in range(limit)]

        assert set(sent) == {400}
        assert [post(path).status_code for path in paths] == [429] * len(paths)

    def test_is_not_shared_by_two_operations(self):
        statuses(partial(post, "/auth/register"), 6)

        assert post("/auth/login").status_code == 400

    def test_belongs_to_one_address(self):
        statuses(partial(post, "/auth/register"), 6)

        assert post("/auth/register", address="198.51.100.7").status_code == 400

    def test_belongs_to_one_user_wherever_they_are(self, api):
        user, other = StudentFactory(), StudentFactory()
        statuses(partial(api.as_(user).get, "/auth/me"), 100)

        elsewhere = api.as_(user).get("/auth/me", REMOTE_ADDR="198.51.100.7").status_code
        neighbour = api.as_(other).get("/auth/me").status_code

        assert (elsewhere, neighbour) == (429, 200)

    def test_of_the_address_counts_for_signed_in_users_who_sign_in(self, api):
        signed_in = api.as_(StudentFactory())

        assert statuses(partial(signed_in.post, "/auth/login", {}), 11)[-1] == 429


class TestAForwardedAddress:
    def test_gains_nothing_without_a_trusted_proxy(self, settings):
        settings.TRUSTED_PROXIES = 0
        sent = [post("/auth/register", **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(7)]

        assert sent == [400] * 5 + [429] * 2

    def test_made_up_in_front_of_the_trusted_one_gains_nothing(self, settings):
        settings.TRUSTED_PROXIES = 1
        sent = [
            post("/auth/register", **{"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"}).status_code for n in range(7)
        ]

        assert sent == [400] * 5 + [429] * 2

    def test_of_a_trusted_proxy_tells_clients_apart(self, settings):
        settings.TRUSTED_PROXIES = 1
        sent = [post("/auth/register", **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(7)]

        assert sent == [400] * 7


class TestTheHeaders:
    def test_count_down_and_say_when_the_minute_is_over(self, clock):
        first = post("/auth/register")
        clock.shift(10)
        second = post("/auth/register")

        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        assert [first[name] for name in names] == ["5", "4", "30"]
        assert [second[name] for name in names] == ["5", "3", "20"]

    def test_come_with_answers_of_every_kind(self, api):
        student = StudentFactory()
        answers = [
            api.as_(student).get("/auth/me"),
            api.as_(student).get("/api/sessions/1"),
            post("/auth/login", body={"email": student.email, "password": PASSWORD}),
        ]

        assert [answer.status_code for answer in answers] == [200, 404, 200]
        assert all("X-RateLimit-Remaining" in answer for answer in answers)

    @pytest.mark.parametrize("path", REGISTER)
    def test_of_a_refusal_say_when_to_come_back(self, path):
        statuses(partial(post, path), 5)
        refusal = post(path)

        assert refusal.status_code == 429
        assert (refusal["Retry-After"], refusal["X-RateLimit-Remaining"]) == ("30", "0")
        assert refusal.json()["code"] == "RATE_LIMITED"
        assert refusal.json()["error"] == "Too many requests. Try again later."


class TestALockedAccount:
    @pytest.mark.parametrize("path", LOGIN)
    def test_is_a_429_that_says_for_how_long(self, path, clock):
        user = StudentFactory()
        for _ in range(10):
            post(path, body={"email": user.email, "password": "wrong"})
        clock.shift(60)  # the limit of the route is over, the lock is not

        refusal = post(path, body={"email": user.email, "password": PASSWORD})

        assert (refusal.status_code, refusal.json()["code"]) == (429, "ACCOUNT_LOCKED")
        assert refusal["Retry-After"] == "840"


class TestWithoutRedis:
    def test_signing_in_is_counted_in_the_database_the_rest_in_memory(self, api):
        post("/auth/login")
        post("/auth/register")
        api.as_(StudentFactory()).get("/auth/me")

        assert [row.key.split(":")[0] for row in RateWindow.objects.order_by("key")] == ["login", "register"]

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_the_database_counts_exactly_however_parallel(self):
        results = at_once([partial(post, "/auth/register")] * 16)

        assert sorted(response.status_code for response in results) == [400] * 5 + [429] * 11


def test_a_redis_that_dies_changes_no_answer(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(redis, "_blown_until", 0.0)

    assert statuses(partial(post, "/auth/register"), 6) == [400] * 5 + [429]


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_redis_counts_exactly_however_parallel(settings, monkeypatch):
    settings.REDIS_URL = os.environ["REDIS_URL"]
    monkeypatch.setattr(redis, "_blown_until", 0.0)
    somebody_new = uuid4().hex  # what Redis counts outlives a test

    results = at_once([partial(post, "/auth/login", address=somebody_new)] * 24)

    assert sorted(response.status_code for response in results) == [400] * 10 + [429] * 14


def test_clients_are_told_apart_by_nothing_else():
    """A new user agent, cookie or language is no new client."""
    sent = [
        Api(HTTP_USER_AGENT=f"browser {n}", HTTP_ACCEPT_LANGUAGE=f"x-{n}").post("/auth/register", {}).status_code
        for n in range(6)
    ]

    assert sent == [400] * 5 + [429]
