"""Half-open stretches of time: those that touch do not overlap (R-OVL-1)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T", int, datetime)

_by_start, _by_end = attrgetter("start"), attrgetter("end")


class Span(NamedTuple, Generic[T]):
    """From `start` up to, but without, `end`."""

    start: T
    end: T


# Instants, in UTC.
Interval: TypeAlias = Span[datetime]
# Minutes on a wall, of one date: 0 to 1440, which is midnight.
Window: TypeAlias = Span[int]


def merged(spans: Iterable[Span[T]]) -> list[Span[T]]:
    """The same time in as few spans as possible, in order: overlapping and touching ones are one."""
    done: list[Span[T]] = []
    for span in sorted(spans):
        if done and span.start <= done[-1].end:
            done[-1] = Span(done[-1].start, max(done[-1].end, span.end))
        else:
            done.append(span)
    return done


def without(spans: Sequence[Span[T]], holes: Sequence[Span[T]]) -> list[Span[T]]:
    """What is left of `spans` outside the `holes`; both are as `merged` makes them."""
    left: list[Span[T]] = []
    for start, end in spans:
        for hole in holes[bisect_right(holes, start, key=_by_end) :]:
            if hole.start >= end:
                break
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = hole.end
        if start < end:
            left.append(Span(start, end))
    return left


def covers(spans: Sequence[Span[T]], span: Span[T]) -> bool:
    """Whether one of `spans`, which are as `merged` makes them, contains the whole span."""
    at = bisect_right(spans, span.start, key=_by_start)
    return at > 0 and span.end <= spans[at - 1].end


def meets(spans: Sequence[Span[T]], span: Span[T]) -> bool:
    """Whether any of `spans`, which are as `merged` makes them, overlaps the span."""
    at = bisect_left(spans, span.end, key=_by_start)
    return at > 0 and spans[at - 1].end > span.start
