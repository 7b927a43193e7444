"""Lists of the back office, narrowed down: addresses that people follow from elsewhere."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse


def list_of(model: type[Model], **filters: Any) -> str:
    """The path of a model's list with these filters, named as in the address: `status__exact="open"`."""
    options = model._meta
    path = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return f"{path}?{urlencode(filters)}" if filters else path


def page_of(obj: Model) -> str:
    """The path of an object's own page."""
    options = obj._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[obj.pk])
