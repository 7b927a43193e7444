"""The mentor contract's matching; its document names the routes, the fields are our own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import TutorLanguage
from audit.models import AuditEntry
from matching.models import PrecomputeJob, RecommendationList
from tests.factories import (
    AdminFactory,
    BlockFactory,
    OpenTutorFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
    TutorSubjectFactory,
)
from tests.support.clients import queries_of
from tests.support.hostile import FILTER_VALUES

pytestmark = pytest.mark.django_db

MATCHING = "/api/matching"
FACTORS = ["subject", "availability", "language", "price", "quality", "reliability", "goals", "new_tutor"]


@pytest.fixture
def maths():
    return SubjectFactory(name="Mathematics", category="STEM")


@pytest.fixture
def student(maths):
    return StudentFactory(profile__interests=["Mathematics"], profile__preferred_language="en")


@pytest.fixture
def mentor(maths):
    def make(subject=maths, languages=("en",), **fields):
        made = OpenTutorFactory(**{"total_sessions": 9} | fields)
        TutorSubjectFactory(tutor=made, subject=subject)
        TutorLanguage.objects.bulk_create(TutorLanguage(tutor=made, code=code) for code in languages)
        return made

    return make


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [each["mentorId"] for each in answer.json()["items"]]


class TestRecommendations:
    PATH = f"{MATCHING}/recommendations"

    def test_are_the_mentors_with_their_score_and_what_it_is_made_of(self, api, student, mentor):
        made = mentor(
            user__first_name="Ada",
            user__last_name="Lovelace",
            ranking_score="4.50",
            total_reviews=3,
            rating_sum=13,
            rated_4=2,
            rated_5=1,
        )

        page = api.as_(student).get(self.PATH).json()

        (shown,) = page.pop("items")
        assert page == {"total": 1, "page": 1, "pageSize": 20, "totalPages": 1}
        assert (shown["mentorId"], shown["mentor"]["id"], shown["mentor"]["name"]) == (made.pk, made.pk, "Ada Lovelace")
        assert [factor["name"] for factor in shown["factors"]] == FACTORS
        assert shown["factors"][0] == {
            "name": "subject",
            "weight": 25,
            "value": 1,
            "contribution": 25,
            "reason": "Teaches Mathematics at your level.",
        }
        assert sum(factor["contribution"] for factor in shown["factors"]) == shown["score"]
        assert [each["reason"] for each in shown["factors"] if each["name"] == "quality"] == ["Rated 4.3 of 5."]
        assert (shown["isNewTutor"], shown["label"], shown["saved"]) == (False, None, False)
        assert shown["algorithmVersion"] == "1"

    def test_have_the_same_numbers_kept_and_live(self, api, student, mentor):
        made = [mentor(ranking_score=score) for score in ("3.3", "4.1", "4.9")]
        first = api.as_(student).get(self.PATH).json()["items"]
        RecommendationList.objects.all().delete()
        live = api.as_(student).get(self.PATH).json()["items"]

        kept = api.as_(student).get(self.PATH).json()["items"]

        numbers = [[[each["score"], each["factors"]] for each in items] for items in (kept, live)]
        assert numbers[0] == numbers[1]
        assert [each["mentorId"] for each in first] == [each.pk for each in reversed(made)]
        assert kept[0]["computedAt"] == live[0]["computedAt"] > first[0]["computedAt"]

    def test_are_narrowed_in_either_spelling(self, api, student, mentor):
        poetry = SubjectFactory(name="Poetry")
        mathematician, poet = mentor(hourly_rate=20), mentor(subject=poetry, hourly_rate=90)
        french = mentor(languages=("fr",), hourly_rate=20)
        client = api.as_(student)

        assert ids(client.get(self.PATH)) == [mathematician.pk]
        for query in (f"subjectId={poetry.pk}", f"subject_id={poetry.pk}", "subject=poetry", f"subject={poetry.pk}"):
            assert ids(client.get(f"{self.PATH}?{query}")) == [poet.pk]
        for query in ("language=French", "languages=fr", "languages=de,fr"):
            assert ids(client.get(f"{self.PATH}?{query}")) == [french.pk]
        assert ids(client.get(f"{self.PATH}?budget=10")) == []
        assert set(ids(client.get(f"{self.PATH}?anyLanguage=true"))) == {mathematician.pk, french.pk}
        refused = [client.get(f"{self.PATH}?{query}").status_code for query in ("subject=x", "language=xx", "budget=x")]
        assert refused == [400, 400, 400]

    def test_have_a_new_mentor_on_every_page(self, api, student, mentor):
        for _ in range(3):
            mentor(ranking_score="4.9")
        new = mentor(total_sessions=0)
        client = api.as_(student)

        pages = [client.get(f"{self.PATH}?limit=2&page={page}") for page in (1, 2)]

        assert ids(pages[0])[1] == new.pk
        assert new.pk not in ids(pages[1])
        shown = pages[0].json()["items"][1]
        assert (shown["isNewTutor"], shown["label"], shown["factors"][-1]["contribution"]) == (True, "new tutor", 5)
        assert ids(client.get(f"{self.PATH}?page=7")) == []

    def test_cost_the_same_for_one_and_for_three(self, api, student, mentor):
        client = api.as_(student)
        mentor()
        at_one = [queries_of(client, self.PATH), queries_of(client, self.PATH)]
        mentor(), mentor()
        RecommendationList.objects.all().delete()

        assert [queries_of(client, self.PATH), queries_of(client, self.PATH)] == at_one

    def test_survive_every_value_of_every_filter(self, api, student, mentor):
        mentor()
        client = api.as_(student)
        names = ("subject", "subject_id", "language", "languages", "budget", "any_language")

        answers = {client.get(self.PATH, {name: value}).status_code for name in names for value in FILTER_VALUES}

        assert answers <= {200, 400}

    def test_are_for_students(self, api):
        answers = [client.get(self.PATH) for client in (api, api.as_(TutorFactory()), api.as_(AdminFactory()))]

        assert [answer.status_code for answer in answers] == [401, 403, 403]


class TestCompatibility:
    PATH = f"{MATCHING}/compatibility"

    def test_is_the_score_of_the_list(self, api, student, mentor):
        made = mentor()
        client = api.as_(student)
        (listed,) = client.get(f"{MATCHING}/recommendations").json()["items"]

        answer = client.post(self.PATH, {"mentorId": made.pk})

        shown = answer.json()
        assert (answer.status_code, shown["score"], shown["factors"]) == (200, listed["score"], listed["factors"])
        assert (shown["studentId"], shown["isEligible"], shown["excludedBecause"]) == (student.pk, True, [])

    def test_says_what_speaks_against_it_but_not_who_blocked_whom(self, api, student, mentor):
        made = mentor(languages=("fr",))
        BlockFactory(blocker=made.user, blocked=student)

        shown = api.as_(student).post(self.PATH, {"mentor_id": made.pk}).json()

        assert shown["isEligible"] is False
        assert shown["excludedBecause"] == [
            {"code": "unavailable", "reason": "The tutor takes no bookings at the moment."},
            {"code": "language", "reason": "There is no language in common."},
        ]

    def test_of_another_student_is_for_admins_only_who_must_say_which(self, api, student, mentor):
        body = {"mentorId": mentor().pk, "studentId": student.pk}
        admin = api.as_(AdminFactory())

        assert api.as_(student).post(self.PATH, body).status_code == 200
        assert admin.post(self.PATH, body).json()["studentId"] == student.pk
        stranger = api.as_(StudentFactory())
        hidden, missing = stranger.post(self.PATH, body), stranger.post(self.PATH, body | {"studentId": 987654321})
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["error"] == missing.json()["error"] == "Student not found"
        refused = admin.post(self.PATH, {"mentorId": body["mentorId"]})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["studentId"])
        assert admin.post(self.PATH, body | {"studentId": TutorFactory().pk}).status_code == 404

    def test_of_who_is_not_approved_is_for_admins_only(self, api, student):
        waiting = TutorProfileFactory(status="pending_approval")
        body = {"mentorId": waiting.pk, "studentId": student.pk}

        assert api.as_(student).post(self.PATH, body).status_code == 404
        shown = api.as_(AdminFactory()).post(self.PATH, body).json()
        assert [each["code"] for each in shown["excludedBecause"]][0] == "not_listed"


class TestLanguages:
    PATH = f"{MATCHING}/language-match"

    def test_are_those_in_common_with_the_levels_of_both(self, api, mentor):
        student = StudentFactory(profile__language_preferences=[{"code": "fr", "level": "advanced"}])
        liked, other = mentor(languages=("fr", "en"), ranking_score=5), mentor(languages=("fr",))
        mentor(languages=("en",)), mentor(languages=("fr",), is_listed=False)
        TutorLanguage.objects.filter(tutor=(halting := mentor(languages=("fr",)))).update(level="beginner")
        BlockFactory(blocker=student, blocked=mentor(languages=("fr",)).user)

        items = api.as_(student).get(self.PATH).json()["items"]

        assert [each["id"] for each in items] == [liked.pk, other.pk, halting.pk]
        assert items[0]["commonLanguages"] == [
            {"code": "fr", "name": "French", "studentLevel": "advanced", "mentorLevel": "native", "level": "advanced"}
        ]
        assert items[2]["commonLanguages"][0]["level"] == "beginner"
        asked = api.as_(student).get(f"{self.PATH}?languages=en,French&pageSize=1").json()
        shared = asked["items"][0]["commonLanguages"]
        assert (asked["total"], [each["code"] for each in shared]) == (4, ["en", "fr"])
        assert [each["studentLevel"] for each in shared] == [None, "advanced"]

    def test_are_none_for_who_has_named_none(self, api, mentor):
        mentor()

        assert api.as_(StudentFactory()).get(self.PATH).json()["items"] == []

    def test_cost_the_same_for_one_and_for_three(self, api, student, mentor):
        mentor()
        at_one = queries_of(api.as_(student), self.PATH)
        mentor(), mentor()

        assert queries_of(api.as_(student), self.PATH) == at_one


class TestFilters:
    def test_are_what_there_is_and_all_that_counts_for_everybody(self, api, maths, mentor):
        mentor(hourly_rate=20), mentor(hourly_rate=60, languages=("es", "en"))
        SubjectFactory(name="Taught by nobody")

        shown = api.get(f"{MATCHING}/filters").json()

        assert shown["subjects"] == [{"id": maths.pk, "name": "Mathematics", "category": "STEM"}]
        assert shown["languages"] == [{"code": "en", "name": "English"}, {"code": "es", "name": "Spanish"}]
        assert shown["levels"] == ["beginner", "intermediate", "advanced", "native"]
        assert shown["priceRanges"] == [{"currency": "USD", "min": 20, "max": 60}]
        assert shown["days"][0] == "monday"
        assert [factor["name"] for factor in shown["factors"]] == FACTORS
        assert sum(factor["weight"] for factor in shown["factors"][:-1]) == 100
        assert {"gender", "age", "ethnicity", "photo"} < set(shown["neverUsed"])


class TestPrecompute:
    PATH = f"{MATCHING}/precompute"

    def test_is_a_job_that_can_be_watched(self, api, student, mentor, django_capture_on_commit_callbacks):
        mentor()
        admin = AdminFactory()
        client = api.as_(admin)

        asked = client.post(self.PATH, {"scope": "student", "studentId": student.pk})

        job = asked.json()
        assert asked.status_code == 202
        assert job == {"jobId": job["jobId"], "statusUrl": f"{self.PATH}/{job['jobId']}"}
        waiting = client.get(job["statusUrl"]).json()
        assert (waiting["status"], waiting["scope"], waiting["studentId"]) == ("queued", "student", student.pk)
        assert (waiting["done"], waiting["percent"], waiting["startedAt"]) == (0, 0, None)
        with django_capture_on_commit_callbacks(execute=True):
            key = {"HTTP_IDEMPOTENCY_KEY": "one"}
            twice = [client.post(self.PATH, {}, **key).json() for _ in range(2)]
        assert twice[0] == twice[1]
        done = client.get(twice[0]["statusUrl"]).json()
        assert (done["status"], done["scope"], done["done"], done["percent"]) == ("done", "all", 1, 100)
        assert RecommendationList.objects.get().student == student
        assert PrecomputeJob.objects.count() == AuditEntry.objects.filter(action="matching.precompute").count() == 2

    def test_is_for_admins_who_must_name_a_student_that_there_is(self, api, student):
        client = api.as_(AdminFactory())
        one = {"scope": "student"}

        refused = [client.post(self.PATH, one | more) for more in ({}, {"studentId": 987654321}, {"scope": "overdue"})]

        assert [answer.status_code for answer in refused] == [400, 404, 400]
        assert [api.as_(student).post(self.PATH, {}).status_code, api.post(self.PATH, {}).status_code] == [403, 401]
        assert client.get(f"{self.PATH}/987654321").json()["error"] == "Job not found"
        assert not PrecomputeJob.objects.exists()


class TestFeedback:
    PATH = f"{MATCHING}/feedback"

    def test_saves_or_dismisses_until_it_is_taken_back(self, api, student, mentor):
        saved, dismissed = mentor(), mentor()
        client = api.as_(student)

        client.post(self.PATH, {"mentorId": saved.pk, "action": "save"})
        said = client.post(self.PATH, {"mentorId": dismissed.pk, "action": "dismiss"}).json()

        until = timezone.now() + timedelta(days=90)
        assert (said["mentorId"], said["action"], said["until"][:10]) == (dismissed.pk, "dismiss", f"{until:%Y-%m-%d}")
        (shown,) = client.get(f"{MATCHING}/recommendations").json()["items"]
        assert (shown["mentorId"], shown["saved"]) == (saved.pk, True)
        assert ids(client.get(self.PATH)) == [dismissed.pk, saved.pk]
        assert ids(api.as_(StudentFactory()).get(self.PATH)) == []
        assert client.delete(f"{self.PATH}/{dismissed.pk}").status_code == 204
        assert client.delete(f"{self.PATH}/{dismissed.pk}").status_code == 404
        assert set(ids(client.get(f"{MATCHING}/recommendations"))) == {saved.pk, dismissed.pk}

    def test_is_about_mentors_whom_everybody_may_find(self, api, student):
        hidden = TutorProfileFactory(status="draft")
        client = api.as_(student)

        refused = [client.post(self.PATH, {"mentorId": pk, "action": "save"}) for pk in (hidden.pk, 987654321)]

        assert [answer.status_code for answer in refused] == [404, 404]
        assert client.post(self.PATH, {"mentorId": hidden.pk, "action": "like"}).status_code == 400

    def test_costs_the_same_for_one_and_for_three(self, api, student, mentor):
        client = api.as_(student)
        client.post(self.PATH, {"mentorId": mentor().pk, "action": "save"})
        at_one = queries_of(client, self.PATH)
        for _ in range(2):
            client.post(self.PATH, {"mentorId": mentor().pk, "action": "save"})

        assert queries_of(client, self.PATH) == at_one
