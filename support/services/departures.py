"""What becomes of tickets when whoever looks after them is of the staff no more: nobody has them, and who is on call
hears of what is written next.

That an open ticket has such an assignee is all there is to know: whoever comes by finds it.
"""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from accounts.models import User
from common import work
from common.errors import DomainError
from support.models import Ticket, TicketStatus
from support.services import moves, staff
from support.services.cases import locked

log = logging.getLogger(__name__)


def follow(user: User) -> None:
    """After an account was closed, or has another role (`settings.ACCOUNT_FOLLOWERS`)."""
    from support.tasks import hand_back_tickets_of

    work.after_commit(hand_back_tickets_of, user.pk)


def hand_back(*, user_id: int | None = None, now: datetime, limit: int = 500) -> int:
    """Take tickets from one person, or from everybody, who may not read them any more; returns how many. Safe to
    repeat.
    """
    found = _left() if user_id is None else _left().filter(assignee=user_id)
    return sum(_hand_back(pk, now) for pk in list(found.order_by("pk").values_list("pk", flat=True)[:limit]))


def _left() -> QuerySet[Ticket]:
    assigned = Ticket.objects.exclude(assignee=None).exclude(status=TicketStatus.CLOSED)
    return assigned.exclude(assignee__in=staff.members())


def _hand_back(pk: int, now: datetime) -> bool:
    """One that fails does not hold up the others; it is due again the next time."""
    try:
        with transaction.atomic(), locked(pk, None, now=now) as case:
            if not _left().filter(pk=pk).exists():
                return False
            moves.assign(case, None)
    except (DomainError, DatabaseError):
        log.warning("ticket_not_handed_back", extra={"ticket": pk}, exc_info=True)
        return False
    return True
