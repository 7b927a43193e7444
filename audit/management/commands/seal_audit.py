from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import services


class Command(BaseCommand):
    help = "Seal new audit entries into the hash chain. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="Search the whole log for entries left out; slow.")

    def handle(self, *args: Any, **options: Any) -> None:
        look_back = None if options["all"] else services.LOOK_BACK
        total = 0
        while sealed := services.seal(look_back=look_back):
            total += sealed
        self.stdout.write(f"{total} sealed")
