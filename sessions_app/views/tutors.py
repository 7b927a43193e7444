"""Tutors as the learner_v1 client lists them."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, F, QuerySet
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import LONGEST_SEARCH
from accounts.models import TutorProfile
from accounts.presenters.tutors import brief
from accounts.querysets import DEFAULT_SORT, SORTS
from accounts.serializers.client import BriefTutorSerializer
from accounts.services.listing import sought
from common.filters import LARGEST_ID
from sessions_app.models import Participant

# What the client calls an order, and which one of ours it is, the best first.
WORDS = {
    **dict.fromkeys(("rating", "averageRating", "average_rating"), "rating"),
    **dict.fromkeys(("price", "rate", "hourlyRate", "hourly_rate"), "rate"),
    "experience": "experience",
}
POPULAR = ("popular", "totalSessions", "total_sessions")
CHEAPEST_FIRST = "rate"


class BriefTutorFilter(django_filters.FilterSet):
    subject = django_filters.CharFilter(method="teaching", max_length=100, help_text="Subject id or name.")
    search = django_filters.CharFilter(
        method="containing", max_length=LONGEST_SEARCH, help_text="Every word is in name, title, bio or subjects."
    )
    sort_by = django_filters.ChoiceFilter(
        choices=[(word, word) for word in (*WORDS, *POPULAR)],
        method="leave",
        help_text="`rating` by default; `popular` by lessons given.",
    )
    order = django_filters.ChoiceFilter(
        choices=[("asc", "Smallest first"), ("desc", "Largest first")],
        method="leave",
        help_text="Without it the best first: the highest rating, the lowest price.",
    )

    class Meta:
        model = TutorProfile
        fields = ()

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        asked, order = self.form.cleaned_data.get("sort_by"), self.form.cleaned_data.get("order")
        if asked in POPULAR:
            sign = "" if order == "asc" else "-"
            return found.order_by(f"{sign}total_sessions", f"{sign}id")
        sort = WORDS.get(asked, DEFAULT_SORT)
        usual = "asc" if sort == CHEAPEST_FIRST else "desc"
        return found.order_by(*SORTS[sort if order in ("", None, usual) else f"-{sort}"])

    def leave(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """`filter_queryset` sorts, since it needs both words."""
        return queryset

    def teaching(self, queryset: Any, name: str, value: str) -> QuerySet:
        if value.isascii() and value.isdecimal():
            return queryset.teaching(min(int(value), LARGEST_ID))
        return queryset.filter(taught__subject__name__iexact=value)

    def containing(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.containing(sought(value))


class BriefTutorViewSet(viewsets.GenericViewSet):
    """Approved tutors. For everybody."""

    permission_classes = (AllowAny,)
    queryset = TutorProfile.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = BriefTutorFilter
    answers: ClassVar[dict[str, Any]] = {"list": BriefTutorSerializer(many=True)}

    def list(self, request: Request) -> Response:
        """The approved tutors, the best rated first. Signed in or not."""
        page: Any = self.paginate_queryset(self.filter_queryset(TutorProfile.objects.listed()))
        tutors = brief(page)
        students = _students_of(tutor["user_id"] for tutor in tutors)
        return self.get_paginated_response(
            [tutor | {"total_students": students.get(tutor["user_id"], 0)} for tutor in tutors]
        )


def _students_of(user_ids: Iterable[int]) -> dict[int, int]:
    """How many people have or had a seat in a session of each."""
    seats = Participant.objects.joined().filter(session__creator__in=list(user_ids), session__deleted_at=None)
    counted = seats.order_by().values(host=F("session__creator")).annotate(people=Count("user", distinct=True))
    return dict(counted.values_list("host", "people"))
