"""Finding a course and making sure that this person may do this to it: the first steps of every service here."""

from django.db import models

from accounts.models import User
from common.errors import NotFound, StaleVersion
from courses.models import Course, Enrolment


def find(course_id: int, viewer: User | None) -> Course:
    """The course, as far as `viewer` (None: nobody is signed in) may see it. Raises NotFound."""
    course = Course.objects.visible_to(viewer).select_related("tutor__user", "subject").filter(pk=course_id).first()
    if course is None:
        raise NotFound("Course not found")
    return course


def find_own(course_id: int, tutor: User) -> Course:
    """One of the tutor's own courses. Raises NotFound."""
    own = Course.objects.select_related("tutor__user", "subject").filter(tutor__user=tutor)
    course = own.filter(pk=course_id).first()
    if course is None:
        raise NotFound("Course not found")
    return course


def lock_own(course_id: int, actor: User, *, version: int | None = None) -> Course:
    """A course of the actor's own, or any to an admin, locked until the transaction ends.

    The course is locked before anything that belongs to it: one order, no deadlock. `version` is what the caller
    believes to change. Raises NotFound or StaleVersion.
    """
    mine = Course.objects.all() if actor.is_admin else Course.objects.filter(tutor__user=actor)
    course = lock(mine, course_id)
    if version is not None and version != course.version:
        raise StaleVersion(current_version=course.version)
    return course


def lock_visible(course_id: int, viewer: User) -> Course:
    """A course that the viewer may see, locked until the transaction ends. Raises NotFound."""
    return lock(Course.objects.visible_to(viewer), course_id)


def lock(courses: models.QuerySet[Course], course_id: int) -> Course:
    """One of the courses, locked until the transaction ends. Raises NotFound."""
    course = lockable(courses).filter(pk=course_id).first()
    if course is None:
        raise NotFound("Course not found")
    return course


def lockable(courses: models.QuerySet[Course]) -> models.QuerySet[Course]:
    """The courses with tutor and subject, locked when they are read."""
    return courses.select_for_update(of=("self",), no_key=True).select_related("tutor__user", "subject")


def enrolment_of(course: Course, user: User | None) -> Enrolment | None:
    """How the user stands to the course; None for who never was in it."""
    return Enrolment.objects.filter(course=course, learner=user).first() if user else None


def may_open(course: Course, user: User | None, enrolment: Enrolment | None) -> bool:
    """Whether the user may read what is in the course: those in it, its tutor and admins."""
    if user is None:
        return False
    inside = enrolment is not None and enrolment.has_access
    return inside or user.is_admin or course.tutor.user_id == user.pk
