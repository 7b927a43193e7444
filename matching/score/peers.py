"""How well two learners suit each other (R-MAT-7): pure functions in whole numbers, as for tutors."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from matching.score.cells import minutes_of
from matching.score.ranking import UNITS
from matching.score.shares import WHOLE, Value, portion

WEIGHTS = {"courses": 40, "strengths": 40, "free_time": 20}
# So many courses in common are all that one can ask for.
ENOUGH_COURSES = 2


@dataclass(frozen=True)
class Learner:
    """`skills` and `wants` are words; `free` is in cells (`matching.score.cells`); `courses` are those they are in."""

    id: int
    courses: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    free: int = 0


class PeerMatch(NamedTuple):
    """`values` are in the order of `WEIGHTS`; `shared` are the ids of the courses in common."""

    learner_id: int
    values: tuple[Value, ...]
    units: int
    shared: frozenset[int]

    @property
    def place(self) -> tuple[int, int]:
        """The smaller, the better: by score, then by id."""
        return -self.units, self.learner_id

    @property
    def score(self) -> Decimal:
        return Decimal(self.units) / UNITS

    def lines(self) -> list[dict[str, Any]]:
        """`{name, weight, value, contribution, reason}` of each factor; the contributions come to the score exactly."""
        return [
            {
                "name": name,
                "weight": weight,
                "value": Decimal(value.share) / WHOLE,
                "contribution": Decimal(_units(weight, value)) / UNITS,
                "reason": _REASONS[name](value),
            }
            for (name, weight), value in zip(WEIGHTS.items(), self.values, strict=True)
        ]


def best(learner: Learner, others: Iterable[Learner], *, minutes: int) -> list[PeerMatch]:
    """The others by how well they suit, whatever order they come in. `minutes` is the time that is wanted together."""
    return sorted((_match(learner, other, minutes) for other in others), key=lambda each: each.place)


def _match(learner: Learner, other: Learner, minutes: int) -> PeerMatch:
    shared = learner.courses & other.courses
    helps, is_helped = (len(a.skills & b.wants) for a, b in ((other, learner), (learner, other)))
    together = minutes_of(learner.free & other.free)
    values = (
        Value(portion(len(shared), ENOUGH_COURSES), len(shared)),
        Value((WHOLE // 2) * (helps > 0) + (WHOLE // 2) * (is_helped > 0), helps),
        Value(portion(together, minutes), together),
    )
    units = sum(_units(weight, value) for weight, value in zip(WEIGHTS.values(), values, strict=True))
    return PeerMatch(other.id, values, units, shared)


def _units(weight: int, value: Value) -> int:
    """Half up."""
    return (2 * UNITS * weight * value.share + WHOLE) // (2 * WHOLE)


def _of_courses(value: Value) -> str:
    many = "one course" if value.detail == 1 else f"{value.detail} courses"
    return f"You have {many} in common." if value.detail else "You have no course in common."


def _of_strengths(value: Value) -> str:
    if value.share == WHOLE:
        return "Each of you is good at what the other wants to learn."
    if value.share == 0:
        return "Neither is known to be good at what the other wants to learn."
    return "Good at what you want to learn." if value.detail else "Wants to learn what you are good at."


def _of_free_time(value: Value) -> str:
    hours = f"{int(value.detail or 0) / 60:.1f}".removesuffix(".0")
    return f"{hours} hours in the next 14 days when you are both free."


_REASONS = {"courses": _of_courses, "strengths": _of_strengths, "free_time": _of_free_time}
