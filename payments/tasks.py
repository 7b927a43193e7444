"""Work that payments leave for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from common import work
from payments.models import ProviderCall, ProviderEvent
from payments.services import calls, nudging, payouts, webhooks


@shared_task
def call_provider(pk: int) -> None:
    """Have a provider do one thing."""
    work.perform(ProviderCall, pk, calls.perform)


@shared_task
def process_event(pk: int) -> None:
    """Apply one event of a provider."""
    work.perform(ProviderEvent, pk, webhooks.process)


@shared_task
def settle_due() -> None:
    """Wake every call and every event that a lost message, a killed worker or a failure left behind."""
    work.wake_due(ProviderEvent, process_event)
    work.wake_due(ProviderCall, call_provider)


@shared_task
def remind_payers() -> None:
    """Tell those who began to pay and have not finished. Safe to repeat."""
    nudging.nudge_due(now=timezone.now())


@shared_task
def advance_earnings() -> None:
    """Let what tutors have earned become available. Safe to repeat."""
    payouts.release_earnings(now=timezone.now())
