from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from audit.models import AuditEntry
from common.errors import NotFound
from courses.errors import AlreadyPassed, CourseArchived, NoAttemptsLeft, NotEnrolled, SubmissionReplaced
from courses.models import CourseStatus, EnrolmentStatus, FormerGrade, PointsEntry, Submission
from courses.services import assessments, grading, points, progress, submissions
from notifications.models import Notification
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    StudentFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://github.com/grace/compiler"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def assessment():
    """Passed with 60, three attempts; the course does not ask for it."""
    return AssessmentFactory(title="Essay", course=CourseFactory(seats_taken=1))


@pytest.fixture
def required(assessment):
    assessment.is_required = True
    assessment.save()
    return assessment


@pytest.fixture
def tutor(assessment):
    return assessment.course.tutor.user


@pytest.fixture
def enrolment(assessment):
    return EnrolmentFactory(course=assessment.course)


@pytest.fixture
def learner(enrolment):
    return enrolment.learner


def states(assessment):
    rows = assessment.submissions.order_by("pk").values_list("attempt", "state")
    return [tuple(row) for row in rows]


def hand_in(assessment, learner, url=URL):
    return submissions.submit(assessment.pk, url, learner=learner)


def graded(assessment, learner, tutor, grade):
    return grading.grade(hand_in(assessment, learner).pk, grade, actor=tutor)


class TestHandingIn:
    def test_it_is_kept_written_down_and_told_to_the_tutor(self, assessment, learner, tutor):
        made = hand_in(assessment, learner)

        assert (made.attempt, made.url, made.state, made.submitted_at, made.is_late) == (
            1,
            URL,
            "submitted",
            NOW,
            False,
        )
        told = Notification.objects.get()
        assert (told.recipient, told.type, told.data["submission_id"]) == (tutor, "assessment_submitted", made.pk)
        assert AuditEntry.objects.get(action="submission.made").object_id == str(made.pk)

    def test_a_newer_one_takes_the_place_of_one_that_is_not_graded(self, assessment, learner):
        hand_in(assessment, learner)
        hand_in(assessment, learner)

        assert states(assessment) == [(1, "replaced"), (1, "submitted")]

    def test_a_grade_that_does_not_pass_opens_the_next_attempt_until_there_are_none(self, assessment, learner, tutor):
        for grade in (0, 30, 59):
            graded(assessment, learner, tutor, grade)

        with pytest.raises(NoAttemptsLeft) as refused:
            hand_in(assessment, learner)

        assert refused.value.extra == {"max_attempts": 3}
        assert states(assessment) == [(1, "graded"), (2, "graded"), (3, "graded")]

    def test_what_is_passed_is_passed(self, assessment, learner, tutor):
        graded(assessment, learner, tutor, 60)

        with pytest.raises(AlreadyPassed):
            hand_in(assessment, learner)

        assert states(assessment) == [(1, "graded")]

    @pytest.mark.parametrize(("seconds", "is_late"), [(0, False), (1, True)])
    def test_what_comes_after_the_deadline_is_late(self, assessment, learner, seconds, is_late):
        assessment.deadline = NOW - timedelta(seconds=seconds)
        assessment.save()

        assert hand_in(assessment, learner).is_late is is_late

    @pytest.mark.parametrize("status", [EnrolmentStatus.DROPPED, EnrolmentStatus.WAITLISTED])
    def test_who_is_not_in_the_course_cannot(self, assessment, enrolment, status):
        enrolment.status, enrolment.waiting_since = status, NOW
        enrolment.save()

        with pytest.raises(NotEnrolled):
            hand_in(assessment, enrolment.learner)

        assert not Submission.objects.exists()

    def test_who_has_completed_the_course_still_can(self, assessment, enrolment):
        enrolment.status, enrolment.completed_at = EnrolmentStatus.COMPLETED, NOW
        enrolment.save()

        assert hand_in(assessment, enrolment.learner).attempt == 1

    def test_an_archived_course_takes_nothing(self, assessment, learner):
        assessment.course.status = CourseStatus.ARCHIVED
        assessment.course.save()

        with pytest.raises(CourseArchived):
            hand_in(assessment, learner)

        assert not Submission.objects.exists()

    def test_an_unpublished_one_is_not_there_for_learners_nor_any_for_strangers(self, assessment, learner):
        for somebody in (StudentFactory(), EnrolmentFactory().learner):
            with pytest.raises(NotFound, match="Assessment not found"):
                hand_in(assessment, somebody)
        assessment.is_published = False
        assessment.save()

        with pytest.raises(NotFound, match="Assessment not found"):
            hand_in(assessment, learner)


class TestWhoSeesAnAssessment:
    def test_its_learners_its_tutor_and_admins(self, assessment, learner, tutor):
        for viewer in (learner, tutor, AdminFactory()):
            assert submissions.find_assessment(assessment.pk, viewer) == assessment

    @pytest.mark.parametrize("status", [EnrolmentStatus.DROPPED, EnrolmentStatus.WAITLISTED])
    def test_nobody_else(self, assessment, enrolment, status):
        enrolment.status, enrolment.waiting_since = status, NOW
        enrolment.save()

        for viewer in (enrolment.learner, StudentFactory(), TutorFactory()):
            with pytest.raises(NotFound):
                submissions.find_assessment(assessment.pk, viewer)

    def test_what_is_not_published_only_tutor_and_admins(self, assessment, learner, tutor):
        assessment.is_published = False
        assessment.save()

        for viewer in (tutor, AdminFactory()):
            assert submissions.find_assessment(assessment.pk, viewer) == assessment
        with pytest.raises(NotFound):
            submissions.find_assessment(assessment.pk, learner)


