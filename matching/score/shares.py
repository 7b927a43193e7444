"""What a factor is worth, from nothing to `WHOLE`, in whole numbers."""

from decimal import Decimal
from typing import NamedTuple

WHOLE = 10_000
# What is not known of a student: the same for every tutor, so that it moves nobody up or down.
NEUTRAL = WHOLE // 2


class Value(NamedTuple):
    """`share` of the weight, of `WHOLE`. `detail`: what a reason names besides, such as a subject's id."""

    share: int
    detail: int | str | None = None


UNKNOWN = Value(NEUTRAL)


def portion(part: int | Decimal, whole: int | Decimal) -> int:
    """`part / whole` of `WHOLE`, half up, between nothing and all of it."""
    return max(0, min(WHOLE, int((2 * WHOLE * part + whole) // (2 * whole))))
