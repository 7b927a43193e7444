"""What a lesson or a session is worth to those who were in it, once it is completed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from accounts.models import User
from courses.models import PointsReason
from courses.services import points
from courses.services.study import PRESENT
from sessions_app.models import SessionKind, SessionStatus, TutoringSession


def follow_session(session: TutoringSession, kind: str, *, actor: User | None, people: Sequence[User] = ()) -> None:
    """After what happened to a group or peer session (`settings.SESSION_FOLLOWERS`)."""
    if kind == "session_completed":
        took_place(session)
        _settle_hosting(session)
    elif kind == "session_attendance_marked" and session.status == SessionStatus.COMPLETED:
        took_place(session)
        away = session.participants.exclude(state__in=PRESENT).values_list("user_id", flat=True)
        did_not_take_place(session, absent=away)
        _settle_hosting(session)


def took_place(session: TutoringSession) -> None:
    """Reward all who have a seat in a completed session. Safe to repeat."""
    people = User.objects.filter(seats__session=session, seats__state__in=PRESENT).only("pk", "timezone")
    points.award_lesson(people, _source(session), length=_length(session))


def did_not_take_place(session: TutoringSession, *, absent: Iterable[int] | None = None) -> None:
    """Take back what was given for a session: it was called off after all, or these (ids) were not in it."""
    seats = session.participants.values_list("user_id", flat=True)
    points.take_back(seats if absent is None else absent, PointsReason.LESSON, _source(session))


def _settle_hosting(session: TutoringSession) -> None:
    """A learner's own session is worth something to its host if somebody came, and it was not over before it began."""
    if session.kind != SessionKind.PEER:
        return
    if _length(session) and session.participants.filter(state__in=PRESENT).exists():
        points.award(session.creator, PointsReason.PEER_SESSION, _source(session))
    else:
        points.take_back([session.creator_id], PointsReason.PEER_SESSION, _source(session))


def _length(session: TutoringSession) -> timedelta:
    """What took place of it; of a lesson, how long its student was there, if that is on record."""
    if session.kind == SessionKind.PRIVATE:
        minutes = session.participants.values_list("attended_minutes", flat=True).first()
        if minutes is not None:
            return timedelta(minutes=minutes)
    return (session.ended_at or session.ends_at) - session.starts_at


def _source(session: TutoringSession) -> str:
    return f"session:{session.pk}"
