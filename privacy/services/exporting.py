"""Copies of one's own data (R-GDPR-3): asked for with the password, made by a worker, kept for a week. For who cannot
sign in any more an operator makes one, and hands it over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import Any, NamedTuple

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from accounts.errors import WrongPassword
from accounts.models import OutgoingMail, User
from accounts.models.user import normalise_email
from accounts.services import mail
from accounts.services.sign_in import confirm_password
from audit.services import record
from common import files, work
from common.commands import Progress
from common.errors import NotFound
from privacy.archive import write_archive
from privacy.errors import ExportExpired, ExportNotReady, ExportTooSoon
from privacy.models import DataExport
from privacy.models.export import EXPORTS_FOLDER

ONE_IN = timedelta(hours=24)
KEPT_FOR = timedelta(days=7)


class HandedOut(NamedTuple):
    """The file that an operator was given."""

    size: int
    sha256: str


def request_export(user: User, *, password: str, address: str, now: datetime) -> DataExport:
    """Ask for a copy of one's own data, once in 24 hours; one that could not be made does not count.

    `address` is the caller's, for the lock that guesses meet. Raises WrongPassword, AccountLocked or ExportTooSoon.
    """
    from privacy.tasks import make_export

    if not confirm_password(user, password, address=address):
        raise WrongPassword
    with transaction.atomic():
        User.objects.take_turn(user.pk)  # of two at once one waits here
        last = DataExport.objects.filter(user=user).exclude(state=DataExport.State.DEAD).first()
        if last is not None and last.created_at > now - ONE_IN:
            raise ExportTooSoon(retry_after=last.created_at + ONE_IN - now)
        export = DataExport.objects.create(user=user, due_at=now)
        record("export.requested", actor=user, obj=export)
        work.after_commit(make_export, export.pk)
    return export


def make(export: DataExport) -> str:
    """Write the archive and tell its owner; returns what came of it. The body of a worker's task."""
    user = export.user
    if not user.is_active:
        return "suppressed: the account is closed"
    with TemporaryFile() as archive:  # of any size
        sha256 = write_archive(archive, user, now=timezone.now())
        size = archive.tell()
        archive.seek(0)
        name = files.keep(File(archive), folder=EXPORTS_FOLDER, kind="zip")
    now = timezone.now()
    with transaction.atomic():
        made = DataExport.objects.filter(pk=export.pk, file="").update(
            file=name, size=size, sha256=sha256, ready_at=now, expires_at=now + KEPT_FOR, updated_at=now
        )
        if made:
            mail.request(OutgoingMail.Kind.EXPORT_READY, user.email)
    if not made:  # another worker took over from this one, and was faster
        files.discard([name])
    return "made"


def latest_of(user: User) -> DataExport | None:
    return DataExport.objects.filter(user=user).first()


def fetch(user: User, *, now: datetime) -> DataExport:
    """The latest archive, to be sent to its owner. Raises NotFound, ExportNotReady or ExportExpired."""
    export = latest_of(user)
    if export is None:
        raise NotFound("No export was asked for")
    if export.expires_at is None:
        raise ExportNotReady
    if export.expires_at <= now or not export.file:
        raise ExportExpired
    with transaction.atomic():
        DataExport.objects.filter(pk=export.pk).update(fetched_at=now)
        record("export.fetched", actor=user, obj=export)
    return export


def find_person(named: str) -> User:
    """Whose address or number that is, also where the account is closed. Raises NotFound for nobody, and for who is
    erased.
    """
    who: dict[str, Any] = {"pk": int(named)} if named.isdecimal() else {"email": normalise_email(named)}
    user = User.objects.filter(**who).first()
    if user is None:
        raise NotFound(f"Nobody has the address or number {named!r}.")
    if user.erased_at is not None:
        raise NotFound(f"Account {user.pk} is erased: nothing about a person is left of it.")
    return user


def hand_out(user: User, path: Path, *, now: datetime, progress: Progress = lambda done, what: None) -> HandedOut:
    """Write the archive to a new file, for an operator to hand over. Raises OSError or StorageUnavailable."""
    with _new_file(path) as archive:
        sha256 = write_archive(archive, user, now=now, progress=progress)
        made = HandedOut(archive.tell(), sha256)
        # Before the file has its name: none is about that the log does not know of.
        record("export.handed_out", actor=None, obj=user, after=made._asdict())
    return made


@contextmanager
def _new_file(path: Path) -> Iterator[BufferedRandom]:
    """A file that nobody but its owner may read, and that has its name only once the block has ended well."""
    handle, unfinished = mkstemp(dir=path.parent, prefix="export-", suffix=".partial")  # 0600, whatever the umask
    try:
        with open(handle, "w+b") as file:
            yield file
        path.hardlink_to(unfinished)  # unlike a rename never over a file that came meanwhile
    finally:
        Path(unfinished).unlink()


def delete_expired(*, now: datetime) -> int:
    """Delete the archives whose week is over; the rows stay. Returns how many. Safe to repeat."""
    expired = DataExport.objects.filter(expires_at__lte=now).exclude(file="")
    with transaction.atomic():
        names = list(expired.values_list("file", flat=True))
        files.discard_after_commit(*names)
        expired.update(file="")
    return len(names)
