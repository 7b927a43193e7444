from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sessions_app.services import recordings


class Command(BaseCommand):
    help = (
        "Delete recordings of sessions after 180 days, or a day after somebody has withdrawn from one. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recordings.delete_old(now=timezone.now())} recordings deleted")
