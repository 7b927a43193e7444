"""Waiting for a seat in a full session: what people do about their places (R-SEAT-5, R-SEAT-6).

`promotion` is what happens to those places by itself.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.proven import require_verified
from audit.services import record
from common.errors import Forbidden, NotFound
from notifications.services import Notice, notify
from sessions_app.errors import AlreadyWaiting, NoOffer, NotWaiting, SessionFull, WaitlistFull
from sessions_app.models import Participant, PlaceState, TutoringSession, WaitlistEntry
from sessions_app.services import access, events, guards, promotion, seating

# As many may wait as there are seats, times this.
TIMES_THE_SEATS = 3


class Standing(NamedTuple):
    """How a person stands with a session after asking for a seat in it: with `place` they wait, else they sit."""

    session: TutoringSession
    place: WaitlistEntry | None


def has_room(session: TutoringSession) -> bool:
    return session.waiting_count < TIMES_THE_SEATS * session.max_participants


def full(session: TutoringSession) -> SessionFull:
    """The refusal of whoever came without wanting to wait (R-SEAT-2, R-SEAT-6)."""
    facts: dict[str, Any] = {"waitlist_available": has_room(session), "waitlist_length": session.waiting_count}
    if session.has_queue:
        facts["reason"] = "waitlist_first"
    return SessionFull(**facts)


def join(session_id: int, *, user: User, wants_to_wait: bool, asks_first: bool = False) -> Standing:
    """Take a seat that nobody waits for or that one has been offered, or else a place behind all others.

    Raises NotFound, SessionFull for who does not want to wait, AlreadyWaiting, WaitlistFull, or as `guards.check`.
    """
    with transaction.atomic():
        session = access.lock(session_id, user)
        now = timezone.now()
        waited = live_place(session, user)
        news = promotion.catch_up(session, now=now)
        place = None
        if not (waited and _sits(session, user)):  # else their turn has come at this very moment
            place, told = _take_or_wait(session, user, wants_to_wait=wants_to_wait, asks_first=asks_first, now=now)
            news += told
        seating.save(session)
        notify(news)
    return Standing(session, place)


def _take_or_wait(
    session: TutoringSession, user: User, *, wants_to_wait: bool, asks_first: bool, now: datetime
) -> tuple[WaitlistEntry | None, list[Notice]]:
    guards.check(session, user, now=now)
    place = live_place(session, user)
    if place and place.is_offered(now):
        return None, _take_offer(session, place, now=now)
    if place:
        raise AlreadyWaiting(position=position_of(place))
    if session.needs_approval:
        raise full(session)  # it was switched on, or the offer has ended, at this very moment
    if session.available_spots and not session.waiting_count:
        return None, seating.give(session, user, now=now, actor=user)
    if not wants_to_wait:
        raise full(session)
    return stand_behind(session, user, asks_first=asks_first, now=now)


def stand_behind(
    session: TutoringSession, user: User, *, asks_first: bool, now: datetime
) -> tuple[WaitlistEntry, list[Notice]]:
    """Give a person the last place of a locked session's queue. Raises WaitlistFull."""
    if not has_room(session):
        raise WaitlistFull(waitlist_length=session.waiting_count)
    place = WaitlistEntry.objects.create(session=session, user=user, asks_first=asks_first, joined_at=now)
    session.waiting_count += 1
    session.version += 1
    record("session.waitlist_joined", actor=user, obj=session, after={"user_id": user.pk, "asks_first": asks_first})
    words = f"You wait for a seat in {session.title}."
    return place, [events.notice(user.pk, session, "session_waitlisted", "On the waiting list", words)]


def accept(session_id: int, *, user: User) -> TutoringSession:
    """Take the seat that is offered. Raises EmailNotVerified, NotFound, NoOffer, or as `guards.check`."""
    require_verified(user)
    with transaction.atomic():
        session = access.lock(session_id, user)
        now = timezone.now()
        place = _offer_to(session, user, now)
        guards.check(session, user, now=now)
        news = _take_offer(session, place, now=now)
        seating.save(session)
        notify(news)
    return session


