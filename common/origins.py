"""Where a request came in, and whether another address is our own. The one place that decides it.

An origin is a scheme and a host, perhaps with a port: `https://learn.example`.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

_ODD = re.compile(r"[\x00-\x20\x7f\\]")
LONGEST_ADDRESS = 2000


def is_tls(*, itself: bool, forwarded_proto: str = "") -> bool:
    """Whether the browser speaks https: `itself` says what the request came by, and a proxy may know better.

    A site whose public address is https answers nothing over http.
    """
    by_proxy = bool(settings.TRUSTED_PROXIES) and forwarded_proto == "https"
    return itself or by_proxy or settings.PUBLIC_URL.startswith("https://")


def is_secure(request: HttpRequest) -> bool:
    """`is_tls` of a request."""
    return is_tls(itself=request.is_secure())


def own_origin(request: HttpRequest) -> str:
    """The origin that the browser knows us by.

    Behind a proxy that is believed, `X-Forwarded-Host` names it, if that is a host of ours.
    """
    return f"{'https' if is_secure(request) else 'http'}://{_forwarded_host(request) or request.get_host()}"


def is_own_page(origin: str, *, host: str) -> bool:
    """Whether a page of this origin may speak for its user: one of `host`, of the public address, or of a front end
    that the settings name.
    """
    origin = origin.lower()
    if origin in settings.CORS_ALLOWED_ORIGINS:
        return True
    try:
        page = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(page) and page in {host.lower(), urlsplit(settings.PUBLIC_URL).netloc}


def own_address(address: str, *, origin: str) -> str:
    """`address` where it is ours, else `origin`: nobody is sent to another site by a link to this one.

    A path is one of `origin`; ours are also the public address and the front end's.
    """
    if _ODD.search(address) or len(address) > LONGEST_ADDRESS:
        return origin
    if address.startswith("/"):
        return f"{origin}{address}"
    ours = {origin, settings.PUBLIC_URL, settings.FRONTEND_URL}
    is_ours = any(address == own or address.startswith(tuple(f"{own}{end}" for end in "/?#")) for own in ours)
    return address if is_ours else origin


def _forwarded_host(request: HttpRequest) -> str:
    if not settings.TRUSTED_PROXIES:
        return ""
    host = request.META.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip().lower()
    ours = {urlsplit(settings.PUBLIC_URL).netloc, urlsplit(settings.FRONTEND_URL).netloc}
    name, _ = split_domain_port(host)
    return host if name and (host in ours or validate_host(name, settings.ALLOWED_HOSTS)) else ""
