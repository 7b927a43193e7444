from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notifications.tasks import deliver_due


class Command(BaseCommand):
    help = "Send the mails, pushes, digests and announcements that are due, in this process. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.WORK_RUNS_INLINE = True
        deliver_due()
