"""Who is told what happened to a course: those whom it concerns, and nobody else."""

from collections.abc import Iterable
from typing import Any

from courses.models import Course, Enrolment
from notifications.services import Notice, notify

# Everybody in a course may be many; the rows of a notice are written in one statement.
BATCH = 500


def enrolled(course: Course, enrolment: Enrolment) -> Notice:
    """For the tutor."""
    message = f"{enrolment.learner.display_name} is now in {course.title}."
    return _of_enrolment(course, enrolment, course.tutor.user_id, "course_enrolled", "New learner", message)


def left(course: Course, enrolment: Enrolment) -> Notice:
    """For the tutor."""
    message = f"{enrolment.learner.display_name} has left {course.title}."
    return _of_enrolment(course, enrolment, course.tutor.user_id, "course_left", "Learner left", message)


def seat(course: Course, enrolment: Enrolment) -> Notice:
    """For the learner, who waited for it."""
    message = f"A seat in {course.title} became free, and it is yours."
    return _of_enrolment(course, enrolment, enrolment.learner_id, "course_seat", "You have a seat", message)


def queue_closed(course: Course, enrolment: Enrolment) -> Notice:
    """For the learner, who waits no longer."""
    message = f"{course.title} is archived: nobody gets a seat in it any more."
    return _of_enrolment(course, enrolment, enrolment.learner_id, "course_archived", "Course archived", message)


def reset(course: Course, enrolment: Enrolment) -> Notice:
    """For the learner."""
    message = f"You begin {course.title} anew. What you have done before is kept on record."
    return _of_enrolment(course, enrolment, enrolment.learner_id, "course_reset", "Course begins anew", message)


def tell_learners(course: Course, kind: str, title: str, message: str, *, cause: str) -> None:
    """Tell those who are at work in a course. `cause` names this very change, such as `v7`."""
    told = Enrolment.objects.active().filter(course=course).order_by("learner_id")
    learners = list(told.values_list("learner_id", flat=True))
    key = f"course:{course.pk}:{kind}:{cause}"
    # In the order of ids, as `notify` locks them, whatever the number of batches.
    for start in range(0, len(learners), BATCH):
        notify([_notice(course, pk, kind, title, message, key=key) for pk in learners[start : start + BATCH]])


def tell(notices: Iterable[Notice]) -> None:
    """In one go, in the running transaction."""
    if rows := list(notices):
        notify(rows)


def _of_enrolment(course: Course, enrolment: Enrolment, to: int, kind: str, title: str, message: str) -> Notice:
    # Whoever comes back and leaves again is news each time: the moment of the latest move makes the key.
    moment = enrolment.updated_at.isoformat()
    notice_key = f"enrolment:{enrolment.pk}:{kind}:{moment}"
    return _notice(course, to, kind, title, message, key=notice_key, learner_id=enrolment.learner_id)


def _notice(course: Course, to: int, kind: str, title: str, message: str, *, key: str, **facts: Any) -> Notice:
    return Notice(
        recipient_id=to,
        kind=kind,
        title=title,
        message=message,
        link=f"/courses/{course.pk}",
        data={"course_id": course.pk, "status": course.status, **facts},
        about=f"course:{course.pk}",
        dedupe_key=key,
    )
