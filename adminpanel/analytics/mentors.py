"""How each tutor does in a time: a list that can be sorted by any figure, and what a page of it shows besides."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from accounts.models import TutorProfile
from adminpanel.analytics.periods import Period, midnight
from adminpanel.analytics.sources import ANSWERS
from bookings.models import BookingEvent, BookingStatus, Party
from common.money import MoneySum, round_money
from payments.models import Earning

# By the word of the query: the figure. The highest comes first, after - the lowest; who has none is last.
SORTS = {
    "rating": "average_rating",
    "reviews": "total_reviews",
    "lessons": "completed",
    "minutes": "time_taught",
    "completion_rate": "completion_rate",
    "cancellation_rate": "cancellation_rate",
    "no_show_rate": "no_show_rate",
}


def of_period(tutors: QuerySet[TutorProfile], period: Period, *, min_lessons: int = 0) -> Any:
    """The tutors with the figures of their lessons that were to begin in the period. Rates are fractions or null.

    With `min_lessons`, those of whom so many took place.
    """
    then = Q(
        bookings__starts_at__gte=midnight(period.first),
        bookings__starts_at__lt=midnight(period.until),
    )
    lesson = ExpressionWrapper(F("lesson__ends_at") - F("lesson__starts_at"), DurationField())
    counted = tutors.annotate(lesson=FilteredRelation("bookings", condition=then)).annotate(
        completed=_number(status=BookingStatus.COMPLETED),
        missed_by_mentor=_number(status=BookingStatus.NO_SHOW_TUTOR),
        missed_by_student=_number(status=BookingStatus.NO_SHOW_STUDENT),
        cancelled_by_mentor=_number(status=BookingStatus.CANCELLED, cancelled_by=Party.TUTOR),
        cancelled_by_student=_number(status=BookingStatus.CANCELLED, cancelled_by=Party.STUDENT),
        time_taught=Coalesce(
            Sum(lesson, filter=Q(lesson__status=BookingStatus.COMPLETED)),
            Value(timedelta()),
            output_field=DurationField(),
        ),
    )
    given = F("completed") + F("missed_by_mentor") + F("missed_by_student")
    busy = counted.filter(completed__gte=min_lessons) if min_lessons else counted
    return busy.annotate(
        # Not what was the student's to lose.
        completion_rate=_rate("completed", F("completed") + F("cancelled_by_mentor") + F("missed_by_mentor")),
        cancellation_rate=_rate("cancelled_by_mentor", given + F("cancelled_by_mentor")),
        no_show_rate=_rate("missed_by_mentor", given),
    )


def in_order(figures: QuerySet, sort: str) -> QuerySet:
    figure = F(SORTS[sort.removeprefix("-")])
    order = figure.asc(nulls_last=True) if sort.startswith("-") else figure.desc(nulls_last=True)
    return figures.order_by(order, "-pk")


def answers_of(tutor_ids: Sequence[int], period: Period) -> dict[int, dict[str, Any]]:
    """What they said to requests in the period: how many of each answer, and the mean time to one in minutes."""
    waited = ExpressionWrapper(F("created_at") - F("booking__created_at"), DurationField())
    since = midnight(period.first)
    events = BookingEvent.objects.filter(
        # Answers come before the lesson begins, and only a lapse may be noted after that: by this, which is indexed,
        # few bookings are looked at.
        Q(booking__starts_at__gte=since) | Q(booking__status=BookingStatus.EXPIRED, booking__ended_at__gte=since),
        booking__tutor__in=tutor_ids,
        kind__in=ANSWERS,
        from_status=BookingStatus.PENDING,
        created_at__gte=since,
        created_at__lt=midnight(period.until),
    )
    rows: Any = (
        events.order_by()
        .values("booking__tutor")
        .annotate(
            confirmed=Count("pk", filter=Q(kind="confirmed")),
            declined=Count("pk", filter=Q(kind="declined")),
            expired=Count("pk", filter=Q(kind="expired")),
            waited=Avg(waited, filter=~Q(kind="expired")),
        )
    )
    return {row["booking__tutor"]: row for row in rows}


def earned_by(tutor_ids: Sequence[int], period: Period) -> dict[int, list[dict[str, Any]]]:
    """What lessons earned them in the period, after the platform's share, by currency."""
    earned = Earning.objects.filter(
        tutor__in=tutor_ids, created_at__gte=midnight(period.first), created_at__lt=midnight(period.until)
    )
    rows: Any = earned.order_by("currency").values("tutor", "currency").annotate(net=MoneySum("net"))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        net: Decimal = row["net"]
        found[row["tutor"]].append({"currency": row["currency"], "net": round_money(net, row["currency"])})
    return found


def _number(**conditions: Any) -> Count:
    return Count("lesson", filter=Q(**{f"lesson__{name}": value for name, value in conditions.items()}))


def _rate(part: str, whole: Any) -> Any:
    return Cast(F(part), FloatField()) / NullIf(Cast(whole, FloatField()), Value(0.0))
