"""What can be done to one learner's progress at the same time, done at the same time, on the engine of this run."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import DomainError
from courses.models import (
    Certificate,
    Enrolment,
    EnrolmentStatus,
    FormerGrade,
    Module,
    PointsEntry,
    PointsReason,
    Submission,
)
from courses.services import grading, points, progress, submissions
from notifications.models import Notification
from sessions_app.models import SessionStatus
from sessions_app.services import course as session_course
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubmissionFactory,
)
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://github.com/grace/compiler"


def modules_done(enrolment, modules):
    return [
        partial(progress.complete_module, enrolment.course_id, module.pk, learner=enrolment.learner)
        for module in modules
    ]


def test_the_last_two_modules_at_once_complete_the_course_once():
    for _ in range(5):
        course = CourseFactory(seats_taken=1)
        enrolment = EnrolmentFactory(course=course)
        last_two = ModuleFactory.create_batch(2, course=course)

        results = at_once(modules_done(enrolment, last_two * 4))

        assert kinds(results) == {"ok": 8}
        enrolment.refresh_from_db()
        course.refresh_from_db()
        assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.COMPLETED, 100)
        assert Certificate.objects.filter(enrolment=enrolment).count() == 1
        assert AuditEntry.objects.filter(action="enrolment.completed", object_id=str(enrolment.pk)).count() == 1
        assert Notification.objects.filter(recipient=enrolment.learner, type="course_completed").count() == 1
        assert points.total_of(enrolment.learner_id) == 2 * 5 + 50
        assert course.seats_taken == 0


def test_learners_of_one_course_and_its_author_at_once_end_up_with_exact_percentages():
    course = CourseFactory(seats_taken=4)
    enrolments = EnrolmentFactory.create_batch(4, course=course)
    modules = ModuleFactory.create_batch(3, course=course)

    def add():
        with transaction.atomic():
            progress.lock_course(course.pk)
            Module.objects.create(course=course, position=99, title="More")
            progress.recompute(course.pk)

    calls = [call for enrolment in enrolments for call in modules_done(enrolment, modules[:2])]
    results = at_once([add, *calls, add])

    assert kinds(results) == {"ok": 10}
    assert set(Enrolment.objects.values_list("completion_percentage", "status")) == {(40, "active")}


def test_of_submissions_at_once_one_is_active():
    assessment = AssessmentFactory()
    learner = EnrolmentFactory(course=assessment.course).learner

    results = at_once([partial(submissions.submit, assessment.pk, URL, learner=learner)] * 6)

    assert kinds(results) == {"ok": 6}
    assert Counter(Submission.objects.values_list("attempt", "state")) == {(1, "submitted"): 1, (1, "replaced"): 5}


def test_handing_in_while_it_is_graded_leaves_one_attempt_or_two():
    made = SubmissionFactory()
    tutor, learner = made.assessment.course.tutor.user, made.enrolment.learner

    results = at_once(
        [
            partial(grading.grade, made.pk, 10, actor=tutor),
            partial(submissions.submit, made.assessment_id, URL, learner=learner),
        ]
    )

    assert all(isinstance(r, DomainError | Submission) for r in results), results
    found = sorted(Submission.objects.values_list("attempt", "state"))
    assert found in ([(1, "graded"), (2, "submitted")], [(1, "replaced"), (1, "submitted")])


def test_grades_at_once_keep_each_other_and_give_points_once():
    made = SubmissionFactory()
    tutor = made.assessment.course.tutor.user

    results = at_once([partial(grading.grade, made.pk, grade, actor=tutor) for grade in (60, 70, 80, 90)])

    assert kinds(results) == {"ok": 4}
    assert FormerGrade.objects.count() == 3
    assert points.total_of(made.enrolment.learner_id) == 20


def test_lessons_that_end_at_once_give_60_points_at_most():
    learner, now = StudentFactory(timezone="UTC"), timezone.now()
    sessions = [
        ParticipantFactory(
            user=learner,
            session=SessionFactory(
                status=SessionStatus.ONGOING, starts_at=now - timedelta(minutes=80), ends_at=now - timedelta(seconds=1)
            ),
        ).session
        for _ in range(6)
    ]

    results = at_once([partial(session_course.complete_session, s.pk, actor=s.creator) for s in sessions])

    assert kinds(results) == {"ok": 6}
    assert points.total_of(learner.pk) == 60


def test_taking_back_at_once_takes_back_once():
    learner = StudentFactory()
    points.award(learner, PointsReason.MODULE, "module:1")

    def undo():
        with transaction.atomic():
            points.take_back([learner.pk], PointsReason.MODULE, "module:1")

    at_once([undo] * 6)

    assert PointsEntry.objects.count() == 2
    assert points.total_of(learner.pk) == 0
