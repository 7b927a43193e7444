"""Assessments and what was handed in for them, as data."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from courses.models import Assessment, FormerGrade, Submission, SubmissionState
from messaging.presenters import people

_OWN = ("id", "title", "description", "deadline", "is_required", "is_published", "max_attempts", "pass_grade")
_SUBMISSION = ("id", "assessment_id", "attempt", "submitted_at", "feedback", "graded_at", "grade")
_FORMER = ("grade", "feedback", "replaced_at")
_LEARNER = tuple(f"enrolment__learner__{name}" for name in people.COLUMNS)
_COLUMNS = (*_SUBMISSION, "url", "state", "is_late", "assessment__pass_grade", "enrolment__learner_id", *_LEARNER)


def assessment(shown: Assessment, viewer: User) -> dict[str, Any]:
    """With what the viewer has handed in for it, newest first, and what it was graded. Its course is loaded."""
    own = Submission.objects.filter(assessment=shown, enrolment__learner=viewer)
    submissions = [_submission(row) for row in own.order_by("-submitted_at", "-id").values(*_COLUMNS)]
    graded = [one for one in submissions if one["status"] == SubmissionState.GRADED]
    latest: dict[str, Any] = max(graded, key=lambda one: one["attempt"], default={})
    passed = any(one["passed"] for one in graded)
    # Until its work is graded an attempt is not over: something newer may take its place.
    left = 0 if passed else shown.max_attempts - len(graded)
    course = shown.course
    return {name: getattr(shown, name) for name in _OWN} | {
        "course_id": course.pk,
        "course": {"id": course.pk, "title": course.title},
        "timezone": course.timezone,
        "attempts_used": len({one["attempt"] for one in submissions}),
        "attempts_left": max(0, left),
        "passed": passed,
        "grade": latest.get("grade"),
        "feedback": latest.get("feedback", ""),
        "submissions": submissions,
    }


def submission(made: Submission) -> dict[str, Any]:
    """For its learner."""
    return _submission(Submission.objects.values(*_COLUMNS).get(pk=made.pk))


def graded_submission(made: Submission) -> dict[str, Any]:
    """For whoever grades it."""
    return submissions(Submission.objects.filter(pk=made.pk))[0]


def submissions(page: QuerySet) -> list[dict[str, Any]]:
    """Of one page (a sliced queryset), for whoever grades them: with the learner and all former grades."""
    ids = list(page.values_list("pk", flat=True))
    rows = Submission.objects.filter(pk__in=ids).order_by("-submitted_at", "-id").values(*_COLUMNS)
    former: dict[int, list[dict[str, Any]]] = {pk: [] for pk in ids}
    replaced = FormerGrade.objects.filter(submission__in=ids).order_by("replaced_at", "id")
    for pk, *facts in replaced.values_list("submission_id", *_FORMER):
        former[pk].append(dict(zip(_FORMER, facts, strict=True)))
    return [_submission(row) | {"learner": _learner(row), "former_grades": former[row["id"]]} for row in rows]


def _submission(row: dict[str, Any]) -> dict[str, Any]:
    is_graded = row["state"] == SubmissionState.GRADED
    return {name: row[name] for name in _SUBMISSION} | {
        "learner_id": row["enrolment__learner_id"],
        "submission_url": row["url"],
        "status": row["state"],
        "late": row["is_late"],
        "passed": row["grade"] >= row["assessment__pass_grade"] if is_graded else None,
    }


def _learner(row: dict[str, Any]) -> dict[str, Any]:
    person = people.person({name: row[f"enrolment__learner__{name}"] for name in people.COLUMNS})
    return {name: person[name] for name in ("id", "name", "avatar")}
