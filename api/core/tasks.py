"""Housekeeping of the API."""

from celery import shared_task
from django.utils import timezone

from api.core import idempotency


@shared_task
def purge_expired_requests() -> None:
    """Forget the answers of idempotent requests after two days."""
    idempotency.purge(now=timezone.now())
