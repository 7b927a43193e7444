"""Private files of tutors, for themselves and for the people of a session."""

from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit.services import record
from common import files as storage
from common.errors import NotFound
from messaging.errors import AttachmentUnsafe
from messaging.files import Examined
from messaging.services import scanning
from sessions_app.errors import ScannerUnavailable, TooManyMaterials
from sessions_app.models import MATERIALS_FOLDER, Material, TutoringSession

MOST_MATERIALS = 200


def require_clean(file: BinaryIO) -> None:
    """Let the scanner look at a file, where there is one. Slow: outside of transactions.

    Raises AttachmentUnsafe, or ScannerUnavailable.
    """
    if not settings.CLAMAV_URL:
        return
    try:
        verdict = scanning.ask(file)
    except OSError as error:
        raise ScannerUnavailable from error
    if verdict != "OK":
        raise AttachmentUnsafe


def add_material(
    file: Examined, *, owner: User, title: str = "", description: str = "", session_id: int | None = None
) -> Material:
    """Keep an examined file, for a session of one's own or for later.

    Raises NotFound for another's session, TooManyMaterials or StorageUnavailable.
    """
    session = _own_session(session_id, owner)
    _require_room(owner, for_one_more=1)
    key = storage.keep(file.content, folder=MATERIALS_FOLDER)
    try:
        with transaction.atomic():
            material = Material.objects.create(
                owner=owner,
                session=session,
                title=title or file.name,
                description=description,
                file=key,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
            )
            # Of two that keep files at once one waits, and then counts both. A session is locked before its host.
            User.objects.take_turn(owner.pk)
            _require_room(owner)
            record("material.added", actor=owner, obj=material, after={"session": session_id, "size": material.size})
    except BaseException:
        storage.discard([key])
        raise
    return material


@transaction.atomic
def delete_material(material_id: int, *, actor: User) -> None:
    """Take a material of one's own away, and its file. Raises NotFound."""
    material = Material.objects.select_for_update(of=("self",)).filter(owner=actor, pk=material_id).first()
    if material is None:
        raise NotFound("Material not found")
    record("material.deleted", actor=actor, obj=material, before={"session": material.session_id})
    storage.discard_after_commit(str(material.file.name))
    material.delete()


def find_material(material_id: int, viewer: User) -> Material:
    """A material that the viewer may have. Raises NotFound."""
    material = Material.objects.visible_to(viewer).filter(pk=material_id).first()
    if material is None:
        raise NotFound("Material not found")
    return material


def _require_room(owner: User, *, for_one_more: int = 0) -> None:
    if Material.objects.filter(owner=owner).count() + for_one_more > MOST_MATERIALS:
        raise TooManyMaterials


def _own_session(session_id: int | None, owner: User) -> TutoringSession | None:
    if session_id is None:
        return None
    session = TutoringSession.objects.hosted_by(owner).filter(pk=session_id).first()
    if session is None:
        raise NotFound("Session not found")
    return session
