from celery import shared_task
from django.utils import timezone

from audit import checkpoints, services


@shared_task
def seal_audit_log() -> None:
    """Seal what was recorded since the last time. Stops at a batch that is not full, or traffic could hold it here."""
    while services.seal(limit=services.BATCH) == services.BATCH:
        pass


@shared_task
def log_audit_checkpoint() -> None:
    """Once a day: put the end of the chain where the database's owner cannot reach it."""
    checkpoints.publish(now=timezone.now())
