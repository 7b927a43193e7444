"""Money: exact decimals with an ISO 4217 code, in every currency's own number of digits (R-GEN-9)."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from babel.numbers import get_currency_precision
from django.db import models
from django.db.models import Sum

# No currency in use has more digits after the point.
MOST_DIGITS = 3
# Providers move no thousandths, not even of currencies that have them: the last digit of KWD must be 0 (ADR 10).
MOST_DIGITS_MOVED = 2


class MoneyField(models.DecimalField):
    """An amount of a currency that another field names. Exact; rounded to the currency's digits before it is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_digits": 14, "decimal_places": MOST_DIGITS} | kwargs))


class MoneySum(Sum):
    """A sum of amounts, to the last digit: SQLite, which adds in floating point, is told to round what comes out."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = super().as_sql(compiler, connection, **context)
        return f"CAST(ROUND({sql}, {MOST_DIGITS}) AS NUMERIC)", params


@cache
def digits_of(currency: str) -> int:
    """How many digits the currency has after the point: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The amount in the currency's own digits, half up. To be called once, as the last step."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), ROUND_HALF_UP)


@cache
def step_of(currency: str) -> Decimal:
    """The smallest amount that can be moved by itself: 0.01 for EUR, 1 for JPY, 0.010 for KWD."""
    return Decimal(1).scaleb(-min(digits_of(currency), MOST_DIGITS_MOVED))


def is_movable(amount: Decimal, currency: str) -> bool:
    """Whether it is a whole number of such steps."""
    return not amount % step_of(currency)


def round_part(part: Decimal, currency: str, *, of: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """What is given back, kept or earned of an amount, in steps that can be moved; half up if nothing else is said.

    Never more than the whole, and the whole as it is: so that the parts of any amount add up to it. To be called once,
    as the last step.
    """
    rounded = part.quantize(step_of(currency), rounding)
    return round_money(of if max(abs(part), abs(rounded)) >= abs(of) else rounded, currency)


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount as a whole number of the currency's smallest unit: 45.00 USD are 4500."""
    return int(round_money(amount, currency).scaleb(digits_of(currency)))
