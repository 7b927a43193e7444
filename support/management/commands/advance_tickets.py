from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from support.services import passing


class Command(BaseCommand):
    help = "Warn of tickets that will be late, escalate those that are, remind, resolve and close. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{passing.advance_overdue(now=timezone.now())} tickets moved on")
