"""Why a tutor is out of the question for a student, whatever the score (R-MAT-1)."""

from collections.abc import Callable
from enum import Enum

from matching.score.facts import Tutor, Wishes

# Up to a fifth more than the budget is shown, with points taken off.
TOLERANCE = 6, 5


class Exclusion(Enum):
    """Each with what is said of it. A block is not told: who was blocked must not learn of it (R-MSG-6)."""

    NOT_LISTED = "The tutor is not approved, or not there any more."
    UNAVAILABLE = "The tutor takes no bookings at the moment."
    DISMISSED = "The tutor was dismissed from the recommendations."
    SUBJECT = "The tutor teaches no subject that is sought."
    LANGUAGE = "There is no language in common."
    PRICE = "An hour costs more than 120 % of the budget."
    NO_FREE_SLOT = "No lesson is to be had within 14 days."


def _is_not_listed(tutor: Tutor, wishes: Wishes) -> bool:
    return not tutor.is_listed


def _takes_nobody(tutor: Tutor, wishes: Wishes) -> bool:
    return not tutor.takes_bookings or tutor.user_id in wishes.blocked


def _was_dismissed(tutor: Tutor, wishes: Wishes) -> bool:
    return tutor.id in wishes.dismissed


def _teaches_nothing_sought(tutor: Tutor, wishes: Wishes) -> bool:
    if not wishes.subjects or not tutor.subjects.keys().isdisjoint(wishes.subjects):
        return False
    return wishes.must_teach or tutor.categories.isdisjoint(wishes.categories)


def _speaks_another_language(tutor: Tutor, wishes: Wishes) -> bool:
    if not wishes.languages or wishes.accepts_any_language:
        return False
    return tutor.languages.keys().isdisjoint(wishes.languages)


def _costs_too_much(tutor: Tutor, wishes: Wishes) -> bool:
    budget = wishes.budgets.get(tutor.currency)
    if budget is None or tutor.hourly_rate is None:
        return False
    most, of = TOLERANCE
    return tutor.hourly_rate * of > budget * most


def _has_no_slot(tutor: Tutor, wishes: Wishes) -> bool:
    return not tutor.free


# The cheapest to look at first; their order is that of the answer, too.
_FILTERS: tuple[tuple[Exclusion, Callable[[Tutor, Wishes], bool]], ...] = (
    (Exclusion.NOT_LISTED, _is_not_listed),
    (Exclusion.UNAVAILABLE, _takes_nobody),
    (Exclusion.DISMISSED, _was_dismissed),
    (Exclusion.SUBJECT, _teaches_nothing_sought),
    (Exclusion.LANGUAGE, _speaks_another_language),
    (Exclusion.PRICE, _costs_too_much),
    (Exclusion.NO_FREE_SLOT, _has_no_slot),
)
_TESTS = tuple(applies for _, applies in _FILTERS)


def exclusions(tutor: Tutor, wishes: Wishes) -> list[Exclusion]:
    """All that speaks against the pair; empty where the tutor may be recommended."""
    return [exclusion for exclusion, applies in _FILTERS if applies(tutor, wishes)]


def is_eligible(tutor: Tutor, wishes: Wishes) -> bool:
    for applies in _TESTS:  # noqa: SIM110 - a generator takes twice as long, and there are millions of pairs
        if applies(tutor, wishes):
            return False
    return True
