"""A session that too few have joined: its host is warned in time, and in the end it does not take place (R-SEAT-10)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from audit.services import record
from notifications.services import Notice
from sessions_app.models import SessionKind, SessionStatus, TutoringSession
from sessions_app.services import events

NOT_MET = "minimum_not_met"


def plan(session: TutoringSession, *, now: datetime) -> None:
    """Decide anew, for a session that is made or moved, what is still to be said and checked before it begins.

    What is announced later than those moments is taken as meant: nobody could have joined by then.
    """
    session.minimum_warned_at = now if session.starts_at - now <= _warning() else None
    session.minimum_checked_at = now if session.starts_at - now <= _deadline() else None


def plan_for_more(session: TutoringSession, *, now: datetime) -> None:
    """The same where the minimum has risen. Until the deadline the host is warned of it; after that it calls nothing
    off, for people count on the session by then.
    """
    is_late = session.starts_at - now <= _deadline()
    session.minimum_warned_at = session.minimum_checked_at = now if is_late else None


def is_missed(session: TutoringSession, *, now: datetime) -> bool:
    """Whether a locked session has to be called off now. Asked once: who leaves later than that changes nothing."""
    if session.minimum_checked_at or session.status != SessionStatus.UPCOMING or session.kind == SessionKind.PRIVATE:
        return False
    if session.starts_at - now > _deadline():
        return False
    session.minimum_checked_at = now
    session.save(update_fields=["minimum_checked_at"])
    return session.seats_taken < session.min_participants and not session.runs_anyway


def warning(session: TutoringSession, *, now: datetime) -> list[Notice]:
    """What the host of a locked session is to be told, once, if too few have joined."""
    if session.minimum_warned_at or session.status != SessionStatus.UPCOMING or session.starts_at - now > _warning():
        return []
    session.minimum_warned_at = now
    session.save(update_fields=["minimum_warned_at"])
    if session.seats_taken >= session.min_participants:
        return []
    record("session.minimum_at_risk", actor=None, obj=session, after={"seats_taken": session.seats_taken})
    outlook = "It takes place all the same." if session.runs_anyway else "It will be cancelled if nobody else joins."
    words = f"{session.seats_taken} of at least {session.min_participants} have joined {session.title}. {outlook}"
    return [events.notice(session.creator_id, session, "session_minimum_at_risk", "Too few participants", words)]


def undecided(now: datetime) -> Q:
    """Sessions of which the warning or the decision is due."""
    due = Q(minimum_warned_at=None, starts_at__lte=now + _warning()) | Q(
        minimum_checked_at=None, starts_at__lte=now + _deadline()
    )
    # With a minimum of one an empty session just goes on: the document shows one start.
    return Q(due, status=SessionStatus.UPCOMING, min_participants__gt=1, starts_at__gt=now)


def _warning() -> timedelta:
    return timedelta(hours=settings.SESSION_MINIMUM_WARNING_HOURS)


def _deadline() -> timedelta:
    return timedelta(hours=settings.SESSION_MINIMUM_DEADLINE_HOURS)
