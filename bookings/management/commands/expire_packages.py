from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.services import expiry, extensions


class Command(BaseCommand):
    help = "Let packages expire whose time is over, and remind the owners of those that soon will. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"{extensions.accept_unanswered(now=now)} packages extended")
        self.stdout.write(f"{expiry.expire_overdue(now=now)} packages expired")
        self.stdout.write(f"{expiry.remind_of_expiry(now=now)} owners reminded")
