"""The tutors who are recommended to a student: from the list that is kept if it is good, otherwise worked out now, with
the same numbers (R-MAT-6).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Role, TutorProfile, User
from matching import pool
from matching.errors import StudentNeeded, StudentNotFound, TutorNotFound
from matching.models import RecommendationList
from matching.score import (
    Exclusion,
    Match,
    Ranking,
    Tutor,
    Value,
    Wishes,
    best,
    exclusions,
    is_eligible,
    match,
    weights_in_force,
)
from matching.score.ranking import MOST, from_values
from matching.wishes import asking, wishes_of

# Where more tutors have changed since a list was kept, to rank them all costs no more than to look at each of these.
MOST_CHANGED = 200


class Recommended(NamedTuple):
    ranking: Ranking
    wishes: Wishes
    computed_at: datetime


class Compatibility(NamedTuple):
    student_id: int
    match: Match
    excluded_because: list[Exclusion]


def recommend(student: User, *, now: datetime, **asked: Any) -> Recommended:
    """The student's recommendations. What is `asked` (as of `wishes.asking`) is answered for this once."""
    wishes = wishes_of([student], now=now)[student.pk]
    if any(asked.values()) or asked.get("budget") is not None:  # a budget of nothing is one, too
        wishes = asking(wishes, currency=student.currency, **asked)
        return Recommended(rank_live(wishes, now=now), wishes, now)
    kept = RecommendationList.objects.filter(student=student).first()
    if kept and kept.fingerprint == wishes.fingerprint and kept.is_fresh(now):
        ranking = _brought_up_to_date(kept, wishes, now)
        if ranking is not None:
            return Recommended(ranking, wishes, kept.computed_at)
    ranking = rank_live(wishes, now=now)
    keep([(wishes, ranking)], now=now)
    return Recommended(ranking, wishes, now)


def rank_live(wishes: Wishes, *, now: datetime) -> Ranking:
    return best(pool.read(pool.worth_reading(wishes), now=now), wishes, weights_in_force())


def keep(worked_out: Iterable[tuple[Wishes, Ranking]], *, now: datetime) -> None:
    """Let these be the students' lists, in the place of what was there: one each, whoever else is at it."""
    rows = [
        RecommendationList(
            student_id=wishes.student_id,
            entries=[[each.tutor_id, each.values] for each in ranking.matches],
            size=len(ranking),
            fingerprint=wishes.fingerprint,
            computed_at=now,
        )
        for wishes, ranking in worked_out
    ]
    columns = ("entries", "size", "fingerprint", "computed_at")
    RecommendationList.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["student"], update_fields=columns
    )


def compatibility(tutor_id: int, *, actor: User, student_id: int | None, now: datetime) -> Compatibility:
    """How well the two suit each other, and what speaks against it (R-MAT-4). Students ask for themselves, admins for
    anybody, and of any tutor. Raises TutorNotFound, StudentNotFound or StudentNeeded.
    """
    student = _student_meant(actor, student_id)
    wishes = wishes_of([student], now=now)[student.pk]
    found = pool.read(TutorProfile.objects.visible_to(actor).filter(pk=tutor_id), now=now)
    if not found:
        raise TutorNotFound
    return Compatibility(student.pk, match(found[0], wishes, weights_in_force()), exclusions(found[0], wishes))


def _student_meant(actor: User, student_id: int | None) -> User:
    if not actor.is_admin:
        if student_id not in (None, actor.pk):
            raise StudentNotFound
        return actor
    if student_id is None:
        raise StudentNeeded
    student = User.objects.active().filter(pk=student_id, role=Role.STUDENT).first()
    if student is None:
        raise StudentNotFound
    return student


def _brought_up_to_date(kept: RecommendationList, wishes: Wishes, now: datetime) -> Ranking | None:
    """The list as it is by now, of which only the tutors who have changed are looked at again; None where that is no
    way to know it.
    """
    changed = pool.changed_since(kept.computed_at, now=now, most=MOST_CHANGED)
    if len(changed) > MOST_CHANGED:
        return None
    weights = weights_in_force()
    stored = [from_values(pk, tuple(Value(*value) for value in values), weights) for pk, values in kept.entries]
    there = set(pool.candidates().filter(pk__in=[each.tutor_id for each in stored]).values_list("pk", flat=True))
    untouched = [each for each in stored if each.tutor_id in there and each.tutor_id not in set(changed)]
    again = _again(changed, wishes, now) if changed else []
    found = [*untouched, *(match(tutor, wishes, weights) for tutor in again)]
    return Ranking(found) if _is_complete(kept, stored, found) else None


def _again(changed: Sequence[int], wishes: Wishes, now: datetime) -> list[Tutor]:
    tutors = pool.read(pool.candidates().filter(pk__in=changed), now=now)
    return [tutor for tutor in tutors if is_eligible(tutor, wishes)]


def _is_complete(kept: RecommendationList, stored: Sequence[Match], found: Sequence[Match]) -> bool:
    """Whether nobody who was not kept can belong into the list now: those all come after the last who was kept, and
    new ones after the last new one.
    """
    if kept.size < MOST:
        return True  # everybody who was eligible was kept
    return all(_still_fills(stored, found, wanted) for wanted in (lambda each: True, lambda each: each.is_new))


def _still_fills(stored: Sequence[Match], found: Sequence[Match], wanted: Callable[[Match], bool]) -> bool:
    before = sorted(each.place for each in stored if wanted(each))[:MOST]
    if len(before) < MOST:
        return True
    return sum(each.place <= before[-1] for each in found if wanted(each)) >= MOST
