from typing import Any

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from notifications.models import Notification, NotificationQuerySet


class BooleanField(forms.CharField):
    """`true` or `false`; anything else is refused, where Django's own field would not filter at all."""

    def clean(self, value: Any) -> bool | None:
        text = super().clean(value).lower()
        if text not in ("", "true", "false"):
            raise forms.ValidationError("Must be true or false.", code="invalid")
        return text == "true" if text else None


@extend_schema_field({"type": "boolean"})
class BooleanFilter(django_filters.Filter):
    field_class = BooleanField


class NotificationFilter(django_filters.FilterSet):
    is_read = BooleanFilter(help_text="Only read or only unread ones.")
    unread_only = BooleanFilter(method="only_unread", help_text="`true`: only unread ones.")
    type = django_filters.CharFilter(max_length=50)

    class Meta:
        model = Notification
        fields = ()

    def only_unread(self, queryset: NotificationQuerySet, name: str, value: bool) -> NotificationQuerySet:
        return queryset.unread() if value else queryset


class LearnersNotificationFilter(NotificationFilter):
    unread = BooleanFilter(method="only_unread", help_text="The same in fewer words.")
