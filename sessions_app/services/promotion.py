"""What a seat that frees, and the clock, do to a session's queue (R-SEAT-7 to R-SEAT-9).

A free seat goes to whoever is next: given to those who just wait, offered for a while to those who want to be asked and
to those who have something else at that time. An offer counts as a seat until it ends. All this happens to a session
whose row is locked, and changes the counters on the object; the caller saves them (`seating.save`) and notifies, once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

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
from sessions_app.services import access, events, guards, seating, turns


def catch_up(session: TutoringSession, *, now: datetime) -> list[Notice]:
    """What time has done to a locked session's queue (R-GEN-4); the caller saves the counters and notifies.

    After the time for joining the queue is closed, and before that offers lapse and whoever is next has a turn.
    """
    if not session.has_queue:
        return []
    if session.status != SessionStatus.UPCOMING or guards.is_closed(session, now):
        return close(session, f"{session.title} can no longer be joined.", now=now)
    lapsing = turns.Turns(session, now=now)
    if session.seats_offered:
        for place in WaitlistEntry.objects.overdue(now).filter(session=session).select_related("user"):
            lapsing.lapse(place)
    return lapsing.write() + promote(session, now=now)


def promote(session: TutoringSession, *, now: datetime) -> list[Notice]:
    """Let those who wait have the free seats of a locked session, in their order; nobody once it cannot be joined."""
    open_to_all = session.status == SessionStatus.UPCOMING and not guards.is_closed(session, now)
    if not (session.waiting_count and session.available_spots and open_to_all):
        return []
    waiting = WaitlistEntry.objects.waiting().filter(session=session).select_related("user").in_order()
    why_not, busy = _guard(session, waiting), access.busy([place.user_id for place in waiting], session)
    look = turns.Turns(session, now=now)
    for place in waiting:
        if not session.available_spots:
            break
        if refusal := why_not(place.user):
            look.pass_over(place, refusal)
        elif place.asks_first or place.user_id in busy:
            look.offer(place)
        else:
            look.seat(place)
    return look.write()


def close(session: TutoringSession, why: str, *, now: datetime) -> list[Notice]:
    """Send everybody home: there will be no seats (R-SEAT-8)."""
    if not session.has_queue:
        return []
    live = WaitlistEntry.objects.live().filter(session=session)
    sent_home = list(live.in_order().values_list("user_id", flat=True))
    live.update(state=PlaceState.CLOSED, ended_at=now, nudge_at=None)
    session.waiting_count = session.seats_offered = 0
    session.version += 1
    record("session.waitlist_closed", actor=None, obj=session, after={"user_ids": sent_home})
    title = "You no longer wait for a seat"
    return [events.notice(user_id, session, "session_waitlist_closed", title, why) for user_id in sent_home]


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


def end(session: TutoringSession, place: WaitlistEntry, state: PlaceState, *, now: datetime) -> None:
    """The place is over, for good; what it counted for is free. The counters are the caller's to save."""
    turns.end(session, place, state, now=now)
    place.save(update_fields=["state", "ended_at", "nudge_at"])
