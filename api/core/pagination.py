"""Pages, the same way in every dialect: sizes are clamped, a page beyond the last is empty."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.core.dialect import Dialect, Page

# Counting is the dearest part of a long list: from this size on a total may be some seconds old.
CACHE_TOTALS_FROM = 1000
TOTALS_KEPT_SECONDS = 10
_LARGEST_NUMBER = 1_000_000_000


class DialectPagination(BasePagination):
    """Reads `page` and the size in the words of the view's dialect and answers with a `Page`.

    They stand in the query, or in the body of a view that says so by `pages_by_body`.
    """

    page: Page
    # Disjoint querysets that together are the list. A view sets them where the larger ones are the same for everybody,
    # so that their totals are too.
    counted: Sequence[QuerySet] = ()

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The rows of the page that is asked for, as an unevaluated slice."""
        dialect: Dialect = view.dialect
        asked: Any = request.data if getattr(view, "pages_by_body", False) else request.query_params
        number = max(1, _number(asked, (dialect.page_parameter,), default=1))
        size = _number(asked, dialect.size_parameters, default=getattr(view, "page_size", dialect.default_page_size))
        size = min(max(1, size), dialect.largest_page_size)
        total = sum(_count(part) for part in self.counted or [queryset])
        self.page = Page([], total, number, size, lambda n: _link(request, dialect.page_parameter, n))
        offset = (number - 1) * size
        if offset >= total:
            return queryset[:0] if isinstance(queryset, list) else queryset.none()
        return queryset[offset : offset + size]

    def get_paginated_response(self, data: list[Any]) -> Response:
        page = self.page
        return Response(Page(data, page.total, page.number, page.size, page.link))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema  # the dialect's envelope is added by api.core.schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if getattr(view, "pages_by_body", False):
            return []  # the view's serializer has them
        dialect: Dialect = view.dialect
        largest = dialect.largest_page_size
        size = getattr(view, "page_size", dialect.default_page_size)
        return [
            _parameter(dialect.page_parameter, "The page, from 1. One beyond the last is empty."),
            _parameter(dialect.size_parameters[0], f"Items on a page: {size} by default, at most {largest} (clamped)."),
        ]


def _parameter(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "integer"},
    }


def _number(asked: Mapping[str, Any], names: Sequence[str], *, default: int) -> int:
    for name in names:
        text = asked.get(name)
        if not text:
            continue
        try:
            return max(-1, min(int(text), _LARGEST_NUMBER))
        except (TypeError, ValueError):
            raise ValidationError({name: ["Must be a whole number."]}) from None
    return default


def _count(queryset: Any) -> int:
    """The total, remembered for some seconds where it is large. What is no queryset knows its own."""
    if not isinstance(queryset, QuerySet):
        return len(queryset)
    try:
        sql, params = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0  # a filter that nothing can pass
    key = "total:" + hashlib.sha256(f"{sql}{params}".encode()).hexdigest()
    total = cache.get(key)
    if total is None:
        counts_something_else = queryset.query.distinct or isinstance(queryset.query.group_by, tuple)
        total = queryset.count() if counts_something_else else _counted(sql, params)
        if total >= CACHE_TOTALS_FROM:
            cache.set(key, total, TOTALS_KEPT_SECONDS)
    return total


def _counted(sql: str, params: Sequence[Any]) -> int:
    """How many rows that is. `QuerySet.count` would compile the query a second time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS counted", params)  # noqa: S608 # nosec B608
        return cursor.fetchone()[0]


def _link(request: Request, parameter: str, number: int) -> str:
    return replace_query_param(request.build_absolute_uri(), parameter, number)
