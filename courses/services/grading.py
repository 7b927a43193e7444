"""What the tutor of a course says of somebody's work (R-ASM-1)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from courses.errors import SubmissionReplaced
from courses.models import Assessment, FormerGrade, PointsReason, Submission, SubmissionState
from courses.services import points, progress, submissions
from notifications.services import Notice, notify


def grade(submission_id: int, grade: int, feedback: str | None = None, *, actor: User) -> Submission:
    """Grade a submission, 0 to 100, or grade it anew; without `feedback` the former one stays.

    What it was graded before is kept. Points follow the grade, and so does the percentage of the course; a course that
    is completed stays so. The learner is told. Raises NotFound for whoever is neither the tutor of the course nor an
    admin, and SubmissionReplaced.
    """
    now = timezone.now()
    with transaction.atomic():
        submission = _lock(submission_id, actor)
        if submission.state == SubmissionState.REPLACED:
            raise SubmissionReplaced
        former, words = submission.grade, submission.feedback if feedback is None else feedback
        if (former, submission.feedback) == (grade, words):
            return submission
        _write(submission, actor, grade=grade, feedback=words, now=now)
        record("submission.graded", actor=actor, obj=submission, before={"grade": former}, after={"grade": grade})
        notify([_news(submission, actor, now), *_follow(submission, actor)])
    return submission


def settle_points(assessment: Assessment) -> None:
    """Give and take back the points of an assessment that is passed with another grade now."""
    source = f"assessment:{assessment.pk}"
    graded = Submission.objects.filter(assessment=assessment, state=SubmissionState.GRADED)
    best = dict(graded.order_by().values_list("enrolment__learner").annotate(Max("grade")))
    passed = [pk for pk, grade in best.items() if grade >= assessment.pass_grade]
    worth = points.POINTS[PointsReason.ASSESSMENT]
    points.award_all(
        points.Grant(learner, PointsReason.ASSESSMENT, source, worth) for learner in User.objects.filter(pk__in=passed)
    )
    points.take_back(best.keys() - set(passed), PointsReason.ASSESSMENT, source)


def assessment_of(assessment_id: int, actor: User) -> Assessment:
    """One whose submissions the actor may grade. Raises NotFound."""
    graded = Assessment.objects.all() if actor.is_admin else Assessment.objects.filter(course__tutor__user=actor)
    assessment = graded.filter(pk=assessment_id).first()
    if assessment is None:
        raise NotFound("Assessment not found")
    return assessment


def _lock(submission_id: int, actor: User) -> Submission:
    """The course first, then the enrolment, as whoever does modules locks them; then the submission is read."""
    gradable: QuerySet[Submission] = Submission.objects.all()
    if not actor.is_admin:
        gradable = gradable.filter(assessment__course__tutor__user=actor)
    known = gradable.select_related("assessment").filter(pk=submission_id).first()
    if known is None:
        raise NotFound("Submission not found")
    course = progress.lock_course(known.assessment.course_id)
    enrolment = progress.lock_any_enrolment(known.enrolment_id)
    submission = Submission.objects.select_related("assessment").get(pk=submission_id)
    submission.enrolment, submission.assessment.course = enrolment, course
    return submission


def _write(submission: Submission, actor: User, *, grade: int, feedback: str, now: datetime) -> None:
    if submission.grade is not None:
        FormerGrade.objects.create(
            submission=submission,
            grade=submission.grade,
            feedback=submission.feedback,
            graded_by=submission.graded_by,
            replaced_at=now,
        )
    submission.state, submission.grade, submission.feedback = SubmissionState.GRADED, grade, feedback
    submission.graded_at, submission.graded_by = now, actor
    submission.save(update_fields=["state", "grade", "feedback", "graded_at", "graded_by", "updated_at"])


def _follow(submission: Submission, actor: User) -> list[Notice]:
    """Points and progress; returns what is to be told of a course that this completes."""
    enrolment, assessment = submission.enrolment, submission.assessment
    source = f"assessment:{assessment.pk}"
    if submissions.has_passed(Submission.objects.filter(assessment=assessment, enrolment=enrolment)):
        points.award(enrolment.learner, PointsReason.ASSESSMENT, source)
    else:
        points.take_back([enrolment.learner_id], PointsReason.ASSESSMENT, source)
    return progress.move_on(assessment.course, enrolment, actor=actor)


def _news(submission: Submission, actor: User, now: datetime) -> Notice:
    """For the learner."""
    assessment = submission.assessment
    passed = "passed" if (submission.grade or 0) >= assessment.pass_grade else "not passed yet"
    return Notice(
        recipient_id=submission.enrolment.learner_id,
        kind="assessment_graded",
        title="Your work was graded",
        message=f"{assessment.title}: {submission.grade} of 100, {passed}.",
        link=f"/assessments/{assessment.pk}",
        data={
            "assessment_id": assessment.pk,
            "course_id": assessment.course_id,
            "submission_id": submission.pk,
            "grade": submission.grade,
            "actor_id": actor.pk,
        },
        about=f"assessment:{assessment.pk}",
        dedupe_key=f"submission:{submission.pk}:graded:{now.timestamp()}",
    )
