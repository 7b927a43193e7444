"""`manage.py export_person`: the copy of somebody's data, for who cannot sign in to fetch it (R-GDPR-3)."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from common import personal_data
from common.commands import NOTHING_CHANGED, add_dry_run, progress
from common.errors import DomainError
from privacy.archive import count_rows
from privacy.services import exporting


class Command(BaseCommand):
    help = (
        "Write the copy of somebody's data that they would fetch themselves, if they could sign in, to a new file that "
        "only its owner can read. The audit log says so. Make sure first that it is they who ask."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("person", metavar="EMAIL_OR_ID", help="Whose data; a closed account's as well.")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="The zip file to make.")

    def handle(self, *, person: str, output: Path, dry_run: bool, **options: Any) -> None:
        _require_place(output)
        try:
            user = exporting.find_person(person)
            if dry_run:
                self._preview(user, output)
            else:
                self._write(user, output)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        except FileExistsError:
            raise CommandError(f"{output} is there already.") from None
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror or error}.") from error

    def _preview(self, user: User, output: Path) -> None:
        counts = count_rows(user)
        filled = {name: count for name, count in counts.items() if count}
        for name, count in filled.items():
            self.stdout.write(f"{name}: {count}")
        sections = f"{len(filled)} of {len(counts)} sections"
        self.stdout.write(f"{sum(filled.values())} rows in {sections} would be in {output}. {NOTHING_CHANGED}")

    def _write(self, user: User, output: Path) -> None:
        sections = sum(bool(section.shows) for section in personal_data.sections())
        with progress(self.stdout, "Export", steps=sections, lines=False) as shown:
            made = exporting.hand_out(user, output, now=timezone.now(), progress=shown)
        self.stdout.write(f"{output}: all about account {user.pk}, {made.size} bytes, SHA-256 {made.sha256}")


def _require_place(output: Path) -> None:
    """Before any work, and where none is done as well."""
    if os.path.lexists(output):
        raise CommandError(f"{output} is there already.")
    if not (output.parent.is_dir() and os.access(output.parent, os.W_OK | os.X_OK)):
        raise CommandError(f"{output.parent} is no folder that can be written to.")
