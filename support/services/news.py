"""What people and open sockets hear of a ticket. Each line goes to the case, which tells all at once."""

from collections.abc import Iterable
from typing import Any

from notifications.services import Notice
from support.models import Party, Ticket, TicketClock, TicketMessage
from support.services import staff
from support.services.cases import Case

SHOWN_OF_TEXT = 200
LONGEST_TITLE = 200


def opened(case: Case, message: TicketMessage) -> None:
    """To the staff: there is a new ticket."""
    title = f"New ticket: {case.ticket.subject}"
    _tell(case, "ticket_opened", staff.everybody(), title, _shown(message), cause="opened")


def on_call(case: Case, message: TicketMessage) -> None:
    """To those on call: somebody is in danger (R-SUP-1)."""
    title = f"Emergency: {case.ticket.subject}"
    _tell(case, "support_on_call", staff.on_call(), title, _shown(message), cause=f"on_call:{message.pk}", urgent=True)


def said(case: Case, message: TicketMessage) -> None:
    """To the other side a notification, to the sockets of both sides a frame. Notes are nobody's news (R-SUP-6)."""
    ticket = case.ticket
    if message.is_staff:
        title, to = f"Support has answered: {ticket.subject}", [ticket.requester_id]
        _tell(case, "ticket_reply", to, title, _shown(message), cause=f"message:{message.pk}")
    elif ticket.assignee_id:
        title, to = f"Answer in a ticket: {ticket.subject}", [ticket.assignee_id]
        _tell(case, "ticket_user_reply", to, title, _shown(message), cause=f"message:{message.pk}")
    live(case, message)


def live(case: Case, message: TicketMessage) -> None:
    """To the sockets of both sides, the author's others among them. While nobody has the ticket, of all on call."""
    ticket = case.ticket
    desk = [ticket.assignee_id] if ticket.assignee_id else staff.on_call()
    _push(case, message_frame(message, ticket), {ticket.requester_id, *desk})


def moved(case: Case) -> None:
    """To open sockets: the ticket has changed."""
    ticket = case.ticket
    facts = {"ticket_id": ticket.pk, "status": ticket.status, "priority": ticket.priority}
    people = {ticket.requester_id} | ({ticket.assignee_id} if ticket.assignee_id else set())
    _push(case, {"type": "ticket_updated"} | facts, people)


def assigned(case: Case) -> None:
    ticket = case.ticket
    if ticket.assignee_id and (case.actor is None or ticket.assignee_id != case.actor.pk):
        title = f"Yours now: {ticket.subject}"
        _tell(
            case, "ticket_assigned", [ticket.assignee_id], title, "A ticket is assigned to you.", cause=_version(case)
        )


def escalated(case: Case) -> None:
    """To those who lead, and to whoever has the ticket."""
    ticket = case.ticket
    words = f"Now with tier {ticket.tier}, priority {ticket.priority}."
    _tell(case, "ticket_escalated", _leads(case), f"Escalated: {ticket.subject}", words, cause=_version(case))


def warned(case: Case, clock: TicketClock) -> None:
    ticket = case.ticket
    words = f"Four fifths of the time for its {_words(clock)} are over."
    to = [ticket.assignee_id] if ticket.assignee_id else staff.on_call()
    _tell(case, "ticket_sla_warning", to, f"Soon late: {ticket.subject}", words, cause=f"clock:{clock.pk}")


def breached(case: Case, clock: TicketClock) -> None:
    ticket = case.ticket
    words = f"The time for its {_words(clock)} is over. It is now with tier {ticket.tier}, priority {ticket.priority}."
    _tell(case, "ticket_sla_breached", _leads(case), f"Late: {ticket.subject}", words, cause=f"clock:{clock.pk}")


def reminded(case: Case) -> None:
    words = "We wait for your answer. Without one the ticket is closed in a few days."
    _tell_requester(case, "ticket_waiting_reminder", f"Your answer, please: {case.ticket.subject}", words)


def resolved(case: Case, what_came: str) -> None:
    words = f"{what_came[:SHOWN_OF_TEXT]}\n\nTell us how we did. If it is not solved, just answer within 7 days."
    _tell_requester(case, "ticket_resolved", f"Resolved: {case.ticket.subject}", words)


def closed(case: Case) -> None:
    if case.party != Party.REQUESTER:
        words = case.ticket.close_reason or "This ticket is closed."
        _tell_requester(case, "ticket_closed", f"Closed: {case.ticket.subject}", words)


def message_frame(message: TicketMessage, ticket: Ticket) -> dict[str, Any]:
    return {
        "type": "ticket_message",
        "ticket_id": ticket.pk,
        "message_id": message.pk,
        "sender_id": message.author_id,
        "sender_name": message.author.display_name,
        "is_staff": message.is_staff,
        "message": message.text,
        "status": ticket.status,
        "created_at": message.created_at,
    }


def _push(case: Case, frame: dict[str, Any], people: Iterable[int]) -> None:
    case.frames += [(person, frame) for person in people]


def _leads(case: Case) -> list[int]:
    assignee = case.ticket.assignee_id
    return [*staff.on_call(), *([assignee] if assignee else [])]


def _tell_requester(case: Case, kind: str, title: str, words: str) -> None:
    _tell(case, kind, [case.ticket.requester_id], title, words, cause=_version(case))


def _tell(
    case: Case, kind: str, to: Iterable[int], title: str, words: str, *, cause: str, urgent: bool = False
) -> None:
    ticket = case.ticket
    case.notices += [
        Notice(
            recipient_id=person,
            kind=kind,
            title=title[:LONGEST_TITLE],
            message=words,
            link=f"/support/tickets/{ticket.pk}",
            data={"ticket_id": ticket.pk, "status": ticket.status},
            about=f"ticket:{ticket.pk}",
            dedupe_key=f"ticket:{ticket.pk}:{kind}:{cause}",
            urgent=urgent,
        )
        for person in to
    ]


def _shown(message: TicketMessage) -> str:
    return message.text[:SHOWN_OF_TEXT]


def _version(case: Case) -> str:
    """What happens to one version of a ticket happens once."""
    return f"v{case.ticket.version}"


def _words(clock: TicketClock) -> str:
    return clock.metric.replace("_", " ")
