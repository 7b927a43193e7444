"""Amounts of money as they are sent."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rest_framework import serializers

from common.money import MOST_DIGITS

LARGEST_AMOUNT = Decimal(1_000_000)
SMALLEST_AMOUNT = Decimal(1).scaleb(-MOST_DIGITS)


class AmountField(serializers.DecimalField):
    """A number, or a text of one, in the most digits that an amount may have; the currency's own come later."""

    def __init__(self, *, max_value: Decimal = LARGEST_AMOUNT, **kwargs: Any) -> None:
        self.largest = max_value
        super().__init__(max_digits=None, decimal_places=None, max_value=max_value, coerce_to_string=False, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        amount = super().to_internal_value(data)
        if abs(amount) > self.largest:  # before it is rounded, which very large ones cannot be
            self.fail("max_value", max_value=self.largest)
        return amount.quantize(SMALLEST_AMOUNT, ROUND_HALF_UP)
