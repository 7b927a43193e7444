import logging

from celery import shared_task

from audit import services

# Under the project's own logger, whose events are shown whatever the level of the others.
log = logging.getLogger("peerlearn.audit")


@shared_task
def seal_audit_log() -> None:
    """Seal what was recorded since the last time. Stops at a batch that is not full, or traffic could hold it here."""
    while services.seal(limit=services.BATCH) == services.BATCH:
        pass


@shared_task
def log_audit_checkpoint() -> None:
    """Once a day: put the end of the chain where the database's owner cannot reach it."""
    if end := services.checkpoint():
        log.info("audit_checkpoint", extra={"seq": end.seq, "hash": end.hash})
