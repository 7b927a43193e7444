"""Making, changing, publishing and archiving courses: their tutor does, and admins."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from accounts.models import User
from accounts.services.tutor_side import own_tutor_side
from audit.services import record
from catalog.models import Subject
from common.errors import InvalidTransition
from courses.errors import CapacityBelowEnrolled, CourseInUse
from courses.models import TRANSITIONS, Course, CourseStatus
from courses.services import access, listing, news, queue
from sessions_app.services.access import require_host

_DESCRIBED = ("title", "description", "subject", "level", "capacity", "timezone")


def create_course(
    *,
    tutor: User,
    title: str,
    description: str = "",
    subject: Subject | None = None,
    level: str = "",
    capacity: int | None = None,
    timezone: str = "",
    actor: User | None = None,
) -> Course:
    """A draft, which its tutor alone sees. Without `timezone` deadlines are meant in the tutor's own.

    `actor` is who makes it: the tutor, or an admin for the tutor. Raises InstructorsOnly or TutorSuspended.
    """
    require_host(tutor)
    with transaction.atomic():
        course = Course(
            tutor=own_tutor_side(tutor),
            title=title,
            description=description,
            subject=subject,
            level=level,
            capacity=capacity,
            timezone=timezone or tutor.timezone,
        )
        course.search_text = listing.search_text_of(course)
        course.save()
        record("course.created", actor=actor or tutor, obj=course, after=_audited(course))
    return course


def update_course(course_id: int, changes: dict[str, Any], *, actor: User, version: int | None = None) -> Course:
    """Change any of `title, description, subject, level, capacity, timezone`.

    More seats go to who waits first; the learners at work in it are told of another title. Raises NotFound,
    StaleVersion or CapacityBelowEnrolled.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor, version=version)
        before = _audited(course)
        for field in _DESCRIBED:
            if field in changes:
                setattr(course, field, changes[field])
        if (after := _audited(course)) == before:
            return course
        if course.capacity is not None and course.capacity < course.seats_taken:
            raise CapacityBelowEnrolled(seats_taken=course.seats_taken)
        course.search_text = listing.search_text_of(course)
        save(course, *_DESCRIBED, "search_text")
        record("course.updated", actor=actor, obj=course, before=before, after=after)
        if after["capacity"] != before["capacity"]:
            news.tell(queue.let_in(course, now=now()))
        if after["title"] != before["title"]:
            tell_of_change(course, f"{before['title']} is now called {course.title}.")
    return course


def publish_course(course_id: int, *, actor: User, version: int | None = None) -> Course:
    """Let everybody find a draft, or an archived course again. Raises NotFound, StaleVersion, InvalidTransition, or
    TutorSuspended for a tutor who may not teach at the moment.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor, version=version)
        require_host(course.tutor.user)
        _move(course, CourseStatus.PUBLISHED, verb="publish", actor=actor)
    return course


def archive_course(course_id: int, *, actor: User, version: int | None = None) -> Course:
    """Take nobody in any more. Those who are in it may go on reading; those who wait are told that nobody gets a seat.

    Raises NotFound, StaleVersion or InvalidTransition.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor, version=version)
        _move(course, CourseStatus.ARCHIVED, verb="archive", actor=actor)
        news.tell(queue.close(course, actor=actor, now=now()))
        message = f"{course.title} is archived. You can still read it."
        news.tell_learners(course, "course_archived", "Course archived", message, cause=f"v{course.version}")
    return course


def delete_course(course_id: int, *, actor: User, version: int | None = None) -> None:
    """Take a draft away that nobody was ever in. Raises NotFound, StaleVersion or CourseInUse."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor, version=version)
        if course.status != CourseStatus.DRAFT or course.enrolments.exists():
            raise CourseInUse
        record("course.deleted", actor=actor, obj=course, before=_audited(course))
        course.delete()


def save(course: Course, *fields: str) -> None:
    """Save a locked course as its next version."""
    course.version += 1
    course.save(update_fields=[*fields, "version", "updated_at"])


def tell_of_change(course: Course, message: str) -> None:
    """Tell the learners at work in a course, whose version has just grown."""
    news.tell_learners(course, "course_changed", "Course changed", message, cause=f"v{course.version}")


def _move(course: Course, status: CourseStatus, *, verb: str, actor: User) -> None:
    if not course.can_become(status):
        raise InvalidTransition(
            f"Cannot {verb} a course that is {course.status}",
            current=course.status,
            allowed=sorted(TRANSITIONS.get(course.status, ())),
        )
    before, course.status = course.status, status
    if status == CourseStatus.PUBLISHED:
        course.published_at = now()
    save(course, "status", "published_at")
    record(f"course.{status}", actor=actor, obj=course, before={"status": before}, after={"status": status})


def _audited(course: Course) -> dict[str, Any]:
    shown = {name: getattr(course, name) for name in _DESCRIBED if name != "subject"}
    return shown | {"subject_id": course.subject_id}
