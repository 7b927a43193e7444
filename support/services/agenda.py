"""When time will do something to a ticket next."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from support import clock
from support.clock import BusinessHours
from support.models import Ticket, TicketClock, TicketStatus

REMINDED_AFTER = timedelta(hours=72)
RESOLVED_AFTER = timedelta(days=7)
CLOSED_AFTER = timedelta(days=7)
# A ticket that is our turn is looked at again by then at the latest: settings may name other hours meanwhile.
_LOOK_AGAIN = timedelta(hours=1)


def next_check(
    ticket: Ticket, clocks: Sequence[TicketClock], hours: BusinessHours, *, now: datetime
) -> datetime | None:
    """None where time does nothing any more."""
    if ticket.status == TicketStatus.WAITING_ON_USER:
        reminder = [] if ticket.reminded_at else [waiting_since(ticket) + REMINDED_AFTER]
        return min([*reminder, waiting_since(ticket) + RESOLVED_AFTER])
    if ticket.status == TicketStatus.RESOLVED:
        return closes_at(ticket)
    moments = [moment for each in clocks for moment in _moments(each, ticket.priority, hours)]
    return min([*moments, now + _LOOK_AGAIN]) if moments else None


def waiting_since(ticket: Ticket) -> datetime:
    """Of a ticket that waits for its requester."""
    assert ticket.waiting_since is not None  # noqa: S101 # nosec B101 - a constraint of the table
    return ticket.waiting_since


def closes_at(ticket: Ticket) -> datetime | None:
    return ticket.resolved_at + CLOSED_AFTER if ticket.resolved_at else None


def due(each: TicketClock, priority: str, hours: BusinessHours) -> datetime | None:
    """When the clock's time is over; None while it stands still."""
    return clock.due_at(each.watch, each.metric, priority, hours)


def warning(each: TicketClock, priority: str, hours: BusinessHours) -> datetime | None:
    """When four fifths of it are over."""
    return clock.due_at(each.watch, each.metric, priority, hours, share=clock.WARNED_AT)


def _moments(each: TicketClock, priority: str, hours: BusinessHours) -> list[datetime]:
    if each.breached_at:
        return []
    found = [due(each, priority, hours)] + ([] if each.warned_at else [warning(each, priority, hours)])
    return [moment for moment in found if moment is not None]
