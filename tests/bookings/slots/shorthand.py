"""Short words for times, so that a test reads like the rule that it tests."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bookings.slots import Hours, Span, Window


def utc(text: str) -> datetime:
    """`2026-03-08 06:00` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def window(text: str) -> Window:
    """`01:00-04:00` in minutes; `24:00` is midnight."""
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return Span(begin, end)


def daily(zone: str, *windows: str) -> Hours:
    """The same windows on every day of the week."""
    return Hours(ZoneInfo(zone), dict.fromkeys(range(7), [window(text) for text in windows]))


def shown(intervals) -> list[str]:
    """`06:00-08:00` for each, in UTC."""
    return [f"{begin:%H:%M}-{end:%H:%M}" for begin, end in intervals]
