"""Joining and leaving, and what a host does about who sits there (R-SEAT-1 to 4)."""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.services.moderators import lasting_reason
from accounts.services.proven import require_verified
from audit.services import record
from common.errors import NotFound
from notifications.services import notify
from sessions_app.errors import AlreadyJoined, NotJoined, NotYourStudent, PrivateSession, SessionFull
from sessions_app.models import (
    JoinRequest,
    Participant,
    SeatState,
    SessionKind,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.services import access, consents, events, guards, promotion, requests, seating, waitlist
from sessions_app.services.students import knows


class Joined(NamedTuple):
    session: TutoringSession
    conflicts: list[dict]
    """The person's other sessions at that time: joining is allowed, but they should know."""
    place: WaitlistEntry | None = None
    """Where they wait instead, if they do."""
    request: JoinRequest | None = None
    """What the host has to answer first, if that is so."""


def join_session(
    session_id: int, *, user: User, version: int | None = None, wants_to_wait: bool = False, asks_first: bool = False
) -> Joined:
    """Take a seat. One conditional UPDATE decides; only when it finds no free seat is the reason looked up.

    Who `wants_to_wait` gets a place in the queue where there is no seat to be had, and with `asks_first` the next free
    seat is offered to them instead of given. Where the host approves, the host is asked. Raises EmailNotVerified,
    NotFound, StaleVersion, CannotJoin, OwnSession, AlreadyJoined, RemovedFromSession, AlreadyWaiting, AlreadyRequested,
    RequestRejected, SessionFull or WaitlistFull, in the order of R-SEAT-2.
    """
    require_verified(user)
    now = timezone.now()
    with transaction.atomic():
        if version is not None:
            access.lock(session_id, user, version=version)
        if not TutoringSession.objects.take_seat(session_id, user, now=now):
            return _join_otherwise(session_id, user, wants_to_wait=wants_to_wait, asks_first=asks_first)
        if not Participant.objects.sit_down(session_id, user.pk, role=seating.role_of(user), now=now):
            guards.check(access.find(session_id, user), user, now=now)
            raise AlreadyJoined  # and the counted seat is rolled back
        session = access.find(session_id, user, is_to_be_recorded=consents.wanted)
        record("session.joined", actor=user, obj=session)
        asked = consents.ask_anew(session, user) if session.is_to_be_recorded else []  # type: ignore[attr-defined]
        notify(events.joined(session, user, by=user) + asked)
    return _joined(session, user)


def _join_otherwise(session_id: int, user: User, *, wants_to_wait: bool, asks_first: bool) -> Joined:
    """There is no seat that is anybody's to take: who could wait, ask or has been offered one goes on from here."""
    session = access.find(session_id, user)
    guards.check(session, user, now=timezone.now())
    if session.kind == SessionKind.PRIVATE:
        raise SessionFull(waitlist_available=False, waitlist_length=0)
    if session.needs_approval and not waitlist.live_place(session, user):
        request = requests.ask(session_id, user=user, wants_to_wait=wants_to_wait, asks_first=asks_first)
        return _joined(access.find(session_id, user), user)._replace(request=request)
    if not wants_to_wait and not session.has_queue:
        raise waitlist.full(session)
    standing = waitlist.join(session_id, user=user, wants_to_wait=wants_to_wait, asks_first=asks_first)
    return _joined(standing.session, user)._replace(place=standing.place)


def _joined(session: TutoringSession, user: User) -> Joined:
    return Joined(session, access.clashes(user, session.starts_at, session.ends_at, but=session.pk))


def leave_session(session_id: int, *, user: User, version: int | None = None) -> TutoringSession:
    """Give one's seat up while the session has not begun, or one's place in the queue, or take a request back.

    The host and the leaver are told of a seat, nobody else (R-SEAT-4). Raises NotFound, StaleVersion, NotJoined,
    InvalidTransition, or PrivateSession: leaving that means to cancel.
    """
    with transaction.atomic():
        session = access.lock(session_id, user, version=version)
        now = timezone.now()
        if session.kind == SessionKind.PRIVATE:
            raise PrivateSession
        if not Participant.objects.joined().filter(session=session, user=user).exists():
            if not (waitlist.give_up(session, user, now=now) or requests.withdraw(session, user, now=now)):
                raise NotJoined
            return session
        access.require_status(session, SessionStatus.UPCOMING, verb="leave")
        seating.take_back(session, user, SeatState.LEFT, now=now)
        record("session.left", actor=user, obj=session)
        news = events.left(session, user) + promotion.catch_up(session, now=now)
        seating.save(session)
        notify(news)
    return session


def remove_participant(session_id: int, user_id: int, *, actor: User, reason: str = "") -> TutoringSession:
    """Take somebody out of a session for good; its creator or an admin may. The seat goes to whoever waits.

    Raises NotFound, NotTheCreator, NotJoined, InvalidTransition or PrivateSession.
    """
    with transaction.atomic():
        session = _lock_as_host(session_id, actor, "remove participants from")
        access.require_status(session, SessionStatus.UPCOMING, SessionStatus.ONGOING, verb="remove somebody from")
        seat = Participant.objects.joined().filter(session=session, user=user_id).select_related("user").first()
        if seat is None:
            raise NotJoined("This person has no seat in the session")
        now = timezone.now()
        seating.take_back(session, seat.user, SeatState.REMOVED, now=now)
        kept = lasting_reason(reason, actor=actor)
        record("session.participant_removed", actor=actor, obj=session, after={"user_id": user_id}, reason=kept)
        news = events.removed(session, seat.user, by=actor, reason=reason) + promotion.catch_up(session, now=now)
        seating.save(session)
        notify(news)
    return session


def add_participant(session_id: int, user_id: int, *, actor: User) -> TutoringSession:
    """Give a student a seat, even whom one has removed, but not past those who wait; its creator or an admin may. Who
    has been offered a seat gets that one.

    Only of those who have had to do with the host by themselves: a seat shows the host their address. Raises NotFound,
    NotTheCreator, PrivateSession, NotYourStudent, SessionFull, AlreadyWaiting, or as `guards.check`.
    """
    with transaction.atomic():
        session = _lock_as_host(session_id, actor, "add participants to")
        now = timezone.now()
        user = User.objects.active().filter(pk=user_id, role=Role.STUDENT).first()
        if user is None:
            raise NotFound("Student not found")
        if not (actor.is_admin or knows(session.creator, user)):
            raise NotYourStudent
        news = promotion.catch_up(session, now=now)
        guards.check(session, user, now=now, though_removed=True)
        waitlist.make_way(session, user, now=now)
        requests.close_of(session, user, now=now)
        action = "session.participant_added"
        news += seating.give(session, user, now=now, actor=actor, action=action, though_removed=True)
        news += events.added(session, user, by=actor)
        seating.save(session)
        notify(news)
    return session


def _lock_as_host(session_id: int, actor: User, verb: str) -> TutoringSession:
    session = access.lock(session_id, actor)
    if session.kind == SessionKind.PRIVATE:
        raise PrivateSession
    access.require_creator(session, actor, verb, or_admin=True)
    return session
