"""What the learner_v1 client narrows and sorts its lists of sessions by."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from accounts.filters import RateFilter
from common.filters import LARGEST_ID
from sessions_app.filters import LevelFilter
from sessions_app.models import SessionLevel, SessionStatus, TutoringSession

RATE = "creator__tutor_profile__hourly_rate"
# A learner who hosts takes nothing: the cheapest there is.
SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "upcoming": ("starts_at", "id"),
    "popular": ("-seats_taken", "starts_at", "id"),
    "newest": ("-created_at", "-id"),
    "price-low": (F(RATE).asc(nulls_first=True), "starts_at", "id"),
    "price-high": (F(RATE).desc(nulls_last=True), "starts_at", "id"),
}
# What a list box sends for no choice.
ANY = "all"


class BrowseFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="containing", max_length=200, help_text="In title, text or host's name.")
    subject = django_filters.CharFilter(method="about", max_length=100, help_text="Subject id or name; `all` for any.")
    level = LevelFilter(choices=[*SessionLevel.choices, (ANY, "Any")], method="at_level", help_text="`all` for any.")
    max_price = RateFilter(method="up_to", help_text="An hour with its host costs at most that.")
    sort_by = django_filters.ChoiceFilter(
        choices=[(sort, sort) for sort in SORTS], method="in_order", help_text="`upcoming` by default: soonest first."
    )

    class Meta:
        model = TutoringSession
        fields = ()

    def containing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            by_name = Q(creator__first_name__icontains=word) | Q(creator__last_name__icontains=word)
            host = by_name & Q(creator__deleted_at=None)  # a name that is hidden finds nobody
            queryset = queryset.filter(Q(title__icontains=word) | Q(description__icontains=word) | host)
        return queryset

    def about(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value.lower() == ANY:
            return queryset
        if value.isascii() and value.isdecimal():
            return queryset.filter(subject_id=min(int(value), LARGEST_ID))
        return queryset.filter(subject__name__icontains=value)

    def at_level(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == ANY else queryset.filter(level=value)

    def up_to(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(Q(**{f"{RATE}__lte": value}) | Q(**{RATE: None}))

    def in_order(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.order_by(*SORTS[value])


class OwnSessionsFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices, help_text="The session's state.")

    class Meta:
        model = TutoringSession
        fields = ()
