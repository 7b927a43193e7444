from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.services import ratings


class Command(BaseCommand):
    help = "Let the ranking scores of tutors age with their reviews. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{ratings.refresh_scores(now=timezone.now())} scores changed")
