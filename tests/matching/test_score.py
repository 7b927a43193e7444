"""The score of a pair: whole numbers that add up, whatever the order (R-MAT-1 to R-MAT-6)."""

import dataclasses
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.slots import Span
from matching.score import (
    FACTORS,
    NEVER_USED,
    Exclusion,
    Index,
    Level,
    Tutor,
    Wishes,
    best,
    cells,
    exclusions,
    is_eligible,
    match,
    published,
    reason_of,
    weights_in_force,
)
from matching.score.ranking import MOST, Ranking, from_values
from matching.score.shares import UNKNOWN, Value

MATHS, PHYSICS, POETRY = 1, 2, 3
FREE = (1 << 200) - 1
TUTOR = Tutor(
    id=7,
    user_id=70,
    subjects={MATHS: Level.ADVANCED},
    categories=frozenset({"STEM"}),
    languages={"en": Level.NATIVE},
    hourly_rate=Decimal(50),
    ranking_score=Decimal(4),
    lessons=100,
    days_here=400,
    free=FREE,
)
WISHES = Wishes(
    student_id=9,
    subjects={MATHS: Level.INTERMEDIATE},
    categories=frozenset({"STEM"}),
    languages={"en": Level.ADVANCED},
    budgets={"USD": Decimal(50)},
    free=FREE,
    words=frozenset({"algebra"}),
)


def with_(of, **changes):
    return dataclasses.replace(of, **changes)


def value_of(name, tutor=TUTOR, wishes=WISHES):
    """The factor's value from 0 to 1."""
    lines = match(tutor, wishes, weights_in_force()).lines(weights_in_force())
    return next(float(line["value"]) for line in lines if line["name"] == name)


