"""How well lessons come about: answers, outcomes and ratings, step by step."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from adminpanel.analytics.dashboard import Outcomes, outcomes_of, rate
from adminpanel.analytics.day_book import DayBook, Days
from adminpanel.analytics.periods import Period
from adminpanel.analytics.sources import BOOKINGS, REQUESTS_ANSWERED, REVIEWS


class Answers(NamedTuple):
    """What became of requests, on the day on which that was decided. `waited` is how long answers took in all."""

    confirmed: int
    declined: int
    expired: int
    waited: timedelta

    @property
    def confirmation_rate(self) -> float | None:
        """Of all requests that were decided: those that lapsed without an answer, too."""
        return rate(self.confirmed, self.confirmed + self.declined + self.expired)

    @property
    def response_minutes(self) -> float | None:
        """The mean time to an answer."""
        answered = self.confirmed + self.declined
        return round(self.waited.total_seconds() / 60 / answered, 1) if answered else None


class Ratings(NamedTuple):
    """The reviews that were written, as far as they count."""

    stars: int
    reviews: int

    @property
    def average(self) -> float | None:
        return round(self.stars / self.reviews, 2) if self.reviews else None


class Performance(NamedTuple):
    answers: Answers
    outcomes: Outcomes
    ratings: Ratings


def performance(period: Period, book: DayBook | None = None) -> tuple[Performance, dict[date, Performance]]:
    """Of the whole period, and by the first day of each step."""
    book, days = book or DayBook.open(), Days(period.first, period.until)
    answered = _by_step(period, book.read(REQUESTS_ANSWERED, "day", "kind", days=days))
    over = _by_step(period, book.read(BOOKINGS, "day", "status", "cancelled_by", days=days))
    rated = _by_step(period, book.read(REVIEWS, "day", days=days))
    whole = Performance(*(of(_all(rows)) for of, rows in _parts(answered, over, rated)))
    steps = {
        step: Performance(*(of(rows[step]) for of, rows in _parts(answered, over, rated))) for step in period.steps()
    }
    return whole, steps


Rows = list[dict[str, Any]]


def _parts(answered: Mapping[date, Rows], over: Mapping[date, Rows], rated: Mapping[date, Rows]) -> Any:
    return ((_answers, answered), (outcomes_of, over), (_ratings, rated))


def _all(by_step: Mapping[date, Rows]) -> Rows:
    return [row for rows in by_step.values() for row in rows]


def _by_step(period: Period, rows: Iterable[dict[str, Any]]) -> dict[date, Rows]:
    found: dict[date, Rows] = defaultdict(list)
    for row in rows:
        found[period.step_of(row["day"])].append(row)
    return found


def _answers(rows: Rows) -> Answers:
    numbers: Counter[str] = Counter()
    waited = timedelta()
    for row in rows:
        numbers[row["kind"]] += row["answers"]
        waited += row["waited"] if row["kind"] != "expired" else timedelta()
    return Answers(numbers["confirmed"], numbers["declined"], numbers["expired"], waited)


def _ratings(rows: Rows) -> Ratings:
    return Ratings(sum(row["stars"] for row in rows), sum(row["reviews"] for row in rows))
