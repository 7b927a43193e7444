"""What lessons have brought a tutor: exact, after refunds and the platform's share (R-PO-1)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.expressions import ExpressionWrapper, F
from django.db.models.fields import DurationField
from django.db.models.functions import Cast, Concat

from accounts.models import User
from bookings.models import Booking, BookingStatus, DisputeState
from common.money import round_money
from payments.models import Earning, EarningStatus
from payments.services.earning import split
from sessions_app.models import Participant, SessionStatus, TutoringSession

FACTS = ("price", "commission_percent", "currency", "refund_percent", "refund_amount", "dispute_state", "is_paid_out")


class Amounts(NamedTuple):
    """Of one lesson, in its currency: what the student paid in the end, the platform's share, and what is left."""

    gross: Decimal
    commission: Decimal
    net: Decimal


class Totals(NamedTuple):
    """Of all lessons in one currency. `pending` waits to be paid out, `disputed` for the moderators."""

    currency: str
    total: Decimal
    this_month: Decimal
    last_month: Decimal
    pending: Decimal
    disputed: Decimal
    lessons: int


def billed_to(tutor: User) -> QuerySet[Booking]:
    """The lessons that the tutor is paid for: given, missed by the student, or cancelled too late to cost nothing."""
    missed = Q(status=BookingStatus.NO_SHOW_STUDENT) & ~Q(refund_percent=100)
    late = Q(status=BookingStatus.CANCELLED, refund_percent__lt=100)
    paid = Q(status=BookingStatus.COMPLETED) | missed | late
    return Booking.objects.filter(paid, tutor__user=tutor).order_by("-starts_at", "-id")


def amounts_of(row: dict[str, Any]) -> Amounts:
    """From a row of `FACTS`. The platform's share is rounded once, half up; the tutor has the rest (R-PO-1)."""
    back = row["price"] if row["refund_percent"] == 100 else row["refund_amount"] or Decimal(0)
    gross = round_money(row["price"] - back, row["currency"])
    return Amounts(gross, *split(gross, row["commission_percent"], row["currency"]))


def state_of(row: dict[str, Any]) -> str:
    """How far the money has come: what is earned is pending until it is paid out."""
    if row["refund_percent"] == 100:
        return "refunded"
    if row["dispute_state"] == DisputeState.OPEN:
        return "disputed"
    return "paid" if row["is_paid_out"] else "pending"


def with_payouts(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """With `is_paid_out`: whether what the lesson earned has reached the tutor."""
    source = Concat(Value("booking:"), Cast(OuterRef("pk"), CharField()))
    paid = Earning.objects.filter(source=source, status=EarningStatus.PAID)
    return bookings.annotate(is_paid_out=Exists(paid))


def totals_of(tutor: User, *, now: datetime) -> list[Totals]:
    """By currency, that of the most lessons first. Months are those of the tutor's own wall."""
    rows = with_payouts(billed_to(tutor)).values(*FACTS, "ends_at")
    of_currency: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_currency[row["currency"]].append(row)
    zone = ZoneInfo(tutor.timezone)
    found = [_totals(currency, lessons, zone, now) for currency, lessons in of_currency.items()]
    return sorted(found, key=lambda totals: (-totals.lessons, totals.currency))


def _totals(currency: str, rows: Iterable[dict[str, Any]], zone: ZoneInfo, now: datetime) -> Totals:
    today = now.astimezone(zone)
    this_month = today.year * 12 + today.month
    of_month: dict[int, Decimal] = defaultdict(Decimal)
    of_state: dict[str, Decimal] = defaultdict(Decimal)
    count = 0
    for row in rows:
        net = amounts_of(row).net
        wall = row["ends_at"].astimezone(zone)
        of_month[wall.year * 12 + wall.month] += net
        of_state[state_of(row)] += net
        count += 1
    total = sum(of_month.values(), Decimal(0))
    return Totals(
        currency,
        total,
        this_month=of_month[this_month],
        last_month=of_month[this_month - 1],
        pending=of_state["pending"],
        disputed=of_state["disputed"],
        lessons=count,
    )


class Activity(NamedTuple):
    """What a tutor does, in figures."""

    active_sessions: int
    completed_sessions: int
    total_students: int
    hours_taught: float


def activity_of(tutor: User) -> Activity:
    """Of sessions of all kinds: those to come or running, those given and their hours, and the people in all."""
    hosted = TutoringSession.objects.hosted_by(tutor)
    given = hosted.filter(status=SessionStatus.COMPLETED)
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    taught = given.aggregate(time=Sum(length))["time"]
    seats = Participant.objects.joined().filter(session__creator=tutor, session__deleted_at=None)
    return Activity(
        active_sessions=hosted.live().count(),
        completed_sessions=given.count(),
        total_students=seats.values("user").distinct().count(),
        hours_taught=round(taught.total_seconds() / 3600, 2) if taught else 0.0,
    )
