"""How somebody comes along in their courses, as data: as many statements for many courses as for one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from courses.models import Enrolment, EnrolmentStatus, Module, ModuleCompletion
from courses.presenters.certificates import url_of
from messaging.presenters.people import name_of

_TUTOR = ("id", "first_name", "last_name", "deleted_at")
_COURSE = ("title", "level", "status", "tutor_id", *(f"tutor__user__{name}" for name in _TUTOR))
_COLUMNS = (
    *("id", "learner_id", "course_id", "status", "attempt", "completion_percentage"),
    *("enrolled_at", "completed_at", "dropped_at", "last_accessed_at", "certificate__code"),
    *("course__subject_id", "course__subject__name", *(f"course__{name}" for name in _COURSE)),
)


def progress(page: Any) -> list[dict[str, Any]]:
    """Of one page of enrolments (a sliced queryset), in its order."""
    return _progress_of(list(page.values_list("pk", flat=True)))


def of(enrolment: Enrolment) -> dict[str, Any]:
    """Of one enrolment."""
    return _progress_of([enrolment.pk])[0]


def _progress_of(ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = {row["id"]: row for row in Enrolment.objects.filter(pk__in=ids).order_by().values(*_COLUMNS)}
    modules = _modules([row["course_id"] for row in rows.values()])
    done = _done(ids)
    return [
        _progress(row, modules[row["course_id"]], done[row["id"], row["attempt"]])
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def _modules(course_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By course, in order."""
    rows = Module.objects.filter(course__in=course_ids, retired_at=None).order_by("position", "id")
    by_course: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("id", "course_id", "title", "position", "is_required", "created_at"):
        by_course[row["course_id"]].append(dict(row))
    return by_course


def _done(enrolment_ids: Sequence[int]) -> dict[tuple[int, int], dict[int, Any]]:
    """The modules by enrolment and attempt, with the moment of each."""
    rows = ModuleCompletion.objects.filter(enrolment__in=enrolment_ids).order_by("completed_at", "id")
    done: dict[tuple[int, int], dict[int, Any]] = defaultdict(dict)
    for enrolment_id, attempt, module_id, moment in rows.values_list(
        "enrolment_id", "attempt", "module_id", "completed_at"
    ):
        done[enrolment_id, attempt][module_id] = moment
    return done


def _progress(row: dict[str, Any], modules: list[dict[str, Any]], done: dict[int, Any]) -> dict[str, Any]:
    code = row["certificate__code"]
    return {
        "id": row["id"],
        "learner_id": row["learner_id"],
        # The document's name for it; its client reads the whole course from it.
        "course_id": _course(row, modules, done),
        "status": row["status"],
        "attempt": row["attempt"],
        "completion_percentage": row["completion_percentage"],
        "completed_modules": [str(module["id"]) for module in modules if module["id"] in done],
        "new_modules": _new(row, modules, done),
        "last_accessed": row["last_accessed_at"],
        "enrolled_at": row["enrolled_at"],
        "completed_at": row["completed_at"],
        "dropped_at": row["dropped_at"],
        "certificate": {"code": code, "url": url_of(code)} if code else None,
    }


def _new(row: dict[str, Any], modules: list[dict[str, Any]], done: dict[int, Any]) -> list[str]:
    """What was added since the course was completed, and is not done: shown apart from the percentage (R-PRG-1)."""
    if row["status"] != EnrolmentStatus.COMPLETED:
        return []
    return [str(m["id"]) for m in modules if m["created_at"] > row["completed_at"] and m["id"] not in done]


def _course(row: dict[str, Any], modules: list[dict[str, Any]], done: dict[int, Any]) -> dict[str, Any]:
    return {
        "id": row["course_id"],
        "title": row["course__title"],
        "subject": row["course__subject__name"] or "",
        "subject_id": row["course__subject_id"],
        "level": row["course__level"],
        "status": row["course__status"],
        "tutor": {
            "id": row["course__tutor__user__id"],
            "profile_id": row["course__tutor_id"],
            "name": name_of(row, "course__tutor__user__"),
        },
        "modules": [
            {name: module[name] for name in ("id", "title", "position", "is_required")}
            | {"completed": module["id"] in done, "completed_at": done.get(module["id"])}
            for module in modules
        ],
    }
