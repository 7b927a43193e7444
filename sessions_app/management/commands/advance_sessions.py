from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sessions_app.services import course, promotion, requests


class Command(BaseCommand):
    help = (
        "Cancel sessions that nobody started or too few have joined, complete those that nobody ended, let offers of "
        "seats lapse and close queues and requests whose time is over. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"{course.advance_overdue(now=now)} sessions moved on")
        self.stdout.write(f"{promotion.advance_overdue(now=now)} queues moved on")
        self.stdout.write(f"{requests.close_overdue(now=now)} sessions with requests closed")
