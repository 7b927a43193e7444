"""How much a slow test does: the goal's own figure takes hours of two cores in all, so that the suite does less."""

import os
from collections.abc import Iterable
from typing import Any


def at_the_goals() -> bool:
    """Whether the environment has `PEERLEARN_GOALS=1`."""
    return os.environ.get("PEERLEARN_GOALS") == "1"


def figure(goal: int, everyday: int) -> int:
    return goal if at_the_goals() else everyday


def part(things: Iterable[Any], turn: int, *, of: int) -> list[Any]:
    """One of `of` parts of the things, in turn, so that everything is tried somewhere; at the goals' figure all."""
    return list(things) if at_the_goals() else list(things)[turn % of :: of]
