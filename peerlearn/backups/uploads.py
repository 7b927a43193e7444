"""What people uploaded, in one archive. A bucket is not copied: its owner versions it."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import CommandError

FILE = "uploads.tar"


def save(folder: Path) -> int | None:
    """Returns how many files there were; None where they are in a bucket."""
    root = _place()
    if root is None:
        return None
    saved = 0
    with tarfile.open(folder / FILE, "w") as archive:
        for path in _files(root):
            try:
                archive.add(path, path.relative_to(root).as_posix(), recursive=False)
            except FileNotFoundError:
                continue  # deleted meanwhile, after its row
            saved += 1
    return saved


def survey() -> int | None:
    """How many files `save` would copy now; None where they are in a bucket."""
    root = _place()
    return None if root is None else sum(1 for _ in _files(root))


def place_for(folder: Path) -> Path | None:
    """Where the files of a backup go; None where it has none. Raises CommandError where that is a bucket."""
    if not (folder / FILE).exists():
        return None
    root = _place()
    if root is None:
        raise CommandError(
            "The backup has files, and PEERLEARN_STORAGE_URL names a bucket: unpack uploads.tar into it."
        )
    return root


def load(folder: Path) -> int:
    """Unpack them where the settings say, beside what is there already; returns how many."""
    root = place_for(folder)
    if root is None:
        return 0
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tarfile.open(folder / FILE) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        for member in members:
            _unpack(archive, member, root)
    return len(members)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, root: Path) -> None:
    """Write one file below `root` with its permissions and its time, and nothing else that an archive may hold.

    `extractall(filter="data")` does so, too, but is missing in Python before 3.11.4, such as Debian 12's.
    """
    target = _target(root, member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.extractfile(member) as packed, target.open("wb") as written:  # type: ignore[union-attr]
        shutil.copyfileobj(packed, written)
    target.chmod(member.mode & 0o644)
    os.utime(target, (member.mtime, member.mtime))


def _target(root: Path, name: str) -> Path:
    """Where a file really is: a folder on its way may be a link that leads elsewhere, or nowhere."""
    try:
        target = (root / name).resolve()
    except RuntimeError:
        raise CommandError(f"{FILE} has a file behind links that lead in a circle: {name!r}") from None
    if root.resolve() not in target.parents:
        raise CommandError(f"{FILE} has a file that belongs elsewhere: {name!r}")
    return target


def _files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())


def _place() -> Path | None:
    return Path(default_storage.location) if isinstance(default_storage, FileSystemStorage) else None
