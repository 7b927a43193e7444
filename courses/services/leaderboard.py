"""Who has learned most in a course this week: of those alone who want to be seen there (R-PRG-4).

What counts is points for what belongs to the course: its modules, assessments and meetings, and completing it. Nobody's
age is known, so that nobody is shown, of age or not, before they say so themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.settings import settings_of
from common.errors import NotFound
from courses.models import Assessment, Course, CourseSession, Enrolment, Module
from courses.services import access, peers, points

MOST_PLACES = 50


@dataclass(frozen=True)
class Place:
    """One learner's. Those with the same points have the same rank, and the next one is as many ranks below."""

    rank: int
    learner: User
    points: int


@dataclass(frozen=True)
class Leaderboard:
    """Of the week that began at `since`. `own_points` is None for who is not in the course."""

    since: datetime
    places: list[Place]
    own_points: int | None
    shows_me: bool


def leaderboard_of(course_id: int, viewer: User) -> Leaderboard:
    """The first fifty of this week, which began on Monday in the course's time zone.

    Raises NotFound for whoever is neither in the course nor its tutor nor an admin.
    """
    course = access.find(course_id, viewer)
    enrolment = access.enrolment_of(course, viewer)
    if not access.may_open(course, viewer, enrolment):
        raise NotFound("Course not found")
    since = points.monday(course.timezone, timezone.now())
    inside = Enrolment.objects.with_access().filter(course=course).values("learner")
    gathered = points.gathered(inside, _sources(course), since=since)
    willing = _willing(viewer).filter(pk__in=[pk for pk, number in gathered.items() if number])
    return Leaderboard(
        since=since,
        places=_places(willing, gathered),
        own_points=gathered[viewer.pk] if enrolment is not None and enrolment.has_access else None,
        shows_me=settings_of(viewer).show_on_leaderboards,
    )


def _willing(viewer: User) -> QuerySet[User]:
    """Those who want to be seen, and whom nothing stands between and this viewer."""
    return peers.not_blocked(User.objects.filter(is_active=True, deleted_at=None), viewer).filter(
        learner_settings__show_on_leaderboards=True
    )


def _places(learners: QuerySet[User], gathered: Mapping[int, int]) -> list[Place]:
    ordered = sorted(learners, key=lambda user: (-gathered[user.pk], user.display_name, user.pk))[:MOST_PLACES]
    numbers = [gathered[user.pk] for user in ordered]
    return [Place(numbers.index(gathered[user.pk]) + 1, user, gathered[user.pk]) for user in ordered]


def _sources(course: Course) -> list[str]:
    """What points for the course were given for, as the ledger names it."""
    modules = Module.objects.filter(course=course).values_list("pk", flat=True)
    assessments = Assessment.objects.filter(course=course).values_list("pk", flat=True)
    meetings = CourseSession.objects.filter(course=course).values_list("session", flat=True)
    return [
        f"course:{course.pk}",
        *(f"module:{pk}" for pk in modules),
        *(f"assessment:{pk}" for pk in assessments),
        *(f"session:{pk}" for pk in meetings),
    ]
