"""The chapters on subjects and utilities of the edustream document."""

import pytest

from catalog.models import Subject
from tests.factories import AdminFactory, StudentFactory, SubjectFactory, TutorFactory, TutorSubjectFactory
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

SUBJECT = {"name": "Mathematics", "category": "STEM", "description": "All math topics from basic to advanced"}
NEW = {"name": "Advanced Physics", "category": "STEM", "description": "University-level physics"}


@pytest.fixture
def admin(api):
    return api.as_(AdminFactory())


class TestTheListOfSubjects:
    @pytest.mark.parametrize("path", ["/api/subjects", "/api/subjects/"])
    def test_the_documents_example(self, api, path):
        shown = SubjectFactory(**SUBJECT)

        response = api.get(path)

        assert response.status_code == 200
        assert differences(response.json(), [SUBJECT | {"id": shown.pk}]) == []

    def test_has_all_of_them_in_the_order_of_names(self, api):
        names = [SubjectFactory().name for _ in range(120)]

        assert [subject["name"] for subject in api.get("/api/subjects").json()] == sorted(names)

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_one_query(self, api, django_assert_num_queries, count):
        SubjectFactory.create_batch(count)

        with django_assert_num_queries(1):
            api.get("/api/subjects")

    def test_may_be_kept_for_a_minute_and_asked_for_anew(self, api):
        subject = SubjectFactory()
        first = api.get("/api/subjects")

        again = api.get("/api/subjects", HTTP_IF_NONE_MATCH=first["ETag"])
        subject.delete()
        changed = api.get("/api/subjects", HTTP_IF_NONE_MATCH=first["ETag"])

        assert first["Cache-Control"] == "public, max-age=60"
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert (changed.status_code, changed.json()) == (200, [])

    def test_is_the_same_for_everybody_with_an_old_token_too(self, api):
        SubjectFactory()
        api.credentials(HTTP_AUTHORIZATION="Bearer of-yesterday")

        assert len(api.get("/api/subjects").json()) == 1


class TestAdminsWrite:
    def test_the_documents_example_of_a_new_subject(self, admin):
        response = admin.post("/api/subjects", NEW)

        assert response.status_code == 201
        assert response.json() == NEW | {"id": Subject.objects.get().pk}

    def test_a_subject_needs_nothing_but_a_name(self, admin):
        assert admin.post("/api/subjects", {"name": "Chess"}).json()["category"] == ""
        assert admin.post("/api/subjects", {"category": "Games"}).json()["errors"] == {
            "name": ["This field is required."]
        }

    def test_a_name_twice_is_409(self, admin):
        admin.post("/api/subjects", NEW)

        response = admin.post("/api/subjects", {"name": "advanced PHYSICS"})

        assert (response.status_code, response.json()["code"]) == (409, "SUBJECT_NAME_TAKEN")

    def test_a_change_leaves_alone_what_is_left_out(self, admin):
        subject = SubjectFactory(**SUBJECT)

        response = admin.put(f"/api/subjects/{subject.pk}", {"name": "Maths"})

        assert response.status_code == 200
        assert response.json() == SUBJECT | {"id": subject.pk, "name": "Maths"}

    def test_deleting_has_no_body(self, admin):
        response = admin.delete(f"/api/subjects/{SubjectFactory().pk}")

        assert (response.status_code, response.content) == (204, b"")
        assert not Subject.objects.exists()

    def test_deleting_what_is_taught_is_409(self, admin):
        subject = TutorSubjectFactory().subject

        response = admin.delete(f"/api/subjects/{subject.pk}")

        assert (response.status_code, response.json()["code"]) == (409, "SUBJECT_IN_USE")
        assert Subject.objects.exists()

    def test_an_unknown_subject_is_404(self, admin):
        assert admin.put("/api/subjects/999", {"name": "x"}).status_code == 404
        assert admin.delete("/api/subjects/999").status_code == 404

    @pytest.mark.parametrize("person", [StudentFactory, TutorFactory])
    def test_nobody_else_does(self, api, person):
        response = api.as_(person()).post("/api/subjects", NEW)

        assert (response.status_code, response.json()["code"]) == (403, "ADMINS_ONLY")
        assert not Subject.objects.exists()


class TestUtilities:
    def test_the_documents_examples(self, api):
        shown = {name: api.get(f"/api/utils/{name}").json() for name in ("countries", "languages", "phone-codes")}

        assert {"code": "US", "name": "United States"} in shown["countries"]
        assert {"code": "GB", "name": "United Kingdom"} in shown["countries"]
        assert {"code": "en", "name": "English"} in shown["languages"]
        assert {"code": "es", "name": "Spanish"} in shown["languages"]
        assert {"country": "United States", "code": "+1"} in shown["phone-codes"]
        assert {"country": "United Kingdom", "code": "+44"} in shown["phone-codes"]
        assert api.get("/api/utils/proficiency-levels").json() == ["Beginner", "Intermediate", "Advanced", "Native"]

    # Admins decide about languages, and that is to be seen soon.
    @pytest.mark.parametrize(
        ("name", "seconds"),
        [("countries", 86400), ("languages", 60), ("proficiency-levels", 86400), ("phone-codes", 86400)],
    )
    def test_may_be_kept_and_are_sent_once(self, api, name, seconds, django_assert_num_queries):
        with django_assert_num_queries(0):
            first = api.get(f"/api/utils/{name}")
            again = api.get(f"/api/utils/{name}", HTTP_IF_NONE_MATCH=f'"other", {first["ETag"]}')

        assert first["Cache-Control"] == f"public, max-age={seconds}"
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == first["Cache-Control"]
