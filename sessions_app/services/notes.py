"""What the people of a session note about it: for themselves, or for all of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import NotFound
from sessions_app.errors import TooManyNotes
from sessions_app.models import NoteVisibility, SessionNote, TutoringSession
from sessions_app.querysets import NoteQuerySet
from sessions_app.services import access, members

MOST_NOTES = 100


def notes_of(session_id: int, viewer: User) -> NoteQuerySet:
    """One's own, and what others share; an admin sees what is shared. Raises NotFound or NotInSession."""
    session = members.find(session_id, viewer, or_admin=True)
    return SessionNote.objects.filter(session=session).visible_to(viewer)


@transaction.atomic
def add_note(session_id: int, content: str, *, author: User, visibility: str = NoteVisibility.PRIVATE) -> SessionNote:
    """Note something about a session that one is in. Raises NotFound, NotInSession or TooManyNotes."""
    session = access.lock(session_id, author)  # of two at once the second counts the first
    members.find(session.pk, author)
    _require_room(session, author)
    return SessionNote.objects.create(session=session, author=author, content=content, visibility=visibility)


@transaction.atomic
def change_note(session_id: int, note_id: int, changes: Mapping[str, Any], *, author: User) -> SessionNote:
    """Change a note's `content` or `visibility`; its author only. Raises NotFound or NotInSession."""
    note = _lock_own(session_id, note_id, author)
    for field, value in changes.items():
        setattr(note, field, value)
    note.save(update_fields=[*changes, "updated_at"])
    return note


@transaction.atomic
def delete_note(session_id: int, note_id: int, *, author: User) -> None:
    """Raises as `change_note`."""
    _lock_own(session_id, note_id, author).delete()


def _require_room(session: TutoringSession, author: User) -> None:
    if SessionNote.objects.filter(session=session, author=author).count() >= MOST_NOTES:
        raise TooManyNotes


def _lock_own(session_id: int, note_id: int, author: User) -> SessionNote:
    session = members.find(session_id, author)
    own = SessionNote.objects.select_for_update(of=("self",)).filter(session=session, author=author)
    note = own.filter(pk=note_id).first()
    if note is None:
        raise NotFound("Note not found")
    return note
