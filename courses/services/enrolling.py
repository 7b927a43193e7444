"""Coming into a course, leaving it and beginning anew.

The course is locked, or its row changed, before the enrolment is touched: whoever does something to one course at the
same time does it one after the other.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.services.proven import require_verified
from audit.services import record
from common.errors import DomainError, InvalidTransition, NotFound
from courses.errors import (
    AlreadyEnrolled,
    AlreadyWaiting,
    CourseClosed,
    CourseFull,
    NotEnrolled,
    OwnCourse,
    WaitlistFull,
)
from courses.models import Course, Enrolment, EnrolmentStatus
from courses.models.enrolment import TRANSITIONS
from courses.services import access, news, progress, queue
from messaging.services import is_blocked

_ACTIVE, _WAITLISTED, _DROPPED = EnrolmentStatus.ACTIVE, EnrolmentStatus.WAITLISTED, EnrolmentStatus.DROPPED


class Enrolled(NamedTuple):
    course: Course
    enrolment: Enrolment
    position: int | None
    """The place in the queue, from 1, of who has to wait; None for who has a seat."""


def enrol(course_id: int, *, learner: User, waitlist: bool = False, fresh: bool = False) -> Enrolled:
    """Take a seat, or with `waitlist` a place in the queue where none is free.

    Who dropped the course and comes back goes on where they were; `fresh` begins a new attempt. One conditional UPDATE
    decides; only when it finds no free seat is the reason looked up. Raises EmailNotVerified, NotFound,
    CourseClosed, OwnCourse, AlreadyEnrolled, AlreadyWaiting, CourseFull or WaitlistFull.
    """
    require_verified(learner)
    with transaction.atomic():
        if waitlist:
            access.lock_visible(course_id, learner)  # so that the seat and the queue are looked at as one
        now = timezone.now()  # after the lock: who gets it first is first in the queue
        has_seat = Course.objects.take_seat(course_id, now=now)
        course = access.find(course_id, learner)
        if course.tutor.user_id == learner.pk:
            raise OwnCourse
        if is_blocked(course.tutor.user_id, learner.pk):
            raise CourseClosed  # who is blocked is never told (R-MSG-6)
        if not has_seat and (refusal := why_not(course, learner, waitlist=waitlist)):
            raise refusal
        status = _ACTIVE if has_seat else _WAITLISTED
        former = _lock(course, learner.pk)
        if former is None:
            enrolment = _come(course, learner, status, now=now)
        else:
            enrolment = _come_back(former, status, fresh=fresh, now=now)
        if has_seat:
            # For who comes back, the course may ask for something else by now.
            more = progress.move_on(course, enrolment, actor=learner) if former else []
            news.tell([news.enrolled(course, enrolment), *more])
        return Enrolled(course, enrolment, queue.position(enrolment))


def drop(course_id: int, *, learner: User) -> Enrolment:
    """Leave a course, or its queue. What was done is kept, and the seat goes to who waits first.

    Raises NotFound, NotEnrolled, or InvalidTransition: what is completed stays so.
    """
    now = timezone.now()
    with transaction.atomic():
        course = access.lock_visible(course_id, learner)
        enrolment = _lock(course, learner.pk)
        if enrolment is None or enrolment.status == _DROPPED:
            raise NotEnrolled
        had_seat = enrolment.status == _ACTIVE
        _move(enrolment, _DROPPED, "enrolment.dropped", actor=learner, now=now)
        if had_seat:
            Course.objects.filter(pk=course.pk).update(seats_taken=F("seats_taken") - 1, updated_at=now)
            news.tell([news.left(course, enrolment), *queue.let_in(course, now=now)])
    return enrolment


def reset(course_id: int, learner_id: int, *, actor: User) -> Enrolment:
    """Let a learner begin a course anew: the next attempt, with nothing done in it. What was done before is kept.

    The course's tutor and admins may. Raises NotFound, or InvalidTransition for who is not at work in it.
    """
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        enrolment = _lock(course, learner_id)
        if enrolment is None:
            raise NotFound("Learner not found")
        if enrolment.status != _ACTIVE:
            raise _illegal(enrolment, "reset")
        _begin_anew(enrolment)
        enrolment.save(update_fields=["attempt", "completion_percentage", "updated_at"])
        record("enrolment.reset", actor=actor, obj=enrolment, after={"attempt": enrolment.attempt})
        news.tell([news.reset(course, enrolment)])
    return enrolment


def why_not(course: Course, learner: User, *, waitlist: bool = False) -> DomainError | None:
    """The refusal that this person gets where no seat could be taken; None for who gets a place in the queue."""
    enrolment = access.enrolment_of(course, learner)
    if enrolment and (refusal := _standing(enrolment)):
        return refusal
    if not Course.objects.on_offer().filter(pk=course.pk).exists():
        return CourseClosed()
    waiting = queue.length(course)
    has_room = queue.has_room(course, waiting)
    if not waitlist:
        return CourseFull(waitlist_available=has_room, waiting=waiting)
    return None if has_room else WaitlistFull(waiting=waiting)


def _standing(enrolment: Enrolment) -> DomainError | None:
    """What is in the way of somebody who was here before."""
    if enrolment.has_access:
        return AlreadyEnrolled()
    if enrolment.status == _WAITLISTED:
        return AlreadyWaiting(position=queue.position(enrolment))
    return None


def _come(course: Course, learner: User, status: EnrolmentStatus, *, now: datetime) -> Enrolment:
    """For the first time."""
    waiting_since = now if status == _WAITLISTED else None
    enrolment = Enrolment.objects.create(
        course=course, learner=learner, status=status, enrolled_at=now, waiting_since=waiting_since
    )
    record("enrolment.created", actor=learner, obj=enrolment, after={"status": status})
    return enrolment


def _come_back(enrolment: Enrolment, status: EnrolmentStatus, *, fresh: bool, now: datetime) -> Enrolment:
    """Of who is in already it is refused, and the seat that was counted is rolled back."""
    if refusal := _standing(enrolment):
        raise refusal
    if fresh:
        _begin_anew(enrolment)
    _move(enrolment, status, "enrolment.resumed", actor=enrolment.learner, now=now)
    return enrolment


def _move(enrolment: Enrolment, status: EnrolmentStatus, action: str, *, actor: User, now: datetime) -> None:
    if not enrolment.can_become(status):
        raise _illegal(enrolment, "drop")
    before, enrolment.status = enrolment.status, status
    enrolment.waiting_since = now if status == _WAITLISTED else None
    enrolment.dropped_at = now if status == _DROPPED else None
    if status != _DROPPED:
        enrolment.enrolled_at = now
    enrolment.save()
    record(action, actor=actor, obj=enrolment, before={"status": before}, after={"status": status})


def _begin_anew(enrolment: Enrolment) -> None:
    enrolment.attempt += 1
    enrolment.completion_percentage = 0


def _illegal(enrolment: Enrolment, verb: str) -> InvalidTransition:
    return InvalidTransition(
        f"Cannot {verb} a course that is {enrolment.status}",
        current=enrolment.status,
        allowed=sorted(TRANSITIONS.get(enrolment.status, ())),
    )


def _lock(course: Course, learner_id: int) -> Enrolment | None:
    own = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("learner")
    return own.filter(course=course, learner=learner_id).first()
