"""What is said about a ticket."""

from datetime import datetime

from accounts.models import User
from support.models import Party, Ticket, TicketMessage, TicketStatus
from support.services import moves, opening, passing


def chat(ticket_id: int | None, text: str, *, author: User, now: datetime) -> tuple[Ticket, TicketMessage]:
    """Write to support, or from support; without a ticket it is a new one. Raises as `reply`."""
    if ticket_id is None:
        return opening.open_by_chat(text, requester=author, now=now)
    return reply(ticket_id, text, author=author, now=now)


def reply(
    ticket_id: int, text: str, *, author: User, now: datetime, version: int | None = None
) -> tuple[Ticket, TicketMessage]:
    """Write something that both sides see; answers where it is. What is resolved is opened again by its requester's
    answer within a week; what is closed goes on in the ticket that follows (R-SUP-5).

    Raises NotFound, StaleVersion, or InvalidTransition for the staff's answer to a closed ticket.
    """
    with passing.opened(ticket_id, author, now=now, version=version) as case:
        ticket = case.ticket
        if ticket.status != TicketStatus.CLOSED or case.party == Party.STAFF:
            return ticket, moves.say(case, text)
        following_id = ticket.merged_into_id or _following(ticket)
        if following_id is None:
            return opening.open_following(ticket, text, requester=author, now=now)
    return reply(following_id, text, author=author, now=now)


def _following(closed: Ticket) -> int | None:
    """The id of the latest ticket in which a closed one goes on."""
    return Ticket.objects.filter(previous=closed).order_by("-pk").values_list("pk", flat=True).first()
