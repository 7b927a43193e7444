"""Counting what several queries find by one statement: a request has few statements."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# In one statement: few enough that none of them takes as long as a statement may.
AT_ONCE = 4


def count_all(queries: Mapping[str, QuerySet]) -> dict[str, int]:
    """How many rows each finds, by name."""
    names = list(queries)
    counts: dict[str, int] = {}
    for at in range(0, len(names), AT_ONCE):
        counts |= _count_some({name: queries[name] for name in names[at : at + AT_ONCE]})
    return counts


def _count_some(queries: Mapping[str, QuerySet]) -> dict[str, int]:
    parts: list[str] = []
    counted: list[str] = []
    parameters: list[Any] = []
    for name, rows in queries.items():
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608 # nosec B608 - Django's own
        parameters += values
        counted.append(name)
    if not parts:
        return dict.fromkeys(queries, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)  # nosec B608
        found = cursor.fetchone()
    return dict.fromkeys(queries, 0) | dict(zip(counted, found, strict=True))
