"""Making, changing and deleting sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import StudentsOnly
from accounts.models import User
from accounts.services.moderators import lasting_reason
from audit.services import record
from notifications.services import Notice, notify
from sessions_app.errors import (
    AlreadyStarted,
    CapacityBelowParticipants,
    MinimumAboveCapacity,
    PastDate,
    PrivateSession,
)
from sessions_app.models import SessionKind, SessionStatus, TutoringSession
from sessions_app.services import (
    access,
    course,
    events,
    host_calendar,
    minimum,
    private,
    promotion,
    requests,
    seating,
)

DEFAULT_MINUTES = 60
# What time and the queue change on the session beside what was asked for.
_COUNTED = ("seats_taken", "seats_offered", "waiting_count", "minimum_warned_at", "minimum_checked_at")
_DESCRIBED = (
    *("title", "description", "subject", "level", "max_participants"),
    *("needs_approval", "min_participants", "runs_anyway"),
    *("modules", "meeting_link", "meeting_provider", "meeting_id"),
)


def create_session(*, creator: User, **said: Any) -> TutoringSession:
    """Publish a group session. Only tutors may, and at most one at a time. What may be `said`: see `_publish`.

    Raises InstructorsOnly, TutorSuspended, PastDate, MinimumAboveCapacity or TimeConflict.
    """
    access.require_host(creator)
    return _publish(creator, SessionKind.GROUP, **said)


def create_peer_session(*, creator: User, **said: Any) -> TutoringSession:
    """Publish a session of learners, hosted by one of them; otherwise as `create_session`.

    Raises StudentsOnly, PastDate, MinimumAboveCapacity or TimeConflict.
    """
    if not creator.is_student:
        raise StudentsOnly
    return _publish(creator, SessionKind.PEER, **said)


def _publish(
    creator: User,
    kind: SessionKind,
    *,
    title: str,
    starts_at: datetime,
    max_participants: int,
    duration_minutes: int = DEFAULT_MINUTES,
    min_participants: int = 1,
    **described: Any,
) -> TutoringSession:
    """`described` is any of `description, subject, level, needs_approval, runs_anyway, modules, meeting_link,
    meeting_provider, meeting_id`.
    """
    now = timezone.now()
    if starts_at <= now:
        raise PastDate
    if min_participants > max_participants:
        raise MinimumAboveCapacity
    session = TutoringSession(
        creator=creator,
        kind=kind,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=duration_minutes),
        max_participants=max_participants,
        min_participants=min_participants,
        **described,
    )
    minimum.plan(session, now=now)
    with transaction.atomic():
        host_calendar.take(creator)
        if kind == SessionKind.GROUP:
            access.require_host(creator)  # who may have been suspended while this waited
        host_calendar.save(session)
        record("session.created", actor=creator, obj=session, after={"title": title, "starts_at": starts_at})
        events.follow(session, "session_created", actor=creator)
    return session


def update_session(
    session_id: int, changes: dict[str, Any], *, actor: User, version: int | None = None
) -> TutoringSession:
    """Change any of what `create_session` takes. More seats go to those who wait (R-SEAT-3).

    Those who have a seat are told what changed. Raises NotFound, StaleVersion, NotTheCreator, InvalidTransition,
    PastDate, AlreadyStarted, TimeConflict, CapacityBelowParticipants or MinimumAboveCapacity. The time of a
    private session is its booking's to change: it may only be proposed, and then is as it was.
    """
    if owner := private.owner_of(session_id, actor):
        return _update_private(session_id, changes, owner, actor=actor, version=version)
    return _update(session_id, changes, actor=actor, version=version)


def reschedule_session(
    session_id: int, starts: Sequence[datetime], *, actor: User, reason: str = "", version: int | None = None
) -> TutoringSession:
    """Move a session to the first of the times; or, where it is a booking's, let the booking do with them what it does,
    which may be to propose them.

    Raises as `update_session`, and as the booking's own service.
    """
    if owner := private.owner_of(session_id, actor):
        owner.reschedule(session_id, starts=starts, reason=reason, actor=actor, version=version)
        return private.moved(session_id, actor)
    return _update(session_id, {"starts_at": starts[0]}, actor=actor, reason=reason, version=version)


def _update_private(
    session_id: int, changes: dict[str, Any], owner: private.Owner, *, actor: User, version: int | None
) -> TutoringSession:
    """The time goes to the booking; what the session says of itself stays its host's. Raises PrivateSession too."""
    session = access.find(session_id, actor)
    rest = dict(changes)
    starts_at = rest.pop("starts_at", session.starts_at)
    if rest.pop("duration_minutes", session.duration_minutes) != session.duration_minutes:
        raise PrivateSession("The length of a private session stays")
    if rest.pop("max_participants", 1) != 1:
        raise PrivateSession("A private session has one seat")
    with transaction.atomic():
        if starts_at != session.starts_at:
            owner.reschedule(session_id, starts=[starts_at], reason="", actor=actor, version=version)
            version = None  # it has just been compared
        return _update(session_id, rest, actor=actor, version=version) if rest else private.moved(session_id, actor)


