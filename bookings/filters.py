"""What lists of packages and reviews can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from bookings.models import PackagePurchase, PurchaseStatus, Review, ReviewKind
from sessions_app.filters import IdFilter

KINDS = [("offer", "What tutors sell"), ("purchase", "What students own")]
OFFER_STATUS = {"active": True, "inactive": False}


class StarsField(forms.IntegerField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"min_value": 1, "max_value": 5}))


class PackageFilter(django_filters.FilterSet):
    """Of offers and of purchases alike."""

    tutor_id = IdFilter(help_text="Tutor profile id: that tutor's active offers, unless another kind is asked for.")
    kind = django_filters.ChoiceFilter(
        choices=KINDS,
        method="leave",
        help_text="Without it: offers with `tutor_id`; else a student's purchases, a tutor's own offers.",
    )
    status_filter = django_filters.ChoiceFilter(
        choices=[*PurchaseStatus.choices, ("inactive", "Sold no more")],
        method="in_state",
        help_text="A purchase's state; `active` or `inactive` for offers.",
    )

    def leave(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """The view has chosen the kind."""
        return queryset

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        if queryset.model is PackagePurchase:
            return queryset.in_state(value, timezone.now())
        return queryset.filter(is_active=OFFER_STATUS[value]) if value in OFFER_STATUS else queryset.none()


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 5})
class StarsFilter(django_filters.Filter):
    field_class = StarsField


class ReviewFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(
        choices=ReviewKind.choices,
        method="of_kind",
        help_text="`lesson` by default; `no_show` are of lessons that the tutor missed, and count in no rating.",
    )
    rating = StarsFilter()

    class Meta:
        model = Review
        fields = ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        kind = self.form.cleaned_data.get("kind") or ReviewKind.LESSON
        return super().filter_queryset(queryset).filter(kind=kind)

    def of_kind(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """`filter_queryset` does it, since there is a default."""
        return queryset
