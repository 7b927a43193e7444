"""What lists of tickets can be narrowed by."""

import re
from typing import Any

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from support.models import Category, Priority, Ticket, TicketStatus
from support.querysets import TicketQuerySet

LONGEST_SEARCH = 200
ASSIGNEE = "^(me|none|[1-9][0-9]{0,17})$"


class AssigneeField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not re.fullmatch(ASSIGNEE, text):
            raise forms.ValidationError("Must be a user's id, `me` or `none`.", code="invalid")
        return text


@extend_schema_field({"type": "string", "pattern": ASSIGNEE})
class AssigneeFilter(django_filters.Filter):
    field_class = AssigneeField


class TicketFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=TicketStatus.choices)
    category = django_filters.ChoiceFilter(choices=Category.choices)
    priority = django_filters.ChoiceFilter(choices=Priority.choices)
    assignee = AssigneeFilter(method="looked_after_by", help_text="A user's id, `me`, or `none`: nobody has it yet.")
    search = django_filters.CharFilter(
        method="containing",
        max_length=LONGEST_SEARCH,
        help_text="Every word is in the subject, or in its requester's name or address.",
    )

    class Meta:
        model = Ticket
        fields = ()

    def looked_after_by(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        if value == "none":
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=self.request.user.pk if value == "me" else int(value))

    def containing(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        return queryset.containing(value.split())
