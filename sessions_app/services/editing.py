"""What a host changes of a session in one go: what it says, and where it stands."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import StaleVersion
from sessions_app.models import SessionStatus, TutoringSession
from sessions_app.services import access, course, hosting

_MOVES = {
    SessionStatus.ONGOING: course.start_session,
    SessionStatus.COMPLETED: course.complete_session,
    SessionStatus.CANCELLED: course.cancel_session,
}


def edit_session(
    session_id: int, changes: Mapping[str, Any], *, actor: User, version: int | None = None
) -> TutoringSession:
    """Change what `hosting.update_session` can, and with `status` start, complete or cancel: all of it or nothing.

    The state that the session is in already changes nothing. Raises as `hosting.update_session` and the moves of
    `course`; InvalidTransition for a way back.
    """
    said = dict(changes)
    status = said.pop("status", None)
    with transaction.atomic():
        if said or status is None:
            hosting.update_session(session_id, said, actor=actor, version=version)
            version = None  # it has just been compared
        if status is not None:
            _move_to(SessionStatus(status), session_id, actor=actor, version=version)
    return access.find(session_id, actor)


def _move_to(status: SessionStatus, session_id: int, *, actor: User, version: int | None) -> None:
    session = access.find(session_id, actor)
    access.require_creator(session, actor, "update", or_admin=True)
    if status != session.status and status in _MOVES:
        _MOVES[status](session_id, actor=actor, version=version)
        return
    if version is not None and version != session.version:
        raise StaleVersion(current_version=session.version)
    access.require_status(session, status, verb="reopen")
