"""What people do on the platform, step by step."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from adminpanel.analytics import active_users, sign_ins
from adminpanel.analytics.dashboard import opened_by_day
from adminpanel.analytics.day_book import DayBook, Days
from adminpanel.analytics.periods import Period
from adminpanel.analytics.sources import BOOKED, MESSAGES, SESSIONS, Daily
from sessions_app.models import SessionStatus


class Usage(NamedTuple):
    """Of one step. `sessions` are those that began, or are to begin, in it and were not called off; `bookings` those
    that were made in it. `active_users` did something that is on record, or wrote a message.
    """

    active_users: int
    new_users: int
    bookings: int
    sessions: int
    messages: int
    sign_ins: int


def usage(period: Period, book: DayBook | None = None) -> dict[date, Usage]:
    """By the first day of each step."""
    book = book or DayBook.open()
    counts = {
        "active_users": Counter(active_users.of_steps(period, book.closed_until)),
        "new_users": _by_step(period, ((row["opened_on"], row["number"]) for row in opened_by_day(period))),
        "bookings": _by_step(period, _numbers(book, BOOKED, period)),
        "sessions": _by_step(period, _sessions(book, period)),
        "messages": _by_step(period, _numbers(book, MESSAGES, period)),
        "sign_ins": _by_step(period, sign_ins.by_day(period).items()),
    }
    return {step: Usage(**{name: counts[name][step] for name in Usage._fields}) for step in period.steps()}


def _numbers(book: DayBook, daily: Daily, period: Period) -> list[tuple[date, int]]:
    rows = book.read(daily, "day", days=Days(period.first, period.until))
    return [(row["day"], row["number"]) for row in rows]


def _sessions(book: DayBook, period: Period) -> list[tuple[date, int]]:
    rows = book.read(SESSIONS, "day", "status", days=Days(period.first, period.until))
    return [(row["day"], row["sessions"]) for row in rows if row["status"] != SessionStatus.CANCELLED]


def _by_step(period: Period, numbers: Iterable[tuple[date, int]]) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, number in numbers:
        found[period.step_of(day)] += number
    return found
