"""What time does to tickets: warnings, breaches, reminders, and the end of what nobody answers (R-SUP-4, R-SUP-5).

A periodic task does it (`advance_overdue`), and so does whoever wants to write to a ticket (`opened`), so that nothing
depends on the task (R-GEN-4). What ends by itself has ended when it should have, however late somebody looks.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, transaction

from accounts.models import User
from common.errors import DomainError
from support.models import Ticket, TicketClock, TicketStatus
from support.services import access, agenda, moves, news
from support.services.cases import Case, locked

log = logging.getLogger(__name__)


@contextmanager
def opened(ticket_id: int, actor: User, *, now: datetime, version: int | None = None) -> Iterator[Case]:
    """The ticket as time has left it, locked until the block ends: the first line of every service.

    Raises NotFound or StaleVersion.
    """
    catch_up(access.find(ticket_id, actor), now=now)
    with transaction.atomic(), locked(ticket_id, actor, now=now, version=version) as case:
        yield case


def catch_up(ticket: Ticket, *, now: datetime) -> None:
    """Apply what is due, in a transaction of its own, so that it stands even if the caller is refused."""
    if ticket.next_check_at and ticket.next_check_at <= now:
        with transaction.atomic():
            _advance(ticket.pk, now)


def advance_overdue(*, now: datetime, limit: int = 500) -> int:
    """Do all that is due; returns how many tickets something happened to. Several may run at once."""
    return sum(_advance_one(pk, now) for pk in list(Ticket.objects.due(now).values_list("pk", flat=True)[:limit]))


def _advance_one(pk: int, now: datetime) -> bool:
    """One that fails does not hold up the others; it is due again the next time."""
    try:
        with transaction.atomic():
            return _advance(pk, now)
    except (DomainError, DatabaseError):
        log.warning("ticket_not_advanced", extra={"ticket": pk}, exc_info=True)
        return False


def _advance(pk: int, now: datetime) -> bool:
    with locked(pk, None, now=now) as case:
        _apply(case)
    return case.changed


def _apply(case: Case) -> None:
    ticket = case.ticket
    if ticket.status == TicketStatus.WAITING_ON_USER:
        _wait(case)
    if ticket.status == TicketStatus.RESOLVED:
        _let_close(case)
    if ticket.is_running:
        for each in case.clocks:
            _look_at(case, each)


def _wait(case: Case) -> None:
    ticket = case.ticket
    since = agenda.waiting_since(ticket)
    if since + agenda.RESOLVED_AFTER <= case.now:
        moves.give_up(case, at=since + agenda.RESOLVED_AFTER)
    elif ticket.reminded_at is None and since + agenda.REMINDED_AFTER <= case.now:
        ticket.reminded_at = case.now
        case.note("reminded")
        news.reminded(case)


def _let_close(case: Case) -> None:
    at = agenda.closes_at(case.ticket)
    if at is not None and at <= case.now:
        moves.close(case, at=at)


def _look_at(case: Case, each: TicketClock) -> None:
    """Each is warned of once, and late once (R-SUP-3)."""
    if each.breached_at is None and _is_past(agenda.due(each, case.ticket.priority, case.hours), case.now):
        _breach(case, each)
    elif each.warned_at is None and _is_past(agenda.warning(each, case.ticket.priority, case.hours), case.now):
        each.warned_at = case.now
        each.save()
        case.note("sla_warning", clock=each, metric=each.metric)
        news.warned(case, each)


def _breach(case: Case, each: TicketClock) -> None:
    """One tier and one step of priority up, whoever has it."""
    due = agenda.due(each, case.ticket.priority, case.hours)
    each.warned_at, each.breached_at = each.warned_at or case.now, case.now
    each.save()
    before = case.ticket.status
    moves.raise_up(case.ticket)
    case.ticket.status = TicketStatus.ESCALATED
    case.note("sla_breach", clock=each, from_status=before, metric=each.metric, due_at=due)
    news.breached(case, each)
    news.moved(case)


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
