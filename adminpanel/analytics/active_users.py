"""How many different people did something: what is in the audit log by their hand, or a message.

The log and messages are only ever added to, so what is said of a day, week or month that is over stays true.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import DateField, F
from django.db.models.functions import TruncDate, TruncMonth, TruncWeek

from adminpanel.analytics.periods import UNITS, Period, Unit, midnight, next_step, platform_zone, start_of_step
from adminpanel.models import ActiveUsers
from audit.models import AuditEntry
from messaging.models import Message

_TRUNC = {"day": TruncDate, "week": TruncWeek, "month": TruncMonth}


def of_steps(period: Period, closed_until: date | None) -> dict[date, int]:
    """By the first day of each step that anybody did anything in. In two statements."""
    kept = ActiveUsers.objects.filter(unit=period.unit, start__gte=period.first, start__lt=period.until)
    if closed_until is None:
        return count(period.unit, period.first, period.until)
    known = dict(kept.values_list("start", "users"))
    open_steps = [step for step in period.steps() if next_step(step, period.unit) > closed_until]
    return known | (count(period.unit, open_steps[0], period.until) if open_steps else {})


def first_day() -> date | None:
    first = AuditEntry.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return first.astimezone(platform_zone()).date() if first else None


def close(until: date, since: date | None) -> None:
    """Keep the figures of all days, weeks and months that are over before `until` and are not kept yet."""
    for unit in UNITS:
        newest = ActiveUsers.objects.filter(unit=unit).order_by("-start").values_list("start", flat=True).first()
        first = next_step(newest, unit) if newest else start_of_step(since or until, unit)
        last = start_of_step(until, unit)
        if first < last:
            _close(unit, Period(first, last, unit))


def _close(unit: Unit, period: Period) -> None:
    found: dict[date, int] = {}
    for part in _parts(period):
        found |= count(unit, part.first, part.until)
    ActiveUsers.objects.bulk_create(
        [ActiveUsers(unit=unit, start=step, users=found.get(step, 0)) for step in period.steps()], 1000
    )


def _parts(period: Period) -> Sequence[Period]:
    """In parts that one statement counts in time: a month, or a week where those are the steps."""
    steps = [*period.steps(), period.until]
    size = {"day": 31, "week": 4, "month": 1}[period.unit]
    starts = [*steps[:-1:size], period.until]
    return [Period(first, until, period.unit) for first, until in zip(starts, starts[1:], strict=False)]


def count(unit: Unit, first: date, until: date) -> dict[date, int]:
    """The same from the log and the messages themselves, in one statement."""
    between = {"created_at__gte": midnight(first), "created_at__lt": midnight(until)}
    step = _TRUNC[unit]("created_at", output_field=DateField(), tzinfo=platform_zone())
    logged = AuditEntry.objects.filter(**between, actor_id__isnull=False).order_by().annotate(step=step)
    wrote = Message.objects.filter(**between).order_by().annotate(step=step)
    people = logged.values("step", who=F("actor_id")).union(wrote.values("step", who=F("sender_id")))
    sql, values = people.query.sql_with_params()
    with connection.cursor() as cursor:
        # A union leaves one row for each person and step; Django cannot count the rows of one by group.
        cursor.execute(f"SELECT step, COUNT(*) FROM ({sql}) AS people GROUP BY step", values)  # noqa: S608 # nosec B608
        # PostgreSQL hands out weeks and months as midnights.
        return {date.fromisoformat(str(step)[:10]): number for step, number in cursor.fetchall()}
