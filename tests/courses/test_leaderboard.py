"""Who has learned most in a course this week; only who wants to be seen is (R-PRG-4)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import LearnerSettings
from common.errors import NotFound
from courses.models import CourseSession, EnrolmentStatus, PointsReason
from courses.services import points
from courses.services.leaderboard import leaderboard_of
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    BlockFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.support.clients import Api, queries_of

pytestmark = pytest.mark.django_db

WEDNESDAY = "2026-03-04T12:00:00Z"


@pytest.fixture
def clock():
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def course(clock):
    return CourseFactory(timezone="Europe/Berlin")


@pytest.fixture
def module(course):
    return ModuleFactory(course=course)


def learner_of(course, name, *, shown=True):
    learner = EnrolmentFactory(course=course, learner__first_name=name, learner__last_name="").learner
    if shown:
        LearnerSettings.objects.create(user=learner, show_on_leaderboards=True)
    return learner


def give(learner, source, number, reason=PointsReason.MODULE):
    points.award(learner, reason, source, points=number)


def seen_by(viewer, course):
    return [(place.rank, place.learner.first_name, place.points) for place in leaderboard_of(course.pk, viewer).places]


def test_those_with_the_most_points_for_the_course_are_first_and_equals_share_a_rank(course, module):
    ada, bob, cleo = (learner_of(course, name) for name in ("Ada", "Bob", "Cleo"))
    give(ada, f"module:{module.pk}", 5)
    give(bob, f"module:{module.pk}", 5)
    give(cleo, f"assessment:{AssessmentFactory(course=course).pk}", 20, PointsReason.ASSESSMENT)

    assert seen_by(ada, course) == [(1, "Cleo", 20), (2, "Ada", 5), (2, "Bob", 5)]


def test_the_courses_meetings_count_and_nothing_of_elsewhere_does(course):
    ada, meeting = learner_of(course, "Ada"), SessionFactory(creator=course.tutor.user)
    CourseSession.objects.create(course=course, session=meeting)
    give(ada, f"session:{meeting.pk}", 20, PointsReason.LESSON)
    give(ada, f"session:{SessionFactory().pk}", 20, PointsReason.LESSON)
    give(ada, f"module:{ModuleFactory().pk}", 5)
    give(ada, "review:1", 5, PointsReason.REVIEW)

    assert seen_by(ada, course) == [(1, "Ada", 20)]


def test_the_week_begins_on_monday_on_the_courses_wall(course, module, clock):
    ada, other = learner_of(course, "Ada"), ModuleFactory(course=course)
    clock.move_to("2026-03-01T22:30:00Z")  # in Berlin it is Sunday still
    give(ada, f"module:{module.pk}", 5)
    clock.move_to("2026-03-01T23:30:00Z")
    give(ada, f"module:{other.pk}", 5)

    found = leaderboard_of(course.pk, ada)

    assert found.since.isoformat() == "2026-03-02T00:00:00+01:00"
    assert (found.own_points, seen_by(ada, course)) == (5, [(1, "Ada", 5)])


def test_what_was_taken_back_counts_no_longer(course, module):
    ada = learner_of(course, "Ada")
    give(ada, f"module:{module.pk}", 5)
    points.take_back([ada.pk], PointsReason.MODULE, f"module:{module.pk}")

    assert seen_by(ada, course) == []


def test_nobody_is_shown_who_has_not_said_so_but_everybody_sees_their_own(course, module):
    shy = learner_of(course, "Shy", shown=False)
    give(shy, f"module:{module.pk}", 5)

    found = leaderboard_of(course.pk, shy)

    assert (found.places, found.own_points, found.shows_me) == ([], 5, False)


def test_whom_one_has_blocked_one_does_not_meet_here_either(course, module):
    ada, bob = learner_of(course, "Ada"), learner_of(course, "Bob")
    give(bob, f"module:{module.pk}", 5)
    BlockFactory(blocker=bob, blocked=ada)

    assert seen_by(ada, course) == []
    assert seen_by(bob, course) == [(1, "Bob", 5)]


def test_who_has_left_the_course_or_the_site_is_gone(course, module):
    gone = learner_of(course, "Gone")
    give(gone, f"module:{module.pk}", 5)
    gone.is_active = False
    gone.save()
    left = learner_of(course, "Left")
    give(left, f"module:{module.pk}", 5)
    left.enrolments.update(status=EnrolmentStatus.DROPPED)

    assert seen_by(course.tutor.user, course) == []


@pytest.mark.parametrize("stranger", [StudentFactory, TutorFactory])
def test_it_is_for_those_in_the_course_its_tutor_and_admins(course, stranger):
    assert leaderboard_of(course.pk, course.tutor.user).own_points is None
    assert leaderboard_of(course.pk, AdminFactory()).own_points is None
    with pytest.raises(NotFound):
        leaderboard_of(course.pk, stranger())


def test_over_http_it_costs_the_same_for_one_and_for_many(course, module, clock):
    clock.move_to("2026-03-04T12:00:00Z")
    ada = learner_of(course, "Ada")
    give(ada, f"module:{module.pk}", 5)
    path, me = f"/api/v1/courses/{course.pk}/leaderboard", Api().as_(ada)
    at_one = queries_of(me, path)
    for name in ("Bob", "Cleo", "Dora"):
        clock.shift(timedelta(minutes=1))
        give(learner_of(course, name), f"module:{module.pk}", 5)

    answer = me.get(path).json()["data"]

    assert queries_of(me, path) == at_one <= 12
    assert answer["weekOf"] == "2026-03-02"
    assert [(one["rank"], one["name"], one["points"]) for one in answer["learners"]] == [
        (1, "Ada", 5), (1, "Bob", 5), (1, "Cleo", 5), (1, "Dora", 5),
    ]  # fmt: skip
    assert answer["you"] == {"points": 5, "isShown": True}
