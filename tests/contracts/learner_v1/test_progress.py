"""Progress, assessments, peers and points of the learner_v1 document, and as its client reads them."""

import pytest
import time_machine

from accounts.models import LearnerSettings, StudentProfile
from audit.models import AuditEntry
from courses.models import Certificate, Enrolment, EnrolmentStatus, ModuleCompletion, Submission
from courses.services import grading, progress
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    StudentFactory,
    SubjectFactory,
    SubmissionFactory,
    TutorFactory,
)
from tests.support.clients import queries_of
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

WHEN = "2026-01-31T14:00:00Z"
ME = "/api/v1/learner/me"
LINK = "https://github.com/grace/compiler"


@pytest.fixture
def grace():
    return StudentFactory(first_name="Grace", last_name="Hopper")


@pytest.fixture
def course():
    return CourseFactory(title="Algebra", subject=SubjectFactory(name="Mathematics"), level="beginner", seats_taken=1)


@pytest.fixture
def enrolment(course, grace):
    return EnrolmentFactory(course=course, learner=grace)


@pytest.fixture
def modules(course):
    return [ModuleFactory(course=course, title=title) for title in ("Equations", "Inequalities")]


@pytest.fixture
def assessment(course):
    return AssessmentFactory(course=course, title="Ten equations")


@pytest.fixture
def mine(api, grace, enrolment):
    return api.as_(grace)


def statements(client, path):
    client.get(path)  # signing in fills a cache
    return queries_of(client, path)


