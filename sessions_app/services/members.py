"""Who is in a session: its host and those who have a seat."""

from accounts.models import User
from sessions_app.errors import NotInSession
from sessions_app.models import Participant, SeatState, TutoringSession
from sessions_app.services import access

NOT_FOR_OTHERS = "Only its host and its participants can do that."


def is_inside(session: TutoringSession, user: User) -> bool:
    """Whether the user hosts the session or has a seat in it."""
    return session.creator_id == user.pk or Participant.objects.joined().filter(session=session, user=user).exists()


def was_inside(session: TutoringSession, user: User) -> bool:
    """The same of whom the host has taken out, too: they may have been seen, and have something to say."""
    seats = Participant.objects.filter(session=session, user=user).exclude(state=SeatState.LEFT)
    return session.creator_id == user.pk or seats.exists()


def find_for_consent(session_id: int, user: User) -> TutoringSession:
    """The session, if the user is asked whether it may be recorded, or an admin. Raises NotFound or NotInSession."""
    session = access.find(session_id, user)
    if not user.is_admin and not was_inside(session, user):
        raise NotInSession(NOT_FOR_OTHERS)
    return session


def find(session_id: int, user: User, *, or_admin: bool = False) -> TutoringSession:
    """The session, if the user is in it. Raises NotFound or NotInSession."""
    session = access.find(session_id, user)
    if not (or_admin and user.is_admin) and not is_inside(session, user):
        raise NotInSession(NOT_FOR_OTHERS)
    return session
