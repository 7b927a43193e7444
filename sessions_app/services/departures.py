"""What becomes of sessions when somebody closes their account (R-GDPR-1): what they host is called off, their seats are
free again, places in queues and requests are given up.

That a session ahead has such a person is all there is to know: whoever comes by finds it, and nothing needs to be
remembered.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.db.models import Model, QuerySet

from accounts.models import User
from common import work
from common.errors import DomainError
from sessions_app.models import (
    JoinRequest,
    Participant,
    SessionKind,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.services import course, seats

log = logging.getLogger(__name__)

REASON = "The host has left PeerLearn."


def follow(user: User) -> None:
    """After an account was closed (`settings.ACCOUNT_FOLLOWERS`)."""
    from sessions_app.tasks import clear_sessions_of

    work.after_commit(clear_sessions_of, user.pk)


def clear(*, user_id: int | None = None, limit: int = 500) -> int:
    """Call off what people host who are gone, and take them out of the rest: one person, or everybody; returns of how
    many sessions. Safe to repeat.
    """
    done = 0
    hosts = _gone("creator", user_id, TutoringSession.objects.live().exclude(kind=SessionKind.PRIVATE))
    for session in hosts.select_related("creator").order_by("pk")[:limit]:
        done += _try(course.cancel_session, session.pk, actor=session.creator, reason=REASON)
    for held in (Participant.objects.joined(), WaitlistEntry.objects.live(), JoinRequest.objects.pending()):
        ahead = held.filter(session__status=SessionStatus.UPCOMING, session__deleted_at=None)
        rows = _gone("user", user_id, ahead.exclude(session__kind=SessionKind.PRIVATE))
        for row in rows.select_related("user").order_by("pk")[:limit]:
            done += _try(seats.leave_session, row.session_id, user=row.user)
    return done


def _gone(person: str, user_id: int | None, rows: QuerySet[Any]) -> QuerySet[Any]:
    rows = rows.exclude(**{f"{person}__deleted_at": None})
    return rows if user_id is None else rows.filter(**{person: user_id})


def _try(deed: Callable[..., Model], session_id: int, **how: Any) -> bool:
    """One that fails does not hold up the others; it is due again the next time."""
    try:
        deed(session_id, **how)
    except (DomainError, DatabaseError):
        log.warning("session_not_cleared", extra={"session": session_id}, exc_info=True)
        return False
    return True
