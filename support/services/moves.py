"""The moves of the ticket machine, each done to a case that its caller has locked (R-SUP-3 to R-SUP-5)."""

from datetime import datetime
from typing import Any

from accounts.models import User
from audit.services import record
from common.errors import InvalidTransition
from support.clock import Metric
from support.models import (
    TIERS,
    TRANSITIONS,
    Party,
    Priority,
    Resolution,
    Ticket,
    TicketMessage,
    TicketStatus,
    Tier,
)
from support.services import news, watches
from support.services.cases import Case

RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
_PRIORITIES = list(Priority)


def say(case: Case, text: str, *, internal: bool = False) -> TicketMessage:
    """Write something down, with all that follows from somebody having said it: whose turn it is, which watches run."""
    ticket = case.ticket
    if not internal:
        _require_not_closed(ticket)
    message = write(case, text, internal=internal)
    if internal:
        record("ticket.noted", actor=case.actor, obj=ticket)
        return message
    if message.is_staff:
        _staff_answers(case)
    else:
        _requester_answers(case, message)
    news.said(case, message)
    return message


def write(case: Case, text: str, *, internal: bool = False) -> TicketMessage:
    """Nothing but the message itself."""
    assert case.actor is not None  # noqa: S101 # nosec B101 - the system says nothing
    case.changed = True
    if not internal:
        case.ticket.last_message_at = case.now
    return TicketMessage.objects.create(
        ticket=case.ticket,
        author=case.actor,
        is_staff=internal or case.party == Party.STAFF,
        is_internal=internal,
        text=text,
        created_at=case.now,
    )


def assign(case: Case, assignee: User | None) -> None:
    """Let somebody of the staff look after it, or nobody. Who takes what is open has begun with it."""
    ticket = case.ticket
    if assignee == ticket.assignee:
        return
    _require_not_closed(ticket)
    facts: dict[str, Any] = {"assignee_before": ticket.assignee_id, "assignee_id": assignee.pk if assignee else None}
    ticket.assignee = assignee
    if assignee is not None and ticket.status == TicketStatus.OPEN:
        watches.stop(case, Metric.FIRST_RESPONSE)
        move(case, TicketStatus.IN_PROGRESS, "assigned", **facts)
    else:
        case.note("assigned", **facts)
    news.assigned(case)


def prioritise(case: Case, priority: str) -> None:
    """What is due follows (R-SUP-3)."""
    ticket = case.ticket
    if priority != ticket.priority:
        _require_not_closed(ticket)
        before, ticket.priority = ticket.priority, priority
        case.note("prioritised", priority_before=before, priority=priority)
        news.moved(case)


def escalate(case: Case, *, reason: str) -> None:
    """One tier and one step of priority up (R-SUP-4)."""
    _require(case.ticket, TicketStatus.ESCALATED, "Only a ticket that is our turn can be escalated")
    raise_up(case.ticket)
    move(case, TicketStatus.ESCALATED, "escalated", reason=reason)
    news.escalated(case)


def raise_up(ticket: Ticket) -> None:
    """As far as there is a higher one."""
    ticket.tier = TIERS[min(TIERS.index(Tier(ticket.tier)) + 1, len(TIERS) - 1)]
    ticket.priority = _PRIORITIES[min(_PRIORITIES.index(Priority(ticket.priority)) + 1, len(_PRIORITIES) - 1)]


def de_escalate(case: Case) -> None:
    """Back to the tier before; history and priority stay."""
    ticket = case.ticket
    ticket.tier = TIERS[max(TIERS.index(Tier(ticket.tier)) - 1, 0)]
    move(case, TicketStatus.IN_PROGRESS, "de_escalated")


def ask(case: Case, question: str = "") -> None:
    """It is the requester's turn: all watches stand still."""
    ticket = case.ticket
    _require(ticket, TicketStatus.WAITING_ON_USER, "There is nothing to wait for")
    ticket.waiting_since, ticket.reminded_at = case.now, None
    move(case, TicketStatus.WAITING_ON_USER, "asked")
    if question:
        watches.stop(case, *RESPONSES)
        news.said(case, write(case, question))
    watches.hold(case)


