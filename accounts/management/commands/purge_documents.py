"""`manage.py purge_documents`: delete verification documents 90 days after the decision (R-GDPR-6)."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.services.verification import purge_documents


class Command(BaseCommand):
    help = "Delete verification documents that were decided on 90 days ago or earlier. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {purge_documents(now=timezone.now())} verification documents.")