class TestProgress:
    def test_of_all_courses_with_the_whole_course_where_the_client_looks_for_it(self, mine, course, grace, modules):
        with time_machine.travel(WHEN, tick=False):
            progress.complete_module(course.pk, modules[0].pk, learner=grace)

        answer = mine.get(f"{ME}/progress").json()

        first, second = ({"_id": str(m.pk), "id": str(m.pk), "title": m.title} for m in modules)
        shown = {
            "learnerId": str(grace.pk),
            "courseId": {
                "_id": str(course.pk),
                "title": "Algebra",
                "subject": "Mathematics",
                "level": "beginner",
                "tutor": {"id": str(course.tutor.user_id), "name": course.tutor.user.display_name},
                "modules": [
                    first | {"completed": True, "completedAt": WHEN},
                    second | {"completed": False, "completedAt": None},
                ],
            },
            "status": "active",
            "completionPercentage": 50,
            "completedModules": [str(modules[0].pk)],
            "newModules": [],
            "lastAccessed": WHEN,
            "certificate": None,
        }
        assert differences(answer["data"], [shown]) == []
        assert answer["status"] == "success"
        assert answer["metadata"] == answer["pagination"] == {"page": 1, "limit": 100, "total": 1}

    @pytest.mark.parametrize("as_text", [False, True])
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_marking_a_module_answers_the_updated_progress(self, mine, course, modules, as_text, slash):
        pk = modules[0].pk

        response = mine.patch(f"{ME}/progress/{course.pk}{slash}", {"moduleId": str(pk) if as_text else pk})

        assert response.status_code == 200
        assert response.json()["data"]["completionPercentage"] == 50

    def test_marking_it_again_is_200_and_changes_nothing(self, mine, course, modules):
        first = mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": modules[0].pk})
        again = mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": modules[0].pk})

        assert (again.status_code, again.json()) == (200, first.json())
        assert ModuleCompletion.objects.count() == 1

    def test_the_last_module_brings_the_certificate(self, mine, client, course, modules):
        for module in modules:
            answer = mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": module.pk}).json()["data"]

        code = Certificate.objects.get().code
        assert (answer["status"], answer["completionPercentage"]) == ("completed", 100)
        assert answer["certificate"] == {"code": code, "url": f"http://127.0.0.1:8000/certificates/{code}"}
        own = mine.get(f"{ME}/certificates").json()["data"]
        assert [(one["code"], one["courseId"], one["learnerName"]) for one in own] == [
            (code, str(course.pk), "Grace Hopper")
        ]
        assert client.get(f"/certificates/{code}", headers={"Accept": "text/html"}).status_code == 200

    def test_what_is_added_to_a_completed_course_is_shown_apart(self, mine, course, modules, grace):
        for module in modules:
            progress.complete_module(course.pk, module.pk, learner=grace)
        added = ModuleFactory(course=course)
        progress.recompute(course.pk)

        answer = mine.get(f"{ME}/progress/{course.pk}").json()["data"]

        assert (answer["status"], answer["completionPercentage"]) == ("completed", 100)
        assert answer["newModules"] == [str(added.pk)]

    @pytest.mark.parametrize(
        ("body", "status"),
        [({}, 400), ({"moduleId": "x"}, 400), ({"moduleId": -1}, 400), ({"moduleId": 987654321}, 404)],
    )
    def test_a_module_that_is_none_is_refused(self, mine, course, modules, body, status):
        response = mine.patch(f"{ME}/progress/{course.pk}", body)

        assert response.status_code == status
        assert not ModuleCompletion.objects.exists()

    def test_a_module_of_another_course_is_the_same_404_as_one_that_is_not_there(self, mine, course):
        other = ModuleFactory()

        answers = [mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": pk}) for pk in (other.pk, 987654321)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({answer.json()["message"] for answer in answers}) == 1

    def test_a_course_that_one_is_not_in_is_the_same_404_as_one_that_is_not_there(self, mine, modules):
        other = ModuleFactory()

        for method in ("get", "patch"):
            answers = [
                getattr(mine, method)(f"{ME}/progress/{pk}", {"moduleId": other.pk})
                for pk in (other.course_id, 987654321)
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert len({answer.json()["message"] for answer in answers}) == 1
        assert not ModuleCompletion.objects.exists()

    def test_who_has_dropped_a_course_sees_what_they_did_and_cannot_go_on(self, mine, course, enrolment, modules):
        mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": modules[0].pk})
        enrolment.status = EnrolmentStatus.DROPPED
        enrolment.save(update_fields=["status"])

        refused = mine.patch(f"{ME}/progress/{course.pk}", {"moduleId": modules[1].pk})

        assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ENROLLED")
        shown = mine.get(f"{ME}/progress").json()["data"]
        assert [(one["status"], one["completionPercentage"]) for one in shown] == [("dropped", 50)]

    def test_the_list_can_be_narrowed_by_status_and_leaves_out_whom_a_seat_is_missing(self, mine, grace):
        waiting = EnrolmentFactory(learner=grace, status=EnrolmentStatus.WAITLISTED, waiting_since=WHEN)
        EnrolmentFactory(learner=grace, status=EnrolmentStatus.DROPPED)

        assert mine.get(f"{ME}/progress").json()["metadata"]["total"] == 2
        assert [one["status"] for one in mine.get(f"{ME}/progress?status=dropped").json()["data"]] == ["dropped"]
        assert mine.get(f"{ME}/progress?status=waitlisted").status_code == 400
        assert mine.get(f"{ME}/progress/{waiting.course_id}").status_code == 404

    def test_a_course_more_costs_no_statement_more(self, mine, grace, modules):
        with_one = statements(mine, f"{ME}/progress")
        for _ in range(4):
            EnrolmentFactory(learner=grace, course=ModuleFactory().course)

        assert statements(mine, f"{ME}/progress") == with_one <= 6

    def test_nothing_else_can_be_written_with_it(self, mine, course, enrolment, modules):
        more = {
            "completionPercentage": 100,
            "status": "completed",
            "attempt": 9,
            "learnerId": 1,
            "completedModules": [],
        }

        mine.patch(f"{ME}/progress/{course.pk}", more | {"moduleId": modules[0].pk})

        enrolment.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage, enrolment.attempt) == ("active", 50, 1)


class TestAssessments:
    @pytest.mark.parametrize("path", ["/api/v1/assessments/{}", "/api/v1/learner/assessments/{}"])
    def test_its_details_with_own_attempts_grade_and_feedback(self, mine, enrolment, assessment, path):
        made = SubmissionFactory(assessment=assessment, enrolment=enrolment)
        SubmissionFactory(assessment=assessment)
        grading.grade(made.pk, 40, "See page 3.", actor=assessment.course.tutor.user)

        answer = mine.get(path.format(assessment.pk)).json()["data"]

        shown = {
            "_id": str(assessment.pk),
            "courseId": str(assessment.course_id),
            "title": "Ten equations",
            "deadline": None,
            "maxAttempts": 3,
            "passGrade": 60,
            "attemptsUsed": 1,
            "attemptsLeft": 2,
            "passed": False,
            "grade": 40,
            "feedback": "See page 3.",
            "submissions": [{"_id": str(made.pk), "attempt": 1, "status": "graded", "grade": 40, "passed": False}],
        }
        assert differences(answer, shown) == []

    @pytest.mark.parametrize("path", ["/api/v1/assessments/{}/submit", "/api/v1/learner/assessments/{}"])
    def test_handing_in_work(self, api, mine, grace, assessment, path):
        with time_machine.travel(WHEN, tick=False):
            response = api.as_(grace).post(path.format(assessment.pk), {"submissionUrl": LINK})

        assert response.status_code == 201
        shown = {
            "_id": str(Submission.objects.get().pk),
            "assessmentId": str(assessment.pk),
            "learnerId": str(grace.pk),
            "submissionUrl": LINK,
            "grade": None,
            "feedback": "",
            "submittedAt": WHEN,
            "status": "submitted",
            "attempt": 1,
            "late": False,
        }
        assert differences(response.json()["data"], shown) == []

    def test_the_same_key_hands_in_once(self, mine, assessment):
        answers = [
            mine.post(
                f"/api/v1/assessments/{assessment.pk}/submit", {"submissionUrl": LINK}, headers={"Idempotency-Key": "a"}
            )
            for _ in range(2)
        ]

        assert answers[0].json() == answers[1].json()
        assert Submission.objects.count() == 1

    @pytest.mark.parametrize("url", ["http://github.com/a/b", "https://github.com@evil/a", ""])
    def test_a_link_that_is_not_taken_is_named(self, mine, assessment, url):
        response = mine.post(f"/api/v1/assessments/{assessment.pk}/submit", {"submissionUrl": url})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["submissionUrl"])
        assert not Submission.objects.exists()

    def test_grading_is_not_the_learners(self, mine, assessment, enrolment):
        more = {"grade": 100, "passed": True, "state": "graded", "attempt": 3, "isLate": True, "learnerId": 1}
        mine.post(f"/api/v1/assessments/{assessment.pk}/submit", more | {"submissionUrl": LINK})

        made = Submission.objects.get()
        refused = mine.patch(f"/api/v1/tutor/submissions/{made.pk}", {"grade": 100})

        assert (made.grade, made.state, made.attempt, made.is_late) == (None, "submitted", 1, False)
        assert made.enrolment == enrolment
        assert (refused.status_code, refused.json()["code"]) == (403, "TUTOR_ONLY")

    def test_a_passed_one_takes_nothing_more(self, mine, assessment, enrolment):
        made = SubmissionFactory(assessment=assessment, enrolment=enrolment)
        grading.grade(made.pk, 60, actor=assessment.course.tutor.user)

        refused = mine.post(f"/api/v1/assessments/{assessment.pk}/submit", {"submissionUrl": LINK})

        assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_PASSED")
        assert mine.get(f"/api/v1/assessments/{assessment.pk}").json()["data"]["attemptsLeft"] == 0

    def test_one_of_a_course_that_one_is_not_in_is_as_if_it_were_not_there(self, mine):
        other = AssessmentFactory()

        for send in (
            lambda pk: mine.get(f"/api/v1/assessments/{pk}"),
            lambda pk: mine.post(f"/api/v1/assessments/{pk}/submit", {"submissionUrl": LINK}),
        ):
            answers = [send(pk) for pk in (other.pk, 987654321)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert len({answer.json()["message"] for answer in answers}) == 1
        assert not Submission.objects.exists()

    def test_a_tutor_has_no_business_on_the_learners_side(self, api, assessment):
        refused = api.as_(assessment.course.tutor.user).get(f"/api/v1/learner/assessments/{assessment.pk}")

        assert (refused.status_code, refused.json()["code"]) == (403, "LEARNER_ONLY")


class TestGrading:
    def test_the_tutor_of_the_course_sees_what_was_handed_in(self, api, grace, enrolment, assessment):
        tutor = api.as_(assessment.course.tutor.user)
        old = SubmissionFactory(assessment=assessment, enrolment=enrolment, state="replaced")
        made = SubmissionFactory(assessment=assessment, enrolment=enrolment)

        path = f"/api/v1/tutor/assessments/{assessment.pk}/submissions"
        answer = tutor.get(path).json()

        shown = {
            "_id": str(made.pk),
            "submissionUrl": made.url,
            "learner": {"name": "Grace Hopper"},
            "formerGrades": [],
        }
        assert differences(answer["data"], [shown]) == []
        assert set(answer["data"][0]["learner"]) == {"_id", "id", "name", "avatar"}
        assert [one["id"] for one in tutor.get(f"{path}?status=replaced").json()["data"]] == [str(old.pk)]

    def test_and_grades_it_and_grades_it_anew(self, api, enrolment, assessment):
        tutor = api.as_(assessment.course.tutor.user)
        made = SubmissionFactory(assessment=assessment, enrolment=enrolment)
        path = f"/api/v1/tutor/submissions/{made.pk}"

        tutor.patch(path, {"grade": 40, "feedback": "See page 3."})
        answer = tutor.patch(path, {"grade": 80}).json()["data"]

        shown = {
            "grade": 80,
            "feedback": "See page 3.",
            "passed": True,
            "status": "graded",
            "formerGrades": [{"grade": 40, "feedback": "See page 3."}],
        }
        assert differences(answer, shown) == []
        assert AuditEntry.objects.filter(action="submission.graded").count() == 2

    @pytest.mark.parametrize("grade", [-1, 101, "good", None, 50.5])
    def test_a_grade_is_a_whole_number_up_to_100(self, api, assessment, grade):
        made = SubmissionFactory(assessment=assessment)

        response = api.as_(assessment.course.tutor.user).patch(f"/api/v1/tutor/submissions/{made.pk}", {"grade": grade})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["grade"])
        made.refresh_from_db()
        assert made.grade is None

    def test_for_another_tutor_neither_is_there_and_for_an_admin_both_are(self, api, assessment):
        made = SubmissionFactory(assessment=assessment)
        paths = f"/api/v1/tutor/assessments/{assessment.pk}/submissions", f"/api/v1/tutor/submissions/{made.pk}"

        for somebody, status in ((TutorFactory(), 404), (AdminFactory(), 200)):
            client = api.as_(somebody)
            assert client.get(paths[0]).status_code == status
            assert client.patch(paths[1], {"grade": 50}).status_code == status

    def test_a_submission_more_costs_no_statement_more(self, api, assessment):
        tutor, path = assessment.course.tutor.user, f"/api/v1/tutor/assessments/{assessment.pk}/submissions"
        SubmissionFactory(assessment=assessment)
        with_one = statements(api.as_(tutor), path)
        SubmissionFactory.create_batch(4, assessment=assessment)

        assert statements(api.as_(tutor), path) == with_one <= 6


