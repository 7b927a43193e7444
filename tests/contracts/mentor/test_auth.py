"""Authentication of the mentor document, as its pages call it."""

import pytest

from accounts.models import User
from accounts.services import recovery
from accounts.services.tokens import open_family
from tests.factories import PASSWORD, StudentFactory, UserFactory
from tests.support.mails import code_in, deliver, token_in

pytestmark = pytest.mark.django_db

BASE = "/api/auth"
REGISTER = {"name": "Ada Lovelace", "email": "ada@example.com", "password": PASSWORD, "confirmPassword": PASSWORD}
ABSENT = "nobody@example.com"


@pytest.fixture
def user():
    return UserFactory(email="ada@example.com", is_verified=False)


class TestRegister:
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_the_pages_request(self, api, slash):
        response = api.post(f"{BASE}/register{slash}", REGISTER)

        answer, user = response.json(), User.objects.get()
        assert response.status_code == 201
        assert (answer["message"], answer["userId"]) == ("Account created. Check your e-mail.", user.pk)
        assert (answer["id"], answer["email"], answer["role"]) == (user.pk, "ada@example.com", "student")
        assert (user.first_name, user.last_name) == ("Ada", "Lovelace")

    def test_the_older_form_says_more(self, api):
        response = api.post(f"{BASE}/register", REGISTER | {"primaryLanguage": "en", "academicLevel": "school"})

        assert response.status_code == 201

    @pytest.mark.parametrize(
        ("word", "role"), [("STUDENT", "student"), ("MENTOR", "tutor"), ("instructor", "tutor"), ("learner", "student")]
    )
    def test_every_contracts_word_for_a_role_is_understood(self, api, word, role):
        assert api.post(f"{BASE}/register", REGISTER | {"role": word}).json()["role"] == role

    @pytest.mark.parametrize("encoding", ["multipart", "json"])
    def test_the_words_for_roles_are_understood_in_every_encoding(self, api, encoding):
        assert api.post(f"{BASE}/register", REGISTER | {"role": "MENTOR"}, format=encoding).json()["role"] == "tutor"

    def test_passwords_that_differ_are_400(self, api):
        response = api.post(f"{BASE}/register", REGISTER | {"confirmPassword": "other"})

        assert (response.status_code, response.json()["error"]) == (400, "confirm_password: The two passwords differ.")
        assert not User.objects.exists()

    def test_an_address_that_is_taken_is_409_with_a_sentence(self, api, user):
        response = api.post(f"{BASE}/register", REGISTER)

        assert (response.status_code, response.json()["error"]) == (409, "This e-mail address is already registered.")

    def test_a_mail_with_a_link_and_a_code_is_on_its_way(self, api):
        api.post(f"{BASE}/register", REGISTER)

        (message,) = deliver()
        assert (message.to, bool(token_in(message)), len(code_in(message))) == (["ada@example.com"], True, 6)


class TestVerification:
    @pytest.fixture
    def message(self, user):
        recovery.request_verification(user.email)
        return deliver()[0]

    def test_by_link(self, api, user, message):
        response = api.post(f"{BASE}/verify-email", {"token": token_in(message)})

        answer = response.json()
        assert (response.status_code, answer["message"]) == (200, "E-mail address verified")
        assert {"id": user.pk, "email": "ada@example.com", "isVerified": True}.items() <= answer["user"].items()
        assert answer["user"]["role"] == "STUDENT"

    def test_by_code(self, api, user, message):
        response = api.post(f"{BASE}/verify-otp", {"email": "Ada@Example.com", "otp": code_in(message)})

        assert (response.status_code, response.json()["user"]["isVerified"]) == (200, True)

    def test_a_link_that_was_used_is_400(self, api, message):
        body = {"token": token_in(message)}
        api.post(f"{BASE}/verify-email", body)

        response = api.post(f"{BASE}/verify-email", body)

        assert (response.status_code, response.json()["code"]) == (400, "LINK_INVALID")
        assert response.json()["error"] == "This link is not valid, was already used, or has expired."

    @pytest.mark.parametrize("token", ["made up", "x" * 200])
    def test_a_link_that_was_made_up_is_400(self, api, token):
        assert api.post(f"{BASE}/verify-email", {"token": token}).json()["code"] == "LINK_INVALID"

    @pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 201}, {"token": "a\0"}])
    def test_no_link_at_all_is_400(self, api, body):
        assert list(api.post(f"{BASE}/verify-email", body).json()["errors"]) == ["token"]

    def test_a_wrong_code_is_400_alike_for_known_and_unknown_addresses(self, api, user, message):
        wrong = "000000" if code_in(message) != "000000" else "111111"
        answers = [api.post(f"{BASE}/verify-otp", {"email": email, "otp": wrong}) for email in (user.email, ABSENT)]

        assert [answer.status_code for answer in answers] == [400, 400]
        assert [answer.json()["code"] for answer in answers] == ["CODE_INVALID", "CODE_INVALID"]
        assert answers[0].json()["message"] == answers[1].json()["message"]

    @pytest.mark.parametrize("otp", ["12345", "1234567", "abcdef", "", "١٢٣٤٥٦", " 12345"])
    def test_a_code_has_six_digits(self, api, otp):
        response = api.post(f"{BASE}/verify-otp", {"email": ABSENT, "otp": otp})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["otp"])


