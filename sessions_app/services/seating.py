"""Giving somebody a seat of a locked session, and taking one back.

These change the participant and the counters on the session object; whoever calls them saves the counters and notifies,
once, when all is done.
"""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from audit.services import record
from notifications.services import Notice
from sessions_app.errors import AlreadyJoined
from sessions_app.models import Participant, SeatState, TutoringSession
from sessions_app.services import consents, events


def role_of(user: User) -> str:
    return Participant.Role.TUTOR if user.is_tutor else Participant.Role.STUDENT


def give(
    session: TutoringSession,
    user: User,
    *,
    now: datetime,
    actor: User | None,
    action: str = "session.joined",
    though_removed: bool = False,
) -> list[Notice]:
    """Seat a person; the seat must be free. Returns what the host is to be told, and what the person is to be asked.

    Raises AlreadyJoined.
    """
    seated = Participant.objects.sit_down(
        session.pk, user.pk, role=role_of(user), now=now, though_removed=though_removed
    )
    if not seated:
        raise AlreadyJoined
    session.seats_taken += 1
    session.version += 1
    record(action, actor=actor, obj=session, after={"user_id": user.pk})
    return events.joined(session, user, by=actor or user) + consents.ask_newcomers(session, user)


def give_all(session: TutoringSession, users: Sequence[User], *, now: datetime) -> list[Notice]:
    """Seat people for whom the seats have been counted and recorded already, at one price for all of them. Returns what
    they are to be asked. Raises AlreadyJoined.
    """
    if not users:
        return []
    roles = {user.pk: role_of(user) for user in users}
    if Participant.objects.sit_down_all(session.pk, roles, now=now) != roles.keys():
        raise AlreadyJoined
    events.follow(session, "session_joined", actor=None, people=users)
    return consents.ask_newcomers(session, *users)


def take_back(session: TutoringSession, user: User, state: SeatState, *, now: datetime) -> None:
    Participant.objects.stand_up(session.pk, user.pk, state=state, now=now)
    session.seats_taken -= 1
    session.version += 1


def save(session: TutoringSession) -> None:
    """Write the counters of a locked session."""
    session.save(update_fields=["seats_taken", "seats_offered", "waiting_count", "version", "updated_at"])