def decline(session_id: int, *, user: User) -> TutoringSession:
    """Leave the seat that is offered to whoever is next. Raises NotFound or NoOffer."""
    with transaction.atomic():
        session = access.lock(session_id, user)
        now = timezone.now()
        _give_up(session, _offer_to(session, user, now), PlaceState.DECLINED, now=now)
    return session


def withdraw(session_id: int, *, user: User) -> TutoringSession:
    """Give one's place up, or the seat that is offered. Raises NotFound or NotWaiting."""
    with transaction.atomic():
        session = access.lock(session_id, user)
        if not give_up(session, user, now=timezone.now()):
            raise NotWaiting
    return session


def give_up(session: TutoringSession, user: User, *, now: datetime) -> bool:
    """The same in a locked session; whether there was anything to give up."""
    place = live_place(session, user)
    if place:
        _give_up(session, place, PlaceState.WITHDRAWN, now=now)
    return place is not None


def set_priority(place_id: int, priority: int, *, actor: User) -> WaitlistEntry:
    """Put somebody before or behind others; admins only (R-SEAT-5). Raises Forbidden, NotFound or NotWaiting."""
    if not actor.is_admin:
        raise Forbidden
    with transaction.atomic():
        place = WaitlistEntry.objects.filter(pk=place_id).first()
        if place is None:
            raise NotFound("There is no such place")
        session = access.lock(place.session_id, actor)
        place.refresh_from_db()
        if place.state != PlaceState.WAITING:
            raise NotWaiting("This place is not waiting any more")
        before, place.priority = place.priority, priority
        place.save(update_fields=["priority"])
        change = {"session_id": session.pk, "user_id": place.user_id, "priority": priority}
        record("session.waitlist_priority", actor=actor, obj=place, before={"priority": before}, after=change)
    return place


def live_place(session: TutoringSession, user: User) -> WaitlistEntry | None:
    """The person's place in the queue, or the offer that came of it."""
    if not session.has_queue:
        return None
    return WaitlistEntry.objects.live().filter(session=session, user=user).select_related("user").first()


def make_way(session: TutoringSession, user: User, *, now: datetime) -> None:
    """Have a seat free of a locked session for a person who is about to be given one: what is offered to them, or one
    that nobody waits for. Raises AlreadyWaiting or SessionFull.
    """
    place = live_place(session, user)
    if place and place.is_offered(now):
        promotion.end(session, place, PlaceState.ACCEPTED, now=now)
    elif place:
        raise AlreadyWaiting(position=position_of(place))
    elif session.waiting_count or not session.available_spots:
        raise full(session)


def require_not_waiting(session: TutoringSession, user: User) -> None:
    """Raises AlreadyWaiting."""
    if place := live_place(session, user):
        raise AlreadyWaiting(position=position_of(place))


def position_of(place: WaitlistEntry) -> int | None:
    """1 is whose turn it is next; None for who does not wait (any more)."""
    waiting = WaitlistEntry.objects.waiting().filter(pk=place.pk).with_position().first()
    return waiting.position if waiting else None  # type: ignore[attr-defined]


def _sits(session: TutoringSession, user: User) -> bool:
    return Participant.objects.joined().filter(session=session, user=user).exists()


def _offer_to(session: TutoringSession, user: User, now: datetime) -> WaitlistEntry:
    place = live_place(session, user)
    if place is None or not place.is_offered(now):
        raise NoOffer
    return place


def _take_offer(session: TutoringSession, place: WaitlistEntry, *, now: datetime) -> list[Notice]:
    promotion.end(session, place, PlaceState.ACCEPTED, now=now)
    return seating.give(session, place.user, now=now, actor=place.user, action="session.offer_accepted")


def _give_up(session: TutoringSession, place: WaitlistEntry, state: PlaceState, *, now: datetime) -> None:
    promotion.end(session, place, state, now=now)
    record(f"session.waitlist_{state}", actor=place.user, obj=session, after={"user_id": place.user_id})
    news = promotion.catch_up(session, now=now)
    seating.save(session)
    notify(news)
