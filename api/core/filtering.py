"""What narrows lists down: the filter sets of views."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.request import Request


class AskedFilters(DjangoFilterBackend):
    """Makes only the filters that a request names: the others would change nothing, and be most of the work.

    The browsable API's form has them all.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        kind: Any = self.get_filterset_class(view, queryset)
        if kind is None:
            return queryset
        filterset = kind.__new__(kind)
        filterset.base_filters = {
            name: made for name, made in kind.base_filters.items() if name in request.query_params
        }
        filterset.__init__(**self.get_filterset_kwargs(request, queryset, view))
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        return filterset.qs