class TestFactors:
    @pytest.mark.parametrize(
        ("sought", "value"),
        [
            ({MATHS: Level.ADVANCED}, 1),
            ({MATHS: None}, 1),
            ({MATHS: Level.NATIVE}, 0.7),
            ({MATHS: Level.NATIVE, PHYSICS: None}, 0.7),
            ({PHYSICS: None}, 0.3),
            ({}, 0.5),
        ],
    )
    def test_subject_and_level(self, sought, value):
        assert value_of("subject", wishes=with_(WISHES, subjects=sought)) == value

    def test_another_kind_of_subject_is_worth_nothing(self):
        other = with_(WISHES, subjects={POETRY: None}, categories=frozenset({"Arts"}))

        assert value_of("subject", wishes=other) == 0

    @pytest.mark.parametrize(("minutes", "value"), [(0, 0), (60, 0.25), (240, 1), (600, 1)])
    def test_availability_is_the_time_that_both_have(self, minutes, value):
        assert value_of("availability", wishes=with_(WISHES, free=(1 << minutes // 15) - 1)) == value

    @pytest.mark.parametrize(
        ("spoken", "value"),
        [({"en": 3}, 0.75), ({"en": 1, "de": 2}, 0.5), ({"fr": 4}, 0), ({}, 0.5)],
    )
    def test_language_is_the_lower_level_of_the_best_one(self, spoken, value):
        tutor = with_(TUTOR, languages={"en": 4, "de": 2})

        assert value_of("language", tutor, with_(WISHES, languages=spoken)) == value

    @pytest.mark.parametrize(("rate", "value"), [(40, 1), (50, 1), (55, 0.5), (60, 0), (None, 0.5)])
    def test_price_falls_from_the_budget_to_a_fifth_above_it(self, rate, value):
        assert value_of("price", with_(TUTOR, hourly_rate=None if rate is None else Decimal(rate))) == value

    def test_a_price_in_a_currency_without_a_budget_says_nothing(self):
        assert value_of("price", with_(TUTOR, currency="EUR", hourly_rate=Decimal(9000))) == 0.5

    @pytest.mark.parametrize(("score", "value"), [("0", 0), ("3", 0), ("4.5", 0.75), ("5", 1)])
    def test_quality_begins_at_three_stars(self, score, value):
        assert value_of("quality", with_(TUTOR, ranking_score=Decimal(score))) == value

    def test_quality_is_worded_with_the_mean_that_everybody_sees_and_never_with_the_score(self):
        names = {"subjects": {}, "languages": {}}
        rated = with_(TUTOR, ranking_score=Decimal("4.2312"), rating=Decimal("4.8"))

        assert reason_of("quality", rated.quality, **names) == "Rated 4.8 of 5."
        assert reason_of("quality", with_(rated, rating=None).quality, **names) == "No reviews yet."

    def test_reliability_believes_in_ten_good_lessons(self):
        assert value_of("reliability") == 1
        assert value_of("reliability", with_(TUTOR, bookings=10, late_cancels=2, no_shows=1)) == 0.8
        assert value_of("reliability", with_(TUTOR, bookings=1, no_shows=9)) == 0

    def test_goals_are_words_in_common(self):
        wishes = with_(WISHES, words=frozenset({"algebra", "chess"}))

        assert value_of("goals", with_(TUTOR, words=frozenset({"algebra", "patience"})), wishes) == 0.3333
        assert value_of("goals", wishes=with_(WISHES, words=frozenset())) == 0.5

    @pytest.mark.parametrize(("lessons", "days", "value"), [(0, 0, 1), (1, 30, 0.4), (5, 0, 0), (0, 60, 0)])
    def test_being_new_fades_with_lessons_and_days(self, lessons, days, value):
        assert value_of("new_tutor", with_(TUTOR, lessons=lessons, days_here=days)) == value

    def test_each_has_a_reason_in_words(self):
        names = {"subjects": {MATHS: "Mathematics"}, "languages": {"en": "English"}}
        values = zip(FACTORS, match(TUTOR, WISHES, weights_in_force()).values, strict=True)

        reasons = [reason_of(factor.name, value, **names) for factor, value in values]
        assert reasons[0] == "Teaches Mathematics at your level."
        assert reasons[1] == "50 hours of lessons in the next 14 days when you are free, too."
        assert reasons[2] == "You both speak English."
        unknown = [reason_of(factor.name, UNKNOWN, **names) for factor in FACTORS]
        nothing = [reason_of(factor.name, Value(0), **names) for factor in FACTORS]
        assert all(reason.endswith(".") for reason in [*reasons, *unknown, *nothing])

    def test_what_is_published_is_all_that_is_known(self):
        assert [line["weight"] for line in published(weights_in_force())] == [25, 20, 15, 10, 15, 10, 5, 5]
        known = {field.name for kind in (Tutor, Wishes) for field in dataclasses.fields(kind)}
        assert not known & {*NEVER_USED, "birth_date", "country", "avatar", "commission", "paid", "name"}

    def test_weights_that_do_not_come_to_a_hundred_are_no_weights(self, settings):
        settings.MATCHING_WEIGHTS = settings.MATCHING_WEIGHTS | {"goals": 6}

        with pytest.raises(ImproperlyConfigured):
            weights_in_force()


class TestFilters:
    @pytest.mark.parametrize(
        ("tutor", "wishes", "because"),
        [
            ({"is_listed": False}, {}, Exclusion.NOT_LISTED),
            ({"takes_bookings": False}, {}, Exclusion.UNAVAILABLE),
            ({}, {"blocked": frozenset({70})}, Exclusion.UNAVAILABLE),
            ({}, {"dismissed": frozenset({7})}, Exclusion.DISMISSED),
            ({}, {"subjects": {POETRY: None}, "categories": frozenset({"Arts"})}, Exclusion.SUBJECT),
            ({}, {"subjects": {PHYSICS: None}, "must_teach": True}, Exclusion.SUBJECT),
            ({}, {"languages": {"fr": 4}}, Exclusion.LANGUAGE),
            ({"hourly_rate": Decimal("60.01")}, {}, Exclusion.PRICE),
            ({"free": 0}, {}, Exclusion.NO_FREE_SLOT),
        ],
    )
    def test_each_is_named(self, tutor, wishes, because):
        pair = with_(TUTOR, **tutor), with_(WISHES, **wishes)

        assert exclusions(*pair) == [because]
        assert not is_eligible(*pair)
        assert list(best([pair[0]], pair[1], weights_in_force()).matches) == []

    @pytest.mark.parametrize(
        ("tutor", "wishes"),
        [
            ({}, {}),
            ({"hourly_rate": Decimal(60)}, {}),
            ({}, {"subjects": {PHYSICS: None}}),
            ({}, {"languages": {"fr": 4}, "accepts_any_language": True}),
            ({"languages": {}}, {"languages": {}}),
        ],
    )
    def test_at_the_edge_nothing_speaks_against_it(self, tutor, wishes):
        assert exclusions(with_(TUTOR, **tutor), with_(WISHES, **wishes)) == []


shares = st.integers(0, 10_000)
tutors = st.builds(
    Tutor,
    id=st.integers(1, 10**9),
    user_id=st.just(1),
    subjects=st.dictionaries(st.integers(1, 3), st.integers(1, 4)),
    categories=st.frozensets(st.sampled_from(["STEM", "Arts"])),
    languages=st.dictionaries(st.sampled_from(["en", "de"]), st.integers(1, 4)),
    hourly_rate=st.none() | st.decimals(1, 100, places=2),
    ranking_score=st.decimals(0, 5, places=4),
    bookings=st.integers(0, 50),
    late_cancels=st.integers(0, 20),
    no_shows=st.integers(0, 20),
    lessons=st.integers(0, 9),
    days_here=st.integers(0, 99),
    free=st.integers(0, 2**64),
)


class TestTheSum:
    @settings(max_examples=60)
    @given(st.lists(shares, min_size=8, max_size=8))
    def test_contributions_come_to_the_score_exactly_as_decimals_and_as_floats(self, given_shares):
        weights = weights_in_force()
        found = from_values(1, tuple(map(Value, given_shares)), weights)

        lines = found.lines(weights)
        assert sum(line["contribution"] for line in lines) == found.score
        assert sum(float(line["contribution"]) for line in lines) == float(found.score)
        assert 0 <= found.score <= 100
        assert all(abs(line["value"] * line["weight"] - line["contribution"]) < Decimal("0.01") for line in lines[:-1])

    def test_new_tutors_end_at_a_hundred_too(self):
        found = from_values(1, (Value(10_000),) * 8, weights_in_force())

        assert (found.score, found.lines(weights_in_force())[-1]["contribution"]) == (100, 0)

    @settings(max_examples=25)
    @given(st.lists(tutors, max_size=12, unique_by=lambda tutor: tutor.id), st.randoms())
    def test_the_order_in_which_tutors_come_changes_nothing(self, pool, chance):
        shuffled = list(pool)
        chance.shuffle(shuffled)

        some = (pool, shuffled, Index(shuffled).near(WISHES))
        one, other, indexed = (best(each, WISHES, weights_in_force()) for each in some)
        assert one.matches == other.matches == indexed.matches
        assert [each.place for each in one.matches] == sorted(each.place for each in one.matches)


class TestTheOrder:
    def test_equal_scores_go_by_reliability_and_then_by_id(self):
        """The second has by reviews what it lacks in reliability."""
        sure = with_(TUTOR, id=9, ranking_score=Decimal(4))
        liked = with_(TUTOR, id=3, ranking_score=Decimal("4.2666"), bookings=0, late_cancels=2)
        pool = [with_(sure, id=12), liked, sure]

        found = best(pool, WISHES, weights_in_force())

        assert len({each.units for each in found.matches}) == 1
        assert [each.tutor_id for each in found.matches] == [9, 12, 3]

    def test_fifty_are_recommended_at_most(self):
        found = best([with_(TUTOR, id=number) for number in range(1, 80)], WISHES, weights_in_force())

        assert len(found) == MOST
        assert [each.tutor_id for each in found[40:60]] == list(range(41, 51))

    @pytest.mark.parametrize("size", [1, 3, 7, 20, 100])
    def test_every_page_has_a_new_tutor_while_there_are_any(self, size):
        old = [with_(TUTOR, id=number) for number in range(1, 70)]
        new = [with_(TUTOR, id=number, lessons=0, days_here=1, ranking_score=Decimal(0)) for number in (80, 81, 82)]
        found = best(random.Random(4).sample(old + new, 72), WISHES, weights_in_force())

        pages = [found[start : start + size] for start in range(0, len(found), size)]
        with_new = [any(each.is_new for each in page) for page in pages]
        shown = [each.tutor_id for page in pages for each in page]
        assert with_new == ([True] * min(3, len(pages)) + [False] * len(pages))[: len(pages)]
        assert len(set(shown)) == len(shown) == MOST
        kept = Ranking(from_values(each.tutor_id, each.values, weights_in_force()) for each in found.matches)
        assert [kept[start : start + size] for start in range(0, len(kept), size)] == pages


class TestCells:
    ORIGIN = datetime(2026, 5, 4, tzinfo=UTC)

    def at(self, hours, minutes=0):
        return self.ORIGIN + timedelta(hours=hours, minutes=minutes)

    def test_time_is_rounded_to_what_is_wholly_free_or_touched(self):
        free, busy = self.at(1, 5), self.at(2, 10)

        assert cells.minutes_of(cells.between(self.ORIGIN, free, busy)) == 45
        assert cells.minutes_of(cells.touched_by(self.ORIGIN, [Span(free, busy)])) == 75
        assert cells.between(self.ORIGIN, self.at(-5), self.at(1)) == 0b1111
        assert cells.between(self.ORIGIN, self.at(-5), self.at(-4)) == 0

    def test_lessons_reach_as_far_as_they_last(self):
        starts = cells.begun_in(self.ORIGIN, [self.at(0), self.at(0, 30), self.at(3)])

        assert cells.minutes_of(cells.lessons(starts, 60)) == 90 + 60
        assert cells.all_of(self.ORIGIN, [Span(self.at(0), self.at(1, 30)), Span(self.at(3), self.at(4))]) == (
            cells.lessons(starts, 60)
        )
