"""Documents that mentors send to prove who they are; the way through approval itself is `approval`'s."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.documents import Document, Upload, read_document
from accounts.errors import TooManyDocuments
from accounts.models import DocumentKind, TutorProfile, User, VerificationDocument
from accounts.services import approval
from accounts.services.tutor_side import lock_own
from audit.services import record
from common import files
from common.errors import Forbidden, Invalid, NotFound

FOLDER = "verification/"
MOST_DOCUMENTS = 50
# After the decision (R-GDPR-6).
KEPT_FOR = timedelta(days=90)
LONGEST_NAME = 200


def mentor_of(viewer: User, mentor_id: int | None) -> TutorProfile:
    """Whose page is asked for: a mentor's own, or to an admin the one that is named.

    Raises NotFound for another's, and Invalid for an admin who names nobody.
    """
    mentors = TutorProfile.objects.select_related("user", "booking_terms")
    if viewer.is_admin:
        if mentor_id is None:
            raise Invalid("Say which mentor.", errors={"mentor_id": ["This field is required."]})
        mentor = mentors.filter(pk=mentor_id).first()
    else:
        own, _ = mentors.get_or_create(user=viewer)
        mentor = own if mentor_id in (None, own.pk) else None
    if mentor is None:
        raise NotFound("Mentor not found")
    return mentor


def resubmit(user: User, mentor_id: int | None, *, now: datetime) -> TutorProfile:
    """Hand one's own profile in again; a student's application may lack as much of a profile as when it was made.

    Raises Forbidden for who is no tutor and has not applied, NotFound for another's profile, or as `approval.submit`.
    """
    if not user.is_tutor and not TutorProfile.objects.applying(user).exists():
        raise Forbidden("Only mentors submit their profile.")
    mentor_of(user, mentor_id)
    if user.is_tutor:
        return approval.submit(user, now=now)
    with transaction.atomic():
        return approval.submit_application(lock_own(user), now=now)


def add_document(mentor: TutorProfile, kind: DocumentKind, upload: Upload, *, name: str) -> VerificationDocument:
    """Keep a file of the mentor's own. Raises one of `accounts.documents.REFUSALS`, or TooManyDocuments."""
    with kept([(kind, read_document(upload), name)]) as rows, transaction.atomic():
        User.objects.take_turn(mentor.user_id)  # of two that send documents at once one waits, and then counts both
        if _count(mentor) >= MOST_DOCUMENTS:
            raise TooManyDocuments
        return store(mentor, rows)[0]


def _count(mentor: TutorProfile) -> int:
    return mentor.verification_documents.count()


@contextmanager
def kept(documents: Iterable[tuple[DocumentKind, Document, str]]) -> Iterator[list[VerificationDocument]]:
    """Store files, each with its kind and its name, before a block that writes their rows (`store`); if it fails, they
    are deleted again. Raises StorageUnavailable.
    """
    rows: list[VerificationDocument] = []
    try:
        for kind, document, name in documents:
            key = document.store(FOLDER)
            rows.append(
                VerificationDocument(kind=kind, file=key, name=name[-LONGEST_NAME:], size=len(document.content))
            )
        yield rows
    except BaseException:
        files.discard(str(row.file.name) for row in rows)
        raise


def store(mentor: TutorProfile, rows: list[VerificationDocument]) -> list[VerificationDocument]:
    """Write the rows of files that are kept already, in the running transaction."""
    for row in rows:
        row.tutor = mentor
        row.save(force_insert=True)
        record("tutor.document_added", actor=mentor.user, obj=mentor, after={"document": row.pk, "kind": row.kind})
    return rows


def latest_of(mentor: TutorProfile) -> list[VerificationDocument]:
    """The latest document of each kind, in the order of the kinds."""
    latest: dict[str, VerificationDocument] = {}
    for document in mentor.verification_documents.order_by("id"):
        latest[document.kind] = document
    return [latest[kind] for kind in DocumentKind.values if kind in latest]


def latest_of_each(mentor_ids: Iterable[int]) -> dict[int, list[VerificationDocument]]:
    """The same of many mentors, by their ids, in one statement."""
    latest: dict[int, dict[str, VerificationDocument]] = {pk: {} for pk in mentor_ids}
    for document in VerificationDocument.objects.filter(tutor__in=latest).order_by("id"):
        latest[document.tutor_id][document.kind] = document
    return {pk: [found[kind] for kind in DocumentKind.values if kind in found] for pk, found in latest.items()}


def find_document(document_id: int, viewer: User) -> VerificationDocument:
    """One's own, or any to an admin, whose look at it is audited. Raises NotFound."""
    document = VerificationDocument.objects.select_related("tutor").filter(pk=document_id).first()
    if document is None or not (viewer.is_admin or document.tutor.user_id == viewer.pk):
        raise NotFound("File not found")
    if viewer.is_admin:
        record("tutor.document_read", actor=viewer, obj=document.tutor, after={"document": document.pk})
    return document


def purge_documents(*, now: datetime, limit: int = 500) -> int:
    """Delete what was decided on long ago; returns how many. Safe to repeat."""
    with transaction.atomic():
        pks = list(spent(now).order_by("pk").values_list("pk", flat=True)[:limit])
        rows = VerificationDocument.objects.filter(pk__in=pks)
        files.discard_after_commit(*rows.values_list("file", flat=True))
        rows.delete()
    return len(pks)


def spent(now: datetime) -> QuerySet[VerificationDocument]:
    """Sent before a decision that is old enough: what came later waits for the next."""
    return VerificationDocument.objects.filter(
        tutor__decided_at__lte=now - KEPT_FOR, created_at__lte=F("tutor__decided_at")
    )
