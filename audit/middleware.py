"""Tells the audit log where each request came from."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from audit.origin import Origin, acting_from
from common.client_address import client_address


class AuditOrigin:
    """Stands below `peerlearn.logs.RequestLog`, which gives the request its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(
            ip=client_address(request),
            user_agent=request.headers.get("User-Agent", ""),
            request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        )
        with acting_from(origin):
            return self.get_response(request)
