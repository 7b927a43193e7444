"""Days, weeks and months on the wall of the platform's zone, whatever its clocks do meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

Unit = Literal["day", "week", "month"]
UNITS: tuple[Unit, ...] = ("day", "week", "month")
ONE_DAY = timedelta(days=1)
MOST_STEPS = 366


def platform_zone() -> ZoneInfo:
    return ZoneInfo(settings.PLATFORM_TIME_ZONE)


def today() -> date:
    """The date on the platform's wall."""
    return timezone.now().astimezone(platform_zone()).date()


def midnight(day: date) -> datetime:
    """The instant at which a date begins there: where clocks skip midnight, that of the change."""
    return datetime.combine(day, time.min, platform_zone()).astimezone(UTC)


def start_of_step(day: date, unit: Unit) -> date:
    """The day itself, the Monday of its week, or the first of its month."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def next_step(start: date, unit: Unit) -> date:
    if unit == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if unit == "week" else 1)


@dataclass(frozen=True)
class Period:
    """Whole steps from `first` to the day before `until`."""

    first: date
    until: date
    unit: Unit = "day"

    @classmethod
    def around(cls, first: date, last: date, unit: Unit) -> "Period":
        """With every step that has one of the days from `first` to `last`."""
        return cls(start_of_step(first, unit), next_step(start_of_step(last, unit), unit), unit)

    @classmethod
    def last_months(cls, count: int) -> "Period":
        """So many months, of which the running one is the last."""
        this = today()
        months = this.year * 12 + this.month - count  # of January of the year 0
        return cls.around(date(months // 12, months % 12 + 1, 1), this, "month")

    @property
    def last(self) -> date:
        return self.until - ONE_DAY

    def steps(self) -> Iterator[date]:
        """The first day of each."""
        start = self.first
        while start < self.until:
            yield start
            start = next_step(start, self.unit)

    def step_of(self, day: date) -> date:
        return start_of_step(day, self.unit)
