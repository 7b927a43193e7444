"""Courses as data, in canonical form: cards for lists, one course with what is in it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from accounts.presenters.tutors import displayed_rating
from common.compiled import compiled
from courses.models import Assessment, Course, Enrolment, Module
from courses.services import access, queue
from messaging.presenters.people import name_of

_PLAIN = (
    "id", "title", "description", "subject_id", "level", "status", "capacity", "timezone", "published_at", "version",
    "created_at", "updated_at",
)  # fmt: skip
_TUTOR = ("rating_sum", "total_reviews", "photo")
_PERSON = ("id", "first_name", "last_name", "avatar", "deleted_at")
_COLUMNS = (
    *(*_PLAIN, "tutor_id", "seats_taken", "subject__name"),
    *(f"tutor__{name}" for name in _TUTOR),
    *(f"tutor__user__{name}" for name in _PERSON),
)
_MODULE = ("id", "position", "title", "is_required", "retired_at")
_ASSESSMENT = (
    "id", "course_id", "title", "description", "deadline", "max_attempts", "pass_grade", "is_required", "is_published",
)  # fmt: skip


def cards(page: QuerySet[Course], viewer: User | None) -> list[dict[str, Any]]:
    """The courses of one page (a sliced and sorted queryset) for a list: ids first, then only what the page shows.

    Each says how the viewer stands to it. Costs the same whatever the number of courses.
    """
    order, backwards = page.query.order_by, not page.query.standard_ordering
    rows = _rows_in_order(order, backwards, viewer is not None, page=page.values("pk"), viewer=viewer and viewer.pk)
    return [_card(row) for row in rows]


def detail(course: Course, viewer: User | None) -> dict[str, Any]:
    """One course with its modules in order. What is in them, and the tasks, is for those in the course, its tutor and
    admins; retired modules and unpublished tasks for the latter two.
    """
    enrolment = access.enrolment_of(course, viewer)
    opens = access.may_open(course, viewer, enrolment)
    authors = viewer is not None and (viewer.is_admin or course.tutor.user_id == viewer.pk)
    shown = _card(_row.first(viewer is not None, pk=course.pk, viewer=viewer and viewer.pk))
    return shown | {
        "waitlist_position": queue.position(enrolment) if enrolment else None,
        "modules": _modules(course, content=opens, retired=authors),
        "assessments": _assessments(course, drafts=authors) if opens else [],
    }


def module(shown: Module) -> dict[str, Any]:
    """For who may open it."""
    return {name: getattr(shown, name) for name in _MODULE} | {"content": shown.content}


def assessment(shown: Assessment) -> dict[str, Any]:
    return {name: getattr(shown, name) for name in _ASSESSMENT}


def assessments(page: QuerySet[Assessment]) -> list[dict[str, Any]]:
    return list(page.values(*_ASSESSMENT))


@compiled
def _rows_in_order(
    order: tuple[str, ...], backwards: bool, is_somebody: bool, *, page: Any, viewer: Any
) -> QuerySet[Course, dict[str, Any]]:
    shown = Course.objects.filter(pk__within=page).order_by(*order)
    return _rows(shown.reverse() if backwards else shown, viewer if is_somebody else None)


@compiled
def _row(is_somebody: bool, *, pk: Any, viewer: Any) -> QuerySet[Course, dict[str, Any]]:
    return _rows(Course.objects.filter(pk=pk).order_by(), viewer if is_somebody else None)


def _rows(courses: QuerySet[Course], viewer: Any) -> QuerySet[Course, dict[str, Any]]:
    own = Enrolment.objects.filter(course=OuterRef("pk"), learner=viewer)
    present = Module.objects.filter(course=OuterRef("pk"), retired_at=None).order_by()
    counted = present.values("course").annotate(n=Count("pk")).values("n")
    annotations: dict[str, Any] = {
        "modules_present": Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    }
    if viewer is not None:
        annotations |= {
            "my_status": Subquery(own.values("status")),
            "my_percentage": Subquery(own.values("completion_percentage")),
        }
    return courses.values(*_COLUMNS, **annotations)


def _card(row: dict[str, Any]) -> dict[str, Any]:
    free = None if row["capacity"] is None else max(0, row["capacity"] - row["seats_taken"])
    return {
        **{name: row[name] for name in _PLAIN},
        "subject": row["subject__name"] or "",
        "enrolled_count": row["seats_taken"],
        "available_spots": free,
        "is_full": free == 0,
        "module_count": row["modules_present"],
        "tutor": _tutor(row),
        "enrollment_status": row.get("my_status"),
        "completion_percentage": row.get("my_percentage"),
    }


def _tutor(row: dict[str, Any]) -> dict[str, Any]:
    is_gone = row["tutor__user__deleted_at"] is not None
    return {
        "id": row["tutor__user__id"],
        "user_id": row["tutor__user__id"],
        "profile_id": row["tutor_id"],
        "name": name_of(row, "tutor__user__"),
        "avatar": avatar_url("" if is_gone else row["tutor__photo"] or row["tutor__user__avatar"]),
        "rating": displayed_rating(row["tutor__rating_sum"], row["tutor__total_reviews"]),
        "review_count": row["tutor__total_reviews"],
    }


def _modules(course: Course, *, content: bool, retired: bool) -> list[dict[str, Any]]:
    found: Iterable[Module] = Module.objects.filter(course=course).order_by("position", "id")
    shown = [module(each) for each in found if retired or each.retired_at is None]
    return shown if content else [each | {"content": None} for each in shown]


def _assessments(course: Course, *, drafts: bool) -> list[dict[str, Any]]:
    found = Assessment.objects.filter(course=course).order_by("id")
    return assessments(found if drafts else found.filter(is_published=True))
