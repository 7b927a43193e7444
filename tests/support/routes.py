"""Every route of the API, read from the URL resolver itself: what is added is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Not the API's: pages for people, pictures, what operators read, and the description of the API.
PAGES = ("admin/", "api-auth/", "certificates/", "docs", "redoc", "notifications/unsubscribe/", "guardians/recordings/")
NOT_API = (*PAGES, "openapi.json", "metrics", "api/avatars/", "calendar/feed/")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, order=True)
class Route:
    """One operation: `POST /api/sessions/<id:pk>/join`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


# Parts of the paths of writes that need nobody to be signed in, so that no cookie can be misused for them.
NEED_NOBODY = (
    *("register", "login", "refresh", "verify", "resend", "forgot", "reset-password"),
    # These have a token of their own, or change nothing: `tests/contracts/mentor/test_next_auth.py`.
    *("auth/session", "signin", "signout", "callback", "_log"),
    "payments/webhook",  # its signature says who it is
)


def api_routes() -> list[Route]:
    """Every method of every path of the API, in the order of paths."""
    return list(_routes())


@cache
def _routes() -> tuple[Route, ...]:
    routes = (Route(method.upper(), path) for path, view in _patterns() for method in _methods(view))
    return tuple(sorted(set(routes), key=lambda route: (route.path, route.method)))


@cache
def view_of(route: Route) -> Any:
    """The view class that answers the route."""
    return next(view.cls for path, view in _patterns() if path == route.path and route.method.lower() in _methods(view))


def _patterns() -> Iterator[tuple[str, Any]]:
    for path, view in _walk(get_resolver().url_patterns, ""):
        if not path.startswith(NOT_API):
            yield f"/{path}", view


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _methods(view: Any) -> list[str]:
    if not hasattr(view, "cls"):
        return ["get"]
    allowed = view.initkwargs.get("http_method_names", view.cls.http_method_names)
    actions = getattr(view, "actions", None)
    return [m for m in METHODS if m in allowed and (m in actions if actions else hasattr(view.cls, m))]
