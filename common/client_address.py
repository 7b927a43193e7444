"""The one place where a client's address is decided."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that limits and the audit log go by.

    It is the peer's own, or, behind `TRUSTED_PROXIES` proxies, what the outermost of them wrote into
    `X-Forwarded-For`. What a client writes there itself stands further left and is never read.
    """
    peer = request.META.get("REMOTE_ADDR") or "unknown"
    if not settings.TRUSTED_PROXIES:
        return peer
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-settings.TRUSTED_PROXIES] if len(forwarded) >= settings.TRUSTED_PROXIES else peer


def network_of(address: str) -> str:
    """What limits count by: an IPv4 address itself, but the /64 of an IPv6 address, all of which one customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(parsed, IPv6Address) else address
