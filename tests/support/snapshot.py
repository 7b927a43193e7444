"""The whole database, to see that something left no trace in it."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from accounts.models import TokenFamily
from tests.support.emptying import KEPT, filled_tables

# Signing in, which tests do at their own pace.
LEFT_OUT = {TokenFamily}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, with its values as the database keeps them."""
    filled = filled_tables() | KEPT
    models = [model for model in apps.get_models() if model not in LEFT_OUT]
    return {model._meta.label: rows_of(model) if model._meta.db_table in filled else [] for model in models}


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """Past the ORM, which would take a second for all tables; by attribute names."""
    fields = model._meta.concrete_fields
    quote, primary_key = connection.ops.quote_name, model._meta.pk
    assert primary_key is not None
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {quote(model._meta.db_table)} ORDER BY {quote(primary_key.column)}")
        return [dict(zip((field.attname for field in fields), row, strict=True)) for row in cursor.fetchall()]
