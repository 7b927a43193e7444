"""The proof that a form is our own page's: a token, and its hash with our secret in a cookie."""

import hashlib
import secrets

from django.utils.crypto import constant_time_compare


def make(*, secret: str) -> str:
    """A new token, as the cookie has it: `token|hash`."""
    token = secrets.token_hex(32)
    return f"{token}|{_hash(token, secret)}"


def token_of(cookie: str, *, secret: str) -> str:
    """The token of the cookie; "" where we have not made it."""
    token, _, hashed = cookie.partition("|")
    return token if token and constant_time_compare(hashed, _hash(token, secret)) else ""


def matches(sent: str, cookie: str, *, secret: str) -> bool:
    """Whether what was sent is the token of this browser."""
    token = token_of(cookie, secret=secret)
    return bool(token) and constant_time_compare(sent, token)


def _hash(token: str, secret: str) -> str:
    return hashlib.sha256(f"{token}{secret}".encode()).hexdigest()
