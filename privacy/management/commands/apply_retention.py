"""`manage.py apply_retention`: delete what was kept long enough (R-GDPR-6)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from privacy.services import retention


class Command(BaseCommand):
    help = "Delete what was kept long enough, clause by clause. Ends with 1 where one failed. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how much there is.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._say(retention.apply(now=timezone.now(), dry_run=options["dry_run"]), dry_run=options["dry_run"])
        except retention.Unfinished as error:
            self._say(error.done, dry_run=False)
            raise CommandError(str(error)) from error

    def _say(self, done: dict[str, int], *, dry_run: bool) -> None:
        word = "due" if dry_run else "done"
        for clause in retention.CLAUSES:
            self.stdout.write(f"{clause.what} ({clause.kept_for.days} days): {done[clause.what]} {word}")
