"""What lists of payments and payouts can be narrowed by."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import QuerySet

from common.filters import IdFilter, Moment, MomentFilter, start_of
from payments.models import Payment, PaymentStatus, Payout, PayoutStatus
from payments.serializers.answers import KINDS


class PaymentFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=PaymentStatus.choices)
    kind = django_filters.ChoiceFilter(choices=KINDS, field_name="payable_kind", help_text="What was paid for.")
    booking_id = IdFilter(method="of_booking")

    class Meta:
        model = Payment
        fields = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """With those whose names are words of Python."""
        return super().get_filters() | {
            "from": MomentFilter(method="begun_from", help_text="Begun at this instant, on this date, or later."),
            "to": MomentFilter(method="begun_until", help_text="Begun at this instant, on this date, or earlier."),
        }

    def of_booking(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(payable_kind="booking", payable_id=value)

    def begun_from(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        return queryset.filter(created_at__gte=self._start(value))

    def begun_until(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        if isinstance(value, datetime):
            return queryset.filter(created_at__lte=value)
        return queryset.filter(created_at__lt=self._start(value + timedelta(days=1)))

    def _start(self, value: Moment) -> datetime:
        return start_of(value, ZoneInfo(self.request.user.timezone))


class PayoutFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=PayoutStatus.choices)
    mentor_id = IdFilter(field_name="tutor_id", help_text="The mentor's id.")

    class Meta:
        model = Payout
        fields = ()
