"""The ledger of points: given once for each reason and source, taken back by a line of its own (R-PRG-4).

Nothing here opens a transaction: points are written in that of the deed that they are given for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from courses.models import PointsEntry, PointsReason

POINTS = {
    PointsReason.MODULE: 5,
    PointsReason.COURSE: 50,
    PointsReason.ASSESSMENT: 20,
    PointsReason.REVIEW: 5,
    PointsReason.PEER_SESSION: 25,
    PointsReason.STREAK: 15,
}
# Of a lesson, for each full half hour; and no more than so many on one day of the learner's.
LESSON_POINTS, LESSON_UNIT, LESSONS_A_DAY = 10, timedelta(minutes=30), 60
# What makes a week one of learning.
_LEARNING = (PointsReason.LESSON, PointsReason.MODULE, PointsReason.ASSESSMENT)
_WEEK = timedelta(days=7)
# With one more number, the user's, it is no other advisory lock of this database.
_LEDGER_LOCK = 1_604_231


@dataclass(frozen=True)
class Grant:
    """Points for somebody. `source` names what they are for, such as `module:17`."""

    user: User
    reason: PointsReason
    source: str
    points: int


def total_of(user_id: int) -> int:
    """All points that somebody has."""
    return PointsEntry.objects.filter(user_id=user_id).aggregate(total=Sum("points"))["total"] or 0


def gathered(user_ids: Any, sources: Collection[str], *, since: datetime) -> Counter[int]:
    """What each of the users (ids, or a query of them) has been given for these sources since then, and still has."""
    return _still_had(PointsEntry.objects.filter(user_id__in=user_ids, source__in=sources, created_at__gte=since))


def monday(zone: str, now: datetime) -> datetime:
    """The beginning of this week on a wall in that time zone."""
    local = now.astimezone(ZoneInfo(zone))
    return (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def award(user: User, reason: PointsReason, source: str, *, points: int | None = None) -> None:
    """Give somebody the points of this reason (`POINTS`, or as many as are named), if they do not have them yet."""
    award_all([Grant(user, reason, source, POINTS[reason] if points is None else points)])


def award_all(grants: Iterable[Grant]) -> None:
    """Give all of them at once. What was given before and taken back since is given again, as many as then."""
    wanted = {
        (grant.user.pk, grant.reason.value, grant.source): grant
        for grant in sorted(grants, key=lambda grant: grant.user.pk)  # in one order, so that nobody waits in a circle
    }
    had = _first_lines(wanted) if wanted else {}
    wanted = {key: grant for key, grant in wanted.items() if grant.points or key in had}
    if not wanted:
        return
    fresh = [
        PointsEntry(user_id=user_id, reason=reason, source=source, points=grant.points)
        for (user_id, reason, source), grant in wanted.items()
        if (user_id, reason, source) not in had
    ]
    PointsEntry.objects.bulk_create(fresh, ignore_conflicts=True)
    _reverse(entry for entry in _latest_words(had.values()) if entry.points < 0)
    _reward_streaks({grant.user.pk: grant.user for grant in wanted.values() if grant.reason in _LEARNING}.values())


def take_back(user_ids: Iterable[int], reason: PointsReason, source: str) -> None:
    """Its source is undone: write the line that says so for each who has them. Safe to repeat."""
    given = PointsEntry.objects.filter(user_id__in=list(user_ids), reason=reason, source=source)
    _reverse(entry for entry in _latest_words(given) if entry.points > 0)


def award_lesson(learners: Iterable[User], source: str, *, length: timedelta) -> None:
    """To each who was in a lesson of that length, as far as the day's limit allows."""
    people = sorted(learners, key=lambda user: user.pk)
    worth = LESSON_POINTS * (length // LESSON_UNIT)
    if not people or not worth:
        return
    # Of two lessons that end at once the second sees what the first one gave.
    _lock_ledgers([user.pk for user in people])
    given = _lesson_points_of_today(people, timezone.now(), but=source)
    award_all(
        Grant(user, PointsReason.LESSON, source, max(0, min(worth, LESSONS_A_DAY - given[user.pk]))) for user in people
    )


def _lesson_points_of_today(people: Sequence[User], now: datetime, *, but: str) -> Counter[int]:
    """By user, without those of the source `but` and those that were taken back; a day is one on that person's wall."""
    today = Q()
    for user in people:
        midnight = now.astimezone(ZoneInfo(user.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
        today |= Q(user_id=user.pk, created_at__gte=midnight)
    return _still_had(PointsEntry.objects.filter(today, reason=PointsReason.LESSON).exclude(source=but))


def _still_had(lines: Iterable[PointsEntry]) -> Counter[int]:
    """By user, without what was taken back."""
    given: Counter[int] = Counter()
    for entry in _latest_words(lines):
        given[entry.user_id] += max(0, entry.points)
    return given


def _reward_streaks(people: Iterable[User]) -> None:
    """A week of learning that follows upon another one is worth something, once; weeks begin on Mondays."""
    now = timezone.now()
    mondays = {user: monday(user.timezone, now) for user in people}
    if not mondays:
        return
    last_week = Q()
    for user, begin in mondays.items():
        last_week |= Q(user_id=user.pk, created_at__gte=begin - _WEEK, created_at__lt=begin)
    learned = PointsEntry.objects.filter(last_week, reason__in=_LEARNING).order_by().distinct()
    learners = set(learned.values_list("user_id", flat=True))
    award_all(
        Grant(user, PointsReason.STREAK, f"week:{begin:%G-W%V}", POINTS[PointsReason.STREAK])
        for user, begin in mondays.items()
        if user.pk in learners
    )


def _first_lines(keys: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str, str], PointsEntry]:
    """What was written when these were given for the first time."""
    any_of = Q()
    for user_id, reason, source in keys:
        any_of |= Q(user_id=user_id, reason=reason, source=source)
    return {(entry.user_id, entry.reason, entry.source): entry for entry in PointsEntry.objects.filter(any_of)}


def _latest_words(entries: Iterable[PointsEntry]) -> list[PointsEntry]:
    """Of each: itself, or what took it back, or what took that back, and so on."""
    latest: list[PointsEntry] = []
    open_ends = list(entries)
    while open_ends:
        later = PointsEntry.objects.filter(
            user_id__in={entry.user_id for entry in open_ends},
            reason=PointsReason.REVERSAL,
            source__in=[_taking_back(entry) for entry in open_ends],
        )
        found = {entry.source: entry for entry in later}
        latest += [entry for entry in open_ends if _taking_back(entry) not in found]
        open_ends = list(found.values())
    return latest


def _reverse(entries: Iterable[PointsEntry]) -> None:
    lines = [
        PointsEntry(
            user_id=entry.user_id, reason=PointsReason.REVERSAL, source=_taking_back(entry), points=-entry.points
        )
        for entry in sorted(entries, key=lambda entry: (entry.user_id, entry.pk))
    ]
    PointsEntry.objects.bulk_create(lines, ignore_conflicts=True)


def _taking_back(entry: PointsEntry) -> str:
    return f"entry:{entry.pk}"


def _lock_ledgers(user_ids: list[int]) -> None:
    """One writer at a time, until the commit. On SQLite the transaction itself is that lock (it is IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for user_id in user_ids:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LEDGER_LOCK, user_id])
