from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from payments.tasks import advance_earnings, settle_due


class Command(BaseCommand):
    help = (
        "Apply the payment provider's events and make the calls of it that are due, in this process, and let what "
        "tutors have earned become available. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        settings.WORK_RUNS_INLINE = True
        settle_due()
        advance_earnings()
