"""How the platform stands, and what a period has brought."""

from typing import NamedTuple

from django.db.models import QuerySet

from adminpanel.analytics.dashboard import SessionMetrics, Stats, opened_by_day, session_metrics, stats
from adminpanel.analytics.day_book import DayBook, Days
from adminpanel.analytics.money import Money, total_money
from adminpanel.analytics.periods import Period
from payments.models import Dispute, DisputeKind, DisputeStatus
from sessions_app.models import ConflictReport
from sessions_app.models.conflicts import UNDECIDED
from support.models import Ticket, TicketStatus


class Waiting(NamedTuple):
    """What somebody of the staff should look at."""

    open_tickets: int
    open_disputes: int
    open_conflicts: int


class Overview(NamedTuple):
    """`stats` are those of now, `waiting` too; all else is of the period."""

    period: Period
    stats: Stats
    new_users: int
    metrics: SessionMetrics
    money: dict[str, Money]
    waiting: Waiting


def overview(period: Period) -> Overview:
    book, days = DayBook.open(), Days(period.first, period.until)
    return Overview(
        period=period,
        stats=stats(book),
        new_users=sum(row["number"] for row in opened_by_day(period)),
        metrics=session_metrics(days, book),
        money=total_money(book, days),
        waiting=Waiting(*(rows.count() for rows in _waiting())),
    )


def _waiting() -> tuple[QuerySet, QuerySet, QuerySet]:
    return (
        Ticket.objects.filter(status__in=(TicketStatus.OPEN, TicketStatus.IN_PROGRESS, TicketStatus.ESCALATED)),
        Dispute.objects.filter(status=DisputeStatus.OPEN, kind=DisputeKind.INTERNAL),
        ConflictReport.objects.filter(state__in=UNDECIDED),
    )
