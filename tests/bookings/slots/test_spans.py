"""Stretches of time."""

from hypothesis import given
from hypothesis import strategies as st

from bookings.slots.spans import Span, covers, meets, merged, without

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda pair: Span(pair[0], sum(pair))))


def minutes(spans) -> set[int]:
    return {minute for begin, end in spans for minute in range(begin, end)}


@given(SPANS)
def test_merged_spans_are_the_same_time_apart_from_each_other_and_in_order(spans):
    few = merged(spans)

    assert minutes(few) == minutes(spans)
    assert all(a.end < b.start for a, b in zip(few, few[1:], strict=False))


@given(SPANS, SPANS)
def test_what_is_left_is_outside_the_holes(spans, holes):
    assert minutes(without(merged(spans), merged(holes))) == minutes(spans) - minutes(holes)


@given(SPANS, st.integers(0, 30), st.integers(1, 10))
def test_a_span_is_covered_or_met_as_its_minutes_are(spans, begin, length):
    span = Span(begin, begin + length)
    inside = minutes([span])

    assert covers(merged(spans), span) == (inside <= minutes(spans))
    assert meets(merged(spans), span) == bool(inside & minutes(spans))
