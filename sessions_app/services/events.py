"""Who is told what happened to a session: those whom it concerns, and nobody else.

What one transaction has to tell is told in one go (`notify` says why): what may be one deed of several returns its
notices to whoever made the deed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from notifications.kinds import MOVED_FROM
from notifications.services import Notice, notify
from sessions_app.models import JoinRequest, Participant, TutoringSession, WaitlistEntry

# Ends something, and is mandatory if that is near, as a move is (R-NOTIF-2).
_UPSETTING = ("session_cancelled", "session_removed")
NEAR = timedelta(hours=24)


def follow(session: TutoringSession, kind: str, *, actor: User | None, people: Sequence[User] = ()) -> None:
    """Let other apps know, in the running transaction, what happened to a session and who did it
    (`settings.SESSION_FOLLOWERS`); or, without an actor, to which `people` it happened at once.
    """
    for path in settings.SESSION_FOLLOWERS:
        import_string(path)(session, kind, actor=actor, people=people)


def tell_everybody(
    session: TutoringSession,
    kind: str,
    title: str,
    message: str,
    *,
    actor: User | None,
    also: Iterable[Notice] = (),
    moved_from: datetime | None = None,
) -> None:
    """Tell all who have a seat, wait or ask for one, and the host, but not whoever did it; `also` is what else the same
    deed has to tell, and `moved_from` when the session was to begin, if its time has changed.
    """
    recipients = set(Participant.objects.joined().filter(session=session).values_list("user_id", flat=True))
    if session.has_queue:
        recipients |= set(WaitlistEntry.objects.live().filter(session=session).values_list("user_id", flat=True))
    if session.needs_approval:
        recipients |= set(JoinRequest.objects.pending().filter(session=session).values_list("user_id", flat=True))
    recipients.add(session.creator_id)
    if actor is not None:
        recipients.discard(actor.pk)
    follow(session, kind, actor=actor)
    told = [notice(recipient, session, kind, title, message, actor, moved_from=moved_from) for recipient in recipients]
    notify([*told, *also])


def joined(session: TutoringSession, user: User, *, by: User) -> list[Notice]:
    """For the host, unless it was the host who gave the seat."""
    follow(session, "session_joined", actor=user)
    return [] if by.pk == session.creator_id else [new_participant(session, user)]


def new_participant(session: TutoringSession, user: User) -> Notice:
    """For the host."""
    message = f"{user.display_name} joined {session.title}."
    return notice(session.creator_id, session, "session_joined", "New participant", message, user)


def left(session: TutoringSession, user: User) -> list[Notice]:
    """For the host and the leaver, nobody else (R-SEAT-4)."""
    follow(session, "session_left", actor=user)
    to_host = f"{user.display_name} left {session.title}."
    return [
        notice(session.creator_id, session, "session_left", "Participant left", to_host, user),
        notice(user.pk, session, "session_left", "You left a session", f"You left {session.title}.", user),
    ]


def removed(session: TutoringSession, user: User, *, by: User, reason: str) -> list[Notice]:
    """For whom the host has taken out."""
    follow(session, "session_left", actor=user)
    words = f"You no longer have a seat in {session.title}." + (f" {reason}" if reason else "")
    return [notice(user.pk, session, "session_removed", "You are out of a session", words, by)]


def added(session: TutoringSession, user: User, *, by: User) -> list[Notice]:
    """For whom the host has given a seat; their calendar has been told."""
    words = f"{by.display_name} has given you a seat in {session.title}."
    return [notice(user.pk, session, "session_added", "You have a seat", words, by)]


def rated(session: TutoringSession, user: User, rating: int) -> Notice:
    """For the host."""
    message = f"{user.display_name} gave {session.title} {rating} of 5 stars."
    told = notice(session.creator_id, session, "session_rated", "Your session was rated", message, user)
    # Once a person: a session's version does not grow with its ratings.
    return replace(told, dedupe_key=f"session:{session.pk}:session_rated:{user.pk}")


def notice(
    recipient: int,
    session: TutoringSession,
    kind: str,
    title: str,
    message: str,
    actor: User | None = None,
    *,
    moved_from: datetime | None = None,
) -> Notice:
    """What one person is told of a change that has been counted in the session's version. What was moved is as
    near as the earlier of its two times.
    """
    nearest = min(session.starts_at, moved_from or session.starts_at)
    return Notice(
        recipient_id=recipient,
        kind=kind,
        title=title,
        message=message,
        link=f"/sessions/{session.pk}",
        data={
            "session_id": session.pk,
            "status": session.status,
            "date": session.starts_at,
            "seats_taken": session.seats_taken,
            "max_participants": session.max_participants,
            "actor_id": actor.pk if actor else None,
        }
        | ({MOVED_FROM: moved_from} if moved_from else {}),
        about=f"session:{session.pk}",
        urgent=(kind in _UPSETTING or moved_from is not None) and nearest - timezone.now() <= NEAR,
        # The version makes the key of this very change: a repeat of it tells nobody twice.
        dedupe_key=f"session:{session.pk}:{kind}:v{session.version}",
    )
