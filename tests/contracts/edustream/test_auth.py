"""The chapter on authentication of the edustream document, and what its real client sends and reads besides."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.services.tokens import open_family
from tests.factories import PASSWORD, StudentFactory, UserFactory
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

AVATAR = "/api/avatars/default.png"

REGISTER_REQUEST = {
    "email": "student@example.com",
    "password": "password123",
    "first_name": "John",
    "last_name": "Doe",
    "role": "student",
}
REGISTERED = {
    "email": "student@example.com",
    "role": "student",
    "is_active": True,
    "is_verified": False,
    "first_name": "John",
    "last_name": "Doe",
    "avatar_url": f"https://api.valsa.solutions{AVATAR}",
    "currency": "USD",
    "timezone": "UTC",
    "created_at": "2025-01-24T10:30:00Z",
    "updated_at": "2025-01-24T10:30:00Z",
}
UPDATE_REQUEST = {
    "first_name": "John",
    "last_name": "Smith",
    "phone": "+1234567890",
    "timezone": "America/New_York",
}


@pytest.fixture(autouse=True)
def as_in_the_document(settings):
    settings.PUBLIC_URL = "https://api.valsa.solutions"


@pytest.fixture
def user():
    return StudentFactory(email="student@example.com")


class TestRegister:
    @pytest.mark.parametrize("path", ["/auth/register", "/auth/register/", "/api/auth/register"])
    def test_the_documents_example(self, api, path):
        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            response = api.post(path, REGISTER_REQUEST)

        assert response.status_code == 201
        assert differences(response.json(), REGISTERED | {"id": User.objects.get().pk}) == []
        assert "password" not in response.json()

    def test_the_clients_request(self, api):
        body = REGISTER_REQUEST | {"role": "tutor", "timezone": "Europe/Berlin", "currency": "EUR"}

        answer = api.post("/api/auth/register", body).json()

        assert (answer["role"], answer["timezone"], answer["currency"]) == ("tutor", "Europe/Berlin", "EUR")

    @pytest.mark.parametrize("path", [
        "/auth/register", "/api/auth/mentor-register", "/api/v1/learner/auth/register", "/api/v1/tutor/auth/register",
    ])  # fmt: skip
    @pytest.mark.parametrize(("parts", "kept"), [
        ({"first_name": "", "last_name": ""}, ("Grace", "Brewster Hopper")),
        ({"first_name": " ", "last_name": "Murray"}, ("Grace", "Murray")),
        ({"first_name": "Amazing", "last_name": ""}, ("Amazing", "Brewster Hopper")),
        ({"first_name": "Alan", "last_name": "Turing"}, ("Alan", "Turing")),
        ({}, ("Grace", "Brewster Hopper")),
    ])  # fmt: skip
    def test_a_part_of_the_name_that_is_blank_does_not_win_over_the_whole(self, api, path, parts, kept):
        body = {"email": "grace@example.com", "password": "Password_1", "name": "Grace Brewster Hopper"} | parts

        assert api.post(path, body).status_code == 201
        assert User.objects.values_list("first_name", "last_name").get() == kept

    @pytest.mark.parametrize("path", ["/auth/register", "/api/v1/learner/auth/register"])
    @pytest.mark.parametrize(("format_", "interests"), [
        ("json", "math, art"), ("json", ["math", "art"]), ("multipart", "math, art"), ("multipart", ["math", "art"]),
    ])  # fmt: skip
    def test_interests_are_a_list_or_one_string_with_commas(self, api, path, format_, interests):
        body = {"email": "grace@example.com", "password": "Password_1", "interests": interests}

        assert api.post(path, body, format=format_).status_code == 201
        assert User.objects.get().student_profile.interests == ["math", "art"]

    def test_a_form(self, api):
        response = api.post("/auth/register", REGISTER_REQUEST, format="multipart")

        assert (response.status_code, response.json()["role"]) == (201, "student")

    def test_the_role_is_a_student_unless_said(self, api):
        body = {name: value for name, value in REGISTER_REQUEST.items() if name != "role"}

        assert api.post("/auth/register", body).json()["role"] == "student"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "not an address"),
            ("email", ""),
            ("email", f"{'a' * 250}@example.com"),
            ("email", "a\r\nBcc: b@example.com"),
            ("password", "1234567"),
            ("password", ""),
            ("password", "x" * 129),
            ("role", "admin"),
            ("role", "ADMIN"),
            ("role", "owner"),
            ("role", ""),
            ("role", ["student"]),
            ("first_name", "x" * 101),
            ("first_name", "a\nb"),
            ("timezone", "+02:00"),
            ("currency", "Dollar"),
        ],
    )
    def test_a_field_that_is_not_valid_is_400(self, api, field, value):
        response = api.post("/auth/register", REGISTER_REQUEST | {field: value})

        assert (response.status_code, response.json()["code"]) == (400, "VALIDATION_ERROR")
        assert list(response.json()["errors"]) == [field]
        assert not User.objects.exists()

    @pytest.mark.parametrize("missing", ["email", "password"])
    def test_a_field_that_is_missing_is_400(self, api, missing):
        body = {name: value for name, value in REGISTER_REQUEST.items() if name != missing}

        response = api.post("/auth/register", body)

        assert response.json()["errors"] == {missing: ["This field is required."]}
        assert response.json()["detail"] == f"{missing}: This field is required."

    @pytest.mark.parametrize("spelling", ["student@example.com", "STUDENT@Example.com"])
    def test_an_address_that_is_taken_is_409(self, api, user, spelling):
        response = api.post("/auth/register", REGISTER_REQUEST | {"email": spelling})

        assert (response.status_code, response.json()["code"]) == (409, "EMAIL_TAKEN")
        assert User.objects.count() == 1


class TestLogin:
    @pytest.mark.parametrize("path", ["/auth/login", "/auth/login/", "/api/auth/login"])
    def test_the_documents_example(self, api, user, path):
        response = api.post(path, {"email": "student@example.com", "password": PASSWORD})

        answer = response.json()
        assert response.status_code == 200
        assert answer["token_type"] == "bearer"
        assert differences(
            answer["user"], {"id": user.pk, "email": "student@example.com", "role": "student", "is_active": True}
        ) == []  # fmt: skip
        assert api.get("/auth/me", HTTP_AUTHORIZATION=f"Bearer {answer['access_token']}").status_code == 200

    @pytest.mark.parametrize("path", ["/auth/login", "/api/auth/login"])
    def test_the_clients_form(self, client, user, path):
        response = client.post(
            path,
            f"username=student%40example.com&password={PASSWORD}",
            content_type="application/x-www-form-urlencoded",
        )

        answer = response.json()
        assert response.status_code == 200
        assert set(answer) == {"token", "access_token", "refresh_token", "token_type", "expires_in", "user"}
        assert answer["token"] == answer["access_token"]
        assert answer["expires_in"] == 3600

    def test_of_two_names_for_the_address_one_may_be_blank(self, api, user):
        signed_in = api.post("/auth/login", {"username": "student@example.com", "email": "", "password": PASSWORD})
        nameless = api.post("/auth/login", {"username": "", "email": "", "password": PASSWORD})

        assert signed_in.status_code == 200
        assert (nameless.status_code, nameless.json()["errors"]) == (400, {"email": ["This field is required."]})

    @pytest.mark.parametrize(
        "credentials",
        [("student@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("gone@example.com", PASSWORD)],
    )
    def test_bad_credentials_are_401_and_always_the_same(self, api, user, credentials):
        UserFactory(email="gone@example.com", is_active=False)

        response = api.post("/auth/login", dict(zip(("email", "password"), credentials, strict=True)))

        assert response.status_code == 401
        answer = {name: value for name, value in response.json().items() if name != "timestamp"}
        assert answer == {
            "status": "error",
            "code": "INVALID_CREDENTIALS",
            "message": "Invalid credentials",
            "detail": "Invalid credentials",
            "error": "Invalid credentials",
        }
        assert response["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize(
        ("body", "field"), [({}, "password"), ({"password": "x"}, "email"), ({"email": "a"}, "password")]
    )
    def test_missing_credentials_are_400(self, api, body, field):
        response = api.post("/auth/login", body)

        assert response.status_code == 400
        assert response.json()["errors"] == {field: ["This field is required."]}

    def test_a_token_that_was_sent_along_is_not_looked_at(self, api, user):
        response = api.post(
            "/auth/login", {"email": user.email, "password": PASSWORD}, HTTP_AUTHORIZATION="Bearer expired"
        )

        assert response.status_code == 200


class TestMe:
    def test_whoever_has_no_picture_has_one_that_is_served(self, client):
        response = client.get(AVATAR)

        assert (response.status_code, response["Content-Type"]) == (200, "image/png")

    @pytest.mark.parametrize("path", ["/auth/me", "/auth/me/", "/api/auth/me", "/users/me"])
    def test_the_documents_example(self, api, path):
        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            user = StudentFactory(
                email="student@example.com", first_name="John", last_name="Doe", phone="+1234567890",
                timezone="America/New_York",
            )  # fmt: skip
            response = api.as_(user).get(path)

        assert response.status_code == 200
        assert response.json() == {
            "id": user.pk,
            "email": "student@example.com",
            "role": "student",
            "name": "John Doe",
            "first_name": "John",
            "last_name": "Doe",
            "phone": "+1234567890",
            "avatar_url": f"https://api.valsa.solutions{AVATAR}",
            "currency": "USD",
            "timezone": "America/New_York",
            "is_active": True,
            "is_verified": True,
            "created_at": "2025-01-24T10:30:00Z",
            "updated_at": "2025-01-24T10:30:00Z",
        }

    @pytest.mark.parametrize("path", ["/auth/me", "/api/auth/me"])
    def test_the_documents_update(self, api, user, path):
        response = api.as_(user).put(path, UPDATE_REQUEST)

        assert response.status_code == 200
        assert differences(response.json(), UPDATE_REQUEST) == []
        user.refresh_from_db()
        assert (user.last_name, user.phone, user.timezone) == ("Smith", "+1234567890", "America/New_York")

    def test_a_part_of_it_leaves_the_rest(self, api, user):
        answer = api.as_(user).put("/auth/me", {"timezone": "Asia/Tokyo"}).json()

        assert (answer["timezone"], answer["first_name"]) == ("Asia/Tokyo", user.first_name)

    def test_camel_case_is_understood(self, api, user):
        assert api.as_(user).put("/auth/me", {"firstName": "Grace"}).json()["first_name"] == "Grace"

    def test_a_number_can_be_taken_away_again(self, api):
        user = StudentFactory(phone="+14155550123")

        assert api.as_(user).put("/auth/me", {"phone": ""}).json()["phone"] == ""

    @pytest.mark.parametrize(
        ("field", "value"), [("phone", "12"), ("timezone", "Mars"), ("currency", "usd"), ("last_name", "a\0b")]
    )
    def test_what_is_not_valid_is_400_and_changes_nothing(self, api, user, field, value):
        response = api.as_(user).put("/auth/me", {"first_name": "Changed", field: value})

        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
        user.refresh_from_db()
        assert user.first_name != "Changed"

    def test_the_clients_page_cannot_write(self, api, user):
        assert api.as_(user).put("/users/me", {}).status_code == 405

    @pytest.mark.parametrize("method", ["get", "put"])
    def test_nobody_is_nobody(self, api, method):
        response = getattr(api, method)("/auth/me")

        assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")


class TestRefreshAndLogout:
    @pytest.mark.parametrize("path", ["/auth/refresh", "/api/auth/refresh", "/auth/refresh/"])
    @pytest.mark.parametrize("field", ["refresh_token", "refreshToken", "refresh"])
    def test_a_refresh_token_buys_a_new_pair(self, api, user, path, field):
        pair = open_family(user)

        answer = api.post(path, {field: pair.refresh}).json()

        assert answer["user"]["id"] == user.pk
        assert answer["refresh_token"] != pair.refresh
        assert api.get("/auth/me", HTTP_AUTHORIZATION=f"Bearer {answer['token']}").status_code == 200

    def test_a_form_will_do(self, api, user):
        response = api.post("/auth/refresh", {"refresh": open_family(user).refresh}, format="multipart")

        assert response.status_code == 200

    def test_it_can_be_spent_once(self, api, user):
        body = {"refresh_token": open_family(user).refresh}
        api.post("/auth/refresh", body)

        refusal = api.post("/auth/refresh", body)

        assert (refusal.status_code, refusal.json()["code"]) == (401, "TOKEN_ALREADY_USED")

    def test_spending_it_later_again_ends_the_sign_in(self, api, user):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            first = {"refresh_token": open_family(user).refresh}
            second = api.post("/auth/refresh", first).json()
            clock.shift(timedelta(seconds=11))

            refusal = api.post("/auth/refresh", first)

            assert (refusal.status_code, refusal.json()["code"]) == (401, "TOKEN_REVOKED")
            assert api.get("/auth/me", HTTP_AUTHORIZATION=f"Bearer {second['token']}").status_code == 401

    @pytest.mark.parametrize("body", [{}, {"refresh_token": ""}])
    def test_none_is_400(self, api, body):
        assert api.post("/auth/refresh", body).status_code == 400

    @pytest.mark.parametrize("path", ["/auth/logout", "/api/auth/logout"])
    def test_signing_out_ends_this_device_only(self, api, user, path):
        here, elsewhere = api.as_(user), api.as_(user)

        response = here.post(path)

        assert (response.status_code, response.json()) == (200, {"message": "Signed out"})
        assert here.get("/auth/me").status_code == 401
        assert elsewhere.get("/auth/me").status_code == 200

    @pytest.mark.parametrize("name", ["refresh_token", "refresh"])
    def test_signing_out_ends_the_device_of_a_refresh_token_too(self, api, user, name):
        other = open_family(user)

        api.as_(user).post("/auth/logout", {name: other.refresh})

        assert api.post("/auth/refresh", {"refresh_token": other.refresh}).status_code == 401

    @pytest.mark.parametrize("path", ["/auth/logout-all", "/api/auth/logout-all"])
    def test_signing_out_everywhere_ends_every_device(self, api, user, path):
        here, elsewhere = api.as_(user), api.as_(user)

        assert here.post(path).json() == {"message": "Signed out everywhere"}

        assert [device.get("/auth/me").status_code for device in (here, elsewhere)] == [401, 401]

    @pytest.mark.parametrize("path", ["/auth/logout", "/auth/logout-all"])
    def test_signing_out_is_for_those_who_are_in(self, api, path):
        assert api.post(path).status_code == 401
