"""The private session of a booking: one tutor, one student. It does what its booking does.

Bookings call `make`, `move_to`, `hand_to`, `begin`, `complete`, `cancel` and `reopen` under both people's calendars;
they tell and audit. Whoever comes from the side of sessions is sent to the booking: `owner_of` finds the interface that
the setting PRIVATE_SESSIONS_BELONG_TO names.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from django.conf import settings

from accounts.models import User
from catalog.models import Subject
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession
from sessions_app.services import access, host_calendar


class Rating(NamedTuple):
    """What somebody gave a session."""

    rating: int
    comment: str
    created_at: datetime
    edited_at: datetime | None


class Owner(Protocol):
    """What private sessions belong to. Each raises as the owner's own services do, and leaves the session moved.

    `version` is the session's, as the caller knows it.
    """

    def start(self, session_id: int, *, actor: User, version: int | None) -> None: ...
    def complete(self, session_id: int, *, actor: User, version: int | None) -> None: ...
    def cancel(self, session_id: int, *, actor: User, reason: str, version: int | None) -> None: ...
    def reschedule(
        self, session_id: int, *, starts: Sequence[datetime], reason: str, actor: User, version: int | None
    ) -> None: ...
    def rate(self, session_id: int, *, actor: User, rating: int, comment: str | None) -> tuple[Rating, bool]: ...
    def rating_by(self, session_id: int, user: User) -> Rating | None: ...


def owner_of(session_id: int, viewer: User) -> Owner | None:
    """Who decides about this session in its host's place; None for one that belongs to itself.

    A session that the viewer cannot see has no owner either: the caller's own look for it says that it is not there.
    """
    mine = TutoringSession.objects.mine(viewer) if not viewer.is_admin else TutoringSession.objects.present()
    if not mine.filter(pk=session_id, kind=SessionKind.PRIVATE).exists():
        return None
    return cast(Owner, import_module(settings.PRIVATE_SESSIONS_BELONG_TO))


def moved(session_id: int, actor: User) -> TutoringSession:
    """The session after its owner has acted."""
    return access.find(session_id, actor)


def make(
    *, host: User, student: User, title: str, subject: Subject | None, starts_at: datetime, ends_at: datetime
) -> TutoringSession:
    """A session with its one seat taken. Both calendars are locked and were looked into. Raises TimeConflict."""
    session = TutoringSession(
        creator=host,
        kind=SessionKind.PRIVATE,
        title=title,
        subject=subject,
        starts_at=starts_at,
        ends_at=ends_at,
        max_participants=1,
        seats_taken=1,
    )
    host_calendar.save_checked(session)
    Participant.objects.create(
        session=session, user=student, role=Participant.Role.STUDENT, joined_at=session.created_at
    )
    return session


def move_to(session: TutoringSession, *, starts_at: datetime, ends_at: datetime) -> None:
    """Give it another time. Raises TimeConflict."""
    session.starts_at, session.ends_at = starts_at, ends_at
    session.version += 1
    host_calendar.save_checked(session, update_fields=["starts_at", "ends_at", "version", "updated_at"])


def hand_to(session: TutoringSession, host: User) -> None:
    """Let somebody else hold it, whose calendar is locked, too; the former host's link is no good any more. Raises
    TimeConflict.
    """
    session.creator, session.meeting_link = host, ""
    session.version += 1
    host_calendar.save_checked(session, update_fields=["creator", "meeting_link", "version", "updated_at"])


def begin(session: TutoringSession) -> None:
    _become(session, SessionStatus.ONGOING)


def complete(session: TutoringSession, *, attended: timedelta | None) -> None:
    """It took place, whoever started it or not. `attended` is how long its student was there, if that is on record."""
    _become(session, SessionStatus.COMPLETED)
    if attended is not None:
        session.participants.update(attended_minutes=attended // timedelta(minutes=1))


def cancel(session: TutoringSession, *, reason: str) -> None:
    """It does not take place, or did not: the time is free. Its participant stays on record."""
    session.end_reason = reason
    _become(session, SessionStatus.CANCELLED)


def reopen(session: TutoringSession) -> None:
    """One that was called off takes place after all. Raises TimeConflict."""
    session.status, session.end_reason = SessionStatus.UPCOMING, ""
    session.version += 1
    host_calendar.save_checked(session, update_fields=["status", "end_reason", "version", "updated_at"])


def _become(session: TutoringSession, status: SessionStatus) -> None:
    session.status = status
    session.version += 1
    session.save(update_fields=["status", "end_reason", "version", "updated_at"])
