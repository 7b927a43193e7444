"""Keeping the roll-up: days that are over go in once, and anew when something of them has changed since.

`fold` is for a clock, `rebuild` for an operator. What is rolled up was marked for at least one earlier run: whoever
changed a session while a run was counting has left a mark by then (`RollUpState.marked_until`), and its day is counted
again.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Min
from django.utils.dateparse import parse_datetime

from adminpanel.analytics import active_users, sign_ins
from adminpanel.analytics.day_book import Days, adjoining, changed_days, counted
from adminpanel.analytics.periods import ONE_DAY, midnight, platform_zone, today
from adminpanel.analytics.sources import DAILIES, Daily
from adminpanel.analytics.triggers import WATCHED
from adminpanel.models import ActiveUsers, ChangedMoment, RollUpState

# How many days are counted by one statement, which must not take longer than a statement may.
AT_ONCE = 31
# Rows are closed so many days after their own: what is posted or written at midnight has been committed by then.
LAG = ONE_DAY

Progress = Callable[[str, int, int], None]


class Folded(NamedTuple):
    """What a run did: how many days went in for the first time, and how many anew."""

    new: int
    again: int


def _quiet(what: str, done: int, total: int) -> None:
    pass


def fold(progress: Progress = _quiet) -> Folded:
    """Take in the days that are over and those that have changed. Safe to repeat, and to run twice at once."""
    sign_ins.note()
    _begin_marking()
    with transaction.atomic():
        state = RollUpState.objects.select_for_update(skip_locked=True).first()
        if state is None:
            return Folded(0, 0)  # somebody else is at it
        until = _closable(state)
        changed = [day for day in _take_changes() if state.closed_until is not None and day < state.closed_until]
        again, new = adjoining(changed), Days(state.closed_until or _first_day(until), until)
        _count_again([daily for daily in DAILIES if daily.changeable], again, progress)
        _count_again(DAILIES, [new], progress)
        active_users.close(until, since=new.first)
        _close(state, until)
    return Folded(_length([new]), _length(again))


def rebuild(progress: Progress = _quiet) -> Folded:
    """Count everything anew, whatever the roll-up says. Sign-ins stay as they were noted."""
    sign_ins.note()
    _begin_marking()
    with transaction.atomic():
        state = RollUpState.objects.select_for_update().get()
        until = _closable(state)
        ChangedMoment.objects.all().delete()
        ActiveUsers.objects.all().delete()
        for daily in DAILIES:
            daily.model._default_manager.filter(**daily.fixed).delete()
        every = Days(_first_day(until), until)
        _count_again(DAILIES, [every], progress)
        active_users.close(until, since=every.first)
        _close(state, until)
    return Folded(_length([every]), 0)


def differences() -> list[str]:
    """Where the roll-up is not what a recount finds, one sentence for each; empty as it should be."""
    state = RollUpState.objects.filter(zone=str(platform_zone())).first()
    if state is None or state.closed_until is None:
        return []
    until, changed = state.closed_until, set(changed_days())
    found = []
    for daily in DAILIES:
        skipped = changed if daily.changeable else set()
        names = ("day", *daily.keys)
        kept = daily.model._default_manager.filter(**daily.fixed).values(*names, *daily.sums)
        before = {_key(row, names): _sums(row, daily) for row in kept if row["day"] not in skipped}
        after = {
            _key(row, names): _sums(row, daily)
            for stretch in _parts([Days(_first_day(until), until)])
            for row in counted(daily, names, [stretch])
            if row["day"] not in skipped
        }
        found += [
            f"{daily.model._meta.verbose_name} of {key[0]}: {before.get(key)} is kept, {after.get(key)} counted"
            for key in sorted(before.keys() | after.keys(), key=str)
            if before.get(key) != after.get(key)
        ]
    return found


def _begin_marking() -> None:
    """Let the triggers mark whatever changes, unless they do: for a new roll-up, or one in another zone."""
    if not _is_marked():
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:  # until the commit nobody writes, and from then on with marks
                    cursor.execute(f"LOCK TABLE {', '.join(WATCHED)} IN SHARE ROW EXCLUSIVE MODE")
            if not _is_marked():  # nor by somebody who was faster
                _start_over()


def _is_marked() -> bool:
    return RollUpState.objects.filter(zone=str(platform_zone())).exists()


def _start_over() -> None:
    RollUpState.objects.all().delete()
    for daily in DAILIES:
        daily.model._default_manager.filter(**daily.fixed).delete()
    ActiveUsers.objects.all().delete()
    zone = str(platform_zone())
    RollUpState.objects.create(pk=1, zone=zone, closed_until=None, marked_until=midnight(today()))


def _closable(state: RollUpState) -> date:
    """Until when days can be closed: they are over, and changes of them have been marked since an earlier run."""
    marked_day = state.marked_until.astimezone(platform_zone()).date()
    until = min(today() - LAG, marked_day)
    return max(until, state.closed_until or until)


def _close(state: RollUpState, until: date) -> None:
    state.closed_until = until
    state.marked_until = max(state.marked_until, midnight(today()))
    state.save()


def _take_changes() -> list[date]:
    """The days of what was marked, whose marks are gone with this transaction."""
    zone = platform_zone()
    with connection.cursor() as cursor:
        # One statement: what is marked while it runs stays for the next time.
        cursor.execute(f"DELETE FROM {ChangedMoment._meta.db_table} RETURNING moment")  # noqa: S608 # nosec B608
        moments = {_moment(value) for (value,) in cursor.fetchall()}
    return [moment.astimezone(zone).date() for moment in moments]


def _moment(value: datetime | str) -> datetime:
    """As the database's own driver hands it out."""
    parsed = parse_datetime(value) if isinstance(value, str) else value
    assert parsed is not None  # noqa: S101 - for the type checker
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _first_day(until: date) -> date:
    """The first day of anything that is counted, no later than `until`."""
    moments = [daily.rows().aggregate(first=Min(daily.moment))["first"] for daily in DAILIES]
    days = [moment.astimezone(platform_zone()).date() for moment in moments if moment is not None]
    return min(day for day in (until, active_users.first_day(), *days) if day is not None)


def _count_again(dailies: Sequence[Daily], stretches: Sequence[Days], progress: Progress) -> None:
    """Put what a recount finds in place of what is kept of those days."""
    parts = _parts(stretches)
    for number, daily in enumerate(dailies):
        model, names = daily.model._default_manager, ("day", *daily.keys)
        for done, part in enumerate(parts, start=1):
            model.filter(day__gte=part.first, day__lt=part.until, **daily.fixed).delete()
            model.bulk_create((daily.model(**row, **daily.fixed) for row in counted(daily, names, [part])), 1000)
            progress(f"{daily.model._meta.verbose_name}", number * len(parts) + done, len(dailies) * len(parts))


def _parts(stretches: Sequence[Days]) -> list[Days]:
    """The same days, not more than `AT_ONCE` together."""
    parts = []
    for first, until in stretches:
        assert first is not None  # noqa: S101 - for the type checker
        assert until is not None  # noqa: S101 - for the type checker
        while first < until:
            end = min(first + timedelta(days=AT_ONCE), until)
            parts.append(Days(first, end))
            first = end
    return parts


def _length(stretches: Sequence[Days]) -> int:
    return sum((until - first).days for first, until in stretches if first and until)


def _key(row: dict[str, Any], names: Sequence[str]) -> tuple:
    return tuple(row[name] for name in names)


def _sums(row: dict[str, Any], daily: Daily) -> tuple:
    return tuple(row[name] for name in daily.sums)
