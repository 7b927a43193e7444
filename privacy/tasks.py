"""Work that privacy leaves for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from common import work
from privacy.models import DataExport
from privacy.services import erasing, exporting, retention


@shared_task
def make_export(pk: int) -> None:
    """Make one copy of somebody's data."""
    work.perform(DataExport, pk, exporting.make)


@shared_task
def make_due_exports() -> None:
    """Wake `make_export` for every copy that a lost message or a killed worker left behind."""
    work.wake_due(DataExport, make_export)


@shared_task
def advance_erasures() -> None:
    """Go on with the erasures whose time has come, that were blocked, or that a killed worker left."""
    erasing.advance_due(now=timezone.now())


@shared_task
def apply_retention() -> None:
    """Delete what was kept long enough (R-GDPR-6)."""
    retention.apply(now=timezone.now())
