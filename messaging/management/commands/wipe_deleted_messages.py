from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from messaging.services import changing


class Command(BaseCommand):
    help = "Forget the texts and files of messages that were deleted 30 days ago. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{changing.wipe(now=timezone.now())} wiped")
