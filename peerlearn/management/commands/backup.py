from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.commands import NOTHING_CHANGED, add_dry_run
from peerlearn.backups import manifest, services


class Command(BaseCommand):
    help = (
        "Back up database and uploads into a new folder, while the site runs. PostgreSQL needs pg_dump. "
        "A bucket of uploads is not copied."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("into", type=Path, help="The folder that holds backups; made where it is missing.")
        parser.add_argument("--keep", type=int, metavar="N", help="Then delete all but the newest N in it.")

    def handle(self, *, into: Path, keep: int | None, dry_run: bool, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be at least 1.")
        if dry_run:
            self._preview(into, keep)
            return
        folder = services.back_up(into, now=timezone.now())
        made = manifest.read(folder)
        seconds = (made.ended_at - made.as_of).total_seconds()
        self.stdout.write(f"{folder}: {_content(made.rows, made.files)}, in {seconds:.1f} s")
        for old in services.forget_old(into, keep=keep) if keep else []:
            self.stdout.write(f"{old} is deleted")

    def _preview(self, into: Path, keep: int | None) -> None:
        planned = services.plan(into, now=timezone.now())
        self.stdout.write(f"{planned.folder} would be made: {_content(planned.rows, planned.files)}")
        for old in services.would_forget(planned.folder, keep=keep) if keep else []:
            self.stdout.write(f"{old} would be deleted")
        self.stdout.write(NOTHING_CHANGED)


def _content(rows: dict[str, int], files: int | None) -> str:
    return f"{sum(rows.values())} rows, {'uploads are in a bucket' if files is None else f'{files} files'}"
