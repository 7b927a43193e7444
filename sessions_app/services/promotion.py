"""What a seat that frees, and the clock, do to a session's queue (R-SEAT-7 to R-SEAT-9).

A free seat goes to whoever is next: given to those who just wait, offered for a while to those who want to be asked and
to those who have something else at that time. An offer counts as a seat until it ends. All this happens to a session
whose row is locked, and changes the counters on the object; the caller saves them (`seating.save`) and notifies, once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit.services import record
from messaging.services.people import blocked_with
from notifications.services import Notice, notify
from sessions_app.models import (
    JoinRequest,
    PlaceState,
    RequestState,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.querysets import joinable_after
from sessions_app.services import access, events, guards, seating

SHORTEST_OFFER, LONGEST_OFFER = timedelta(minutes=15), timedelta(hours=24)


def catch_up(session: TutoringSession, *, now: datetime) -> list[Notice]:
    """What time has done to a locked session's queue (R-GEN-4); the caller saves the counters and notifies.

    After the time for joining the queue is closed, and before that offers lapse and whoever is next has a turn.
    """
    if not session.has_queue:
        return []
    if session.status != SessionStatus.UPCOMING or guards.is_closed(session, now):
        return close(session, f"{session.title} can no longer be joined.", now=now)
    news = []
    if session.seats_offered:
        for place in WaitlistEntry.objects.overdue(now).filter(session=session).select_related("user"):
            end(session, place, PlaceState.LAPSED, now=now)
            record("session.offer_lapsed", actor=None, obj=session, after={"user_id": place.user_id})
            words = f"The seat in {session.title} was offered to you until {place.offer_expires_at:%Y-%m-%d %H:%M} UTC."
            news.append(events.notice(place.user_id, session, "session_offer_lapsed", "An offer has ended", words))
    return news + promote(session, now=now)


def promote(session: TutoringSession, *, now: datetime) -> list[Notice]:
    """Let those who wait have the free seats of a locked session, in their order; nobody once it cannot be joined."""
    open_to_all = session.status == SessionStatus.UPCOMING and not guards.is_closed(session, now)
    if not (session.waiting_count and session.available_spots and open_to_all):
        return []
    news: list[Notice] = []
    waiting = WaitlistEntry.objects.waiting().filter(session=session).select_related("user").in_order()
    why_not = _guard(session, waiting)
    for place in waiting:
        if not session.available_spots:
            break
        if refusal := why_not(place.user):
            news += _pass_over(session, place, refusal, now=now)
        elif place.asks_first or access.clashes(place.user, session.starts_at, session.ends_at, but=session.pk):
            news += _offer(session, place, now=now)
        else:
            news += _seat(session, place, now=now)
    return news


def close(session: TutoringSession, why: str, *, now: datetime) -> list[Notice]:
    """Send everybody home: there will be no seats (R-SEAT-8)."""
    if not session.has_queue:
        return []
    news = []
    for place in WaitlistEntry.objects.live().filter(session=session).select_related("user"):
        end(session, place, PlaceState.CLOSED, now=now)
        news.append(_goodbye(session, place, why))
    sent_home = [notice.recipient_id for notice in news]
    record("session.waitlist_closed", actor=None, obj=session, after={"user_ids": sent_home})
    return news


def advance_overdue(*, now: datetime, limit: int = 500) -> int:
    """Let offers lapse and close the queues of what can no longer be joined; returns for how many sessions.

    Safe to repeat, and several may run at once.
    """
    late = WaitlistEntry.objects.live().filter(session__starts_at__lte=joinable_after(now))
    overdue = WaitlistEntry.objects.overdue(now) | late
    pks = overdue.order_by("session_id").values_list("session_id", flat=True).distinct()[:limit]
    return sum(_advance_one(pk, now) for pk in list(pks))


def _advance_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        session = access.lock_unless_busy(pk)
        if session is None:
            return False
        notify(catch_up(session, now=now))
        seating.save(session)
    return True


def _guard(session: TutoringSession, waiting: Iterable[WaitlistEntry]) -> Callable[[User], str]:
    """The guards of a join, for all who wait at once: why one of them cannot have a seat, or nothing (R-SEAT-9)."""
    ids = {place.user_id for place in waiting}
    blocked = blocked_with(session.creator_id, ids)
    approved = set(ids)
    if session.needs_approval:
        answered = JoinRequest.objects.filter(session=session, user__in=ids, state=RequestState.APPROVED)
        approved = set(answered.values_list("user_id", flat=True))

    def why_not(user: User) -> str:
        if not guards.is_there(user) or user.pk in blocked:
            return f"You cannot join {session.title}."
        return "" if user.pk in approved else f"The host of {session.title} now decides who joins. Ask for a seat."

    return why_not


def _seat(session: TutoringSession, place: WaitlistEntry, *, now: datetime) -> list[Notice]:
    end(session, place, PlaceState.ACCEPTED, now=now)
    to_host = seating.give(session, place.user, now=now, actor=None, action="session.promoted")
    words = f"A seat in {session.title} has become free, and it is yours."
    return [*to_host, events.notice(place.user_id, session, "session_promoted", "You have a seat", words)]


def _offer(session: TutoringSession, place: WaitlistEntry, *, now: datetime) -> list[Notice]:
    left = session.starts_at - now
    length = min(max(left / 4, SHORTEST_OFFER), LONGEST_OFFER)
    closes_at = session.starts_at - (joinable_after(now) - now)
    place.state, place.offered_at, place.offer_expires_at = PlaceState.OFFERED, now, min(now + length, closes_at)
    place.nudge_at = now + (place.offer_expires_at - now) / 2
    place.save(update_fields=["state", "offered_at", "offer_expires_at", "nudge_at"])
    session.waiting_count -= 1
    session.seats_offered += 1
    session.version += 1
    facts = {"user_id": place.user_id, "until": place.offer_expires_at}
    record("session.seat_offered", actor=None, obj=session, after=facts)
    words = f"A seat in {session.title} is yours if you accept it by {place.offer_expires_at:%Y-%m-%d %H:%M} UTC."
    return [events.notice(place.user_id, session, "session_seat_offered", "A seat is offered to you", words)]


def _pass_over(session: TutoringSession, place: WaitlistEntry, why: str, *, now: datetime) -> list[Notice]:
    """Whoever cannot have a seat holds nobody up."""
    end(session, place, PlaceState.CLOSED, now=now)
    record("session.waitlist_passed_over", actor=None, obj=session, after={"user_id": place.user_id}, reason=why)
    return [_goodbye(session, place, why)]


def _goodbye(session: TutoringSession, place: WaitlistEntry, why: str) -> Notice:
    return events.notice(place.user_id, session, "session_waitlist_closed", "You no longer wait for a seat", why)


def end(session: TutoringSession, place: WaitlistEntry, state: PlaceState, *, now: datetime) -> None:
    """The place is over, for good; what it counted for is free."""
    if place.state == PlaceState.WAITING:
        session.waiting_count -= 1
    else:
        session.seats_offered -= 1
    session.version += 1
    place.state, place.ended_at, place.nudge_at = state, now, None
    place.save(update_fields=["state", "ended_at", "nudge_at"])
