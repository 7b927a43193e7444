from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bookings.tasks import remind


class Command(BaseCommand):
    help = "Send the reminders and calendar entries that are due, in this process. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.WORK_RUNS_INLINE = True
        remind()
