"""What lists of several apps can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

LARGEST_ID = 2**63 - 1


class IdField(forms.IntegerField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"min_value": 1, "max_value": LARGEST_ID}))


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(django_filters.Filter):
    field_class = IdField
