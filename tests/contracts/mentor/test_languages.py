"""The mentor contract's languages: which there are, admins decide; what people have chosen stays theirs."""

import pytest
from django.core.cache import cache

from accounts.models import LearnerSettings, StudentProfile, TutorLanguage
from api.mentor.examples import moderation as examples
from audit.models import AuditEntry
from catalog import languages
from catalog.models import Language
from tests.factories import AdminFactory, StudentFactory, TutorFactory, TutorProfileFactory
from tests.support.applications import application

pytestmark = pytest.mark.django_db

PATH = "/api/admin/languages"
GONE = "Cannot be chosen any more: Latin."


@pytest.fixture
def admin(api):
    return api.as_(AdminFactory())


def decide(client, code="la", **sent):
    return client.post(PATH, {"code": code} | sent)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def offered(api):
    return {row["code"]: row["name"] for row in api.get("/api/utils/languages").json()}


class TestTheList:
    def test_has_all_of_them_with_what_was_decided(self, admin):
        decide(admin, isActive=False)

        page = admin.get(f"{PATH}?pageSize=100").json()

        assert (page["total"], page["pageSize"], len(page["items"])) == (183, 100, 100)
        assert set(page["items"][0]) == set(examples.LANGUAGE)
        names = [item["name"] for item in page["items"]]
        assert names == sorted(names)
        assert {"code": "en", "name": "English", "defaultName": "English", "isActive": True, "isChanged": False} in (
            page["items"]
        )

    def test_narrowed(self, admin):
        decide(admin, isActive=False)
        decide(admin, "fr", name="Français")

        def codes(query):
            return [item["code"] for item in admin.get(f"{PATH}?{query}").json()["items"]]

        assert (codes("isActive=false"), codes("isChanged=true")) == (["la"], ["fr", "la"])
        assert (codes("search=FRENCH"), codes("search=français"), codes("search=zz")) == (["fr"], ["fr"], [])
        assert refusal(admin.get(f"{PATH}?isActive=maybe")) == (400, "VALIDATION_ERROR")

    def test_is_for_admins(self, api):
        assert (api.get(PATH).status_code, decide(api).status_code) == (401, 401)
        for user in (StudentFactory(), TutorFactory()):
            client = api.as_(user)
            assert refusal(client.get(PATH)) == refusal(decide(client, isActive=False)) == (403, "ADMINS_ONLY")
        assert not Language.objects.exists()

    def test_is_asked_for_in_the_database_once_in_a_while(self, api, django_assert_num_queries):
        cache.delete(languages.KEY)

        for count in (1, 0):
            with django_assert_num_queries(count):
                api.get("/api/utils/languages")


class TestDeciding:
    def test_hides_a_language_and_shows_it_again(self, api, admin):
        first = decide(admin, isActive=False)
        assert (first.status_code, first.json()) == (201, examples.LANGUAGE)
        assert "la" not in offered(api)

        second = decide(admin, isActive=True)

        assert (second.status_code, second.json()["isActive"]) == (200, True)
        assert offered(api)["la"] == "Latin"
        entries = AuditEntry.objects.filter(action="language.decided").order_by("pk")
        assert [entry.after["is_active"] for entry in entries] == [False, True]
        assert entries[1].before == {"is_active": False}

    def test_names_a_language_everywhere_and_both_names_are_understood(self, api, admin):
        tutor = TutorFactory()
        mine = api.as_(tutor)
        decide(admin, "fr", name="Français")

        assert offered(api)["fr"] == "Français"
        mine.patch("/api/tutors/me/about", {"languages": ["français"]})
        shown = mine.patch("/api/tutors/me/about", {"languages": ["French", "en"]}).json()
        assert (shown["languages"], shown["language_names"]) == (["fr", "en"], ["Français", "English"])
        assert decide(admin, "fr", name="").json()["name"] == "French"

    def test_offers_one_that_has_a_code_of_three_letters_only(self, api, admin):
        assert "fil" not in offered(api)

        assert decide(admin, "FIL", isActive=True).json()["name"] == "Filipino"

        assert offered(api)["fil"] == "Filipino"

    def test_what_stays_the_same_is_not_audited_again(self, admin):
        for _ in range(2):
            decide(admin, isActive=False)

        assert AuditEntry.objects.filter(action="language.decided").count() == 1

    @pytest.mark.parametrize("wrong", [
        {"code": "xx"}, {"code": ""}, {"code": "zh_Hans"}, {"code": None}, {"name": "x" * 101}, {"name": "a\nb"},
        {"isActive": "maybe"}, {"isActive": None},
    ])  # fmt: skip
    def test_what_is_none_is_refused(self, admin, wrong):
        assert refusal(admin.post(PATH, {"code": "la", "isActive": False} | wrong)) == (400, "VALIDATION_ERROR")

        assert not Language.objects.exists()

    def test_no_two_have_one_name(self, admin):
        decide(admin, "fr", name="Français")

        for name in ("Spanish", "FRENCH", "FRANÇAIS", "Français"):
            assert refusal(decide(admin, "de", name=name)) == (409, "LANGUAGE_NAME_TAKEN"), name
        assert decide(admin, "fr", name="Français").status_code == 200


