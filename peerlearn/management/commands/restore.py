from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from common.commands import NOTHING_CHANGED, add_dry_run
from peerlearn.backups import services
from peerlearn.backups.manifest import Manifest

# What proves that a site is sound; those that there are.
CHECKS = ("verify_audit", "check_ledger", "check_integrity")


class Command(BaseCommand):
    help = (
        "Put a backup back, into an empty database and the folder of uploads, and check what came of it. "
        "Ends with 1 where anything is not as it was. PostgreSQL needs pg_restore."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("folder", type=Path, help="One that `manage.py backup` made.")

    def handle(self, *, folder: Path, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self._preview(services.check(folder))
            return
        made = services.put_back(folder)
        lost = f"{(timezone.now() - made.as_of).total_seconds():.0f} s"
        self.stdout.write(f"{_content(made)} are back")
        self.stdout.write(f"They are as of {_moment(made)}: what was committed in the {lost} since is not in them")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(f"Made by an older release: run migrate, then {', '.join(self.checks())}")
            return
        failed = [name for name in self.checks() if not self.passes(name)]
        if failed:
            raise CommandError(f"Not sound: {', '.join(failed)}.")

    def _preview(self, made: Manifest) -> None:
        place = connection.settings_dict["NAME"]
        self.stdout.write(f"{_content(made)} would be put back, as of {_moment(made)}; {place} is empty")
        self.stdout.write(NOTHING_CHANGED)

    def checks(self) -> list[str]:
        return [name for name in CHECKS if name in get_commands()]

    def passes(self, name: str) -> bool:
        self.stdout.write(f"{name}: ", ending="")
        try:
            call_command(name, stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(str(error))
            return False
        return True


def _content(made: Manifest) -> str:
    return f"{sum(made.rows.values())} rows in {len(made.rows)} tables and {made.files or 0} files"


def _moment(made: Manifest) -> str:
    return f"{made.as_of:%Y-%m-%d %H:%M:%S} UTC"
