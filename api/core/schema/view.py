"""`/openapi.json`, made once in each process.

The library takes a second for it, and two threads that are the first to ask can make it stumble over what it has
half loaded (measured: 1 of 16 such requests was answered 500).
"""

from functools import cache
from threading import Lock

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request

from api.core.renderers import to_json

_one_at_a_time = Lock()


class SchemaView(SpectacularJSONAPIView):
    def _get_schema_response(self, request: Request) -> HttpResponse:
        return HttpResponse(description(), content_type="application/vnd.oai.openapi+json")


def description() -> bytes:
    """The description of the whole API, as everybody may read it."""
    with _one_at_a_time:
        return _make()


@cache
def _make() -> bytes:
    return to_json(SchemaGenerator().get_schema(request=None, public=True))
