"""What a backup says of itself, so that a restore can be held against it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError

NAME = "manifest.json"
# Raised when an older `restore` could not read what is written.
FORMAT = 1


@dataclass
class Manifest:
    """`as_of` is the moment that the copy shows; `rows` are counted at that moment, `sha256` is of each other file."""

    engine: str
    as_of: datetime
    ended_at: datetime
    rows: dict[str, int]
    files: int | None
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        self.sha256 = {path.name: hash_of(path) for path in sorted(folder.iterdir())}
        text = json.dumps(asdict(self), default=datetime.isoformat, indent=1)
        (folder / NAME).write_text(text + "\n")


def read(folder: Path) -> Manifest:
    """Raises CommandError where it is no backup, or no longer what was written."""
    try:
        facts = json.loads((folder / NAME).read_text())
        if facts["format"] != FORMAT:
            raise CommandError(f"{folder} was made by another version of this command (format {facts['format']}).")
        times = {name: datetime.fromisoformat(facts[name]) for name in ("as_of", "ended_at")}
        found = Manifest(**{**facts, **times})
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(f"{folder} is no backup: it has no readable {NAME}.") from None
    for name, expected in found.sha256.items():
        if not (folder / name).is_file():
            raise CommandError(f"{folder} lacks {name}.")
        if hash_of(folder / name) != expected:
            raise CommandError(f"{folder / name} is not what was written: its hash differs.")
    return found


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
