"""What becomes of sessions when somebody's account is closed, by themselves or by an admin (R-SEAT-13): what they host
is called off, their seats are free again, places in queues and requests are given up. When a tutor stops teaching
(R-BOOK-7) what they were to host is called off.

That a session ahead has such a person is all there is to know: whoever comes by finds it, and nothing needs to be
remembered.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import Role, TutorProfile, TutorStatus, User
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
from sessions_app.services import access, course, seats

log = logging.getLogger(__name__)

HOST_GONE = "The host has left PeerLearn."
HOST_STOPPED = "The host does not teach at the moment."


def follow(user: User) -> None:
    """After an account was closed, or is no tutor's any more (`settings.ACCOUNT_FOLLOWERS`)."""
    from sessions_app.tasks import clear_sessions_of

    work.after_commit(clear_sessions_of, user.pk)


def follow_tutor(tutor: TutorProfile, event: str, *, reason: str, actor: User | None) -> None:
    """After a move of a profile (`settings.TUTOR_FOLLOWERS`)."""
    if event in ("suspended", "closed"):
        follow(tutor.user)


def clear(*, user_id: int | None = None, limit: int = 500) -> int:
    """Call off what people host who are gone or have stopped teaching, and take those who are gone out of the rest: one
    person, or everybody; returns of how many sessions. Safe to repeat.
    """
    hostless = _hostless() if user_id is None else _hostless().filter(creator=user_id)
    done = sum(_try(_call_off, pk) for pk in list(hostless.order_by("pk").values_list("pk", flat=True)[:limit]))
    for held in (Participant.objects.joined(), WaitlistEntry.objects.live(), JoinRequest.objects.pending()):
        ahead = held.filter(session__status=SessionStatus.UPCOMING, session__deleted_at=None)
        rows = _of_the_gone(ahead.exclude(session__kind=SessionKind.PRIVATE), user_id)
        for row in rows.select_related("user").order_by("pk")[:limit]:
            done += _try(seats.leave_session, row.session_id, user=row.user)
    return done


def _of_the_gone(rows: QuerySet[Any], user_id: int | None) -> QuerySet[Any]:
    rows = rows.filter(Q(user__deleted_at__isnull=False) | Q(user__is_active=False))
    return rows if user_id is None else rows.filter(user=user_id)


def _hostless() -> QuerySet[TutoringSession]:
    """Whose host closed the account; those to come whose host's account an admin closed, or who may not teach now."""
    now = timezone.now()
    suspended = Q(status=TutorStatus.SUSPENDED) & ~Q(suspended_until__lte=now)
    stopped = TutorProfile.objects.filter(suspended | Q(status=TutorStatus.CLOSED))
    no_tutor = ~Q(creator__role=Role.TUTOR) | Q(creator__tutor_profile__in=stopped)
    to_come = Q(status=SessionStatus.UPCOMING, starts_at__gt=now)
    left = to_come & (Q(creator__is_active=False) | (Q(kind=SessionKind.GROUP) & no_tutor))
    hosted = TutoringSession.objects.live().exclude(kind=SessionKind.PRIVATE)  # which follow their bookings
    return hosted.filter(Q(creator__deleted_at__isnull=False) | left)


def _call_off(session_id: int) -> TutoringSession | None:
    """Unless somebody else is at it, or its host may teach again."""
    with transaction.atomic():
        session = access.lock_unless_busy(session_id)
        if session is None or not _hostless().filter(pk=session_id).exists():
            return None
        is_gone = session.creator.deleted_at is not None or not session.creator.is_active
        course.cancel_locked(session, actor=None, reason=HOST_GONE if is_gone else HOST_STOPPED)
    return session


def _try(deed: Callable[..., Model | None], session_id: int, **how: Any) -> bool:
    """Whether it was done. One that fails does not hold up the others; it is due again the next time."""
    try:
        return deed(session_id, **how) is not None
    except (DomainError, DatabaseError):
        log.warning("session_not_cleared", extra={"session": session_id}, exc_info=True)
        return False
