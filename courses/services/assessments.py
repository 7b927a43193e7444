"""Making and changing the tasks of a course; handing work in and grading it are elsewhere."""

from typing import Any

from django.db import transaction

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from courses.errors import AssessmentUsed
from courses.models import Assessment, Course, CourseStatus
from courses.services import access, authoring, grading, progress

_DESCRIBED = ("title", "description", "deadline", "max_attempts", "pass_grade", "is_required", "is_published")


def find_own(course_id: int, assessment_id: int, tutor: User) -> Assessment:
    """Of one of the tutor's own courses. Raises NotFound."""
    return _find(access.find_own(course_id, tutor), assessment_id)


def add_assessment(course_id: int, *, actor: User, title: str, **described: Any) -> Assessment:
    """Put a task into a course: `description, deadline, max_attempts, pass_grade, is_required, is_published` as in the
    model. Once it is published those in the course see it, and are told. Raises NotFound.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        assessment = Assessment.objects.create(course=course, title=title, **described)
        authoring.save(course)
        record("course.assessment_added", actor=actor, obj=course, after=_audited(assessment))
        if assessment.is_published:
            _tell(course, f"{course.title} has a new assessment: {title}.")
        if _demands(assessment):
            progress.recompute(course.pk)
    return assessment


def update_assessment(course_id: int, assessment_id: int, changes: dict[str, Any], *, actor: User) -> Assessment:
    """Change any of what it says, publish or unpublish it. Those in the course are told of a published one and of
    another deadline. What was handed in stays. Raises NotFound.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        assessment = _find(course, assessment_id)
        before, demanded = _audited(assessment), _demands(assessment)
        for name, value in changes.items():
            setattr(assessment, name, value)
        if (after := _audited(assessment)) == before:
            return assessment
        assessment.save(update_fields=[*_DESCRIBED, "updated_at"])
        authoring.save(course)
        record("course.assessment_updated", actor=actor, obj=course, before=before, after=after)
        _tell_of_change(course, before, after)
        if before["pass_grade"] != after["pass_grade"]:
            grading.settle_points(assessment)
        if demanded != _demands(assessment) or before["pass_grade"] != after["pass_grade"]:
            progress.recompute(course.pk)
    return assessment


def remove_assessment(course_id: int, assessment_id: int, *, actor: User) -> None:
    """Take a task out that no work was handed in for. Raises NotFound or AssessmentUsed."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        assessment = _find(course, assessment_id)
        if assessment.submissions.exists():
            raise AssessmentUsed
        record("course.assessment_removed", actor=actor, obj=course, before=_audited(assessment))
        demanded = _demands(assessment)
        assessment.delete()
        authoring.save(course)
        if demanded:
            progress.recompute(course.pk)


def _find(course: Course, assessment_id: int) -> Assessment:
    assessment = Assessment.objects.filter(course=course, pk=assessment_id).first()
    if assessment is None:
        raise NotFound("Assessment not found")
    return assessment


def _demands(assessment: Assessment) -> bool:
    """Whether a course is completed by those only who have passed it."""
    return assessment.is_required and assessment.is_published


def _tell_of_change(course: Course, before: dict[str, Any], after: dict[str, Any]) -> None:
    if not after["is_published"]:
        return
    if not before["is_published"]:
        _tell(course, f"{course.title} has a new assessment: {after['title']}.")
    elif after["deadline"] != before["deadline"]:
        _tell(course, f"The deadline of {after['title']} in {course.title} has changed.")


def _tell(course: Course, message: str) -> None:
    if course.status == CourseStatus.PUBLISHED:
        authoring.tell_of_change(course, message)


def _audited(assessment: Assessment) -> dict[str, Any]:
    return {"assessment": assessment.pk, **{name: getattr(assessment, name) for name in _DESCRIBED}}
