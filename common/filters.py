"""What lists of several apps can be narrowed by."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field

LARGEST_ID = 2**63 - 1


class IdField(forms.IntegerField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"min_value": 1, "max_value": LARGEST_ID}))


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(django_filters.Filter):
    field_class = IdField


class TruthField(forms.Field):
    """`true` or `false`; what is neither is refused, which the library's own field takes for nothing."""

    def clean(self, value: Any) -> bool | None:
        word = str(value or "").strip().lower()
        if word not in ("", "true", "1", "false", "0"):
            raise forms.ValidationError("Must be true or false.", code="invalid")
        return word in ("true", "1") if word else None


@extend_schema_field({"type": "boolean"})
class TruthFilter(django_filters.Filter):
    field_class = TruthField


Moment = date | datetime


class MomentField(forms.CharField):
    """An instant with its offset, or a calendar date, which means that whole day in the caller's zone."""

    default_error_messages = {
        "invalid": "Must be a date such as 2026-01-31 or an instant such as 2026-01-31T14:00:00Z."
    }

    def clean(self, value: Any) -> date | datetime | None:
        text = super().clean(value)
        if not text:
            return None
        # A "+" that was not encoded arrives as a space.
        text = text.replace(" ", "+") if "T" in text else text
        try:
            parsed = parse_date(text) or parse_datetime(text)
        except ValueError:
            parsed = None
        if parsed is None or not 1970 <= parsed.year <= 9000:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if isinstance(parsed, datetime) and parsed.tzinfo is None:
            return _midnight_as_date(parsed, str(self.error_messages["invalid"]))
        return parsed


def _midnight_as_date(moment: datetime, message: str) -> date:
    """`2026-01-31T00:00:00` is how one client writes a date; any other naive instant is nobody's."""
    if moment.time() != time.min:
        raise forms.ValidationError(message, code="invalid")
    return moment.date()


@extend_schema_field({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]})
class MomentFilter(django_filters.Filter):
    field_class = MomentField


def start_of(value: Moment, zone: ZoneInfo) -> datetime:
    """The instant itself, or where that date begins in the zone."""
    return value if isinstance(value, datetime) else datetime.combine(value, time.min, tzinfo=zone)
