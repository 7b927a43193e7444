from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, services


class Command(BaseCommand):
    help = "Prove that the audit log is unchanged. Ends with 1 where it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first-seq", type=int, default=1)
        parser.add_argument("--last-seq", type=int, help="Where to stop; a checkpoint's seq.")
        parser.add_argument("--last-hash", default="", help="The hash which that checkpoint gave.")
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="SEQ:HASH",
            help="As it was logged or mailed; any number of them. Then the whole log is verified.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            points = [checkpoints.read(text) for text in options["checkpoint"]]
        except ValueError as error:
            raise CommandError(str(error)) from None
        if points:
            found = checkpoints.verify(points)
        else:
            found = services.verify(options["first_seq"], options["last_seq"], last_hash=options["last_hash"])
        if found.first_break:
            place = f"seq {found.first_break.seq}: " if found.first_break.seq else ""
            raise CommandError(f"{place}{found.first_break.reason} {found.checked} links before it are sound.")
        self.stdout.write(f"{found.checked} links are sound")
