from argparse import ArgumentParser
from typing import Any

from audit import services
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Seal new audit entries into the hash chain. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="Search the whole log for entries left out; slow.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        self.look_back = None if options["all"] else services.LOOK_BACK
        super().handle(dry_run=dry_run, **options)

    def steps(self) -> list[Step]:
        return [Step("sealed", lambda now: self._seal())]

    def _seal(self) -> int:
        total = 0
        while sealed := services.seal(look_back=self.look_back):
            total += sealed
        return total
