"""What several people can do to one course at the same time, done at the same time, on the engine of this run."""

from collections import Counter
from functools import partial
from random import Random

import pytest

from common.errors import DomainError
from courses.errors import AlreadyEnrolled, CourseFull
from courses.models import Enrolment, EnrolmentStatus
from courses.services import authoring, enrolling, queue
from tests.factories import CourseFactory, StudentFactory
from tests.support.figures import figure
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results):
    """How often each outcome came: the name of a refusal, or the state that somebody got."""
    return Counter(type(r).__name__ if isinstance(r, Exception) else str(r.enrolment.status) for r in results)


def assert_sound(course):
    """Seats are counted right, nobody has one too many, and nobody waits beside a free one."""
    course.refresh_from_db()
    active = Enrolment.objects.active().filter(course=course).count()
    assert course.seats_taken == active <= course.capacity
    assert active == course.capacity or not queue.length(course)


def enrol(course, **options):
    return partial(enrolling.enrol, course.pk, learner=StudentFactory(), **options)


def test_of_twelve_who_want_three_seats_exactly_three_get_one():
    course = CourseFactory(capacity=3)

    results = at_once([enrol(course) for _ in range(12)])

    assert kinds(results) == {"active": 3, CourseFull.__name__: 9}
    assert_sound(course)


def test_of_twelve_who_would_wait_three_get_a_seat_and_nine_a_place_of_their_own():
    course = CourseFactory(capacity=3)

    results = at_once([enrol(course, waitlist=True) for _ in range(12)])

    assert kinds(results) == {"active": 3, "waitlisted": 9}
    assert sorted(r.position for r in results if r.position) == list(range(1, 10))
    assert_sound(course)


def test_one_learner_who_clicks_ten_times_has_one_seat():
    course, learner = CourseFactory(capacity=3), StudentFactory()

    results = at_once([partial(enrolling.enrol, course.pk, learner=learner)] * 10)

    assert kinds(results) == {"active": 1, AlreadyEnrolled.__name__: 9}
    assert_sound(course)


def test_who_drops_while_others_enrol_gives_the_seat_to_who_waits_first():
    course = CourseFactory(capacity=3)
    inside = [enrol(course)() for _ in range(3)]
    waiting = [enrol(course, waitlist=True)() for _ in range(4)]
    drops = [partial(enrolling.drop, course.pk, learner=each.enrolment.learner) for each in inside[:2]]

    results = at_once([*drops, *(enrol(course) for _ in range(6))])

    assert {type(r) for r in results[2:]} == {CourseFull}
    states = [Enrolment.objects.get(pk=each.enrolment.pk).status for each in waiting]
    assert states == ["active", "active", "waitlisted", "waitlisted"]
    assert_sound(course)


def test_whatever_happens_at_once_the_queue_keeps_its_order():
    """A random mix of coming, waiting, leaving and other capacities: never oversold, nobody skipped."""
    rng = Random("queue")
    for _ in range(figure(50, 3)):
        course = CourseFactory(capacity=2)
        people = [enrol(course, waitlist=True)() for _ in range(6)]
        order = [each.enrolment.pk for each in people[2:]]
        leavers = rng.sample(people[:2], 1) + rng.sample(people[2:], 1)
        calls = [
            *(partial(enrolling.drop, course.pk, learner=each.enrolment.learner) for each in leavers),
            *(enrol(course, waitlist=rng.random() < 0.5) for _ in range(4)),
            partial(authoring.update_course, course.pk, {"capacity": rng.choice([1, 3])}, actor=course.tutor.user),
        ]
        rng.shuffle(calls)

        results = at_once(calls)

        assert all(isinstance(r, DomainError) or not isinstance(r, Exception) for r in results), results
        assert_sound(course)
        rows = Enrolment.objects.in_bulk(order)
        stayed = [rows[pk].status for pk in order if rows[pk].status != EnrolmentStatus.DROPPED]
        # Those who got a seat were before those who still wait.
        assert stayed == sorted(stayed, key=[EnrolmentStatus.ACTIVE, EnrolmentStatus.WAITLISTED].index)