class TestGrading:
    def test_a_grade_is_kept_with_its_words_and_told_to_the_learner(self, assessment, learner, tutor):
        made = hand_in(assessment, learner)

        grading.grade(made.pk, 75, "Well done.", actor=tutor)

        made.refresh_from_db()
        assert (made.state, made.grade, made.feedback) == ("graded", 75, "Well done.")
        assert (made.graded_by, made.graded_at) == (tutor, NOW)
        told = Notification.objects.get(recipient=learner)
        assert (told.type, told.message) == ("assessment_graded", "Essay: 75 of 100, passed.")
        entry = AuditEntry.objects.get(action="submission.graded")
        assert (entry.actor_id, entry.before, entry.after) == (tutor.pk, {"grade": None}, {"grade": 75})

    @pytest.mark.parametrize(("grade", "given"), [(59, 0), (60, 20)])
    def test_points_are_for_passing(self, assessment, learner, tutor, grade, given):
        graded(assessment, learner, tutor, grade)

        assert points.total_of(learner.pk) == given

    def test_passing_what_was_missing_completes_the_course(self, required, enrolment, learner, tutor):
        module = ModuleFactory(course=required.course)
        progress.complete_module(required.course_id, module.pk, learner=learner)
        enrolment.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.ACTIVE, 99)

        graded(required, learner, tutor, 60)

        enrolment.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.COMPLETED, 100)
        assert enrolment.certificate.issued_at == NOW

    def test_grading_anew_keeps_what_it_was_before(self, assessment, learner, tutor):
        made = graded(assessment, learner, tutor, 40)
        grading.grade(made.pk, 40, "See page 3.", actor=tutor)

        grading.grade(made.pk, 80, actor=AdminFactory())

        made.refresh_from_db()
        assert (made.grade, made.feedback) == (80, "See page 3.")
        former = FormerGrade.objects.values_list("grade", "feedback", "graded_by")
        assert list(former) == [(40, "", tutor.pk), (40, "See page 3.", tutor.pk)]

    def test_the_same_grade_again_changes_and_tells_nothing(self, assessment, learner, tutor):
        made = graded(assessment, learner, tutor, 40)

        grading.grade(made.pk, 40, "", actor=tutor)

        assert not FormerGrade.objects.exists()
        assert Notification.objects.filter(recipient=learner).count() == 1

    def test_points_follow_from_pass_to_fail_and_back(self, assessment, learner, tutor, clock):
        made = graded(assessment, learner, tutor, 90)
        had = [points.total_of(learner.pk)]
        for grade in (10, 95):
            clock.shift(60)
            grading.grade(made.pk, grade, actor=tutor)
            had.append(points.total_of(learner.pk))

        assert had == [20, 0, 20]
        assert PointsEntry.objects.count() == 3

    def test_points_follow_another_grade_that_passes(self, assessment, learner, tutor):
        made = hand_in(assessment, learner)
        grading.grade(made.pk, 50, actor=tutor)
        had = []

        for pass_grade in (40, 60):
            assessments.update_assessment(assessment.course_id, assessment.pk, {"pass_grade": pass_grade}, actor=tutor)
            had.append(points.total_of(learner.pk))

        assert had == [20, 0]

    def test_a_regrade_moves_the_percentage_but_never_takes_a_completion_back(
        self, required, enrolment, learner, tutor
    ):
        other = AssessmentFactory(course=required.course, is_required=True)
        made = graded(required, learner, tutor, 60)
        grading.grade(made.pk, 10, actor=tutor)
        enrolment.refresh_from_db()
        assert enrolment.completion_percentage == 0
        grading.grade(made.pk, 60, actor=tutor)
        graded(other, learner, tutor, 60)

        grading.grade(made.pk, 0, actor=tutor)

        enrolment.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.COMPLETED, 100)
        assert enrolment.certificate
        # The assessments of both once, less the one that is taken back; and the course.
        assert points.total_of(learner.pk) == 20 + 50

    def test_what_was_replaced_is_not_graded(self, assessment, learner, tutor):
        old = hand_in(assessment, learner)
        hand_in(assessment, learner)

        with pytest.raises(SubmissionReplaced):
            grading.grade(old.pk, 50, actor=tutor)

        old.refresh_from_db()
        assert old.grade is None

    def test_work_of_somebody_who_dropped_the_course_may_be_graded(self, assessment, enrolment, tutor):
        made = hand_in(assessment, enrolment.learner)
        enrolment.status = EnrolmentStatus.DROPPED
        enrolment.save()

        assert grading.grade(made.pk, 60, actor=tutor).grade == 60
        enrolment.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.DROPPED, 0)

    def test_nobody_but_the_tutor_of_the_course_and_admins_grades(self, assessment, learner):
        made = hand_in(assessment, learner)

        for somebody in (TutorFactory(), learner):
            with pytest.raises(NotFound, match="Submission not found"):
                grading.grade(made.pk, 100, actor=somebody)

        made.refresh_from_db()
        assert made.grade is None
