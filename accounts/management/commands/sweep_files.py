from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from common import files


class Command(BaseCommand):
    help = "Delete uploaded files that nothing refers to any more. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{files.sweep(now=timezone.now())} files deleted")
