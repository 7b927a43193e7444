"""The cookies of next-auth: their names by http or https, and a token that was cut into several."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

SESSION = "next-auth.session-token"
# What fits into one cookie beside its name and attributes; next-auth cuts what is longer into `.0`, `.1`, ...
LONGEST_VALUE = 3933
MOST_PARTS = 4


class Names(NamedTuple):
    session: str
    csrf: str
    callback_url: str


def names(*, secure: bool) -> Names:
    """Over https a cookie's name promises that no page over http has set it."""
    if secure:
        return Names(f"__Secure-{SESSION}", "__Host-next-auth.csrf-token", "__Secure-next-auth.callback-url")
    return Names(SESSION, "next-auth.csrf-token", "next-auth.callback-url")


def session_token(cookies: Mapping[str, str], *, secure: bool) -> str:
    """The session token of a browser, whole or in parts; "" where there is none."""
    name = names(secure=secure).session
    return cookies.get(name) or "".join(cookies.get(f"{name}.{number}", "") for number in range(MOST_PARTS))


def session_cookies(cookies: Mapping[str, str], *, secure: bool) -> list[str]:
    """The names under which this browser keeps a session token, or a part of one."""
    pattern = re.compile(re.escape(names(secure=secure).session) + r"(\.[0-9]{1,2})?")
    return [name for name in cookies if pattern.fullmatch(name)]


def encoded(value: str) -> str:
    """As JavaScript's encodeURIComponent, which next-auth writes cookies with."""
    return quote(value, safe="!~*'()")


def decoded(value: str) -> str:
    return unquote(value)
