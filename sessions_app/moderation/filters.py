"""What admins' lists of sessions and of reports can be narrowed and sorted by."""

import django_filters
from django.db.models import F, Q, QuerySet

from common.filters import IdFilter
from sessions_app.filters import SessionFilter
from sessions_app.models import (
    SEATED,
    UNDECIDED,
    ConflictOutcome,
    ConflictReport,
    ConflictState,
    ConflictType,
    Participant,
    SessionKind,
)

UNDECIDED_WORD = "undecided"


class AdminSessionFilter(SessionFilter):
    """Of all sessions."""

    scope = None
    kind = django_filters.ChoiceFilter(choices=SessionKind.choices)
    student = IdFilter(method="attended_by", help_text="User id of somebody who has, or had, a seat.")

    def attended_by(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        seats = Participant.objects.filter(user=value, state__in=SEATED)
        return queryset.filter(pk__in=seats.values("session"))


class ConflictFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=[*ConflictState.choices, (UNDECIDED_WORD, "open or under review")],
        method="standing",
        help_text="undecided: open or under review.",
    )
    type = django_filters.ChoiceFilter(field_name="kind", choices=ConflictType.choices)
    outcome = django_filters.ChoiceFilter(choices=ConflictOutcome.choices)
    session_id = IdFilter()
    user_id = IdFilter(method="concerning", help_text="Who reported, or whom it is about.")
    ordering = django_filters.OrderingFilter(
        fields=[(name, name) for name in ("created_at", "decided_at")],
        help_text="created_at or decided_at, - turns it round; by default the undecided, the oldest first.",
    )

    class Meta:
        model = ConflictReport
        fields = ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        usual = (F("decided_at").desc(nulls_first=True), "created_at")
        return found.order_by(*(found.query.order_by or usual), "id")

    def standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(state__in=UNDECIDED if value == UNDECIDED_WORD else [value])

    def concerning(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(Q(reporter=value) | Q(reported=value))