class TestPeers:
    @pytest.fixture
    def alan(self, course):
        alan = EnrolmentFactory(course=course, learner__first_name="Alan", learner__last_name="Turing").learner
        StudentProfile.objects.filter(user=alan).update(interests=["chess"])
        return alan

    def test_learners_of_the_same_courses_without_their_addresses(self, mine, course, alan):
        answer = mine.get("/api/v1/learner/peers").json()

        shown = {
            "_id": str(alan.pk),
            "id": str(alan.pk),
            "name": "Alan Turing",
            "avatar": "http://127.0.0.1:8000/api/avatars/default.png",
            "interests": ["chess"],
            "courses": [{"_id": str(course.pk), "id": str(course.pk), "title": "Algebra"}],
        }
        assert answer["data"] == [shown]
        assert answer["metadata"] == {"page": 1, "limit": 10, "total": 1}
        assert alan.email not in str(answer)

    def test_interests_only_of_those_who_share_them(self, mine, alan):
        LearnerSettings.objects.create(user=alan, share_interests=False)

        assert mine.get("/api/v1/learner/peers").json()["data"][0]["interests"] == []

    def test_filters_and_pages(self, mine, course, alan):
        EnrolmentFactory(course=course, learner__first_name="Zoe")

        def names(query):
            return [one["name"].split()[0] for one in mine.get(f"/api/v1/learner/peers?{query}").json()["data"]]

        assert names("search=tur") == ["Alan"]
        assert names(f"courseId={course.pk}&limit=1&page=2") == ["Zoe"]
        assert names("courseId=987654321") == []
        assert mine.get("/api/v1/learner/peers?courseId=x").status_code == 400

    def test_only_shared_courses_are_named(self, mine, alan):
        EnrolmentFactory(learner=alan)

        assert len(mine.get("/api/v1/learner/peers").json()["data"][0]["courses"]) == 1

    def test_a_peer_more_costs_no_statement_more(self, mine, course, alan):
        with_one = statements(mine, "/api/v1/learner/peers")
        EnrolmentFactory.create_batch(4, course=course)

        assert statements(mine, "/api/v1/learner/peers") == with_one <= 5


