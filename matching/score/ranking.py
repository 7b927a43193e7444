"""The score of a pair, and the order of many (R-MAT-2, R-MAT-3, R-MAT-6): whole numbers, and a rule for equal ones."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from matching.score.factors import FACTORS
from matching.score.facts import Tutor, Wishes
from matching.score.filters import is_eligible
from matching.score.shares import WHOLE, Value

# A point has so many units. Sixty-fourths are exact as decimals and as the binary numbers that JSON clients read them
# into, so that whoever adds up the contributions gets the score to the last digit.
UNITS = 64
MOST_POINTS = 100
# How many a student is recommended (R-MAT-6).
MOST = 50

_NAMES = tuple(factor.name for factor in FACTORS)
_VALUES = tuple(factor.value for factor in FACTORS)
_TWICE = 2 * WHOLE
_RELIABILITY = _NAMES.index("reliability")


def weights_in_force() -> dict[str, int]:
    """`settings.MATCHING_WEIGHTS`: whole points; all but the new tutors' come to a hundred."""
    weights: dict[str, int] = settings.MATCHING_WEIGHTS
    if set(weights) != set(_NAMES) or sum(weights.values()) - weights["new_tutor"] != MOST_POINTS:
        raise ImproperlyConfigured(f"MATCHING_WEIGHTS must name {', '.join(_NAMES)} and come to {MOST_POINTS}.")
    return weights


class Match(NamedTuple):
    """How well a tutor suits the student. `values` are in the order of `FACTORS`."""

    tutor_id: int
    values: tuple[Value, ...]
    units: int

    @property
    def is_new(self) -> bool:
        """Whether points were given for being new (R-MAT-3)."""
        return self.values[-1].share > 0

    @property
    def place(self) -> tuple[int, int, int]:
        """The smaller, the better: by score, then by reliability, then by id (R-MAT-6)."""
        return -self.units, -self.values[_RELIABILITY].share, self.tutor_id

    @property
    def score(self) -> Decimal:
        return Decimal(self.units) / UNITS

    def lines(self, weights: Mapping[str, int]) -> list[dict[str, Any]]:
        """`{name, weight, value, contribution}` of each factor; the contributions come to the score exactly."""
        contributions = _contributions(self.values, _scaled(weights))
        return [
            {
                "name": name,
                "weight": weights[name],
                "value": Decimal(value.share) / WHOLE,
                "contribution": Decimal(units) / UNITS,
            }
            for name, value, units in zip(_NAMES, self.values, contributions, strict=True)
        ]


def match(tutor: Tutor, wishes: Wishes, weights: Mapping[str, int]) -> Match:
    """The pair's score, whether or not the tutor is eligible."""
    return _match(tutor, wishes, _scaled(weights))


def from_values(tutor_id: int, values: tuple[Value, ...], weights: Mapping[str, int]) -> Match:
    """The score that was worked out before."""
    return Match(tutor_id, values, sum(_contributions(values, _scaled(weights))))


def best(tutors: Iterable[Tutor], wishes: Wishes, weights: Mapping[str, int]) -> "Ranking":
    """The student's recommendations, whatever the order of the tutors."""
    scales = _scaled(weights)
    return Ranking([_match(tutor, wishes, scales) for tutor in tutors if is_eligible(tutor, wishes)])


def _match(tutor: Tutor, wishes: Wishes, scales: Sequence[int]) -> Match:
    values = tuple([value(tutor, wishes) for value in _VALUES])
    return Match(tutor.id, values, sum(_contributions(values, scales)))


class Ranking:
    """The best `MOST` matches for a paginator to slice: every page has a new tutor, as long as there are any (R-MAT-3).

    `matches` are kept as far as any page can need them: the best, and as many of the best new ones.
    """

    def __init__(self, matches: Iterable[Match]) -> None:
        found = list(matches)
        self._len = min(len(found), MOST)
        kept = heapq.nsmallest(MOST, found, key=_place)
        fresh = heapq.nsmallest(MOST, (each for each in found if each.is_new), key=_place)
        self.matches = sorted({each.tutor_id: each for each in (*kept, *fresh)}.values(), key=_place)

    def __len__(self) -> int:
        return self._len

    def __getitem__(self, page: slice) -> list[Match]:
        """A page; its size says where the others begin."""
        size = page.stop - page.start
        return list(islice(_arranged(self.matches, size, self._len), page.start, page.stop))

    def none(self) -> list[Match]:
        """For a page beyond the last."""
        return []


def _place(each: Match) -> tuple[int, int, int]:
    return each.place


def _arranged(matches: Sequence[Match], size: int, most: int) -> list[Match]:
    """In order, but for this: the last of a page without a new tutor makes room for the best of those still to come."""
    waiting, arranged = list(matches), list[Match]()
    while len(arranged) < most:
        page = waiting[: min(size, most - len(arranged))]
        if not any(each.is_new for each in page):
            newcomer = next((each for each in waiting if each.is_new), None)
            page = page if newcomer is None else [*page[:-1], newcomer]
        arranged += page
        shown = {each.tutor_id for each in page}
        waiting = [each for each in waiting if each.tutor_id not in shown]
    return arranged


def _scaled(weights: Mapping[str, int]) -> list[int]:
    """Twice the units that each factor gives at most."""
    return [2 * UNITS * weights[name] for name in _NAMES]


def _contributions(values: Sequence[Value], scales: Sequence[int]) -> list[int]:
    """In units, each rounded half up; what is on top of the rest ends where the hundred points do."""
    found = [(scale * value[0] + WHOLE) // _TWICE for scale, value in zip(scales, values, strict=True)]
    found[-1] = min(found[-1], MOST_POINTS * UNITS - sum(found[:-1]))
    return found
