"""`manage.py apply_retention`: delete what was kept long enough (R-GDPR-6)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from privacy.services import retention


class Command(BaseCommand):
    help = "Delete what was kept long enough, clause by clause. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how much there is.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = retention.apply(now=timezone.now(), dry_run=options["dry_run"])
        word = "due" if options["dry_run"] else "done"
        for clause in retention.CLAUSES:
            self.stdout.write(f"{clause.what} ({clause.kept_for.days} days): {done[clause.what]} {word}")
