"""What people think: of the platform at any time, of a ticket once after it was resolved (R-SUP-7)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from support.errors import RatedAlready, RatingOver, TicketNotResolved
from support.models import Feedback
from support.services import passing

RATED_WITHIN = timedelta(days=14)


@transaction.atomic
def give(
    *,
    user: User,
    rating: int,
    comment: str,
    category: str = "",
    ticket_id: int | None = None,
    now: datetime,
) -> Feedback:
    """Raises NotFound for a ticket that somebody else asked for, TicketNotResolved, RatingOver or RatedAlready."""
    said = Feedback(user=user, rating=rating, comment=comment, category=category, created_at=now)
    if ticket_id is None:
        said.save()
        return said
    with passing.opened(ticket_id, user, now=now) as case:
        ticket = case.ticket
        if ticket.requester_id != user.pk:
            raise NotFound("Ticket not found")
        if ticket.resolved_at is None:
            raise TicketNotResolved
        if ticket.resolved_at + RATED_WITHIN < now:
            raise RatingOver
        if Feedback.objects.filter(ticket=ticket).exists():
            raise RatedAlready
        said.ticket = ticket
        said.save()
        record("ticket.rated", actor=user, obj=ticket, after={"rating": rating})
    return said
