"""What stands in the way of a seat before it comes to the seats: one list for joining, asking and waiting."""

from datetime import datetime

from accounts.models import User
from common.errors import DomainError
from messaging.services import is_blocked
from sessions_app.errors import AlreadyJoined, CannotJoin, OwnSession, RemovedFromSession
from sessions_app.models import SEATED, Participant, SeatState, SessionStatus, TutoringSession
from sessions_app.querysets import joinable_after


def check(session: TutoringSession, user: User, *, now: datetime, though_removed: bool = False) -> None:
    """Raises CannotJoin, OwnSession, AlreadyJoined or RemovedFromSession, in the order of R-SEAT-2.

    Where one of the two blocks the other it is CannotJoin as well: who is blocked is never told (R-MSG-6).
    """
    seat = Participant.objects.filter(session=session, user=user).values_list("state", flat=True).first()
    refusal = refusal_of(
        status=session.status,
        closed=is_closed(session, now),
        hosts=session.creator_id == user.pk,
        seat=None if though_removed and seat == SeatState.REMOVED else seat,
    )
    if refusal is None and (not is_there(user) or is_blocked(session.creator_id, user.pk)):
        refusal = CannotJoin()
    if refusal:
        raise refusal


def refusal_of(*, status: str, closed: bool, hosts: bool, seat: str | None) -> DomainError | None:
    """What can be told from the session and from the state of the person's seat in it."""
    if status != SessionStatus.UPCOMING:
        return CannotJoin(f"Cannot join a session that is {status}")
    if closed:
        return CannotJoin("It is too late to join this session")
    if hosts:
        return OwnSession()
    if seat in SEATED:
        return AlreadyJoined()
    if seat == SeatState.REMOVED:
        return RemovedFromSession()
    return None


def is_closed(session: TutoringSession, now: datetime) -> bool:
    """Whether the time for joining is over: nobody gets a seat any more, not even from the queue (R-SEAT-8)."""
    return session.starts_at <= joinable_after(now)


def is_there(user: User) -> bool:
    return user.is_active and user.deleted_at is None
