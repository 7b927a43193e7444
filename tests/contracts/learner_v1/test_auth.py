"""Authentication of the learner_v1 document, and what its real client sends and reads besides."""

import pytest
from dateutil.parser import isoparse

from accounts.models import User
from accounts.services.tokens import open_family
from tests.factories import PASSWORD, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db

BASE = "/api/v1/learner/auth"
STRONG = "Password!"
REQUEST = {
    "name": "Ada King Lovelace",
    "email": "ada@example.com",
    "password": STRONG,
    "interests": ["algebra", "chess"],
}


@pytest.fixture
def learner():
    return StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")


def is_signed_in(api, token: str) -> bool:
    return api.get("/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200


class TestRegister:
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_the_documents_request_signs_the_learner_in(self, api, slash):
        response = api.post(f"{BASE}/register{slash}", REQUEST)

        answer, user = response.json(), User.objects.get()
        assert (response.status_code, answer["status"]) == (201, "success")
        assert (user.first_name, user.last_name, user.role) == ("Ada", "King Lovelace", "student")
        assert user.student_profile.interests == ["algebra", "chess"]
        assert is_signed_in(api, answer["token"])

    def test_the_client_finds_the_user_wherever_it_looks(self, api):
        answer = api.post(f"{BASE}/register", REQUEST).json()

        pk = str(User.objects.get().pk)
        for person in (answer["user"], answer["data"], answer["data"]["user"]):
            assert (person["_id"], person["id"], person["email"]) == (pk, pk, "ada@example.com")
            assert (person["name"], person["role"]) == ("Ada King Lovelace", "student")
        assert answer["data"]["token"] == answer["token"]

    @pytest.mark.parametrize("role", ["tutor", "admin", "ADMIN"])
    def test_makes_learners_only(self, api, role):
        answer = api.post(f"{BASE}/register", REQUEST | {"role": role}).json()

        assert answer["user"]["role"] == "student"

    @pytest.mark.parametrize("password", ["password!", "Password1", "Pass!", "PASSWORD 1"])
    def test_asks_for_the_documents_password(self, api, password):
        response = api.post(f"{BASE}/register", REQUEST | {"password": password})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["password"])
        assert not User.objects.exists()

    def test_an_address_that_is_taken_is_409(self, api, learner):
        response = api.post(f"{BASE}/register", REQUEST)

        assert (response.status_code, response.json()["code"]) == (409, "EMAIL_TAKEN")
        assert response.cookies == {}

    @pytest.mark.parametrize("interests", ["x" * 51, "a," * 31, [["algebra"]], ["x" * 51], ["a"] * 31, [None]])
    def test_interests_are_a_list_of_not_too_many_words(self, api, interests):
        assert api.post(f"{BASE}/register", REQUEST | {"interests": interests}).status_code == 400


class TestLogin:
    def test_the_documents_answer_is_at_the_top_and_the_clients_in_data(self, api, learner):
        response = api.post(f"{BASE}/login", {"email": "ada@example.com", "password": PASSWORD})

        answer, pk = response.json(), str(learner.pk)
        assert (response.status_code, answer["status"]) == (200, "success")
        assert set(answer) == {"status", "token", "user", "data"}
        assert (answer["user"]["id"], answer["user"]["firstName"], answer["user"]["isActive"]) == (pk, "Ada", True)
        assert {"_id", "id", "name", "email", "role", "token", "user", "accessToken", "refreshToken"} <= set(
            answer["data"]
        )
        assert answer["data"]["_id"] == pk
        assert is_signed_in(api, answer["token"])

    def test_sets_a_cookie_for_the_sockets_which_no_script_reads(self, api, learner, settings):
        settings.SESSION_COOKIE_SECURE = True

        response = api.post(f"{BASE}/login", {"email": "ada@example.com", "password": PASSWORD})

        cookie = response.cookies["token"]
        assert cookie.value == response.json()["token"]
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"]) == (
            True,
            "Lax",
            True,
            3600,
        )

    def test_bad_credentials_carry_the_code_that_the_client_knows(self, api, learner):
        response = api.post(f"{BASE}/login", {"email": "ada@example.com", "password": "wrong"})

        body = response.json()
        assert response.status_code == 401
        assert (body["status"], body["code"], body["message"]) == (
            "error",
            "INVALID_CREDENTIALS",
            "Invalid credentials",
        )
        assert isoparse(body["timestamp"])
        assert response.cookies == {}

    def test_a_tutor_may_come_in_by_this_door(self, api):
        tutor = TutorFactory()

        answer = api.post(f"{BASE}/login", {"email": tutor.email, "password": PASSWORD}).json()

        assert answer["user"]["role"] == "tutor"

    def test_field_errors_are_in_the_contracts_names(self, api):
        response = api.post(f"{BASE}/register", REQUEST | {"first_name": "x" * 101})

        assert list(response.json()["errors"]) == ["firstName"]


class TestRefresh:
    def test_buys_a_new_pair_and_a_new_cookie(self, api, learner):
        response = api.post(f"{BASE}/refresh", {"refreshToken": open_family(learner).refresh})

        assert is_signed_in(api, response.json()["token"])
        assert response.cookies["token"].value == response.json()["data"]["token"]


class TestLogout:
    def test_an_empty_request_ends_the_sign_in_and_takes_the_cookie(self, api, learner):
        here = api.as_(learner)

        response = here.post(f"{BASE}/logout")

        assert response.json() == {"status": "success", "data": {"message": "Signed out"}}
        assert (response.cookies["token"].value, response.cookies["token"]["max-age"]) == ("", 0)
        assert here.get("/auth/me").status_code == 401

    def test_without_a_token_is_told_so(self, api):
        response = api.post(f"{BASE}/logout")

        assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")


class TestChangePassword:
    def test_signs_every_device_out_and_this_one_in_again(self, api, learner):
        here, elsewhere = api.as_(learner), api.as_(learner)

        response = here.post(f"{BASE}/change-password", {"currentPassword": PASSWORD, "newPassword": STRONG})

        assert response.status_code == 200
        assert [device.get("/auth/me").status_code for device in (here, elsewhere)] == [401, 401]
        assert is_signed_in(api, response.json()["token"])
        assert response.cookies["token"].value == response.json()["token"]
        assert api.post(f"{BASE}/login", {"email": learner.email, "password": STRONG}).status_code == 200

    def test_needs_the_current_one(self, api, learner):
        response = api.as_(learner).post(f"{BASE}/change-password", {"currentPassword": "wrong", "newPassword": STRONG})

        assert (response.status_code, response.json()["code"]) == (400, "WRONG_PASSWORD")
        assert response.json()["message"] == "The current password is not right."

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"currentPassword": PASSWORD, "newPassword": "weak"}, "newPassword"),
            ({"currentPassword": PASSWORD, "newPassword": "password!"}, "newPassword"),
            ({"currentPassword": PASSWORD, "newPassword": STRONG, "confirmPassword": "other"}, "confirmPassword"),
            ({"newPassword": STRONG}, "currentPassword"),
            ({"currentPassword": PASSWORD}, "newPassword"),
        ],
    )
    def test_checks_the_new_one(self, api, learner, body, field):
        response = api.as_(learner).post(f"{BASE}/change-password", body)

        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
        assert response.json()["message"].startswith(f"{field}: ")
        learner.refresh_from_db()
        assert learner.check_password(PASSWORD)

    def test_is_for_those_who_are_in(self, api):
        assert api.post(f"{BASE}/change-password", {}).status_code == 401
