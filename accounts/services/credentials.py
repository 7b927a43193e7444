"""Certificates and degrees: two lists that a tutor replaces as a whole, with scans that nobody else sees."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.documents import Upload, read_document
from accounts.models import TutorCertification, TutorEducation, TutorProfile, User
from accounts.services import revisions
from accounts.services.tutor_moves import close
from accounts.services.tutor_side import ANY, Expected, open_for_changes
from common import files as storage
from common.errors import NotFound

CERTIFICATION = ("title", "issuer", "year")
EDUCATION = ("degree", "institution", "year")

Row = TutorCertification | TutorEducation


def set_certifications(
    user: User,
    entries: Sequence[Mapping[str, Any]],
    files: Mapping[int, Upload] | None = None,
    *,
    expected: Expected = ANY,
) -> TutorProfile:
    """Let `entries` be all certificates. `files` are scans by the place of their entry.

    An entry is one that is there already if it has its `id`, or else the same words; that one keeps its scan unless
    a new one comes. Of an approved tutor they wait for an admin (`revisions`). Raises one of
    `accounts.documents.REFUSALS`, StaleVersion, StaleProfile or ProfileFrozen.
    """
    return _replace("certifications", CERTIFICATION, user, entries, files or {}, expected)


def set_education(
    user: User,
    entries: Sequence[Mapping[str, Any]],
    files: Mapping[int, Upload] | None = None,
    *,
    expected: Expected = ANY,
) -> TutorProfile:
    """Let `entries` be all degrees; as `set_certifications`."""
    return _replace("education", EDUCATION, user, entries, files or {}, expected)


def find_certification(pk: int, viewer: User) -> TutorCertification:
    """One that has a scan, for its owner and admins. Raises NotFound."""
    return _find(TutorCertification, pk, viewer)


def find_education(pk: int, viewer: User) -> TutorEducation:
    """One that has a scan, for its owner and admins. Raises NotFound."""
    return _find(TutorEducation, pk, viewer)


def _find(model: type[Any], pk: int, viewer: User) -> Any:
    row = model.objects.exclude(file="").select_related("tutor").filter(pk=pk).first()
    if row is None or not (viewer.is_admin or row.tutor.user_id == viewer.pk):
        raise NotFound("File not found")
    return row


def _replace(
    name: str,
    fields: Sequence[str],
    user: User,
    entries: Sequence[Mapping[str, Any]],
    files: Mapping[int, Upload],
    expected: Expected,
) -> TutorProfile:
    # All are looked at before the first is kept, and kept before the transaction begins.
    documents = {place: read_document(upload) for place, upload in files.items() if place < len(entries)}
    folder = revisions.LISTS[name]._meta.get_field("file").upload_to
    stored: dict[int, str] = {}
    try:
        for place, document in documents.items():
            stored[place] = document.store(folder)
        return _write(name, fields, user, entries, stored, expected)
    except BaseException:
        storage.discard(stored.values())
        raise


@transaction.atomic
def _write(
    name: str,
    fields: Sequence[str],
    user: User,
    entries: Sequence[Mapping[str, Any]],
    stored: Mapping[int, str],
    expected: Expected,
) -> TutorProfile:
    profile = open_for_changes(user, expected)
    model = revisions.LISTS[name]
    known = revisions.shown_list(profile, name)
    scans = [row.file.name for row in known if row.file]
    # Written anew, so that they are in the order of the entries.
    rows = [
        model(tutor=profile, file=_scan_of(known, fields, entry), **{field: entry[field] for field in fields})
        for entry in entries
    ]
    for place, key in stored.items():
        rows[place].file = key
    if not revisions.hold_list(profile, name, rows):
        getattr(profile, name).approved().delete()
        model.objects.bulk_create(rows)
    storage.discard_after_commit(*scans)
    return close(profile)


def _scan_of(known: list[Row], fields: Sequence[str], entry: Mapping[str, Any]) -> str:
    """The file of the row that an entry means, which is taken off the list: no two entries share a scan."""
    for row in known:
        same_words = entry.get("id") is None and all(getattr(row, field) == entry[field] for field in fields)
        if same_words or row.pk == entry.get("id"):
            known.remove(row)
            return row.file.name or ""
    return ""
