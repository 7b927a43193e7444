"""How learners come along: modules done, percentages, completion (R-PRG-1)."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from common.compiled import compiled, compiled_update
from common.errors import NotFound
from courses.errors import CourseArchived, NotEnrolled
from courses.models import (
    Course,
    CourseStatus,
    Enrolment,
    EnrolmentStatus,
    Module,
    ModuleCompletion,
    PointsReason,
)
from courses.services import access, completing, points, standing
from notifications.services import Notice, notify


def complete_module(course_id: int, module_id: int, *, learner: User) -> Enrolment:
    """Say that one has done a module. Repeating it changes nothing; with the last one the course is completed.

    Somebody who has completed the course may still do what was added to it since. Raises NotFound for a course that
    the learner was never in and for a module that is not in it, NotEnrolled or CourseArchived.
    """
    now = timezone.now()
    with transaction.atomic():
        course = lock_course(course_id)
        enrolment = lock_enrolment(course, learner)
        module = Module.objects.filter(course=course, pk=module_id, retired_at=None).first()
        if module is None:
            raise NotFound("Module not found")
        done = ModuleCompletion.objects.filter(enrolment=enrolment, attempt=enrolment.attempt, module=module)
        if done.exists():
            notify(move_on(course, enrolment, actor=learner))  # the course may ask for less by now
            return enrolment
        ModuleCompletion.objects.create(enrolment=enrolment, module=module, attempt=enrolment.attempt, completed_at=now)
        enrolment.last_accessed_at = now
        points.award(learner, PointsReason.MODULE, f"module:{module.pk}")
        notify(move_on(course, enrolment, actor=learner))
    return enrolment


def recompute(course_id: int) -> None:
    """Bring the percentages of all active enrolments up to date, after what the course asks for has changed.

    Who had done the rest already has now completed the course; who completed it before keeps that (R-PRG-1). A fixed
    number of statements, and one more for the record of each who completes. Call it in the transaction that makes the
    change; it locks the course, then the enrolments. Raises NotFound.
    """
    now = timezone.now()
    with transaction.atomic():
        course = lock_course(course_id)
        active = Enrolment.objects.active().filter(course=course).order_by("pk")
        # First the locks: what waits for one would be reckoned from what stood there before the wait.
        if not list(active.select_for_update(no_key=True).values_list("pk", flat=True)):
            return
        active.order_by().update(completion_percentage=standing.percentage(standing.demands_of(course.pk)))
        complete = list(active.filter(completion_percentage=100).select_related("learner"))
        if complete:
            notify(completing.complete(course, complete, actor=None, now=now))


def move_on(course: Course, enrolment: Enrolment, *, actor: User | None) -> list[Notice]:
    """Save when a locked enrolment was last at work, reckon its percentage anew, and complete it if that is 100.

    Whoever is not active keeps the percentage that they have. Returns what is to be told.
    """
    if enrolment.status != EnrolmentStatus.ACTIVE:
        enrolment.save(update_fields=["last_accessed_at", "updated_at"])
        return []
    _reckon(standing.demands_of(course.pk), pk=enrolment.pk, last_accessed_at=enrolment.last_accessed_at)
    enrolment.completion_percentage = _percentage.first(pk=enrolment.pk)
    if enrolment.completion_percentage < 100:
        return []
    return completing.complete(course, [enrolment], actor=actor, now=timezone.now())


@compiled_update
def _reckon(demands: standing.Demands, *, pk: Any, last_accessed_at: Any) -> Any:
    percentage = standing.percentage(demands)
    return Enrolment.objects.filter(pk=pk), {"completion_percentage": percentage, "last_accessed_at": last_accessed_at}


@compiled
def _percentage(*, pk: Any) -> QuerySet[Enrolment, int]:
    return Enrolment.objects.filter(pk=pk).order_by().values_list("completion_percentage", flat=True)


def lock_course(course_id: int) -> Course:
    """The course with its tutor, locked before its enrolments, in all that changes both. Raises NotFound."""
    course = _lock.first(pk=course_id)
    if course is None:
        raise NotFound("Course not found")
    return course


@compiled
def _lock(*, pk: Any) -> QuerySet[Course]:
    return access.lockable(Course.objects.filter(pk=pk).order_by())


def lock_enrolment(course: Course, learner: User) -> Enrolment:
    """Of somebody who may work in a locked course. Raises NotFound, NotEnrolled or CourseArchived."""
    enrolment = _lock_own.first(course=course.pk, learner=learner.pk)
    if enrolment is None:
        raise NotFound("Course not found")
    if enrolment.status not in (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED):
        raise NotEnrolled
    if course.status != CourseStatus.PUBLISHED:
        raise CourseArchived
    return enrolment


def lock_any_enrolment(enrolment_id: int) -> Enrolment:
    """Of a locked course, whatever its status."""
    return _lockable().get(pk=enrolment_id)


@compiled
def _lock_own(*, course: Any, learner: Any) -> QuerySet[Enrolment]:
    return _lockable().filter(course=course, learner=learner).order_by()


def _lockable() -> QuerySet[Enrolment]:
    return Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("learner")
