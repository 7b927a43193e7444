"""One's own erasure over HTTP; the copy of one's data is in tests/privacy/test_exporting.py."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from privacy.models import Erasure, ErasureState
from tests.factories import PASSWORD, StudentFactory

pytestmark = pytest.mark.django_db

PATH = "/api/users/me/erasure"


@pytest.fixture
def person():
    return StudentFactory()


@pytest.fixture
def own(api, person):
    return api.as_(person)


def test_is_asked_for_with_the_password_looked_at_and_withdrawn(own, person):
    asked = own.post(PATH, {"password": PASSWORD})
    looked_at = own.get(PATH)
    withdrawn = own.delete(PATH)

    assert (asked.status_code, looked_at.status_code, withdrawn.status_code) == (202, 200, 200)
    assert [answer.json()["state"] for answer in (asked, looked_at, withdrawn)] == [
        "cooling_off", "cooling_off", "withdrawn",
    ]  # fmt: skip
    assert asked.json()["blockers"] == []
    assert User.objects.get(pk=person.pk).is_active


def test_begins_in_fourteen_days_and_is_due_in_thirty(own):
    now = timezone.now()
    own.post(PATH, {"password": PASSWORD})

    erasure = Erasure.objects.get()
    assert erasure.begins_at - now > timedelta(days=13, hours=23)
    assert erasure.due_at - erasure.begins_at == timedelta(days=16)


def test_is_not_asked_for_without_the_password(own):
    answer = own.post(PATH, {"password": "guessed"})

    assert (answer.status_code, answer.json()["code"]) == (400, "WRONG_PASSWORD")
    assert not Erasure.objects.exists()


def test_of_somebody_else_is_not_seen(api, own):
    own.post(PATH, {"password": PASSWORD})
    stranger = api.as_(StudentFactory())

    assert stranger.get(PATH).status_code == 404
    assert stranger.delete(PATH).json()["code"] == "NO_ERASURE"
    assert Erasure.objects.get().state == ErasureState.COOLING_OFF


def test_needs_somebody_who_is_signed_in(api):
    assert [api.get(PATH).status_code, api.post(PATH, {}).status_code, api.delete(PATH).status_code] == [401] * 3
