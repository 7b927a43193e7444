"""`Idempotency-Key` (R-GEN-6, goal R6), shown on making a session and joining one."""

from datetime import timedelta
from functools import partial

import orjson
import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from api.core import idempotency
from api.core.models import CompletedRequest
from api.core.tasks import purge_expired_requests
from notifications.models import Notification
from sessions_app.models import Participant, TutoringSession
from tests.factories import SessionFactory, StudentFactory, TutorFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

BODY = {"title": "Algebra", "date": "2099-01-01T12:00:00Z", "max_participants": 8}


@pytest.fixture
def tutor():
    return TutorFactory()


@pytest.fixture
def client_(api, tutor):
    return api.as_(tutor)


def create(client, key="key-1", body=None, **headers):
    return client.post("/api/sessions", body or BODY, headers={"Idempotency-Key": key} | headers)


def timeless(response) -> dict:
    return {name: value for name, value in response.json().items() if name != "timestamp"}


def test_the_same_request_has_one_effect_and_one_answer(client_):
    first, second = create(client_), create(client_)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert TutoringSession.objects.count() == 1


def test_a_replay_says_so(client_):
    first, second = create(client_), create(client_)

    assert ("Idempotent-Replay" in first, second["Idempotent-Replay"]) == (False, "true")
    assert first["ETag"] == second["ETag"]


def test_the_order_spelling_and_slash_of_a_request_do_not_matter(client_):
    create(client_)

    again = client_.post(
        "/api/sessions/",
        {"maxParticipants": 8, "date": BODY["date"], "title": "Algebra"},
        headers={"Idempotency-Key": "key-1"},
    )

    assert again["Idempotent-Replay"] == "true"


def test_another_body_under_the_same_key_is_a_422(client_):
    create(client_)

    refusal = create(client_, body=BODY | {"title": "Geometry"})

    assert (refusal.status_code, refusal.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert TutoringSession.objects.get().title == "Algebra"


def test_another_path_under_the_same_key_is_a_422(api):
    student = StudentFactory()
    first, second = SessionFactory(), SessionFactory()
    headers = {"Idempotency-Key": "key-1"}
    api.as_(student).post(f"/api/sessions/{first.pk}/join", headers=headers)

    refusal = api.as_(student).post(f"/api/sessions/{second.pk}/join", headers=headers)

    assert refusal.status_code == 422
    assert Participant.objects.get().session == first


def test_keys_belong_to_one_user(api, client_):
    create(client_)

    theirs = create(api.as_(TutorFactory()))

    assert (theirs.status_code, "Idempotent-Replay" in theirs) == (201, False)


def test_joining_twice_with_one_key_takes_one_seat_and_tells_the_host_once(api):
    session, student = SessionFactory(), StudentFactory()
    join = partial(api.as_(student).post, f"/api/sessions/{session.pk}/join", headers={"Idempotency-Key": "a" * 255})

    first, second = join(), join()

    session.refresh_from_db()
    assert (first.status_code, second.content) == (201, first.content)
    assert (session.seats_taken, Notification.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "body", [{"title": "Algebra"}, BODY | {"max_participants": 1}, BODY | {"date": "2020-01-01T00:00:00Z"}]
)
def test_a_refusal_is_not_kept(client_, body):
    refused = create(client_, body=body)

    repaired = create(client_)

    assert (refused.status_code, repaired.status_code) == (400, 201)


def test_a_failure_is_not_kept_and_leaves_nothing_behind(client_, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("sessions_app.presenters.detail", fail)
        failed = create(client_)

    assert (failed.status_code, TutoringSession.objects.count()) == (500, 0)
    assert create(client_).status_code == 201


def test_without_a_key_every_request_counts(api):
    session, student = SessionFactory(), StudentFactory()
    join = partial(api.as_(student).post, f"/api/sessions/{session.pk}/join")

    assert [join().status_code for _ in range(2)] == [201, 400]
    assert not CompletedRequest.objects.exists()


def test_a_key_has_at_most_255_characters(client_):
    refusal = create(client_, key="a" * 256)

    assert (refusal.status_code, refusal.json()["code"]) == (400, "IDEMPOTENCY_KEY_TOO_LONG")
    assert not TutoringSession.objects.exists()


@pytest.mark.parametrize("key", ["a\0b", "a\nb", "\x7f"])
def test_a_key_can_be_printed(client_, key):
    assert create(client_, key=key).status_code == 400
    assert not TutoringSession.objects.exists()


def test_a_key_where_none_is_honoured_changes_nothing(client_):
    session = create(client_).json()["id"]

    cancel = partial(client_.post, f"/api/sessions/{session}/cancel", headers={"Idempotency-Key": "key-2"})

    assert [cancel().status_code for _ in range(2)] == [200, 400]


def test_who_is_not_signed_in_learns_nothing_of_keys(api):
    assert create(api).status_code == 401


def test_a_form_is_told_apart_like_json(client_):
    send = partial(client_.post, "/api/sessions", format="multipart", headers={"Idempotency-Key": "key-1"})
    first, second = send(BODY), send(BODY)

    assert (first.status_code, second["Idempotent-Replay"]) == (201, "true")
    assert send(BODY | {"title": "Geometry"}).status_code == 422


def test_answers_are_kept_two_days(client_):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        create(client_)
        clock.shift(timedelta(hours=48))
        purge_expired_requests()
        kept = CompletedRequest.objects.count()
        clock.shift(timedelta(seconds=1))
        purge_expired_requests()

    assert (kept, CompletedRequest.objects.count()) == (1, 0)


def test_what_is_kept_says_what_it_is(client_, tutor):
    create(client_)

    kept = CompletedRequest.objects.get()
    assert str(kept) == f"key-1 of {tutor.pk}: 201"
    assert orjson.loads(kept.body)["title"] == "Algebra"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_requests_with_one_key_one_has_an_effect(api):
    tutor = TutorFactory()
    clients = [api.as_(tutor) for _ in range(12)]

    results = at_once([partial(create, client) for client in clients])

    assert TutoringSession.objects.count() == 1
    assert {response.status_code for response in results} <= {201, 409}
    created = {response.json()["id"] for response in results if response.status_code == 201}
    assert len(created) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_the_second_is_told_to_come_back(api):
    tutor = TutorFactory()
    second = partial(create, api.as_(tutor))

    with transaction.atomic():  # as the first does
        idempotency._claim(tutor.pk, "key-1")
        (refusal,) = at_once([second])

    assert (refusal.status_code, refusal.json()["code"]) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert refusal["Retry-After"] == "5"