class TestTheMailsThatCanBeAskedFor:
    @pytest.mark.parametrize("path", ["resend-verification", "forgot-password"])
    def test_answer_the_same_whoever_is_there(self, api, user, path):
        StudentFactory(email="proven@example.com")
        answers = [api.post(f"{BASE}/{path}", {"email": email}) for email in (user.email, "proven@example.com", ABSENT)]

        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert len({answer.content for answer in answers}) == 1
        assert list(answers[0].json()) == ["message"]

    def test_reach_those_who_are_there(self, api, user):
        api.post(f"{BASE}/resend-verification", {"email": " ADA@example.com "})
        api.post(f"{BASE}/forgot-password", {"email": "ada@example.com"})
        api.post(f"{BASE}/forgot-password", {"email": ABSENT})

        assert [(mail.to[0], mail.subject) for mail in deliver()] == [
            ("ada@example.com", "Confirm your e-mail address"),
            ("ada@example.com", "Set a new password"),
        ]

    @pytest.mark.parametrize("path", ["resend-verification", "forgot-password"])
    @pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "nobody"}, {"email": ["a@example.com"]}])
    def test_need_an_address(self, api, path, body):
        response = api.post(f"{BASE}/{path}", body)

        assert (response.status_code, list(response.json()["errors"])) == (400, ["email"])


class TestResetPassword:
    @pytest.fixture
    def token(self, user):
        recovery.request_reset(user.email)
        return token_in(deliver()[0])

    def test_the_pages_request(self, api, user, token):
        device = open_family(user)
        body = {"token": token, "password": "Quite-New-1!", "confirmPassword": "Quite-New-1!"}

        response = api.post(f"{BASE}/reset-password", body)

        assert (response.status_code, response.json()) == (200, {"message": "Password changed"})
        assert api.get("/auth/me", HTTP_AUTHORIZATION=f"Bearer {device.access}").status_code == 401
        assert api.post("/auth/login", {"email": user.email, "password": "Quite-New-1!"}).status_code == 200
        assert api.post("/auth/login", {"email": user.email, "password": PASSWORD}).status_code == 401

    def test_a_link_works_once(self, api, token):
        body = {"token": token, "password": "Quite-New-1!"}
        api.post(f"{BASE}/reset-password", body)

        assert api.post(f"{BASE}/reset-password", body).json()["code"] == "LINK_INVALID"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"password": "short"}, "password"),
            ({"password": "Quite-New-1!", "confirmPassword": "other"}, "confirmPassword"),
            ({}, "password"),
        ],
    )
    def test_a_password_that_is_refused_does_not_use_the_link_up(self, api, token, body, field):
        refusal = api.post(f"{BASE}/reset-password", {"token": token} | body)

        assert (refusal.status_code, list(refusal.json()["errors"])) == (400, [field])
        assert api.post(f"{BASE}/reset-password", {"token": token, "password": "Quite-New-1!"}).status_code == 200
