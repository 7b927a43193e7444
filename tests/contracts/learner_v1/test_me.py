"""Oneself, on the learner's and on the tutor's side, and the lists of tutors and recommendations."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus, User
from courses.models import Certificate
from tests.factories import (
    PASSWORD,
    BookingFactory,
    EnrolmentFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorSubjectFactory,
)

pytestmark = pytest.mark.django_db

ME = "/api/v1/learner/me"
TUTOR = "/api/v1/tutor"
AVATAR = "http://127.0.0.1:8000/api/avatars/default.png"


@pytest.fixture
def grace():
    return StudentFactory(email="grace@example.com", first_name="Grace", last_name="Hopper")


@pytest.fixture
def ada():
    return TutorFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")


class TestALearner:
    def test_reads_the_populated_user_under_user_id(self, api, grace):
        body = api.as_(grace).get(ME).json()

        data = body["data"]
        assert body["status"] == "success"
        for person in (data["userId"], data["user"]):
            assert (person["_id"], person["name"], person["email"]) == (str(grace.pk), "Grace Hopper", grace.email)
            assert (person["role"], person["avatar"]) == ("student", AVATAR)
            assert (person["bio"], person["skills"], person["interests"], person["badges"]) == ("", [], [], [])
        assert (data["name"], data["email"], data["badges"]) == ("Grace Hopper", grace.email, [])
        assert (data["bio"], data["major"], data["university"], data["year"]) == ("", "", "", "")
        assert (data["skills"], data["interests"]) == ([], [])
        assert data["createdAt"]

    def test_changes_what_the_settings_page_sends(self, api, grace):
        sent = {
            "name": "Grace Brewster Hopper",
            "email": "GRACE@example.com",
            "bio": "I find bugs.",
            "major": "Mathematics",
            "university": "Yale",
            "year": 4,
            "skills": ["COBOL", "patience"],
            "interests": ["compilers"],
        }

        answer = api.as_(grace).patch(ME, sent)

        data = answer.json()["data"]
        assert (answer.status_code, data["user"]["name"]) == (200, "Grace Brewster Hopper")
        assert {name: data[name] for name in sent if name != "email"} == {
            name: value for name, value in sent.items() if name != "email"
        } | {"year": "4"}
        grace.refresh_from_db()
        assert (grace.first_name, grace.last_name, grace.email) == ("Grace", "Brewster Hopper", "grace@example.com")
        assert grace.student_profile.skills == ["COBOL", "patience"]

    def test_keeps_what_is_left_out(self, api, grace):
        mine = api.as_(grace)
        mine.patch(ME, {"bio": "I find bugs.", "skills": ["COBOL"]})

        data = mine.patch(ME, {"major": "Mathematics"}).json()["data"]

        assert (data["bio"], data["skills"], data["name"]) == ("I find bugs.", ["COBOL"], "Grace Hopper")

    def test_cannot_take_another_address_this_way(self, api, grace):
        answer = api.as_(grace).patch(ME, {"email": "other@example.com", "bio": "New"})

        assert (answer.status_code, answer.json()["code"]) == (400, "EMAIL_CHANGE_REFUSED")
        assert list(answer.json()["errors"]) == ["email"]
        grace.refresh_from_db()
        assert (grace.email, grace.student_profile.bio) == ("grace@example.com", "")

    def test_has_a_badge_for_each_completed_course(self, api, grace):
        enrolment = EnrolmentFactory(learner=grace)
        Certificate.objects.create(
            enrolment=enrolment,
            code="c0de",
            learner_name="Grace",
            course_title="Compilers",
            tutor_name="Ada",
            issued_at=timezone.now(),
        )

        (badge,) = api.as_(grace).get(ME).json()["data"]["badges"]

        assert (badge["name"], badge["code"]) == ("Compilers", "c0de")

    @pytest.mark.parametrize("role", ["tutor", "admin"])
    def test_is_who_may_ask(self, api, role):
        answer = api.as_(TutorFactory(role=role)).get(ME)

        assert (answer.status_code, answer.json()["code"]) == (403, "LEARNER_ONLY")
        assert (api.get(ME).status_code, api.get(ME).json()["code"]) == (401, "NO_TOKEN")


class TestTheTutorsDoor:
    REQUEST = {
        "name": "Ada Lovelace",
        "email": "new@example.com",
        "password": "Password!",
        "bio": "I teach engines.",
        "subjects": ["mathematics", "Needlework"],
        "hourlyRate": 45.5,
    }

    def test_makes_a_tutor_who_is_signed_in(self, api):
        SubjectFactory(name="Mathematics")

        answer = api.post(f"{TUTOR}/auth/register", self.REQUEST)

        body, user = answer.json(), User.objects.get()
        assert (answer.status_code, user.role, user.full_name) == (201, "tutor", "Ada Lovelace")
        assert (body["user"]["role"], body["data"]["user"]["_id"]) == ("tutor", str(user.pk))
        assert body["token"] == body["data"]["token"]
        profile = user.tutor_profile
        assert (profile.status, profile.bio, profile.hourly_rate) == (
            TutorStatus.DRAFT,
            "I teach engines.",
            Decimal("45.5"),
        )
        assert [subject.name for subject in profile.subjects.all()] == ["Mathematics"]
        assert body["data"]["unknownSubjects"] == ["Needlework"]
        assert api.get(f"{TUTOR}/me", HTTP_AUTHORIZATION=f"Bearer {body['token']}").status_code == 200

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"hourlyRate": 0}, "hourlyRate"), ({"hourlyRate": 0.001}, "hourlyRate"), ({"password": "weak"}, "password")],
    )
    def test_refuses_what_makes_no_sense(self, api, changed, field):
        answer = api.post(f"{TUTOR}/auth/register", self.REQUEST | changed)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
        assert not User.objects.exists()

    @pytest.mark.parametrize("role", ["student", "admin"])
    def test_never_makes_anybody_else(self, api, role):
        assert api.post(f"{TUTOR}/auth/register", self.REQUEST | {"role": role}).json()["user"]["role"] == "tutor"

    def test_lets_a_tutor_in_and_out(self, api, ada):
        body = api.post(f"{TUTOR}/auth/login", {"email": ada.email, "password": PASSWORD}).json()

        bearer = {"HTTP_AUTHORIZATION": f"Bearer {body['token']}"}
        assert (body["user"]["email"], body["data"]["name"]) == (ada.email, "Ada Lovelace")
        assert api.post(f"{TUTOR}/auth/logout", **bearer).status_code == 200
        assert api.get(f"{TUTOR}/me", **bearer).status_code == 401

    def test_tells_a_learner_that_it_is_not_theirs(self, api, grace):
        answer = api.post(f"{TUTOR}/auth/login", {"email": grace.email, "password": PASSWORD})

        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_A_TUTOR")
        assert answer.cookies == {}
        assert not grace.token_families.exists()

    def test_says_nothing_to_who_does_not_know_the_password(self, api, grace):
        answer = api.post(f"{TUTOR}/auth/login", {"email": grace.email, "password": "wrong"})

        assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_CREDENTIALS")

    def test_changes_a_tutors_password(self, api, ada, grace):
        sent = {"currentPassword": PASSWORD, "newPassword": "Engine#1843"}

        assert api.as_(ada).post(f"{TUTOR}/auth/change-password", sent).status_code == 200
        assert api.post(f"{TUTOR}/auth/login", {"email": ada.email, "password": "Engine#1843"}).status_code == 200
        assert api.as_(grace).post(f"{TUTOR}/auth/change-password", sent).json()["code"] == "TUTOR_ONLY"


class TestATutor:
    def test_reads_their_own_profile(self, api, ada):
        TutorSubjectFactory(tutor=ada.tutor_profile, subject__name="Mathematics")

        data = api.as_(ada).get(f"{TUTOR}/me").json()["data"]

        assert (data["name"], data["email"], data["avatar"]) == ("Ada Lovelace", ada.email, AVATAR)
        assert (data["subjects"], data["hourlyRate"], data["currency"]) == (["Mathematics"], 45.0, "USD")
        assert (data["userId"]["_id"], data["user"]["_id"]) == (str(ada.pk), str(ada.pk))
        assert (data["rating"], data["reviewCount"], data["status"]) == (0, 0, "approved")

    def test_puts_back_the_whole_profile_as_it_was_read(self, api):
        fresh = TutorFactory(profile__status="draft", profile__hourly_rate=None)
        page = api.as_(fresh)
        read = page.get(f"{TUTOR}/me").json()["data"]

        answer = page.put(f"{TUTOR}/me", read)

        assert answer.status_code == 200, answer.json()
        assert answer.json()["data"]["hourlyRate"] is None

    @pytest.mark.parametrize("method", ["patch", "put"])
    def test_changes_it_in_one_go(self, api, ada, method, settings):
        settings.TUTOR_REVISIONS_NEED_APPROVAL = False
        physics = SubjectFactory(name="Physics")
        sent = {
            "name": "Ada King",
            "bio": "I teach numbers and engines, and I have done so for a very long time.",
            "subjects": ["physics"],
            "hourlyRate": 60,
            "headline": "Engines",
        }

        answer = getattr(api.as_(ada), method)(f"{TUTOR}/me", sent)

        data = answer.json()["data"]
        assert (answer.status_code, data["user"]["name"], data["hourlyRate"]) == (200, "Ada King", 60)
        assert (data["subjects"], data["bio"], data["headline"]) == (["Physics"], sent["bio"], "Engines")
        profile = TutorProfile.objects.get(user=ada)
        assert (profile.hourly_rate, list(profile.subjects.all())) == (Decimal(60), [physics])

    def test_changes_all_of_it_or_nothing(self, api, ada):
        before = TutorProfile.objects.values().get(user=ada)

        answer = api.as_(ada).patch(
            f"{TUTOR}/me", {"headline": "New", "subjects": []}
        )  # who is listed teaches something

        assert (answer.status_code, answer.json()["code"]) == (400, "PROFILE_INCOMPLETE")
        assert TutorProfile.objects.values().get(user=ada) == before

    def test_is_told_of_an_unknown_subject_an_old_version_and_another_address(self, api, ada):
        mine = api.as_(ada)

        unknown = mine.patch(f"{TUTOR}/me", {"subjects": ["Needlework"]})
        old = mine.patch(f"{TUTOR}/me", {"headline": "New"}, HTTP_IF_MATCH='"99"')
        address = mine.patch(f"{TUTOR}/me", {"email": "other@example.com"})

        assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["subjects.0"])
        assert (old.status_code, old.json()["code"]) == (412, "STALE_VERSION")
        assert (address.status_code, address.json()["code"]) == (400, "EMAIL_CHANGE_REFUSED")

    def test_names_no_more_subjects_than_anybody_teaches(self, api, ada, django_assert_max_num_queries):
        mine = api.as_(ada)

        with django_assert_max_num_queries(3):  # none of them is looked up
            answer = mine.patch(f"{TUTOR}/me", {"subjects": ["Needlework"] * 10_000})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["subjects"])

    def test_is_who_may_ask(self, api, grace):
        assert api.as_(grace).get(f"{TUTOR}/me").json()["code"] == "TUTOR_ONLY"


class TestTheListOfTutors:
    PATH = "/api/v1/tutors"

    def test_has_what_the_client_reads(self, api, ada):
        TutorSubjectFactory(tutor=ada.tutor_profile, subject__name="Mathematics")
        for _ in range(2):
            ParticipantFactory(session=SessionFactory(creator=ada, starts_at=timezone.now() + timedelta(days=2 + _)))
        seat = ParticipantFactory(session=PastSessionFactory(creator=ada))
        ParticipantFactory(
            session=PastSessionFactory(creator=ada, starts_at=timezone.now() - timedelta(days=3)), user=seat.user
        )

        (tutor,) = api.get(f"{self.PATH}?limit=6&sortBy=rating&order=desc").json()["data"]

        assert (tutor["_id"], tutor["userId"], tutor["profileId"]) == (
            str(ada.pk),
            str(ada.pk),
            str(ada.tutor_profile.pk),
        )
        assert (tutor["name"], tutor["subjects"], tutor["avatar"]) == ("Ada Lovelace", ["Mathematics"], AVATAR)
        assert (tutor["rating"], tutor["totalStudents"], tutor["hourlyRate"]) == (0, 3, 45)
        assert "email" not in tutor

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("sortBy=price", ["low", "high"]),
            ("sortBy=hourlyRate&order=desc", ["high", "low"]),
            ("sortBy=rating&order=desc", ["high", "low"]),
            ("sortBy=rating&order=asc", ["low", "high"]),
            ("sortBy=popular", ["low", "high"]),
            ("sortBy=popular&order=asc", ["high", "low"]),
            ("subject=physics", ["high"]),
            ("search=low", ["low"]),
        ],
    )
    def test_is_narrowed_and_sorted(self, api, query, expected):
        made = {}
        for name, rate, score, lessons in (("low", 10, 3, 9), ("high", 90, 4, 1)):
            user = TutorFactory(first_name=name)
            TutorProfile.objects.filter(user=user).update(
                hourly_rate=rate, ranking_score=score, total_sessions=lessons, search_text=f" {name}"
            )
            made[str(user.pk)] = name
        TutorSubjectFactory(tutor=TutorProfile.objects.get(user__first_name="high"), subject__name="Physics")

        found = api.get(f"{self.PATH}?{query}").json()["data"]

        assert [made[tutor["_id"]] for tutor in found] == expected

    def test_refuses_an_order_that_it_does_not_know(self, api):
        assert api.get(f"{self.PATH}?sortBy=height").status_code == 400

    def test_has_nobody_who_is_not_approved(self, api):
        TutorFactory(profile__status=TutorStatus.DRAFT)

        assert api.get(self.PATH).json()["data"] == []

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_long_it_is(self, api, count, django_assert_num_queries):
        for _ in range(count):
            ParticipantFactory()

        with django_assert_num_queries(4):  # how many, which, their subjects, their students
            assert len(api.get(f"{self.PATH}?limit=100").json()["data"]) == count


class TestRecommendations:
    PATH = f"{ME}/recommendations"

    def titles(self, api, user, query=""):
        return [(row["session"]["title"], row["reason"]) for row in api.as_(user).get(self.PATH + query).json()["data"]]

    def test_have_what_the_client_reads(self, api, grace, ada):
        session = ParticipantFactory(session=SessionFactory(creator=ada, title="Compilers")).session

        (row,) = api.as_(grace).get(f"{self.PATH}?limit=5").json()["data"]

        assert (row["session"]["_id"], row["session"]["title"]) == (str(session.pk), "Compilers")
        assert (row["session"]["subject"], row["session"]["studentCount"]) == ("", 1)
        assert (row["tutor"]["name"], row["tutor"]["rating"]) == ("Ada Lovelace", 0)

    def test_begin_with_interests_then_known_subjects_then_the_soonest(self, api, grace):
        grace.student_profile.interests = ["chess", "Physics"]
        grace.student_profile.save()
        algebra = SubjectFactory(name="Algebra")
        ParticipantFactory(session=PastSessionFactory(subject=algebra), user=grace)
        soon = timezone.now() + timedelta(hours=1)
        for hours, title, subject in (
            (1, "Anything", None),
            (2, "Matrices", algebra),
            (3, "Chess for all", None),
            (4, "Optics", SubjectFactory(name="physics")),
        ):
            SessionFactory(title=title, subject=subject, starts_at=soon + timedelta(hours=hours))

        assert self.titles(api, grace) == [
            ("Chess for all", "interest"),
            ("Optics", "interest"),
            ("Matrices", "subject"),
            ("Anything", "soon"),
        ]
        assert self.titles(api, grace, "?limit=1") == [("Chess for all", "interest")]

    def test_leave_out_what_cannot_be_joined(self, api, grace):
        ParticipantFactory(user=grace)
        full = SessionFactory(max_participants=2)
        ParticipantFactory.create_batch(2, session=full)
        PastSessionFactory()
        SessionFactory(creator=grace, kind="peer")
        BookingFactory()

        assert self.titles(api, grace) == []

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, api, grace, count, django_assert_num_queries):
        for _ in range(count):
            ParticipantFactory()

        mine = api.as_(grace)
        with django_assert_num_queries(5):  # who asks, interests, which, the sessions, their people
            assert len(mine.get(f"{self.PATH}?limit=50").json()["data"]) == count

    @pytest.mark.parametrize("limit", ["0", "-3", "999999"])
    def test_clamp_the_limit(self, api, grace, limit):
        SessionFactory()

        assert len(api.as_(grace).get(f"{self.PATH}?limit={limit}").json()["data"]) == 1
