from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import services


class Command(BaseCommand):
    help = "Prove that the audit log is unchanged. Ends with 1 where it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first-seq", type=int, default=1)
        parser.add_argument("--last-seq", type=int, help="Where to stop; a checkpoint's seq.")
        parser.add_argument("--last-hash", default="", help="The hash which that checkpoint gave.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = services.verify(options["first_seq"], options["last_seq"], last_hash=options["last_hash"])
        if found.first_break:
            place = f"seq {found.first_break.seq}: " if found.first_break.seq else ""
            raise CommandError(f"{place}{found.first_break.reason} {found.checked} links before it are sound.")
        self.stdout.write(f"{found.checked} links are sound")