def _update(
    session_id: int, changes: dict[str, Any], *, actor: User, version: int | None, reason: str = ""
) -> TutoringSession:
    with transaction.atomic():
        if {"starts_at", "duration_minutes"} & changes.keys():
            # The calendar is locked before the session, as when a session is made: one order, no deadlock.
            host_calendar.take(access.find(session_id, actor).creator)
        session = access.lock(session_id, actor, version=version)
        access.require_creator(session, actor, "update", or_admin=True)
        access.require_fit_creator(session, actor)
        course.catch_up(session)
        access.require_status(session, SessionStatus.UPCOMING, SessionStatus.ONGOING, verb="update")
        news = promotion.catch_up(session, now=timezone.now())
        before = _apply(session, changes)
        if before:
            _save_change(session, before, actor=actor, reason=reason, news=news)
        elif news:
            seating.save(session)
            notify(news)
    return session


def delete_session(session_id: int, *, actor: User, version: int | None = None) -> None:
    """Take a session away. Those who have a seat in an upcoming one are told that it is cancelled.

    A private one's booking is cancelled first. Raises NotFound, StaleVersion, NotTheCreator or InvalidTransition.
    """
    with transaction.atomic():
        if owner := private.owner_of(session_id, actor):
            version = _cancel_private(session_id, owner, actor=actor, version=version)
        session = access.lock(session_id, actor, version=version)
        access.require_creator(session, actor, "delete", or_admin=True)
        access.require_status(session, SessionStatus.UPCOMING, SessionStatus.CANCELLED, verb="delete")
        if session.status == SessionStatus.UPCOMING and session.seats_taken:
            course.cancel_locked(session, actor=actor, reason="deleted")
        sent_home = course.close_queues(session, f"{session.title} was cancelled.")
        session.deleted_at = timezone.now()
        session.version += 1
        session.save(update_fields=["deleted_at", "seats_offered", "waiting_count", "version", "updated_at"])
        if session.status == SessionStatus.UPCOMING:  # nobody but its host had it in a calendar
            events.follow(session, "session_cancelled", actor=actor)
        notify(sent_home)
        record("session.deleted", actor=actor, obj=session)


def _cancel_private(session_id: int, owner: private.Owner, *, actor: User, version: int | None) -> int | None:
    """Before it is deleted. Returns the version that is still to be compared."""
    session = access.find(session_id, actor)
    access.require_creator(session, actor, "delete", or_admin=True)
    if session.status != SessionStatus.UPCOMING:
        return version
    owner.cancel(session_id, actor=actor, reason="deleted", version=version)
    return None


def _apply(session: TutoringSession, changes: dict[str, Any]) -> dict[str, Any]:
    """Put the changes on the object; returns the old values of what really changed."""
    before: dict[str, Any] = {}
    for field in _DESCRIBED:
        if field in changes and getattr(session, field) != changes[field]:
            before[field] = getattr(session, field)
            setattr(session, field, changes[field])
    if "max_participants" in before and session.max_participants < session.seats_taken + session.seats_offered:
        raise CapacityBelowParticipants(seats_taken=session.seats_taken, seats_offered=session.seats_offered)
    if session.min_participants > session.max_participants:
        raise MinimumAboveCapacity
    before |= _apply_time(session, changes)
    if session.min_participants > before.get("min_participants", session.min_participants):
        minimum.plan_for_more(session, now=timezone.now())
    return before


def _apply_time(session: TutoringSession, changes: dict[str, Any]) -> dict[str, Any]:
    starts_at = changes.get("starts_at", session.starts_at)
    ends_at = starts_at + timedelta(minutes=changes.get("duration_minutes", session.duration_minutes))
    if (starts_at, ends_at) == (session.starts_at, session.ends_at):
        return {}
    if session.status != SessionStatus.UPCOMING:
        raise AlreadyStarted
    if starts_at <= timezone.now():
        raise PastDate
    before = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    session.starts_at, session.ends_at = starts_at, ends_at
    minimum.plan(session, now=timezone.now())
    return before


def _save_change(
    session: TutoringSession, before: dict[str, Any], *, actor: User, reason: str, news: list[Notice]
) -> None:
    """`news` is what the same deed has to tell already."""
    session.version += 1
    fields = [*before, *_COUNTED, "version", "updated_at"]
    if "starts_at" in before:
        host_calendar.save(session, update_fields=fields)
    else:
        session.save(update_fields=fields)
    after = {field: getattr(session, field) for field in before}
    kept = lasting_reason(reason, actor=actor)
    record("session.updated", actor=actor, obj=session, before=before, after=after, reason=kept)
    news += _let_in(session, before)
    words = f"The details of {session.title} have changed."
    if "starts_at" in before:
        words = f"{session.title} now begins at {session.starts_at:%Y-%m-%d %H:%M} UTC."
    events.tell_everybody(
        session,
        "session_updated",
        "Session moved" if "starts_at" in before else "Session changed",
        f"{words} {reason}".strip(),
        actor=actor,
        also=news,
        moved_from=before.get("starts_at"),
    )


def _let_in(session: TutoringSession, before: dict[str, Any]) -> list[Notice]:
    """Who gets a seat by a change, or may take one now without asking."""
    now, version = timezone.now(), session.version
    news = promotion.promote(session, now=now)
    if session.version != version:
        seating.save(session)
    if before.get("needs_approval") and not session.needs_approval:
        news += requests.close(session, f"{session.title} can now be joined without asking.", now=now)
    return news
