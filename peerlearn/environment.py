"""Strict readers of environment variables: a wrong value stops the start instead of being guessed at."""

import os
import re
from datetime import date
from decimal import Decimal
from email.utils import parseaddr
from itertools import pairwise
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from common import zones

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_TIER = re.compile(r"([0-9]{1,5}):([0-9]{1,3}(?:\.[0-9]{1,2})?)")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def text(name: str, default: str = "") -> str:
    """The variable, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool) -> bool:
    """`true`/`false` (also on/off, yes/no, 1/0); anything else is refused."""
    value = text(name, "true" if default else "false").lower()
    if value in ("true", "on", "yes", "1"):
        return True
    if value in ("false", "off", "no", "0"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false (or on/off, yes/no, 1/0), not {value!r}.")


def integer(name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
    """A whole number between `least` and `most`."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < least or (most is not None and number > most):
        raise ImproperlyConfigured(f"{name} must be between {least} and {most or 'any'}, not {number}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty items."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, *options: str) -> str:
    """One of the words, or empty."""
    value = text(name)
    if value and value not in options:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(options)}, or empty, not {value!r}.")
    return value


def origins(name: str, default: str = "") -> list[str]:
    """Origins as browsers name them, with commas between: a scheme and a host, perhaps a port, and no path."""
    found = [word.lower().rstrip("/") for word in words(name, default)]
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(f"{name} must list origins such as https://app.example, not {origin!r}.")
    return found


def mailbox(name: str, default: str) -> str:
    """An e-mail address, perhaps with a name: `PeerLearn <no-reply@peerlearn.example>`."""
    value = text(name, default)
    address = parseaddr(value)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ImproperlyConfigured(f"{name} must be an e-mail address, perhaps with a name before it, not {value!r}.")
    return value


def url(name: str, *, schemes: tuple[str, ...], default: str = "") -> str:
    """A URL of one of the given schemes, or `default`."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and not parts.hostname:
            raise ValueError("it names no host")
        if parts.scheme != "sqlite":  # sqlite://:memory:
            _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a usable URL: {error}.") from None
    if value and parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
    return value


def folder(name: str) -> str:
    """The absolute path of a folder, which is made where it is missing; or empty."""
    value = text(name)
    if value and not os.path.isabs(value):
        raise ImproperlyConfigured(f"{name} must be an absolute path, not {value!r}.")
    try:
        if value:
            os.makedirs(value, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} names {value}, which cannot be made: {error.strerror}.") from None
    return value


def secret(name: str, *, least: int) -> str:
    """A secret of at least so many characters, or empty."""
    value = text(name)
    if value and len(value) < least:
        raise ImproperlyConfigured(f"{name} must be at least {least} characters long.")
    return value


def private_key(name: str) -> str:
    """32 bytes in base64url, or empty."""
    value = text(name)
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", value):
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64url (43 characters).")
    return value


def time_zone(name: str, default: str = "UTC") -> str:
    """The name of an IANA time zone."""
    value = text(name, default)
    if value not in zones.names():
        raise ImproperlyConfigured(f"{name} must be a time zone such as Europe/London, not {value!r}.")
    return value


def currency(name: str, default: str) -> str:
    """The ISO 4217 code of a currency, in upper case."""
    from babel.numbers import is_currency

    value = text(name, default)
    if not is_currency(value):
        raise ImproperlyConfigured(f"{name} must be a currency such as EUR, not {value!r}.")
    return value


def weekly_hours(name: str, default: str) -> dict[int, list[tuple[int, int]]]:
    """`mon-fri 09:00-12:00 13:00-17:00, sat 10:00-14:00` as minutes of each weekday's wall; 0 is Monday.

    At least one window, each within a day; a day that is named twice has the windows of both.
    """
    value = text(name, default)
    hours: dict[int, list[tuple[int, int]]] = {}
    for part in value.lower().split(","):
        days, _, windows = part.strip().partition(" ")
        found = [_window(window) for window in windows.split()]
        named = _weekdays(days)
        if not named or not found or None in found:
            raise ImproperlyConfigured(
                f"{name} must be hours such as 'mon-fri 09:00-12:00 13:00-17:00, sat 10:00-14:00', not {value!r}."
            )
        for day in named:
            hours.setdefault(day, []).extend(window for window in found if window)
    return hours


def holidays(name: str) -> list[str]:
    """Dates with commas between: `2026-12-24`, or `12-25` of every year."""
    found = words(name)
    for day in found:
        if not _is_date(day if day.count("-") > 1 else f"2024-{day}"):  # a year with 29 February
            raise ImproperlyConfigured(f"{name} must list dates such as 2026-12-24 or 12-25, not {day!r}.")
    return found


def tiers(name: str) -> list[tuple[int, Decimal]]:
    """`0:33,20:28,50:25.5` as hours and percentages: from so many hours on, so many percent. Empty: none."""
    value = text(name)
    found = [_tier(part.strip()) for part in value.split(",")] if value else []
    named = [tier for tier in found if tier]
    hours = [least for least, _ in named]
    is_ascending = all(one < next_one for one, next_one in pairwise(hours))
    if len(named) < len(found) or (hours and hours[0] != 0) or not is_ascending:
        raise ImproperlyConfigured(
            f"{name} must be hours and percentages (0 to 100) such as '0:33,20:28,50:25.5', the hours beginning with 0 "
            f"and ascending, not {value!r}."
        )
    return named


def addresses(name: str) -> list[str]:
    """E-mail addresses with commas between, in lower case."""
    found = [word.lower() for word in words(name)]
    for address in found:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise ImproperlyConfigured(f"{name} must list e-mail addresses, not {address!r}.")
    return found


def _weekdays(words: str) -> range:
    first, _, last = words.partition("-")
    if first not in _WEEKDAYS or (last or first) not in _WEEKDAYS:
        return range(0)
    return range(_WEEKDAYS.index(first), _WEEKDAYS.index(last or first) + 1)


def _window(words: str) -> tuple[int, int] | None:
    times = _WINDOW.fullmatch(words)
    if times is None:
        return None
    start, end = (int(times[n]) * 60 + int(times[n + 1]) for n in (1, 3))
    return (start, end) if start < end <= 1440 else None


def _tier(words: str) -> tuple[int, Decimal] | None:
    parts = _TIER.fullmatch(words)
    if parts is None or Decimal(parts[2]) > 100:
        return None
    return int(parts[1]), Decimal(parts[2])


def _is_date(words: str) -> bool:
    try:
        return date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False
