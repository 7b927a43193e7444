"""The edustream document's admin chapter, as far as it is about people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import StudentProfile, TutorProfile, User
from accounts.services.sign_in import check_credentials
from api.edustream.examples import people as examples
from audit.models import AuditEntry
from tests.factories import PASSWORD, AdminFactory, StudentFactory, TutorFactory
from tests.support.clients import queries_of
from tests.support.golden import differences
from tests.support.uploads import picture, upload

pytestmark = pytest.mark.django_db

PATH = "/api/admin/users"


@pytest.fixture
def me():
    return AdminFactory(email="annie@example.com", first_name="Annie", last_name="Easley")


@pytest.fixture
def admin(api, me):
    return api.as_(me)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def change(client, user, **sent):
    return client.put(f"{PATH}/{user.pk}", sent)


def audited(action):
    return AuditEntry.objects.get(action=action)


class TestTheList:
    def test_the_documents_example(self, api):
        shown = {"email": "user@example.com", "first_name": "John", "last_name": "Doe"}
        user = StudentFactory(pk=42, **shown)
        User.objects.filter(pk=42).update(created_at="2025-01-20T10:00:00Z")
        admin = api.as_(AdminFactory(pk=7))

        page = admin.get(PATH).json()

        example = examples.ACCOUNT | {"last_login": None, "avatar_url": page["items"][0]["avatar_url"]}
        del example["updated_at"]
        assert differences(page, {"items": [example, page["items"][1]], "total": 2, "page": 1, "page_size": 100}) == []
        assert set(page["items"][0]) == set(examples.ACCOUNT)
        assert page["items"][0]["id"] == user.pk

    def test_has_a_hundred_on_a_page_and_the_newest_first(self, admin, me):
        people = [StudentFactory(password="x").pk for _ in range(101)]

        first, second = admin.get(PATH), admin.get(PATH, {"page": 2})

        assert ids(first) == people[:0:-1]
        assert ids(second) == [people[0], me.pk]
        assert first.json()["total"] == 102
        assert len(ids(admin.get(PATH, {"page_size": 5}))) == 5

    @pytest.mark.parametrize("word", ["tutor", "TUTOR", "mentor", "instructor"])
    def test_of_one_role_in_the_words_of_any_contract(self, admin, word):
        tutor = TutorFactory()
        StudentFactory()

        assert ids(admin.get(PATH, {"role": word})) == [tutor.pk]

    def test_narrowed_by_how_they_stand(self, admin, me):
        closed, unproven = StudentFactory(is_active=False), StudentFactory(is_verified=False)
        gone = StudentFactory(is_active=False, deleted_at=timezone.now())

        by = {
            word: ids(admin.get(PATH, {"status": word, "role": "student"}))
            for word in ("active", "inactive", "deleted", "all")
        }

        assert by == {
            "active": [unproven.pk],
            "inactive": [closed.pk],
            "deleted": [gone.pk],
            "all": [gone.pk, unproven.pk, closed.pk],
        }
        assert ids(admin.get(PATH)) == [unproven.pk, closed.pk, me.pk]
        assert ids(admin.get(PATH, {"is_active": "false"})) == [closed.pk]
        assert ids(admin.get(PATH, {"isVerified": "false"})) == [unproven.pk]

    def test_by_words_of_address_and_name_or_by_number(self, admin):
        ada = StudentFactory(pk=987_654, first_name="Ada", last_name="Lovelace", email="al@example.com")
        StudentFactory(first_name="Ada", last_name="Byron")

        for words in ("love ADA", "al@example", str(ada.pk), f" {ada.pk} "):
            assert ids(admin.get(PATH, {"search": words})) == [ada.pk], words
        assert ids(admin.get(PATH, {"search": "9" * 40})) == []
        assert ids(admin.get(PATH, {"search": "%_"})) == []

    def test_by_when_they_came_and_in_another_order(self, admin, me):
        old, new = StudentFactory(email="z@example.com"), StudentFactory(email="b@example.com")
        User.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))

        assert ids(admin.get(PATH, {"created_to": "2020-01-01"})) == []
        recent = (timezone.now() - timedelta(days=2)).date().isoformat()
        assert ids(admin.get(PATH, {"created_from": recent})) == [new.pk, me.pk]
        assert ids(admin.get(PATH, {"ordering": "email"})) == [me.pk, new.pk, old.pk]
        assert ids(admin.get(PATH, {"ordering": "-email"})) == [old.pk, new.pk, me.pk]

    @pytest.mark.parametrize(
        "wrong",
        [{"role": "king"}, {"status": "odd"}, {"ordering": "password"}, {"created_from": "x"}, {"is_active": "maybe"}],
    )
    def test_asked_for_by_what_there_is_not(self, admin, wrong):
        assert refusal(admin.get(PATH, wrong)) == (400, "VALIDATION_ERROR")

    def test_costs_the_same_however_many_there_are(self, admin):
        TutorFactory()
        at_one = queries_of(admin, PATH)
        TutorFactory.create_batch(3)

        assert queries_of(admin, PATH) == at_one

    def test_is_for_admins(self, api):
        assert api.get(PATH).status_code == 401
        for user in (StudentFactory(), TutorFactory()):
            assert refusal(api.as_(user).get(PATH)) == (403, "ADMINS_ONLY")


class TestChanging:
    def test_the_documents_example_makes_a_student_a_tutor_and_ends_every_sign_in(self, api, admin):
        user = StudentFactory()
        theirs = api.as_(user)

        answer = change(admin, user, role="tutor", is_active=True, reason="As agreed.")

        shown = answer.json()
        profile = TutorProfile.objects.get(user=user)
        assert (answer.status_code, shown["role"], shown["is_active"]) == (200, "tutor", True)
        assert (shown["tutor_profile_id"], shown["profile_status"]) == (profile.pk, "draft")
        assert set(shown) == set(examples.ACCOUNT)
        assert theirs.get("/auth/me").status_code == 401
        entry = audited("account.role_changed")
        assert (entry.before["role"], entry.after["role"], entry.reason) == ("student", "tutor", "As agreed.")
        assert not AuditEntry.objects.filter(action__startswith="account.re").exists()

    def test_closes_an_account_and_opens_it_again(self, api, admin):
        user = StudentFactory()
        theirs = api.as_(user)

        closed = change(admin, user, isActive=False, reason="Spam.")

        assert (closed.status_code, closed.json()["is_active"]) == (200, False)
        assert theirs.get("/auth/me").status_code == 401
        assert audited("account.deactivated").reason == "Spam."
        assert change(admin, user, is_active=True).json()["is_active"]
        assert check_credentials(user.email, PASSWORD, address="192.0.2.1") == user
        assert theirs.get("/auth/me").status_code == 401

    def test_corrects_what_people_may_change_themselves_and_says_whether_an_address_is_proven(self, admin):
        user = StudentFactory(is_verified=False)
        sent = {"name": "Ada Lovelace", "phone": "+1 415 555 0123", "timezone": "Europe/London", "is_verified": True}

        shown = change(admin, user, **sent).json()

        assert (shown["first_name"], shown["last_name"], shown["phone"]) == ("Ada", "Lovelace", "+14155550123")
        assert (shown["timezone"], shown["is_verified"]) == ("Europe/London", True)
        assert audited("account.verified_by_admin").actor_id
        assert change(admin, user, is_verified=False).json()["is_verified"] is False
        assert audited("account.verification_withdrawn").before == {"is_verified": True}

    def test_changes_all_of_it_or_nothing(self, admin):
        gone = StudentFactory(is_active=False, deleted_at=timezone.now() - timedelta(days=31))

        answer = change(admin, gone, role="tutor", is_active=True)

        assert refusal(answer) == (409, "CLOSED_TOO_LONG_AGO")
        gone.refresh_from_db()
        assert (gone.role, gone.token_version) == ("student", 0)

    def test_what_is_as_it_was_changes_nothing_and_ends_no_sign_in(self, api, admin):
        user = StudentFactory()
        theirs = api.as_(user)

        assert change(admin, user, role="STUDENT", is_active=True, is_verified=True).status_code == 200
        assert change(admin, user).status_code == 200

        assert theirs.get("/auth/me").status_code == 200
        assert not AuditEntry.objects.filter(action__startswith="account").exists()

    @pytest.mark.parametrize("sent", [{"role": "student"}, {"is_active": False}, {"is_verified": False}])
    def test_nobody_does_that_to_themselves(self, admin, me, sent):
        assert refusal(change(admin, me, **sent)) == (403, "NOT_ON_YOURSELF")

        me.refresh_from_db()
        assert (me.role, me.is_active, me.is_verified) == ("admin", True, True)

    def test_but_corrects_their_own_name(self, admin, me):
        answer = change(admin, me, first_name="Ann", role="admin", is_active=True)

        assert (answer.status_code, answer.json()["first_name"]) == (200, "Ann")

    def test_makes_an_admin_and_takes_that_back(self, api, admin):
        user = StudentFactory()
        change(admin, user, role="ADMIN")
        user.refresh_from_db()
        second = api.as_(user)
        assert (user.is_staff, user.is_superuser, second.get(PATH).status_code) == (True, True, 200)

        change(admin, user, role="learner")

        user.refresh_from_db()
        assert (user.role, user.is_staff, user.is_superuser) == ("student", False, False)
        assert StudentProfile.objects.filter(user=user).exists()
        assert second.get(PATH).status_code == 401

    @pytest.mark.parametrize(
        "wrong",
        [
            *({"role": "king"}, {"role": None}, {"role": ["tutor"]}, {"is_active": "maybe"}, {"is_active": None}),
            *({"timezone": "Mars"}, {"currency": "XXX"}, {"phone": "12"}, {"first_name": "x" * 101}),
        ],
    )
    def test_what_is_none_is_refused(self, admin, wrong):
        user = StudentFactory()

        assert refusal(change(admin, user, **wrong)) == (400, "VALIDATION_ERROR")

        assert User.objects.filter(pk=user.pk, role="student", is_active=True).exists()

    def test_is_for_admins_and_of_people_who_exist(self, api, admin):
        user = StudentFactory()
        for caller in (user, StudentFactory(), TutorFactory()):
            assert refusal(change(api.as_(caller), user, role="admin")) == (403, "ADMINS_ONLY")
        assert change(api, user, role="admin").status_code == 401
        assert refusal(admin.put(f"{PATH}/999999999", {"role": "tutor"})) == (404, "NOT_FOUND")


class TestTheirPicture:
    def send(self, client, user, file):
        return client.patch(f"{PATH}/{user.pk}/avatar", {"file": file}, format="multipart")

    def test_is_another_one_from_now_on_and_that_is_audited(self, api, admin):
        user = StudentFactory()

        answer = self.send(admin, user, upload(picture()))

        user.refresh_from_db()
        assert (answer.status_code, answer.json()["message"]) == (200, "Avatar updated successfully")
        assert set(answer.json()) == set(examples.EXAMPLES["PATCH /api/admin/users/{id}/avatar"][200])
        assert answer.json()["avatar_url"].endswith(user.avatar.name)
        assert audited("account.avatar_changed_by_admin").after == {"avatar": user.avatar.name}
        assert api.as_(user).get("/auth/me").json()["avatar_url"] == answer.json()["avatar_url"]

    def test_is_judged_as_ones_own(self, admin):
        user = StudentFactory()

        assert refusal(self.send(admin, user, upload(b"GIF?"))) == (400, "IMAGE_TYPE_NOT_ALLOWED")
        assert refusal(admin.patch(f"{PATH}/{user.pk}/avatar", {}, format="multipart")) == (400, "VALIDATION_ERROR")

        user.refresh_from_db()
        assert not user.avatar

    def test_is_for_admins_and_of_people_who_exist(self, api, admin):
        user = StudentFactory()
        for caller in (user, TutorFactory()):
            assert refusal(self.send(api.as_(caller), user, upload(picture()))) == (403, "ADMINS_ONLY")
        user.pk = 999_999_999
        assert refusal(self.send(admin, user, upload(picture()))) == (404, "NOT_FOUND")
