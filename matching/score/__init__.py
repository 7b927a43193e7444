"""How well a tutor suits a student: pure functions of what is known of both (R-MAT-1 to R-MAT-6).

`facts`: what is known; `cells`: free time as one whole number; `filters`: why a tutor is out of the question;
`shares` and `factors`: what the score is made of; `index`: who need not be looked at; `ranking`: the score, and the
order of many. No database, no clock, no fractions: the same facts have the same score in whatever order and on
whatever machine.

Gender, age, origin, pictures and what somebody pays the platform are no fact that is known here (R-MAT-5).
"""

from matching.score.factors import FACTORS, NEVER_USED, published, reason_of
from matching.score.facts import Level, Tutor, Wishes
from matching.score.filters import Exclusion, exclusions, is_eligible
from matching.score.index import Index
from matching.score.ranking import MOST, Match, Ranking, best, match, weights_in_force
from matching.score.shares import Value

ALGORITHM_VERSION = "1"

__all__ = [
    "ALGORITHM_VERSION",
    "FACTORS",
    "MOST",
    "NEVER_USED",
    "Exclusion",
    "Index",
    "Level",
    "Match",
    "Ranking",
    "Tutor",
    "Value",
    "Wishes",
    "best",
    "exclusions",
    "is_eligible",
    "match",
    "published",
    "reason_of",
    "weights_in_force",
]
