"""Work that matching leaves for later. Each task takes ids, calls one service and may be repeated."""

from celery import shared_task
from django.utils import timezone

from common import work
from matching import pool
from matching.models import PrecomputeJob
from matching.services import precomputing


@shared_task
def precompute(pk: int) -> None:
    """Do a piece of a job, and let the rest follow."""
    if perform_piece(pk):
        work.wake(precompute, pk)


@shared_task
def resume_jobs() -> None:
    """Wake the jobs that a lost message or a killed worker left behind."""
    work.wake_due(PrecomputeJob, precompute)


@shared_task
def precompute_overdue() -> None:
    """Work out the lists that are missing or about to be a day old."""
    job = precomputing.request_overdue(now=timezone.now())
    if job:
        work.wake(precompute, job.pk)


@shared_task
def refresh_free_times() -> None:
    """Have the free time of every tutor at hand, so that no request has to work it out. Safe to repeat."""
    pool.refresh_free_times(now=timezone.now())


def perform_piece(pk: int) -> bool:
    """Do a piece of a job, if it is due; whether there is more to do at once."""
    before = PrecomputeJob.objects.filter(pk=pk).values_list("done", flat=True).first()
    work.perform(PrecomputeJob, pk, precomputing.run)
    return PrecomputeJob.objects.due(timezone.now()).filter(pk=pk, done__gt=before or 0).exists()
