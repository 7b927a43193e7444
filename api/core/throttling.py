"""Limits of requests in fixed one-minute windows, each hit one atomic increment."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from common.limits import BY_ADDRESS, address_of, count_request


class WindowThrottle(BaseThrottle):
    """A view names its `throttle_scope`; aliases of one operation share it. `None` means no limit."""

    def __init__(self) -> None:
        self.seconds_left = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "throttle_scope", "default")
        if scope is None or not settings.THROTTLING:
            return True
        limit, count = count_request(scope, _who(request, scope))
        self.seconds_left = count.seconds_left
        request.rate_limit = (limit, max(0, limit - count.hits), count.seconds_left)  # type: ignore[attr-defined]
        return count.hits <= limit

    def wait(self) -> float:
        return self.seconds_left


def rate_limit_headers(request: Request) -> dict[str, str]:
    """What the edustream client shows its users: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds)."""
    if not hasattr(request, "rate_limit"):
        return {}
    limit, remaining, seconds = request.rate_limit
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(max(1, round(seconds))),
    }


def _who(request: Request, scope: str) -> str:
    if scope not in BY_ADDRESS and request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return address_of(request._request)
