"""What time does to tickets."""

from celery import shared_task
from django.utils import timezone

from support.services import departures, passing


@shared_task
def advance_tickets() -> None:
    """Warn of what will be late, escalate what is, remind who does not answer, end what is over. Safe to repeat."""
    now = timezone.now()
    passing.advance_overdue(now=now)
    departures.hand_back(now=now)


@shared_task
def hand_back_tickets_of(user_id: int) -> None:
    """Take the tickets of somebody who is of the staff no more. `advance_tickets` would do it, too."""
    departures.hand_back(user_id=user_id, now=timezone.now())
