"""`POST /api/auth/login` of the learner document: `{email, password}` for `{token, user}`."""

import pytest

from tests.factories import PASSWORD, StudentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/login/"])
def test_a_learner_signs_in(api, path):
    learner = StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")

    response = api.post(path, {"email": "ada@example.com", "password": PASSWORD})

    answer = response.json()
    assert response.status_code == 200
    assert (answer["user"]["id"], answer["user"]["name"], answer["user"]["role"]) == (
        learner.pk,
        "Ada Lovelace",
        "student",
    )
    assert api.get("/api/sessions", HTTP_AUTHORIZATION=f"Bearer {answer['token']}").status_code == 200


def test_a_wrong_password_is_a_401_with_one_sentence(api):
    learner = StudentFactory()

    response = api.post("/api/auth/login", {"email": learner.email, "password": "wrong"})

    assert (response.status_code, response.json()["code"]) == (401, "INVALID_CREDENTIALS")
    assert response.json()["message"] == response.json()["error"] == "Invalid credentials"


def test_the_token_is_needed_for_everything_else(api):
    response = api.get("/api/sessions")

    assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")
