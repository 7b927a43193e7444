from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.services import clock


class Command(BaseCommand):
    help = "Let requests and proposals lapse, lessons begin and end, claims be upheld. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{clock.advance_overdue(now=timezone.now())} bookings moved on")