class TestPoints:
    def test_their_sum_level_and_lines(self, mine, course, grace, modules):
        for module in modules:
            progress.complete_module(course.pk, module.pk, learner=grace)

        answer = mine.get(f"{ME}/points?limit=1").json()["data"]

        assert (answer["totalPoints"], answer["level"], answer["nextLevelAt"]) == (60, 2, 150)
        assert answer["studyMinutes"] == 0
        assert (
            differences(answer["entries"], [{"reason": "course", "source": f"course:{course.pk}", "points": 50}]) == []
        )
        assert answer["pagination"] == {"page": 1, "limit": 1, "total": 3}

    def test_nobody_sees_anybody_elses(self, api, mine, course, grace, modules):
        progress.complete_module(course.pk, modules[0].pk, learner=grace)

        answer = api.as_(StudentFactory()).get(f"{ME}/points").json()["data"]

        assert (answer["totalPoints"], answer["level"], answer["entries"]) == (0, 1, [])

    def test_a_line_more_costs_no_statement_more(self, mine, course, grace, modules):
        progress.complete_module(course.pk, modules[0].pk, learner=grace)
        with_one = statements(mine, f"{ME}/points")
        progress.complete_module(course.pk, modules[1].pk, learner=grace)

        assert statements(mine, f"{ME}/points") == with_one <= 5

    def test_certificates_cost_the_same_however_many(self, mine, grace):
        def certify(number):
            done = EnrolmentFactory(learner=grace, status=EnrolmentStatus.COMPLETED, completed_at=WHEN)
            Certificate.objects.create(enrolment=done, code=f"{number:032x}", issued_at=WHEN)

        certify(1)
        with_one = statements(mine, f"{ME}/certificates")
        for number in range(2, 6):
            certify(number)

        assert statements(mine, f"{ME}/certificates") == with_one <= 4
        assert Enrolment.objects.filter(learner=grace).count() == 6
