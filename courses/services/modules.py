"""The modules of a course, in their order. A module that somebody has completed is retired, not deleted."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from courses.errors import IncompleteOrder, TooManyModules
from courses.models import Course, CourseStatus, Module
from courses.services import access, authoring, progress

MOST_MODULES = 200
_DESCRIBED = ("title", "content", "is_required")


def present(course: Course) -> list[Module]:
    """Those that are part of the course now, in order."""
    return list(Module.objects.filter(course=course, retired_at=None))


def add_module(
    course_id: int,
    *,
    actor: User,
    title: str,
    content: str = "",
    is_required: bool = True,
    position: int | None = None,
) -> Module:
    """Put a module at `position` (from 1), or at the end; the learners at work in the course are told.

    A required one lowers what they have done of it (R-PRG-1). Raises NotFound or TooManyModules.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        others = present(course)
        if len(others) >= MOST_MODULES:
            raise TooManyModules
        place = min(position or len(others) + 1, len(others) + 1)
        module = Module.objects.create(
            course=course, position=place, title=title, content=content, is_required=is_required
        )
        number([*others[: place - 1], module, *others[place - 1 :]])
        authoring.save(course)
        record("course.module_added", actor=actor, obj=course, after={"module": module.pk, "title": title})
        if is_required:
            progress.recompute(course.pk)
        if course.status == CourseStatus.PUBLISHED:
            authoring.tell_of_change(course, f"{course.title} has a new module: {title}.")
    return module


def update_module(course_id: int, module_id: int, changes: dict[str, Any], *, actor: User) -> Module:
    """Change any of `title, content, is_required, position`. Raises NotFound."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        module = _find(course, module_id)
        before = {name: getattr(module, name) for name in _DESCRIBED}
        after = before | {name: changes[name] for name in _DESCRIBED if name in changes}
        moved = _move(course, module, changes.get("position"))
        if after == before and not moved:
            return module
        for name, value in after.items():
            setattr(module, name, value)
        module.save(update_fields=[*_DESCRIBED, "updated_at"])
        authoring.save(course)
        record("course.module_updated", actor=actor, obj=module, before=before, after=after)
        if after["is_required"] != before["is_required"]:
            progress.recompute(course.pk)
    return module


def remove_module(course_id: int, module_id: int, *, actor: User) -> None:
    """Take a module out of the course: deleted if nobody has completed it, else retired. Raises NotFound."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        module = _find(course, module_id)
        record("course.module_removed", actor=actor, obj=course, before={"module": module_id, "title": module.title})
        if module.completions.exists():
            module.retired_at = timezone.now()
            module.save(update_fields=["retired_at", "updated_at"])
        else:
            module.delete()
        number(present(course))
        authoring.save(course)
        if module.is_required:
            progress.recompute(course.pk)


def reorder(course_id: int, order: Sequence[int], *, actor: User) -> list[Module]:
    """Put the modules into the order of these ids, each of which is named once. Raises NotFound or IncompleteOrder."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        modules = {module.pk: module for module in present(course)}
        if sorted(order) != sorted(modules):
            raise IncompleteOrder(modules=list(modules))
        ordered = [modules[pk] for pk in order]
        if number(ordered):
            authoring.save(course)
            record("course.modules_ordered", actor=actor, obj=course, after={"order": list(order)})
    return ordered


def _find(course: Course, module_id: int) -> Module:
    module = Module.objects.filter(course=course, pk=module_id, retired_at=None).first()
    if module is None:
        raise NotFound("Module not found")
    return module


def _move(course: Course, module: Module, position: int | None) -> bool:
    """Put the module at that place (from 1), or at the end; whether that changed anything."""
    if position is None:
        return False
    others = [other for other in present(course) if other.pk != module.pk]
    return number([*others[: position - 1], module, *others[position - 1 :]])


def number(modules: Sequence[Module]) -> bool:
    """Number those of a locked course from 1 on, in this order; whether that changed anything."""
    moved = [(place, module) for place, module in enumerate(modules, 1) if module.position != place]
    for place, module in moved:
        module.position = place
    Module.objects.bulk_update([module for _, module in moved], ["position"])
    return bool(moved)
