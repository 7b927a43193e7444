"""What time does to tickets."""

from celery import shared_task
from django.utils import timezone

from support.services import passing


@shared_task
def advance_tickets() -> None:
    """Warn of what will be late, escalate what is, remind who does not answer, end what is over. Safe to repeat."""
    passing.advance_overdue(now=timezone.now())
