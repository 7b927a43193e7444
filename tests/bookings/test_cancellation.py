"""The cancellation policies at every boundary (R-CAN-1 to 4, R-BOOK-4, R-RES-4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.cancellation import (
    TIERS,
    Outcome,
    Terms,
    describe,
    earns_strike,
    free_cancel_after_move,
    full_refund_until,
    in_undo_window,
    is_late,
    outcome,
    percent_at,
    refund_of,
)
from bookings.models import CancellationPolicy, Party

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
GRACE = timedelta(minutes=5)

# policy, hours, share from there on, share one second after the grace
BOUNDARIES = [
    ("flexible", 12, 100, 0),
    ("standard", 24, 100, 50),
    ("standard", 12, 50, 0),
    ("strict", 36, 100, 50),
    ("strict", 24, 50, 0),
]


def terms(lead=48 * HOUR, **changes):
    """A confirmed lesson that begins so long from NOW, booked long ago."""
    usual = {"policy": "standard", "is_confirmed": True, "created_at": NOW - timedelta(days=9), "starts_at": NOW + lead}
    return Terms(**(usual | changes))


class TestThePolicies:
    @pytest.mark.parametrize(("policy", "hours", "there", "after"), BOUNDARIES)
    def test_each_threshold_is_inclusive_and_has_five_minutes_of_grace(self, policy, hours, there, after):
        threshold = hours * HOUR

        assert percent_at(policy, threshold) == there
        assert percent_at(policy, threshold - GRACE) == there, "23:55 counts as 24:00"
        assert percent_at(policy, threshold - GRACE - SECOND) == after, "23:54:59 does not"

    @pytest.mark.parametrize("policy", CancellationPolicy.values)
    def test_long_before_everything_and_at_the_last_moment_nothing_comes_back(self, policy):
        assert percent_at(policy, 1000 * HOUR) == 100
        assert percent_at(policy, SECOND) == 0

    @pytest.mark.parametrize("policy", CancellationPolicy.values)
    def test_no_policy_asks_for_more_than_36_hours(self, policy):
        assert max(tier.hours for tier in TIERS[policy]) <= 36
        assert percent_at(policy, 36 * HOUR) == 100

    @pytest.mark.parametrize(("policy", "full"), [("flexible", 12), ("standard", 24), ("strict", 36)])
    def test_the_late_window_is_below_the_full_threshold(self, policy, full):
        assert not is_late(policy, full * HOUR - GRACE)
        assert is_late(policy, full * HOUR - GRACE - SECOND)

    def test_a_policy_reads_as_a_sentence(self):
        assert describe("standard") == (
            "Standard: refund of 100 % until 24 hours before the start, 50 % until 12 hours before the start, "
            "nothing afterwards."
        )


class TestWhoCancels:
    @pytest.mark.parametrize("lead", [1000 * HOUR, 18 * HOUR, SECOND])
    @pytest.mark.parametrize("by", [Party.TUTOR, Party.SYSTEM, Party.ADMIN])
    def test_a_student_loses_nothing_when_it_is_not_the_student(self, by, lead):
        assert outcome(terms(lead), by=by, now=NOW) == Outcome(100, releases_credit=True)

    @pytest.mark.parametrize("lead", [48 * HOUR, 18 * HOUR, HOUR])
    def test_a_pending_request_costs_nothing(self, lead):
        assert outcome(terms(lead, is_confirmed=False), by=Party.STUDENT, now=NOW) == Outcome(100, releases_credit=True)

    @pytest.mark.parametrize(
        ("lead", "expected"),
        [
            (24 * HOUR, Outcome(100, releases_credit=True)),
            (18 * HOUR, Outcome(50, releases_credit=False)),
            (6 * HOUR, Outcome(0, releases_credit=False)),
        ],
    )
    def test_a_student_gets_what_the_tier_says(self, lead, expected):
        assert outcome(terms(lead), by=Party.STUDENT, now=NOW) == expected

    @pytest.mark.parametrize(
        ("lead", "expected"),
        [
            (24 * HOUR, Outcome(100, releases_credit=True)),
            (18 * HOUR, Outcome(0, releases_credit=False)),
            (6 * HOUR, Outcome(0, releases_credit=False)),
        ],
    )
    def test_a_credit_is_whole(self, lead, expected):
        assert outcome(terms(lead), by=Party.STUDENT, now=NOW, by_credit=True) == expected

    def test_what_the_student_moved_in_the_late_window_is_not_refunded_any_more(self):
        moved = terms(480 * HOUR, non_refundable=True)

        assert outcome(moved, by=Party.STUDENT, now=NOW) == Outcome(0, releases_credit=False)
        assert outcome(moved, by=Party.TUTOR, now=NOW).refund_percent == 100

    @pytest.mark.parametrize(("free_until", "percent"), [(NOW, 100), (NOW - SECOND, 0)])
    def test_what_the_tutor_moved_may_be_cancelled_until_then(self, free_until, percent):
        assert outcome(terms(HOUR, free_until=free_until), by=Party.STUDENT, now=NOW).refund_percent == percent

    @pytest.mark.parametrize(("lead", "strike"), [(24 * HOUR - GRACE, False), (24 * HOUR - GRACE - SECOND, True)])
    def test_a_tutor_who_cancels_within_a_day_earns_a_strike(self, lead, strike):
        assert earns_strike(lead) is strike


class TestTheUndoWindow:
    @pytest.mark.parametrize(
        ("age", "lead", "inside"),
        [
            (timedelta(0), 24 * HOUR, True),
            (5 * timedelta(minutes=1), 24 * HOUR, True),
            (5 * timedelta(minutes=1) + SECOND, 24 * HOUR, False),
            (timedelta(0), 24 * HOUR - SECOND, False),
        ],
    )
    def test_is_five_minutes_long_for_lessons_a_day_away(self, age, lead, inside):
        assert in_undo_window(terms(lead, created_at=NOW - age), NOW) is inside

    def test_gives_everything_back_whatever_the_policy_says(self):
        just_made = terms(25 * HOUR, policy="strict", created_at=NOW)

        assert outcome(just_made, by=Party.STUDENT, now=NOW).refund_percent == 100
        assert outcome(just_made, by=Party.STUDENT, now=NOW + timedelta(minutes=6)).refund_percent == 50


class TestAfterATutorsMove:
    def test_cancelling_is_free_until_twelve_hours_before_the_new_start(self):
        assert free_cancel_after_move(proposed_at=NOW, starts_at=NOW + 100 * HOUR) == NOW + 88 * HOUR

    def test_or_for_a_day_after_the_proposal(self):
        assert free_cancel_after_move(proposed_at=NOW, starts_at=NOW + 30 * HOUR) == NOW + 24 * HOUR

    def test_but_never_after_the_start(self):
        assert free_cancel_after_move(proposed_at=NOW, starts_at=NOW + 6 * HOUR) == NOW + 6 * HOUR


class TestTheDeadline:
    @pytest.mark.parametrize(
        "one",
        [
            terms(100 * HOUR),
            terms(100 * HOUR, policy="strict"),
            terms(100 * HOUR, free_until=NOW + 90 * HOUR),
            terms(30 * HOUR, policy="strict", created_at=NOW),
            terms(100 * HOUR, is_confirmed=False),
            terms(100 * HOUR, non_refundable=True, free_until=NOW + HOUR),
        ],
    )
    def test_is_the_last_moment_at_which_nothing_is_lost(self, one):
        deadline = full_refund_until(one)

        assert deadline is not None
        assert outcome(one, by=Party.STUDENT, now=deadline).refund_percent == 100
        if one.is_confirmed:
            assert outcome(one, by=Party.STUDENT, now=deadline + SECOND).refund_percent < 100

    def test_there_is_none_ahead_for_what_is_not_refunded(self):
        assert full_refund_until(terms(non_refundable=True)) == NOW - timedelta(days=9) + GRACE, "only the undo window"
        assert full_refund_until(terms(20 * HOUR, non_refundable=True, created_at=NOW)) is None


class TestTheAmount:
    @pytest.mark.parametrize(
        ("price", "percent", "currency", "refund"),
        [
            ("45.00", 100, "USD", "45.00"),
            ("45.00", 50, "USD", "22.50"),
            ("45.01", 50, "USD", "22.51"),
            ("45.00", 0, "USD", "0.00"),
            ("4501", 50, "JPY", "2251"),
            ("4.501", 50, "KWD", "2.260"),
            ("4.501", 100, "KWD", "4.501"),
            ("0.01", 50, "EUR", "0.01"),
        ],
    )
    def test_half_of_an_odd_amount_is_rounded_in_the_students_favour(self, price, percent, currency, refund):
        assert refund_of(Decimal(price), percent, currency) == Decimal(refund)

    @given(st.decimals(0, 10**6, places=2), st.integers(0, 100))
    def test_is_never_less_than_the_share_nor_more_than_the_price(self, price, percent):
        refund = refund_of(price, percent, "USD")

        assert price * percent / 100 <= refund <= price
        assert refund - price * percent / 100 < Decimal("0.01")


@given(
    policy=st.sampled_from(CancellationPolicy.values),
    sooner=st.integers(0, 72 * 3600),
    later=st.integers(0, 72 * 3600),
    by_credit=st.booleans(),
)
def test_cancelling_earlier_never_gives_less(policy, sooner, later, by_credit):
    near, far = sorted([sooner, later])

    def share(lead):
        booked = terms(timedelta(seconds=lead), policy=policy)
        return outcome(booked, by=Party.STUDENT, now=NOW, by_credit=by_credit).refund_percent

    assert share(near) <= share(far)
