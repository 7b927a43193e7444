"""What the pages of money share."""

from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from common.back_office import BackOfficeAdmin, WithReason
from common.money import MOST_DIGITS, MoneySum
from payments.services.news import amount_in_words

LARGEST = Decimal(10) ** 9


class Total(NamedTuple):
    title: str
    amount: str


class Totals(BackOfficeAdmin):
    """A list that says what all rows that its filters show come to, in each currency."""

    list_before_template = "payments/totals.html"
    # Title and column of each sum; where the currency is; and what else sums are told apart by.
    summed: dict[str, str] = {}
    currency = "currency"
    told_apart_by: str | None = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["totals"] = self.totals(context["cl"].queryset)
        return response

    def totals(self, rows: QuerySet) -> list[Total]:
        """Of filtered rows, by currency."""
        groups = {"of": F(self.told_apart_by)} if self.told_apart_by else {}
        sums = {f"sum_{number}": MoneySum(column) for number, column in enumerate(self.summed.values())}
        found = rows.order_by().values(code=F(self.currency), **groups).annotate(**sums).order_by("code", *groups)
        return [
            Total(f"{row['of']}: {title}" if groups else title, amount_in_words(row[f"sum_{number}"], row["code"]))
            for row in found
            for number, title in enumerate(self.summed)
        ]


class Amount(WithReason):
    """`amount` may be left out where that means all of it."""

    amount = forms.DecimalField(
        min_value=Decimal(1).scaleb(-MOST_DIGITS),
        max_value=LARGEST,
        decimal_places=MOST_DIGITS,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="In the currency of the payment. Nothing: all that is left.",
    )


def in_words(amount: Decimal | None, currency: str) -> str:
    return "-" if amount is None else amount_in_words(amount, currency)
