"""The queue before a course that is full: first come, first served (R-SEAT-5, R-SEAT-6).

While anybody waits, the course is full: every seat that becomes free is given on in the same transaction, under the
lock of the course.
"""

from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from audit.services import record
from courses.models import Course, Enrolment, EnrolmentStatus
from courses.services import news
from messaging.services import is_blocked
from notifications.services import Notice

# So many may wait for each seat.
MOST_WAITING = 3


def length(course: Course) -> int:
    """How many wait."""
    return Enrolment.objects.waiting().filter(course=course).count()


def has_room(course: Course, waiting: int) -> bool:
    """Whether somebody may wait behind `waiting` others."""
    return course.capacity is not None and waiting < MOST_WAITING * course.capacity


def position(enrolment: Enrolment) -> int | None:
    """The place in the queue, from 1; None for who does not wait."""
    if enrolment.status != EnrolmentStatus.WAITLISTED:
        return None
    waiting = Enrolment.objects.waiting().filter(course=enrolment.course_id)
    earlier = waiting.filter(waiting_since__lt=enrolment.waiting_since)
    same_moment = waiting.filter(waiting_since=enrolment.waiting_since, pk__lt=enrolment.pk)
    return 1 + earlier.count() + same_moment.count()


def let_in(course: Course, *, now: datetime) -> list[Notice]:
    """Give the free seats of a locked course to those who wait, in order; who is not there any more is passed over.

    Whatever frees a seat calls it in the same transaction. Returns what is to be told: hand it to `notify`.
    """
    course.refresh_from_db(fields=["capacity", "seats_taken"])
    notices: list[Notice] = []
    if not Course.objects.on_offer().filter(pk=course.pk).exists():
        return notices  # they go on waiting until its tutor teaches again
    while first := list(_waiting(course)[: _free(course)]):
        for enrolment in first:
            if _may_come(course, enrolment.learner):
                _seat(course, enrolment, now)
                notices += [news.seat(course, enrolment), news.enrolled(course, enrolment)]
            else:
                _dismiss(enrolment, now)
    return notices


def close(course: Course, *, actor: User, now: datetime) -> list[Notice]:
    """Nobody gets a seat in a locked course any more: those who wait are dismissed. Returns what is to be told."""
    dismissed = list(_waiting(course))
    for enrolment in dismissed:
        _dismiss(enrolment, now, actor=actor)
    return [news.queue_closed(course, enrolment) for enrolment in dismissed]


def _free(course: Course) -> int | None:
    """How many seats are free; None where anybody may come."""
    return None if course.capacity is None else max(0, course.capacity - course.seats_taken)


def _waiting(course: Course) -> QuerySet[Enrolment]:
    queue = Enrolment.objects.waiting().filter(course=course)
    return queue.select_for_update(of=("self",), no_key=True).select_related("learner")


def _may_come(course: Course, learner: User) -> bool:
    is_there = learner.is_active and learner.deleted_at is None and learner.is_student
    return is_there and not is_blocked(course.tutor.user_id, learner.pk)


def _seat(course: Course, enrolment: Enrolment, now: datetime) -> None:
    Course.objects.filter(pk=course.pk).update(seats_taken=F("seats_taken") + 1, updated_at=now)
    course.seats_taken += 1
    enrolment.status, enrolment.enrolled_at, enrolment.waiting_since = EnrolmentStatus.ACTIVE, now, None
    enrolment.dropped_at = None
    enrolment.save(update_fields=["status", "enrolled_at", "waiting_since", "dropped_at", "updated_at"])
    _record("enrolment.seated", enrolment, EnrolmentStatus.ACTIVE, actor=None)


def _dismiss(enrolment: Enrolment, now: datetime, *, actor: User | None = None) -> None:
    enrolment.status, enrolment.dropped_at, enrolment.waiting_since = EnrolmentStatus.DROPPED, now, None
    enrolment.save(update_fields=["status", "dropped_at", "waiting_since", "updated_at"])
    _record("enrolment.dismissed", enrolment, EnrolmentStatus.DROPPED, actor=actor)


def _record(action: str, enrolment: Enrolment, status: EnrolmentStatus, *, actor: User | None) -> None:
    states = {"status": EnrolmentStatus.WAITLISTED}, {"status": status}
    record(action, actor=actor, obj=enrolment, before=states[0], after=states[1])
