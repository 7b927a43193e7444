"""What the search of tutors can be narrowed and sorted by, in the document's words and in its client's."""

from collections.abc import Container, Sequence
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from accounts.models import TutorProfile
from accounts.querysets import SORTS, TutorQuerySet
from accounts.services.listing import sought
from catalog import languages
from common.filters import IdFilter
from common.money import MOST_DIGITS

LARGEST_RATE = 1_000_000_000
MOST_YEARS = 100
LONGEST_SEARCH = 200
_PLACES = Decimal(1).scaleb(-MOST_DIGITS)


class AmountField(forms.DecimalField):
    """A number in the digits that amounts are stored with."""

    def clean(self, value: Any) -> Decimal | None:
        amount = super().clean(value)
        return None if amount is None else amount.quantize(_PLACES)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": LARGEST_RATE})
class RateFilter(django_filters.Filter):
    field_class = AmountField

    def __init__(self, **options: Any) -> None:
        super().__init__(field_name="hourly_rate", min_value=0, max_value=LARGEST_RATE, **options)


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MOST_YEARS})
class YearsFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(field_name="experience_years", lookup_expr="gte", min_value=0, max_value=MOST_YEARS, **options)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 5})
class StarsFilter(django_filters.Filter):
    field_class = AmountField


class LanguagesField(forms.CharField):
    """Codes or English names with commas between, as a list of codes."""

    def clean(self, value: Any) -> Any:
        words = [word for word in super().clean(value).split(",") if word.strip()]
        codes = [languages.code_of(word) for word in words]
        if None in codes:
            raise forms.ValidationError("Must be ISO 639-1 codes with commas between, such as en,es.", code="invalid")
        return codes


@extend_schema_field({"type": "string"})
class LanguagesFilter(django_filters.Filter):
    field_class = LanguagesField


def _sort_filter(words: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=[(sort, sort) for sort in SORTS], method="in_order", help_text=words)


def _words_filter(words: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(method="containing", max_length=LONGEST_SEARCH, help_text=words)


class TutorFilter(django_filters.FilterSet):
    subject_id = IdFilter(method="teaching", help_text="Teaches this subject.")
    min_rate = RateFilter(lookup_expr="gte", help_text="An hour costs at least that, in the tutor's own currency.")
    max_rate = RateFilter(lookup_expr="lte", help_text="An hour costs at most that, in the tutor's own currency.")
    experience_years = YearsFilter(help_text="Has taught for at least so many years.")
    min_experience = YearsFilter(help_text="The same.")
    min_rating = StarsFilter(
        field_name="average_rating", lookup_expr="gte", min_value=0, max_value=5, help_text="Rated so or better."
    )
    languages = LanguagesFilter(
        method="speaking", max_length=LONGEST_SEARCH, help_text="Speaks one of these: codes with commas between."
    )
    search = _words_filter(
        "Every word is in name, title, headline, bio or subjects; of one or two letters, begins a word."
    )
    search_query = _words_filter("The same.")
    sort = _sort_filter(
        "Highest `rating` or longest `experience` first, cheapest `rate` first; - turns it round. By rating otherwise."
    )
    sort_by = _sort_filter("The same.")

    class Meta:
        model = TutorProfile
        fields = ()

    @classmethod
    def is_asked(cls, query: Container[str]) -> bool:
        """Whether any of the parameters narrows or sorts the list."""
        return any(name in query for name in cls.base_filters)

    def teaching(self, queryset: TutorQuerySet, name: str, value: int) -> TutorQuerySet:
        return queryset.teaching(value)

    def speaking(self, queryset: TutorQuerySet, name: str, value: Sequence[str]) -> TutorQuerySet:
        return queryset.speaking(value)

    def containing(self, queryset: TutorQuerySet, name: str, value: str) -> TutorQuerySet:
        return queryset.containing(sought(value))

    def in_order(self, queryset: TutorQuerySet, name: str, value: str) -> TutorQuerySet:
        return queryset.in_order(value)
