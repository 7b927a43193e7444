"""What the back office leaves for later."""

from celery import shared_task

from adminpanel.analytics import folding


@shared_task
def fold_figures() -> None:
    """Roll up the days that are over, and anew those that have changed since. Safe to repeat."""
    folding.fold()
