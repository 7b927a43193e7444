"""The course of a session: started, completed, cancelled, by its host or by the clock."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import lasting_reason
from audit.services import record
from common.errors import InvalidTransition
from notifications.services import Notice, notify
from sessions_app.errors import TooEarly
from sessions_app.models import TRANSITIONS, SessionKind, SessionStatus, TutoringSession
from sessions_app.services import access, events, minimum, private, promotion, requests

# A host who has not come half an hour after the end will not come; an end nobody marked is taken as one.
NEVER_STARTED = timedelta(minutes=30)
NEVER_COMPLETED = timedelta(hours=2)
HOST_ABSENT = "host_absent"


def start_session(session_id: int, *, actor: User, version: int | None = None) -> TutoringSession:
    """Begin a session; only its creator may, by default at any time. Raises as `_move`, NotTheCreator or TooEarly.

    A private session begins, ends and is cancelled with its booking (`private.owner_of`).
    """
    if owner := private.owner_of(session_id, actor):
        owner.start(session_id, actor=actor, version=version)
        return private.moved(session_id, actor)
    with transaction.atomic():
        session = access.lock(session_id, actor, version=version)
        access.require_creator(session, actor, "start")
        access.require_fit_creator(session, actor)
        catch_up(session)
        _require_move(session, SessionStatus.ONGOING, verb="start")
        _require_not_too_early(session)
        sent_home = close_queues(session, f"{session.title} has started.")
        _move(session, SessionStatus.ONGOING, actor=actor)
        events.tell_everybody(
            session, "session_started", "Session started", f"{session.title} has started.", actor=actor, also=sent_home
        )
    return session


def complete_session(session_id: int, *, actor: User, version: int | None = None) -> TutoringSession:
    """End a session that took place; only its creator may. Raises NotFound, NotTheCreator or InvalidTransition."""
    if owner := private.owner_of(session_id, actor):
        owner.complete(session_id, actor=actor, version=version)
        return private.moved(session_id, actor)
    with transaction.atomic():
        session = access.lock(session_id, actor, version=version)
        access.require_creator(session, actor, "complete")
        catch_up(session)
        _require_move(session, SessionStatus.COMPLETED, verb="complete")
        _complete(session, actor=actor)
    return session


def cancel_session(session_id: int, *, actor: User, reason: str = "", version: int | None = None) -> TutoringSession:
    """Call a session off, even while it runs; its creator or an admin may. Its participants stay on record.

    Raises NotFound, NotTheCreator or InvalidTransition.
    """
    if owner := private.owner_of(session_id, actor):
        owner.cancel(session_id, actor=actor, reason=reason, version=version)
        return private.moved(session_id, actor)
    with transaction.atomic():
        session = access.lock(session_id, actor, version=version)
        access.require_creator(session, actor, "cancel", or_admin=True)
        catch_up(session)
        _require_move(session, SessionStatus.CANCELLED, verb="cancel")
        cancel_locked(session, actor=actor, reason=reason)
    return session


def cancel_locked(session: TutoringSession, *, actor: User | None, reason: str) -> None:
    """Cancel a session that the caller has locked and checked."""
    session.end_reason = reason
    words = f"{session.title} was cancelled."
    sent_home = close_queues(session, words)
    _move(session, SessionStatus.CANCELLED, actor=actor, reason=reason)
    if reason == minimum.NOT_MET:
        words = f"{session.title} does not take place: too few have joined."
    events.tell_everybody(session, "session_cancelled", "Session cancelled", words, actor=actor, also=sent_home)


def close_queues(session: TutoringSession, why: str) -> list[Notice]:
    """Nobody gets a seat any more (R-SEAT-8); returns what those are to be told who waited for one or asked for it."""
    now = timezone.now()
    return promotion.close(session, why, now=now) + requests.close(session, why, now=now)


def catch_up(session: TutoringSession, *, now: datetime | None = None) -> None:
    """Apply to a locked session what the clock has done to it since somebody last looked (R-GEN-4)."""
    now = now or timezone.now()
    if session.kind == SessionKind.PRIVATE:
        return  # a booking's session follows its booking (R-BOOK-5)
    if session.status == SessionStatus.UPCOMING and session.ends_at + NEVER_STARTED <= now:
        cancel_locked(session, actor=None, reason=HOST_ABSENT)
    elif session.status == SessionStatus.ONGOING and session.ends_at + NEVER_COMPLETED <= now:
        _complete(session, actor=None)
    elif session.min_participants > 1 and minimum.is_missed(session, now=now):
        cancel_locked(session, actor=None, reason=minimum.NOT_MET)


def advance_overdue(*, now: datetime, limit: int = 500) -> int:
    """Cancel what nobody started or too few have joined, complete what nobody ended; returns how many moved.

    Hosts are warned of too few participants. Several may run at once.
    """
    overdue = (
        TutoringSession.objects.present()
        .exclude(kind=SessionKind.PRIVATE)
        .filter(
            Q(status=SessionStatus.UPCOMING, ends_at__lte=now - NEVER_STARTED)
            | Q(status=SessionStatus.ONGOING, ends_at__lte=now - NEVER_COMPLETED)
            | minimum.undecided(now)
        )
        .order_by("ends_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_advance_one(pk, now) for pk in list(overdue))


def _advance_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        session = access.lock_unless_busy(pk)
        if session is None:
            return False
        before = session.status
        catch_up(session, now=now)
        notify(minimum.warning(session, now=now))
        return session.status != before


def _require_move(session: TutoringSession, status: SessionStatus, *, verb: str) -> None:
    if not session.can_become(status):
        raise InvalidTransition(
            f"Cannot {verb} a session that is {session.status}",
            current=session.status,
            allowed=sorted(TRANSITIONS.get(session.status, ())),
        )


def _require_not_too_early(session: TutoringSession) -> None:
    early = settings.SESSION_START_EARLY_MINUTES
    if early is not None and timezone.now() < session.starts_at - timedelta(minutes=early):
        raise TooEarly(allowed_at=session.starts_at - timedelta(minutes=early))


def _complete(session: TutoringSession, *, actor: User | None) -> None:
    now = timezone.now()
    if now < session.ends_at:
        session.ended_at = max(now, session.starts_at)
    _move(session, SessionStatus.COMPLETED, actor=actor)
    events.tell_everybody(
        session, "session_completed", "Session completed", f"{session.title} is completed.", actor=actor
    )


def _move(session: TutoringSession, status: SessionStatus, *, actor: User | None, reason: str = "") -> None:
    before, session.status = session.status, status
    session.version += 1
    counters = ["seats_offered", "waiting_count"]  # of queues that were closed
    session.save(update_fields=["status", "end_reason", "ended_at", *counters, "version", "updated_at"])
    record(
        f"session.{status}",
        actor=actor,
        obj=session,
        before={"status": before},
        after={"status": status},
        reason=lasting_reason(reason, actor=actor),
    )
