"""Asking for a seat where the host decides (`needs_approval`). Whoever changes a request has locked its session."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import InvalidTransition, NotFound
from notifications.services import Notice, notify
from sessions_app.errors import AlreadyRequested, RequestRejected
from sessions_app.models import JoinRequest, RequestState, SessionStatus, TutoringSession
from sessions_app.querysets import joinable_after
from sessions_app.services import access, events, guards, promotion, seating, waitlist


def ask(session_id: int, *, user: User, wants_to_wait: bool, asks_first: bool) -> JoinRequest:
    """Ask the host for a seat. Once the host has declined there is no second time.

    Raises NotFound, SessionFull for who does not want to wait either, AlreadyRequested, RequestRejected, or as
    `guards.check`.
    """
    with transaction.atomic():
        session = access.lock(session_id, user)
        now = timezone.now()
        news = promotion.catch_up(session, now=now)
        guards.check(session, user, now=now)
        _require_no_other(session, user)
        waitlist.require_not_waiting(session, user)
        if not (session.available_spots and not session.waiting_count) and not wants_to_wait:
            raise waitlist.full(session)
        request = JoinRequest.objects.create(
            session=session, user=user, waitlist=wants_to_wait, asks_first=asks_first, created_at=now
        )
        session.version += 1
        seating.save(session)
        record("session.join_requested", actor=user, obj=session, after={"user_id": user.pk})
        words = f"{user.display_name} asks to join {session.title}."
        title = "Somebody asks to join"
        notify([*news, events.notice(session.creator_id, session, "session_join_requested", title, words, user)])
    return request


def approve(request_id: int, *, actor: User, session_id: int | None = None) -> JoinRequest:
    """Give the seat that was asked for; if there is none, a place in the queue to who wants to wait.

    With `session_id` it has to be a request for that session.
    Raises NotFound, InvalidTransition, SessionFull (then the request stays), WaitlistFull, or as `guards.check`.
    """
    with transaction.atomic():
        request, session = _lock(request_id, session_id, actor, "approve")
        now, user = timezone.now(), request.user
        news = promotion.catch_up(session, now=now)
        guards.check(session, user, now=now)
        begins = f"{session.starts_at:%Y-%m-%d %H:%M} UTC"
        words = f"You have a seat in {session.title}, on {begins}."
        if session.available_spots and not session.waiting_count:
            news += seating.give(session, user, now=now, actor=actor, action="session.request_approved")
        elif request.waitlist:
            _, told = waitlist.stand_behind(session, user, asks_first=request.asks_first, now=now)
            news += told
            words = f"You may join {session.title}, on {begins}, and wait for a seat."
        else:
            raise waitlist.full(session)
        _decide(request, RequestState.APPROVED, actor=actor, now=now)
        seating.save(session)
        news.append(
            events.notice(user.pk, session, "session_request_approved", "Your request is approved", words, actor)
        )
        notify(news)
    return request


def reject(request_id: int, *, actor: User, session_id: int | None = None) -> JoinRequest:
    """Raises NotFound or InvalidTransition."""
    with transaction.atomic():
        request, session = _lock(request_id, session_id, actor, "reject")
        _decide(request, RequestState.REJECTED, actor=actor, now=timezone.now())
        _touch(session)
        record("session.request_rejected", actor=actor, obj=session, after={"user_id": request.user_id})
        words = f"The host of {session.title} has declined your request."
        title = "Your request is declined"
        notify([events.notice(request.user_id, session, "session_request_rejected", title, words, actor)])
    return request


def withdraw(session: TutoringSession, user: User, *, now: datetime) -> bool:
    """Take back what one has asked for; whether there was anything. The session is locked."""
    request = JoinRequest.objects.pending().filter(session=session, user=user).first()
    if request is None:
        return False
    _decide(request, RequestState.WITHDRAWN, actor=user, now=now)
    _touch(session)
    record("session.request_withdrawn", actor=user, obj=session, after={"user_id": user.pk})
    words = f"{user.display_name} no longer asks to join {session.title}."
    title = "A request is taken back"
    notify([events.notice(session.creator_id, session, "session_request_withdrawn", title, words, user)])
    return True


def close(session: TutoringSession, why: str, *, now: datetime) -> list[Notice]:
    """End what waits for an answer; returns what those people are to be told. The session is locked."""
    pending = JoinRequest.objects.pending().filter(session=session)
    asking = list(pending.values_list("user_id", flat=True))
    pending.update(state=RequestState.CLOSED, decided_at=now)
    title = "Your request was not answered"
    return [events.notice(user_id, session, "session_request_closed", title, why) for user_id in asking]


def close_of(session: TutoringSession, user: User, *, now: datetime) -> None:
    """The host has given this person a seat without being asked, or before answering."""
    answered = {"state": RequestState.APPROVED, "decided_at": now, "decided_by": session.creator_id}
    JoinRequest.objects.pending().filter(session=session, user=user).update(**answered)


def close_overdue(*, now: datetime, limit: int = 500) -> int:
    """End the requests for what can no longer be joined; returns for how many sessions. Safe to repeat."""
    late = JoinRequest.objects.pending().filter(session__starts_at__lte=joinable_after(now))
    pks = late.order_by("session_id").values_list("session_id", flat=True).distinct()[:limit]
    return sum(_close_one(pk, now) for pk in list(pks))


def _close_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        session = access.lock_unless_busy(pk)
        if session is None:
            return False
        notify(close(session, f"{session.title} can no longer be joined.", now=now))
    return True


def _require_no_other(session: TutoringSession, user: User) -> None:
    mine = JoinRequest.objects.filter(session=session, user=user)
    pending = mine.pending().first()
    if pending:
        raise AlreadyRequested(request_id=pending.pk)
    if mine.filter(state=RequestState.REJECTED).exists():
        raise RequestRejected


def _lock(request_id: int, session_id: int | None, actor: User, verb: str) -> tuple[JoinRequest, TutoringSession]:
    """The request as it is once its session is locked. To others than the host and admins there is none."""
    mine = JoinRequest.objects.decided_by(actor).select_related("user")
    found = mine.filter(pk=request_id).first()
    if found is None or session_id not in (None, found.session_id):
        raise NotFound("Request not found")
    session = access.lock(found.session_id, actor)
    request = mine.get(pk=request_id)
    if request.state != RequestState.PENDING:
        raise InvalidTransition(f"Cannot {verb} a request that is {request.state}", current=request.state, allowed=[])
    access.require_status(session, SessionStatus.UPCOMING, verb=f"{verb} a request for")
    request.session = session
    return request, session


def _decide(request: JoinRequest, state: RequestState, *, actor: User | None, now: datetime) -> None:
    request.state, request.decided_at, request.decided_by = state, now, actor
    request.save(update_fields=["state", "decided_at", "decided_by"])


def _touch(session: TutoringSession) -> None:
    """What the session says of itself has changed for somebody."""
    session.version += 1
    session.save(update_fields=["version", "updated_at"])
