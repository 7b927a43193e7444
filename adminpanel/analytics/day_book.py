"""Reading figures: days that are rolled up from the roll-up, all others from the rows themselves.

So a figure is always that of now, whether anything is rolled up or not; the roll-up only makes it cheap.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from adminpanel.analytics.periods import ONE_DAY, midnight, platform_zone
from adminpanel.analytics.sources import Daily
from adminpanel.models import ChangedMoment, RollUpState
from common.money import MoneyField, MoneySum

# Beside a model's own fields, annotations need names of their own.
_PREFIX = "figure_"


class Days(NamedTuple):
    """From `first` to the day before `until`; None is the beginning, or the end, of time."""

    first: date | None
    until: date | None

    @property
    def is_empty(self) -> bool:
        return self.first is not None and self.until is not None and self.first >= self.until

    def within(self, other: "Days") -> "Days":
        firsts = [day for day in (self.first, other.first) if day is not None]
        ends = [day for day in (self.until, other.until) if day is not None]
        return Days(max(firsts, default=None), min(ends, default=None))


ALWAYS = Days(None, None)


def adjoining(days: Iterable[date]) -> list[Days]:
    """The days as stretches without a gap, in order."""
    stretches: list[Days] = []
    for day in sorted(set(days)):
        if stretches and stretches[-1].until == day:
            stretches[-1] = Days(stretches[-1].first, day + ONE_DAY)
        else:
            stretches.append(Days(day, day + ONE_DAY))
    return stretches


def changed_days() -> QuerySet:
    return ChangedMoment.objects.annotate(day=TruncDate("moment", tzinfo=platform_zone())).values_list("day", flat=True)


class DayBook:
    """The figures as they stand when it is opened: which days are rolled up, and which of them have changed since."""

    def __init__(self, closed_until: date | None, changed: Iterable[date]) -> None:
        self.closed_until = closed_until
        self.changed = {day for day in changed if closed_until is not None and day < closed_until}

    @classmethod
    def open(cls) -> "DayBook":
        """In two statements."""
        zone = str(platform_zone())
        closed_until = RollUpState.objects.filter(zone=zone).values_list("closed_until", flat=True).first()
        return cls(closed_until, changed_days().distinct())

    def read(self, daily: Daily, *by: str, days: Days = ALWAYS) -> list[dict[str, Any]]:
        """The sums of those days by `by`: keys of the source, or `day`. In two statements."""
        found: dict[tuple, dict[str, Any]] = {}
        for row in (*self._rolled_up(daily, by, days), *self._live(daily, by, days)):
            sums = {name: row[name] for name in daily.sums}
            key = tuple(row[name] for name in by)
            known = found.get(key)
            found[key] = {name: known[name] + sums[name] for name in sums} if known else sums
        return [dict(zip(by, key, strict=True)) | sums for key, sums in found.items()]

    def _rolled_up(self, daily: Daily, by: Sequence[str], days: Days) -> list[dict[str, Any]]:
        if self.closed_until is None:
            return []
        kept = days.within(Days(None, self.closed_until))
        rows = daily.model._default_manager.filter(**daily.fixed)
        if kept.first is not None:
            rows = rows.filter(day__gte=kept.first)
        rows = rows.filter(day__lt=kept.until)
        if daily.changeable and self.changed:
            rows = rows.exclude(day__in=self.changed)
        return _named(rows.order_by().values(*by).annotate(**_sums_of(daily)), by, daily)

    def _live(self, daily: Daily, by: Sequence[str], days: Days) -> list[dict[str, Any]]:
        stretches = [days.within(Days(self.closed_until, None))]
        if daily.changeable:
            stretches += [days.within(stretch) for stretch in adjoining(self.changed)]
        return counted(daily, by, [each for each in stretches if not each.is_empty])


def counted(daily: Daily, by: Sequence[str], stretches: Sequence[Days]) -> list[dict[str, Any]]:
    """The sums from the rows themselves, in one statement."""
    if not stretches:
        return []
    condition = Q()
    for each in stretches:
        condition |= _within(daily.moment, each)
    rows = daily.rows().filter(condition).order_by()
    keys = {f"{_PREFIX}{name}": _key(daily, name) for name in by}
    sums = {f"{_PREFIX}{name}": expression for name, expression in daily.sums.items()}
    return _named(rows.annotate(**keys).values(*keys).annotate(**sums), by, daily)


def _within(moment: str, days: Days) -> Q:
    condition = Q()
    if days.first is not None:
        condition &= Q(**{f"{moment}__gte": midnight(days.first)})
    if days.until is not None:
        condition &= Q(**{f"{moment}__lt": midnight(days.until)})
    return condition


def _key(daily: Daily, name: str) -> Any:
    return TruncDate(daily.moment, tzinfo=platform_zone()) if name == "day" else F(daily.keys[name])


def _sums_of(daily: Daily) -> dict[str, Any]:
    is_money = {name: isinstance(daily.model._meta.get_field(name), MoneyField) for name in daily.sums}
    return {f"{_PREFIX}{name}": MoneySum(name) if is_money[name] else Sum(name) for name in daily.sums}


def _named(rows: Any, by: Sequence[str], daily: Daily) -> list[dict[str, Any]]:
    """Keys and sums by their plain names, whichever way they were annotated."""
    return [
        {name: row.get(f"{_PREFIX}{name}", row.get(name)) for name in by}
        | {name: row[f"{_PREFIX}{name}"] for name in daily.sums}
        for row in rows
    ]
