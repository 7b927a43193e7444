"""With whom a student might learn (R-MAT-7): students who want to be matched, and nobody else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from accounts.models import Role, StudentProfile, User
from accounts.services.settings import settings_of
from courses.models import Enrolment
from courses.services.peers import courses_of, not_blocked
from matching.errors import PeerMatchingOff
from matching.score import peers
from matching.wishes import wishes_of
from matching.words import words_of

# So many are looked at, those of the most courses in common first; and so many are recommended.
MOST_LOOKED_AT, MOST = 200, 50
_SKILLS, _WANTS = ("skills", "academic_subjects"), ("learning_goals", "interests")


def matches_of(student: User, *, now: datetime) -> list[peers.PeerMatch]:
    """Whom the student suits best, fifty at most. The same statements, however many there are.

    Raises PeerMatchingOff for whoever does not want to be matched themselves.
    """
    if not settings_of(student).match_with_peers:
        raise PeerMatchingOff
    others = list(_candidates(student)[:MOST_LOOKED_AT])
    known = _learners([student, *others], now)
    found = peers.best(
        known[student.pk], (known[other.pk] for other in others), minutes=settings.MATCHING_WANTED_MINUTES
    )
    return found[:MOST]


def _candidates(student: User) -> QuerySet[User]:
    students = User.objects.active().filter(role=Role.STUDENT, learner_settings__match_with_peers=True)
    in_common = Count("enrolments", filter=Q(enrolments__course__in=courses_of(student)), distinct=True)
    others = not_blocked(students.exclude(pk=student.pk), student)
    return others.annotate(in_common=in_common).order_by("-in_common", "-pk")


def _learners(people: Sequence[User], now: datetime) -> dict[int, peers.Learner]:
    wishes = wishes_of(people, now=now)
    skills, wants = _words(people)
    courses = _courses(people)
    return {
        user.pk: peers.Learner(user.pk, courses[user.pk], skills[user.pk], wants[user.pk], wishes[user.pk].free)
        for user in people
    }


def _words(people: Iterable[User]) -> tuple[dict[int, frozenset[str]], dict[int, frozenset[str]]]:
    skills: dict[int, frozenset[str]] = defaultdict(frozenset)
    wants: dict[int, frozenset[str]] = defaultdict(frozenset)
    rows = StudentProfile.objects.filter(user__in=[user.pk for user in people])
    for user_id, *said in rows.values_list("user", *_SKILLS, *_WANTS):
        lists = [words_of(*map(str, words)) for words in said]
        skills[user_id], wants[user_id] = lists[0] | lists[1], lists[2] | lists[3]
    return skills, wants


def _courses(people: Iterable[User]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Enrolment.objects.with_access().filter(learner__in=[user.pk for user in people])
    for learner, course in rows.values_list("learner", "course"):
        found[learner].add(course)
    return defaultdict(frozenset, {learner: frozenset(courses) for learner, courses in found.items()})
