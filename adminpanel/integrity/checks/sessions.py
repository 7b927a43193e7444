"""Sessions, their seats and the queues before them."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, corrected, named
from adminpanel.integrity.expressions import counted
from sessions_app.models import (
    LIVE,
    JoinRequest,
    Participant,
    PlaceState,
    RequestState,
    SeatState,
    SessionKind,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.services import private

_OF_SESSION = {"session": OuterRef("pk")}
_NOT_TO_COME = ~Q(session__status=SessionStatus.UPCOMING) | Q(session__deleted_at__isnull=False)


def _lock(pk: int) -> None:
    list(TutoringSession.objects.select_for_update(of=("self",)).filter(pk=pk).values_list("pk"))


def _lock_of_place(pk: int) -> None:
    """Whoever changes a queue locks its session first."""
    _lock(WaitlistEntry.objects.values_list("session_id", flat=True).get(pk=pk))


def _lock_of_request(pk: int) -> None:
    _lock(JoinRequest.objects.values_list("session_id", flat=True).get(pk=pk))


def _seated_and_waiting(now: datetime) -> QuerySet:
    seats = Participant.objects.joined().filter(session=OuterRef("session"), user=OuterRef("user"))
    return WaitlistEntry.objects.live().filter(Exists(seats))


def _end_place(state: PlaceState):  # type: ignore[no-untyped-def] # a repair
    def mend(place: WaitlistEntry, now: datetime) -> Change:
        return corrected(place, {"state": state, "ended_at": now}, now=now)

    return mend


def _close_request(request: JoinRequest, now: datetime) -> Change:
    return corrected(request, {"state": RequestState.CLOSED, "decided_at": now}, now=now)


def _gone_by_half(now: datetime) -> QuerySet:
    is_gone = Q(state__in=(SeatState.LEFT, SeatState.REMOVED))
    return Participant.objects.filter(is_gone & Q(left_at=None) | ~is_gone & Q(left_at__isnull=False))


def _ownerless(now: datetime) -> QuerySet:
    return TutoringSession.objects.present().filter(kind=SessionKind.PRIVATE, status__in=LIVE, booking=None)


def _call_off(session: TutoringSession, now: datetime) -> Change:
    before = session.status
    private.cancel(session, reason="no booking")
    return Change({"status": before}, {"status": session.status})


CHECKS: list[Check] = [
    RowCheck(
        "sessions.waiting_with_a_seat",
        "nobody waits for a seat in a session who has one",
        _seated_and_waiting,
        lambda place: f"{named(place)} is {place.state}, but its person has a seat in session {place.session_id}.",
        mend=_end_place(PlaceState.ACCEPTED),
        lock=_lock_of_place,
    ),
    RowCheck(
        "sessions.queues",
        "queues end when their session begins or is called off",
        lambda now: WaitlistEntry.objects.live().filter(_NOT_TO_COME),
        lambda place: f"{named(place)} is {place.state}, but session {place.session_id} is not to come any more.",
        mend=_end_place(PlaceState.CLOSED),
        lock=_lock_of_place,
    ),
    RowCheck(
        "sessions.join_requests",
        "requests for a seat end when their session begins or is called off",
        lambda now: JoinRequest.objects.pending().filter(_NOT_TO_COME),
        lambda request: f"{named(request)} is pending, but session {request.session_id} is not to come any more.",
        mend=_close_request,
        lock=_lock_of_request,
    ),
    FigureCheck(
        "sessions.seats",
        "sessions count the people who have a seat, are offered one and wait",
        TutoringSession.objects.all(),
        {
            "seats_taken": counted(Participant.objects.joined().filter(**_OF_SESSION), by="session"),
            "seats_offered": counted(
                WaitlistEntry.objects.filter(state=PlaceState.OFFERED, **_OF_SESSION), by="session"
            ),
            "waiting_count": counted(WaitlistEntry.objects.waiting().filter(**_OF_SESSION), by="session"),
        },
        besides={"version": F("version") + 1},
        lock=_lock,
    ),
    RowCheck(
        "sessions.hosts",
        "hosts take no seat of their own sessions",
        lambda now: Participant.objects.joined().filter(user=F("session__creator")),
        lambda seat: f"{named(seat)} is the host of session {seat.session_id}, and has a seat in it.",
    ),
    RowCheck(
        "sessions.departures",
        "who has left a session says when, and who has a seat has not left",
        _gone_by_half,
        lambda seat: f"{named(seat)} is {seat.state} and left {seat.left_at or 'at no time'}.",
    ),
    RowCheck(
        "sessions.private",
        "private sessions that take their tutor's time belong to a booking",
        _ownerless,
        lambda session: f"{named(session)} is {session.status}, and no booking has it.",
        mend=_call_off,
        lock=_lock,
    ),
]
