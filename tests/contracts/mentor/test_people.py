"""The mentor contract's accounts and pictures."""

import pytest
from django.core.files.storage import default_storage

from tests.factories import AdminFactory, StudentFactory, TutorFactory
from tests.support.uploads import HOSTILE, picture, upload

pytestmark = pytest.mark.django_db

IMAGES = "/api/uploads/profile-images"


class TestAnAccount:
    def test_is_read_by_admins_whatever_its_state(self, api):
        user = StudentFactory(email="ada@example.com", first_name="Ada", is_active=False)

        answer = api.as_(AdminFactory()).get(f"/api/users/{user.pk}")

        shown = answer.json()
        assert (answer.status_code, shown["id"], shown["email"]) == (200, user.pk, "ada@example.com")
        assert (shown["role"], shown["firstName"], shown["isActive"]) == ("STUDENT", "Ada", False)
        assert "password" not in shown

    def test_is_nobody_elses_business_not_even_ones_own(self, api):
        user = TutorFactory()

        assert api.as_(user).get(f"/api/users/{user.pk}").json()["code"] == "ADMINS_ONLY"
        assert api.get(f"/api/users/{user.pk}").status_code == 401

    def test_that_was_deleted_is_gone(self, api):
        user = StudentFactory(deleted_at="2026-01-01T00:00:00Z")

        answer = api.as_(AdminFactory()).get(f"/api/users/{user.pk}")

        assert (answer.status_code, answer.json()["error"]) == (404, "User not found")


class TestAProfileImage:
    def test_is_a_square_picture_under_the_address_that_is_answered(self, api):
        user = StudentFactory()

        answer = api.as_(user).post(IMAGES, {"image": upload(picture())}, format="multipart")

        user.refresh_from_db()
        shown = answer.json()
        assert (answer.status_code, shown["success"], bool(shown["message"])) == (200, True, True)
        assert shown["imageUrl"].endswith(f"/api/{user.avatar.name}")
        assert default_storage.exists(user.avatar.name)

    @pytest.mark.parametrize("name", [name for name, file in HOSTILE.items() if file.code])
    def test_that_is_something_else_is_refused_and_nothing_is_kept(self, api, name):
        user = StudentFactory()

        answer = api.as_(user).post(IMAGES, {"image": HOSTILE[name].sent()}, format="multipart")

        user.refresh_from_db()
        assert (answer.status_code // 100, user.avatar.name) == (4, "")

    def test_is_required(self, api):
        answer = api.as_(StudentFactory()).post(IMAGES, {}, format="multipart")

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["image"])
