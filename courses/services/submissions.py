"""Handing in work (R-ASM-1)."""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from courses.errors import AlreadyPassed, CourseArchived, NoAttemptsLeft, NotEnrolled
from courses.models import Assessment, CourseStatus, Enrolment, EnrolmentStatus, Submission, SubmissionState
from notifications.services import Notice, notify


def submit(assessment_id: int, url: str, *, learner: User) -> Submission:
    """Hand in the link to one's work; `url` is valid (`courses.validators`).

    Until it is graded, a newer link of the same attempt takes the place of the older one; a grade below the one that
    passes opens the next attempt. What comes after the deadline is late. Raises NotFound, NotEnrolled, CourseArchived,
    AlreadyPassed or NoAttemptsLeft.
    """
    now = timezone.now()
    with transaction.atomic():
        assessment = _published_to(learner, assessment_id)
        enrolment = _lock_enrolment(assessment, learner)
        submission = Submission.objects.create(
            assessment=assessment,
            enrolment=enrolment,
            attempt=_take_attempt(assessment, enrolment),
            url=url,
            submitted_at=now,
            is_late=assessment.deadline is not None and now > assessment.deadline,
        )
        Enrolment.objects.filter(pk=enrolment.pk).update(last_accessed_at=now)
        record("submission.made", actor=learner, obj=submission, after={"attempt": submission.attempt})
        notify([_news(submission, learner)])
    return submission


def find_assessment(assessment_id: int, viewer: User) -> Assessment:
    """With its course. Those in the course see what is published, its tutor and admins everything. Raises NotFound."""
    found = Assessment.objects.select_related("course__tutor__user")
    if not viewer.is_admin:
        inside = Enrolment.objects.with_access().filter(learner=viewer).values("course")
        found = found.filter(Q(course__tutor__user=viewer) | Q(is_published=True, course__in=inside))
    assessment = found.filter(pk=assessment_id).first()
    if assessment is None:
        raise NotFound("Assessment not found")
    return assessment


def has_passed(submissions: QuerySet[Submission]) -> bool:
    """Whether one of them was graded as well as their assessment asks for now."""
    graded = submissions.filter(state=SubmissionState.GRADED)
    return graded.filter(grade__gte=F("assessment__pass_grade")).exists()


def _published_to(learner: User, assessment_id: int) -> Assessment:
    """One of a course that the learner is or was in, or waits for. Raises NotFound."""
    own = Assessment.objects.select_related("course__tutor__user").filter(
        is_published=True, course__in=Enrolment.objects.filter(learner=learner).values("course")
    )
    assessment = own.filter(pk=assessment_id).first()
    if assessment is None:
        raise NotFound("Assessment not found")
    return assessment


def _lock_enrolment(assessment: Assessment, learner: User) -> Enrolment:
    """Locked, so that of two submissions at once the second sees the first."""
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(course=assessment.course_id, learner=learner)
    if enrolment.status not in (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED):
        raise NotEnrolled
    if assessment.course.status != CourseStatus.PUBLISHED:
        raise CourseArchived
    return enrolment


def _take_attempt(assessment: Assessment, enrolment: Enrolment) -> int:
    """The number of the attempt that something handed in now belongs to; what it replaces is marked as replaced."""
    own = Submission.objects.filter(assessment=assessment, enrolment=enrolment)
    if has_passed(own):
        raise AlreadyPassed
    latest = own.exclude(state=SubmissionState.REPLACED).order_by("-attempt").first()
    if latest is None:
        return 1
    if latest.state == SubmissionState.SUBMITTED:
        latest.state = SubmissionState.REPLACED
        latest.save(update_fields=["state", "updated_at"])
        return latest.attempt
    if latest.attempt >= assessment.max_attempts:
        raise NoAttemptsLeft(max_attempts=assessment.max_attempts)
    return latest.attempt + 1


def _news(submission: Submission, learner: User) -> Notice:
    """For the tutor of the course."""
    assessment = submission.assessment
    late = ", after the deadline" if submission.is_late else ""
    return Notice(
        recipient_id=assessment.course.tutor.user_id,
        kind="assessment_submitted",
        title="Work was handed in",
        message=f"{learner.display_name} handed in work for {assessment.title}{late}.",
        link=f"/assessments/{assessment.pk}",
        data={
            "assessment_id": assessment.pk,
            "course_id": assessment.course_id,
            "submission_id": submission.pk,
            "attempt": submission.attempt,
            "late": submission.is_late,
        },
        about=f"assessment:{assessment.pk}",
        dedupe_key=f"submission:{submission.pk}:made",
    )
