"""Charts as plain numbers: the templates draw them as SVG on the server, so that they need no script.

A chart of columns is 480 wide and 200 high, in the units of its picture.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

WIDTH, HEIGHT = 480, 200
LEFT, RIGHT, TOP, BOTTOM = 48, 4, 12, 28
# How many labels stand below the columns without touching each other.
MOST_LABELS = 12
STEPS = 4

Amount = int | Decimal


class Point(NamedTuple):
    """A value, what it is of, and the same in the few letters that there is room for below a column."""

    label: str
    value: Amount
    short: str


class Column(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    label: str
    value: Amount


class Mark(NamedTuple):
    """Where a word of an axis stands, in its middle."""

    at: float
    text: str


class Columns(NamedTuple):
    """One value after the other. `summary` says in a sentence what the picture shows."""

    title: str
    unit: str
    summary: str
    columns: list[Column]
    ticks: list[Mark]
    labels: list[Mark]


class Row(NamedTuple):
    """One of several things that are compared; `share` is its length in per cent of the longest."""

    label: str
    value: Amount
    share: float
    link: str = ""


def columns(title: str, points: Sequence[Point], *, unit: str = "") -> Columns:
    """What came to what, in the order of time. What is below nothing is drawn as nothing."""
    top = _round_up(max((point.value for point in points), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(points), 1)
    base = HEIGHT - BOTTOM
    drawn = []
    for place, point in enumerate(points):
        height = _length(point.value, top, base - TOP)
        drawn.append(
            Column(
                round(LEFT + place * step + step * 0.15, 1),
                round(base - height, 1),
                round(step * 0.7, 1),
                height,
                point.label,
                point.value,
            )
        )
    ticks = [
        Mark(round(base - (base - TOP) * part / STEPS, 1), _short(top * part / STEPS)) for part in range(STEPS + 1)
    ]
    every = -(-len(points) // MOST_LABELS) or 1
    last = len(points) - 1
    labels = [
        Mark(round(LEFT + place * step + step / 2, 1), point.short)
        for place, point in enumerate(points)
        if (last - place) % every == 0
    ]
    return Columns(title, unit, _summary(points, unit), drawn, ticks, labels)


def rows(values: Sequence[tuple[str, Amount, str]]) -> list[Row]:
    """Things beside each other, each with where it leads to."""
    longest = max((value for _, value, _ in values), default=0)
    return [Row(label, value, _length(value, longest, 100), link) for label, value, link in values]


def _length(value: Amount, longest: Amount, room: float) -> float:
    return round(float(max(value, 0) / longest) * room, 1) if longest else 0


def _round_up(most: Amount) -> int:
    """The smallest of 4, 8, 20, 40, 80, 200 ... that is not below: a quarter of it is a whole number."""
    factor = 1
    while True:
        for step in (4, 8, 20):
            if most <= step * factor:
                return step * factor
        factor *= 10


def _short(value: float) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _summary(points: Sequence[Point], unit: str) -> str:
    if not points:
        return "There is nothing yet."
    first, last, most = points[0], points[-1], max(points, key=lambda point: point.value)
    words = f"{first.label}: {first.value}, {last.label}: {last.value}, the most in {most.label}: {most.value}"
    return f"{words}, in {unit}." if unit else f"{words}."
