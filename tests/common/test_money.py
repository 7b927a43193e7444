"""The smallest amounts that can be moved, and parts of an amount (ADR 10)."""

from decimal import ROUND_CEILING, Decimal

import pytest

from common.money import is_movable, round_part, step_of


@pytest.mark.parametrize(("currency", "step"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.010"), ("TND", "0.010")])
def test_a_step_is_the_smallest_amount_of_the_currency_but_no_thousandth(currency, step):
    assert step_of(currency) == Decimal(step)
    assert is_movable(Decimal(step) * 3, currency)
    assert not is_movable(Decimal(step) / 2, currency)


@pytest.mark.parametrize(
    ("part", "currency", "rounded"),
    [("2.565", "KWD", "2.570"), ("1.026", "KWD", "1.030"), ("4.104", "KWD", "4.100"), ("2.565", "USD", "2.57")],
)
def test_a_part_is_rounded_half_up_to_such_steps(part, currency, rounded):
    assert str(round_part(Decimal(part), currency, of=Decimal("5.130"))) == rounded


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("whole", ["5.125", "5.124"])
def test_the_whole_stays_as_it_is_and_no_part_is_more(whole, sign):
    of = Decimal(whole) * sign

    assert round_part(of, "KWD", of=of) == of
    assert round_part(of * 2, "KWD", of=of) == of
    assert round_part(Decimal(0), "KWD", of=of) == 0
    assert abs(round_part(of - Decimal("0.001") * sign, "KWD", of=of, rounding=ROUND_CEILING)) <= abs(of)
