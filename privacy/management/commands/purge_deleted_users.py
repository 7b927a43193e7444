"""`manage.py purge_deleted_users`: erase who was deleted long ago (R-GDPR-2)."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services.leaving import RESTORABLE
from privacy.models import Erasure
from privacy.services.purging import purge


class Command(BaseCommand):
    help = "Erase for good the accounts that were deleted long ago. Ends with 1 where an erasure failed or is overdue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than-days", type=int, default=RESTORABLE.days, help="30 or more.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than_days"]
        if not RESTORABLE.days <= days <= 36_500:
            raise CommandError(f"--older-than-days must be {RESTORABLE.days} or more: so long they can be restored.")
        now = timezone.now()
        result = purge(older_than=timedelta(days=days), actor=None, now=now, dry_run=options["dry_run"])
        for what, count in sorted(result.rows.items()):
            self.stdout.write(f"{what}: {count}")
        for one in result.blocked:
            self.stdout.write(f"account {one['user_id']} stays: {' '.join(one['reasons'])}")
        word = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{len(result.purged)} accounts {word}, {result.remaining} left for the next run")
        if result.failed:
            raise CommandError(f"{len(result.failed)} erasures are not finished: see the register.")
        if overdue := Erasure.objects.overdue(now).count():
            raise CommandError(f"{overdue} erasures are overdue: see the register.")
