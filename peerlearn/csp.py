"""The content security policy of each kind of page, in one place.

The strict one of the settings holds for everything. A few pages of libraries need a little more, and only they get it:
nothing here allows inline scripts or another origin.
"""

from functools import cache
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SELF, INLINE, EVAL = "'self'", "'unsafe-inline'", "'unsafe-eval'"

INLINE_STYLES = {"style-src": [SELF, INLINE]}
# By path: the back office evaluates its Alpine expressions; ReDoc searches in a worker and writes its own styles.
PAGES: dict[str, dict[str, list[str]]] = {
    "/admin/": INLINE_STYLES | {"script-src": [SELF, EVAL]},
    "/api-auth/": INLINE_STYLES,
    "/docs": INLINE_STYLES,
    "/redoc": INLINE_STYLES | {"worker-src": ["blob:"]},
}


class ContentSecurityPolicy(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") != "application/json":
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _strict_policy())  # data is no page, and never needs more
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            parts.update = {**(parts.update or {}), **needs_of(request.path_info, response)}
        return parts


@cache
def _strict_policy() -> str:
    return build_policy()


def needs_of(path: str, response: Any) -> dict[str, list[str]]:
    """The directives that this answer needs beside the strict ones."""
    if _is_browsable(response):
        return INLINE_STYLES
    return next((needs for prefix, needs in PAGES.items() if _is_under(path, prefix)), {})


def _is_under(path: str, prefix: str) -> bool:
    return path.startswith(prefix) if prefix.endswith("/") else path == prefix


def _is_browsable(response: Any) -> bool:
    """Whether this is a page of the browsable API, at whatever path."""
    return getattr(getattr(response, "accepted_renderer", None), "format", "") == "api"
