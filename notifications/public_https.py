"""HTTPS to addresses that strangers name: public ones only, and looked up once.

The name is resolved here, every address it has must be public, and the connection goes to the very address that was
looked at: a name that answers differently the second time gains nothing. Redirects are not followed.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_ANSWER = 10_000

# The last part begins with a letter: what resolvers read as a number, such as 127.1 or 0x7f.1, is no name.
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{0,62}", re.IGNORECASE | re.ASCII)
_PRIVATE_NAMES = (".local", ".internal", ".localhost")
_NO_URL = re.compile(r"[^\x21-\x7e]")


class NotPublic(Exception):
    """The address is not one that may be spoken to."""


@dataclass(frozen=True)
class Answer:
    """As much of a response as pywebpush reads."""

    status_code: int
    reason: str
    text: str
    headers: Mapping[str, str]


def refuse_other_than_public(url: str) -> None:
    """What can be said of a URL without asking anybody. Raises NotPublic."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotPublic(f"{error}.") from error
    if _NO_URL.search(url) or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise NotPublic("It must be an https address without a name or a password in it.")
    if port not in (None, 443) or parts.netloc.endswith(":"):
        raise NotPublic("It must be at the usual port.")
    _refuse_other_than_public_host(parts.hostname)


def _refuse_other_than_public_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.removesuffix(".")
        if not _NAME.fullmatch(name) or name.endswith(_PRIVATE_NAMES):
            raise NotPublic("It must be a public host.") from None
    else:
        if not is_public(address):
            raise NotPublic("It must be a public address.")


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Of an address that has another one in it, the inner one counts; what is reserved may be led anywhere (NAT64)."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def resolve(host: str, port: int) -> str:
    """One address of the host, all of which are public. Raises NotPublic or OSError."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not all(is_public(ipaddress.ip_address(address)) for address in found):
        raise NotPublic(f"{host} is not a public host.")
    return min(found)


class _Connection(http.client.HTTPSConnection):
    """To the address that was looked at, with the certificate of the name."""

    def connect(self) -> None:
        plain = socket.create_connection((resolve(self.host, self.port), self.port), self.timeout)
        self.sock = tls_context().wrap_socket(plain, server_hostname=self.host)


def tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


class PublicHttps:
    """Stands in for a `requests` session."""

    def post(self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        refuse_other_than_public(url)
        parts = urlsplit(url)
        connection = _Connection(str(parts.hostname), parts.port or 443, timeout=timeout)
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", path, body=data, headers=dict(headers))
            response = connection.getresponse()
            body = response.read(LONGEST_ANSWER).decode(errors="replace")
            return Answer(response.status, response.reason, body, dict(response.getheaders()))
        finally:
            connection.close()
