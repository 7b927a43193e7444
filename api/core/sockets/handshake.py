"""What a handshake brings: the page it comes from, a token, and where the client left off."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from django.http import parse_cookie

from accounts.next_auth import cookies
from common import origins


def is_origin_allowed(scope: Mapping[str, Any]) -> bool:
    """Browsers say where a page comes from; other clients send nothing."""
    origin = _header(scope, b"origin")
    return not origin or origins.is_own_page(origin, host=_header(scope, b"host"))


def token_of(scope: Mapping[str, Any]) -> str:
    """From the query, or else from the `token` cookie or that of next-auth; "" where there is none."""
    from_query = _query(scope, "token")
    if from_query is not None:
        return from_query
    sent = parse_cookie(_header(scope, b"cookie"))
    proto = _header(scope, b"x-forwarded-proto")
    secure = origins.is_tls(itself=scope.get("scheme") == "wss", forwarded_proto=proto)
    return sent.get("token") or cookies.session_token(sent, secure=secure)


def since_of(scope: Mapping[str, Any]) -> int | None:
    """`?since=`: the number of the last event that the client has. What is no number is as good as none."""
    since = _query(scope, "since") or ""
    return int(since) if since.isascii() and since.isdecimal() and len(since) < 19 else None


def _query(scope: Mapping[str, Any], name: str) -> str | None:
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name)
    return values[-1] if values else None


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    return dict(scope["headers"]).get(name, b"").decode("latin-1")