def resolve(case: Case, what_came: str) -> None:
    """Tell the requester what came of it. All watches stop."""
    ticket = case.ticket
    _require(ticket, TicketStatus.RESOLVED, f"Cannot resolve a ticket that is {words_of(ticket)}")
    _end(case, Resolution.SOLVED, at=case.now)
    news.live(case, write(case, what_came))
    news.resolved(case, what_came)


def give_up(case: Case, *, at: datetime) -> None:
    """Nobody has answered; it ended at that moment, whenever somebody looks (R-SUP-5)."""
    _end(case, Resolution.NO_REPLY, at=at)
    news.resolved(case, "We have not heard from you.")


def close(case: Case, *, reason: str = "", at: datetime | None = None) -> None:
    """For good."""
    _require(case.ticket, TicketStatus.CLOSED, "This ticket is closed already")
    _set_closed(case, reason, at or case.now)
    move(case, TicketStatus.CLOSED, "closed", at=at, reason=reason)
    watches.stop(case, *Metric)
    news.closed(case)


def merge(case: Case, into: Ticket) -> None:
    """Closed as well, but it goes on elsewhere."""
    _require(case.ticket, TicketStatus.CLOSED, "This ticket is closed already")
    case.ticket.merged_into = into
    _set_closed(case, f"Merged into ticket {into.pk}.", case.now)
    move(case, TicketStatus.CLOSED, "merged", merged_into=into.pk)
    watches.stop(case, *Metric)
    news.closed(case)


def move(
    case: Case, status: TicketStatus, kind: str, *, at: datetime | None = None, reason: str = "", **data: Any
) -> None:
    """To another state, on record. Raises InvalidTransition."""
    ticket = case.ticket
    _require(ticket, status, f"A ticket that is {words_of(ticket)} cannot become {status.label.lower()}")
    before, ticket.status = ticket.status, status
    case.note(kind, from_status=before, at=at, reason=reason, **data)
    news.moved(case)


def refuse(ticket: Ticket, sentence: str) -> None:
    """Raises InvalidTransition, with where one could go."""
    raise InvalidTransition(sentence, current=ticket.status, allowed=sorted(TRANSITIONS.get(ticket.status, ())))


def words_of(ticket: Ticket) -> str:
    return TicketStatus(ticket.status).label.lower()


def _require_not_closed(ticket: Ticket) -> None:
    if ticket.status == TicketStatus.CLOSED:
        refuse(ticket, "This ticket is closed")


def _require(ticket: Ticket, status: TicketStatus, sentence: str) -> None:
    if not ticket.can_become(status):
        refuse(ticket, sentence)


def _set_closed(case: Case, reason: str, at: datetime) -> None:
    ticket = case.ticket
    ticket.closed_at, ticket.closed_by, ticket.close_reason = at, case.party, reason


def _end(case: Case, resolution: Resolution, *, at: datetime) -> None:
    ticket = case.ticket
    ticket.resolved_at, ticket.resolution = at, resolution
    move(case, TicketStatus.RESOLVED, "resolved", at=at, resolution=resolution.value)
    watches.stop(case, *Metric)


def _staff_answers(case: Case) -> None:
    """A human's public answer is what response times wait for."""
    watches.stop(case, *RESPONSES)
    if case.ticket.status == TicketStatus.OPEN:
        move(case, TicketStatus.IN_PROGRESS, "answered")
    else:
        record("ticket.answered", actor=case.actor, obj=case.ticket)


def _requester_answers(case: Case, message: TicketMessage) -> None:
    """It is our turn again; the first message that we have not answered sets the watch going."""
    ticket = case.ticket
    if ticket.status == TicketStatus.WAITING_ON_USER:
        ticket.waiting_since = ticket.reminded_at = None
        watches.go_on(case)
        move(case, TicketStatus.IN_PROGRESS, "answered")
    elif ticket.status == TicketStatus.RESOLVED:
        ticket.resolved_at, ticket.resolution = None, ""
        ticket.reopened_count += 1
        watches.reopen(case)
        move(case, TicketStatus.IN_PROGRESS, "reopened")
    if not watches.is_going(case, *RESPONSES):
        watches.start(case, Metric.NEXT_RESPONSE, message)
