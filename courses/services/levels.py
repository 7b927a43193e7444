"""What points amount to."""

from bisect import bisect_right
from typing import NamedTuple

# How many points each level begins with, from the first on.
THRESHOLDS = (0, 50, 150, 300, 500, 800, 1200, 1800, 2500, 3500)


class Level(NamedTuple):
    number: int
    next_at: int | None
    """How many points the next level begins with; None on the last."""


def level_of(points: int) -> Level:
    """The level of somebody with so many points in all."""
    number = max(1, bisect_right(THRESHOLDS, points))
    return Level(number, THRESHOLDS[number] if number < len(THRESHOLDS) else None)
