"""Counts and sums of other rows, as expressions of the row that repeats them."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, IntegerField, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from common.money import MOST_DIGITS, MoneySum


def counted(rows: QuerySet, *, by: str, of: str = "pk") -> Coalesce:
    """How many rows there are; they are tied to the outer row by their column `by`."""
    return _of_group(rows.order_by().values(by).annotate(n=Count(of)).values("n"), Value(0), IntegerField())


def summed(rows: QuerySet, *, by: str, of: str) -> Coalesce:
    """The sum of a column of small numbers."""
    return _of_group(rows.order_by().values(by).annotate(n=Sum(of)).values("n"), Value(0), IntegerField())


def money(rows: QuerySet, *, by: str, of: str) -> Coalesce:
    """The sum of amounts, exact."""
    field = DecimalField(max_digits=14, decimal_places=MOST_DIGITS)
    total = rows.order_by().values(by).annotate(n=MoneySum(of)).values("n")
    return _of_group(total, Value(Decimal(0), output_field=field), field)


def _of_group(group: QuerySet, nothing: Value, field: Any) -> Coalesce:
    return Coalesce(Subquery(group, output_field=field), nothing, output_field=field)
