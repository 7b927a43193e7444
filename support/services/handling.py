"""What is done about a ticket: by the staff, or by whoever asked for it as far as they may."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from support.errors import EscalatedAlready, NothingSaid, NotMergeable, NotOfTheStaff, SupportStaffOnly
from support.models import Party, Ticket, TicketStatus
from support.services import access, moves, passing, staff, talking
from support.services.cases import Case, locked

# What is said of it by whoever closes their own ticket without a word.
CLOSED_BY_REQUESTER = "Closed by its requester."


def update(
    ticket_id: int, changes: Mapping[str, Any], *, actor: User, now: datetime, version: int | None = None
) -> Ticket:
    """Do several things at once: `message` (`internal` for the staff's eyes only), `assignee_id`, `priority`, `status`.

    Its requester may write, and close it; an admin who asked for it may no more. Returns the ticket in which it goes
    on. Raises NotFound, StaleVersion, SupportStaffOnly, NotOfTheStaff, NothingSaid or InvalidTransition.
    """
    if access.party_of(access.find(ticket_id, actor), actor) == Party.REQUESTER:
        return _update_own(ticket_id, changes, actor=actor, now=now, version=version)
    with passing.opened(ticket_id, actor, now=now, version=version) as case:
        if "assignee_id" in changes:
            moves.assign(case, _colleague(changes["assignee_id"], case.ticket))
        if "priority" in changes:
            moves.prioritise(case, changes["priority"])
        status, text = changes.get("status"), changes.get("message", "")
        if text and changes.get("internal"):
            moves.say(case, text, internal=True)
            text = ""
        if status is not None and _is_asked(case, status, text):
            _set_status(case, status, text)
        elif text:
            moves.say(case, text)
    return case.ticket


def escalate(ticket_id: int, *, reason: str, actor: User, now: datetime) -> Ticket:
    """Ask for somebody higher: its requester once, the staff always.

    Raises NotFound, EscalatedAlready or InvalidTransition.
    """
    with passing.opened(ticket_id, actor, now=now) as case:
        if case.party == Party.REQUESTER:
            if case.ticket.escalated_by_requester_at:
                raise EscalatedAlready
            case.ticket.escalated_by_requester_at = now
        moves.escalate(case, reason=reason)
    return case.ticket


def close(ticket_id: int, *, reason: str, actor: User, now: datetime) -> Ticket:
    """Nothing more is to be done. Raises NotFound or InvalidTransition."""
    with passing.opened(ticket_id, actor, now=now) as case:
        moves.close(case, reason=reason)
    return case.ticket


def note(ticket_id: int, text: str, *, actor: User, now: datetime) -> Ticket:
    """Write down something for the staff only. Raises NotFound or SupportStaffOnly."""
    return update(ticket_id, {"message": text, "internal": True}, actor=actor, now=now)


def assign(ticket_id: int, assignee: User | None, *, actor: User, now: datetime) -> Ticket:
    """Raises NotFound, SupportStaffOnly, NotOfTheStaff or InvalidTransition."""
    return update(ticket_id, {"assignee_id": assignee.pk if assignee else None}, actor=actor, now=now)


def resolve(ticket_id: int, *, text: str, actor: User, now: datetime) -> Ticket:
    """Tell the requester what came of it. Raises NotFound, SupportStaffOnly or InvalidTransition."""
    return update(ticket_id, {"message": text, "status": TicketStatus.RESOLVED}, actor=actor, now=now)


def hand_back(ticket_id: int, *, actor: User, now: datetime) -> Ticket:
    """Give an escalated ticket back to the tier before. Raises NotFound, SupportStaffOnly or InvalidTransition."""
    with passing.opened(ticket_id, actor, now=now) as case:
        access.require_staff(case.ticket, actor)
        if case.ticket.status != TicketStatus.ESCALATED:
            moves.refuse(case.ticket, "Only an escalated ticket can be given back")
        moves.de_escalate(case)
    return case.ticket


def merge(ticket_id: int, into_id: int, *, actor: User, now: datetime) -> Ticket:
    """Close a ticket because another one of the same person is about the same; answers go there from now on.

    Raises SupportStaffOnly, NotFound, NotMergeable or InvalidTransition.
    """
    one, other = sorted((ticket_id, into_id))
    if one == other:
        raise NotMergeable
    for pk in (one, other):
        ticket = access.find(pk, actor)
        access.require_staff(ticket, actor)
        passing.catch_up(ticket, now=now)
    with (
        transaction.atomic(),
        locked(one, actor, now=now) as first,
        locked(other, actor, now=now) as second,
    ):
        case, target = (first, second) if one == ticket_id else (second, first)
        _merge(case, target)
    return case.ticket


def _merge(case: Case, target: Case) -> None:
    ticket, into = case.ticket, target.ticket
    if ticket.requester_id != into.requester_id or into.status == TicketStatus.CLOSED:
        raise NotMergeable
    moves.merge(case, into)
    target.note("took_in", ticket_id=ticket.pk, audited=False)


def _update_own(
    ticket_id: int, changes: Mapping[str, Any], *, actor: User, now: datetime, version: int | None
) -> Ticket:
    if changes.keys() & {"priority", "assignee_id", "internal"}:
        raise SupportStaffOnly("Only the support staff may change who looks after a ticket, and how soon.")
    status, text = changes.get("status"), changes.get("message", "")
    if status is None and text:
        return talking.reply(ticket_id, text, author=actor, now=now, version=version)[0]
    with passing.opened(ticket_id, actor, now=now, version=version) as case:
        if status is not None and status != TicketStatus.CLOSED:
            raise SupportStaffOnly("You can close your ticket, or answer in it; the rest is for the support staff.")
        if status is not None:
            moves.close(case, reason=text or CLOSED_BY_REQUESTER)
    return case.ticket


def _is_asked(case: Case, status: str, text: str) -> bool:
    """Who repeats the state that a ticket is in asks for nothing, but who says once more what came of it does."""
    ends = status in (TicketStatus.RESOLVED, TicketStatus.CLOSED)
    return status != case.ticket.status or (ends and bool(text))


def _set_status(case: Case, status: str, text: str) -> None:
    ticket = case.ticket
    if status == TicketStatus.IN_PROGRESS and ticket.status == TicketStatus.OPEN:
        moves.assign(case, case.actor)
        _say_if_anything(case, text)
    elif status == TicketStatus.IN_PROGRESS and ticket.status == TicketStatus.ESCALATED:
        moves.de_escalate(case)
        _say_if_anything(case, text)
    elif status == TicketStatus.WAITING_ON_USER:
        moves.ask(case, text)
    elif status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        if not text:
            raise NothingSaid
        moves.resolve(case, text) if status == TicketStatus.RESOLVED else moves.close(case, reason=text)
    else:
        moves.refuse(ticket, f"The staff cannot make a ticket that is {moves.words_of(ticket)} {_words(status)}")


def _say_if_anything(case: Case, text: str) -> None:
    if text:
        moves.say(case, text)


def _words(status: str) -> str:
    return TicketStatus(status).label.lower()


def _colleague(user_id: int | None, ticket: Ticket) -> User | None:
    """Nobody looks after what they asked for themselves. Raises NotOfTheStaff."""
    if user_id is None:
        return None
    colleague = staff.members().exclude(pk=ticket.requester_id).filter(pk=user_id).first()
    if colleague is None:
        raise NotOfTheStaff
    return colleague
