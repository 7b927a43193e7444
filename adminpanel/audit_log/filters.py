"""What the audit log can be narrowed by."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import QuerySet

from audit.models import AuditEntry
from audit.querysets import AuditEntryQuerySet
from common.filters import IdFilter, Moment, MomentFilter, start_of


class AuditFilter(django_filters.FilterSet):
    action_type = django_filters.CharFilter(
        method="of_kind", max_length=100, help_text="An action such as account.deleted, or how it begins: account."
    )
    user_id = IdFilter(method="about_user", help_text="What that user did, and what was done to the account.")
    object_type = django_filters.CharFilter(max_length=100, help_text="Such as bookings.booking.")
    object_id = django_filters.CharFilter(max_length=64, help_text="The number of that object.")

    class Meta:
        model = AuditEntry
        fields = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """With those whose names are words of Python."""
        return super().get_filters() | {
            "from": MomentFilter(method="since", help_text="At this instant, on this date, or later."),
            "to": MomentFilter(method="until", help_text="At this instant, on this date, or earlier."),
        }

    def of_kind(self, queryset: AuditEntryQuerySet, name: str, value: str) -> QuerySet:
        return queryset.of_kind(value)

    def about_user(self, queryset: AuditEntryQuerySet, name: str, value: int) -> QuerySet:
        return queryset.about_user(value)

    def since(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        return queryset.filter(created_at__gte=self._start(value))

    def until(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        if isinstance(value, datetime):
            return queryset.filter(created_at__lte=value)
        return queryset.filter(created_at__lt=self._start(value + timedelta(days=1)))

    def _start(self, value: Moment) -> datetime:
        return start_of(value, ZoneInfo(self.request.user.timezone))