class TestAHiddenLanguage:
    @pytest.fixture
    def latin(self):
        """Tutors and a student who chose it before it was hidden, and a tutor who speaks English only."""
        return {
            "tutor": TutorLanguage.objects.create(tutor=TutorProfileFactory(), code="la").tutor,
            "other": TutorLanguage.objects.create(tutor=TutorProfileFactory(), code="en").tutor,
            "student": StudentFactory(profile__preferred_language="la"),
        }

    @pytest.fixture
    def hidden(self, latin, admin):
        decide(admin, isActive=False)
        return latin

    def test_is_not_to_be_chosen_anew_by_tutors_and_stays_where_it_was(self, api, hidden):
        theirs, others = (api.as_(hidden[who].user) for who in ("tutor", "other"))

        refused = others.patch("/api/tutors/me/about", {"languages": ["en", "Latin"]})
        kept = theirs.patch("/api/tutors/me/about", {"languages": ["en", "la"]})

        assert (refused.status_code, refused.json()["errors"]) == (400, {"languages": [GONE]})
        assert (kept.status_code, kept.json()["language_names"]) == (200, ["English", "Latin"])

    def test_is_not_to_be_chosen_anew_by_students(self, api, hidden):
        mine, other = api.as_(hidden["student"]), api.as_(StudentFactory())
        paths = {
            "/api/users/language-preferences": [{"languagePreferences": ["la"]}, {"primaryLanguage": "la"}],
            "/api/profile/student/me": [{"preferred_language": "la"}],
        }

        for path, bodies in paths.items():
            for body in bodies:
                method = "put" if "languages" in path or "language" in path else "patch"
                assert getattr(other, method)(path, body).status_code == 400, body
                assert getattr(mine, method)(path, body).status_code == 200, body
        assert StudentProfile.objects.filter(preferred_language="la").count() == 1

    def test_is_no_language_of_the_interface_for_who_has_another(self, api, hidden):
        student = hidden["student"]
        mine, path = api.as_(student), f"/api/learners/{student.pk}/settings"

        refused = mine.put(path, {"language": "la"})
        LearnerSettings.objects.update_or_create(user=student, defaults={"language": "la"})

        assert (refused.status_code, refused.json()["errors"]) == (400, {"language": [GONE]})
        assert mine.put(path, {"language": "la", "theme": "dark"}).status_code == 200

    def test_is_not_to_be_applied_with(self, api, hidden):
        answer = api.post("/api/mentors/apply", application(languagesSpoken='["Latin"]'), format="multipart")

        assert (answer.status_code, answer.json()["errors"]) == (400, {"languagesSpoken": [GONE]})

    def test_is_in_no_list_of_languages(self, api, hidden):
        found = api.get("/api/mentors/languages").json()["items"]

        assert {tuple(each["code"] for each in item["spokenLanguages"]) for item in found} == {("en",), ()}
        assert api.get("/api/mentors/languages?language=la").status_code == 400
        assert api.get(f"/api/mentors/{hidden['tutor'].pk}").json()["languages"] == ["la"]
