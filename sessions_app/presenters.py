"""Sessions as data, in canonical form. Built from plain rows: a hot list makes no model instances."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import EmailNotVerified
from accounts.models import User
from accounts.presenters.avatars import avatar_url
from accounts.services.proven import is_unproven
from common.compiled import compiled
from common.local_time import on_a_wall
from messaging.presenters.people import name_of, row_of
from sessions_app.errors import AlreadyRequested, AlreadyWaiting, RequestRejected, SessionFull
from sessions_app.models import (
    SEATED,
    JoinRequest,
    Participant,
    PlaceState,
    RequestState,
    SessionKind,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.querysets import joinable_after, seat_state_of
from sessions_app.services.guards import refusal_of
from sessions_app.services.waitlist import position_of

_PERSON = ("id", "first_name", "last_name", "email", "role")
_KNOWN = (*_PERSON, "deleted_at")
# What is shown of who has closed their account (R-GDPR-1).
_HIDDEN = {"first_name": "", "last_name": "", "email": None}
_OWN = (
    "id",
    "kind",
    "title",
    "description",
    "level",
    "starts_at",
    "ends_at",
    "max_participants",
    "seats_taken",
    "seats_offered",
    "waiting_count",
    "needs_approval",
    "min_participants",
    "runs_anyway",
    "status",
    "version",
    "created_at",
    "updated_at",
    "creator_id",
    "subject_id",
)
_COLUMNS = (*_OWN, "subject__name", *(f"creator__{name}" for name in _KNOWN))


def cards(page: QuerySet, viewer: User, *, zone: ZoneInfo | None = None) -> list[dict[str, Any]]:
    """The sessions of one page (a sliced queryset) for a list: ids first, then only what the page shows."""
    rows = _rows_in_order(page.query.order_by, page=page.values("pk"), viewer=viewer.pk)
    now = timezone.now()
    known = standings(rows, viewer, now)
    return [_card(row, viewer, row["seat"], known.get(row["id"], NEITHER), now=now, zone=zone) for row in rows]


@compiled
def _rows_in_order(order: tuple[str, ...], *, page: Any, viewer: Any) -> Any:
    shown = TutoringSession.objects.filter(pk__within=page).order_by(*order)
    return shown.values(*_COLUMNS, seat=seat_state_of(viewer))


def detail(session: TutoringSession, viewer: User, *, zone: ZoneInfo | None = None) -> dict[str, Any]:
    """One session with the people in it. `session` has its `creator` and `subject` loaded."""
    # Nobody has ever sat in a session that has never changed.
    known = list(_participant_rows(session, viewer)) if session.seats_taken or session.version > 1 else []
    seat = next((row["state"] for row in known if row["user_id"] == viewer.pk), None)
    row, now = _row_of(session), timezone.now()
    card = _card(row, viewer, seat, standings([row], viewer, now).get(session.pk, NEITHER), now=now, zone=zone)
    return card | {"participants": _participants(known, session, viewer)}


def participants(session: TutoringSession, viewer: User) -> list[dict[str, Any]]:
    """The people in a session. Their addresses are for the host, each other and admins only (R-SEAT-12)."""
    return _participants(list(_participant_rows(session, viewer)), session, viewer)


class Standing(NamedTuple):
    """How a person stands with a session in which they have no seat."""

    place: dict[str, Any] | None
    refusal: str | None
    """The code that a join would get because of that; empty where it would succeed, None where it does not matter."""


NEITHER = Standing(None, None)


def standings(rows: Sequence[dict[str, Any]], viewer: User, now: datetime) -> dict[int, Standing]:
    """The viewer's places and requests, asked for only where a session has a queue, or a host who approves.

    A row has `id, needs_approval, waiting_count` and `seats_offered`.
    """
    asking = [row["id"] for row in rows if row["needs_approval"]]
    queued = [row["id"] for row in rows if row["waiting_count"] or row["seats_offered"]]
    found: dict[int, Standing] = {}
    if asking:
        answered = {RequestState.PENDING: AlreadyRequested.code, RequestState.REJECTED: RequestRejected.code}
        mine = JoinRequest.objects.filter(user=viewer, session__in=asking, state__in=answered)
        found = {
            pk: Standing(None, answered[RequestState(state)]) for pk, state in mine.values_list("session", "state")
        }
    if queued:
        places = WaitlistEntry.objects.live().filter(user=viewer, session__in=queued).with_position()
        found |= {place.session_id: _standing(place) for place in places if _counts(place, now)}
    return found


def _standing(place: WaitlistEntry) -> Standing:
    waits = place.state == PlaceState.WAITING
    return Standing(place_of(place), AlreadyWaiting.code if waits else "")


def _counts(place: WaitlistEntry, now: datetime) -> bool:
    """An offer that has ended is none, whether or not the clock has been there yet (R-GEN-4)."""
    return place.state == PlaceState.WAITING or place.is_offered(now)


def place_of(place: WaitlistEntry) -> dict[str, Any]:
    """One's own place; from a queryset `with_position`."""
    waits = place.state == PlaceState.WAITING
    return {
        "state": place.state,
        "position": place.position if waits else None,  # type: ignore[attr-defined]
        "ask_first": place.asks_first,
        "joined_at": place.joined_at,
        "offer_expires_at": None if waits else place.offer_expires_at,
    }


def waiting(place: WaitlistEntry | None, request: JoinRequest | None) -> dict[str, Any]:
    """What somebody has who has no seat yet."""
    position = position_of(place) if place else None
    return {"position": position, "request_id": request.pk if request else None}


def waitlist(session: TutoringSession, viewer: User) -> dict[str, Any]:
    """How many wait, the viewer's own place, and all places for those who run the session (R-SEAT-5)."""
    now = timezone.now()
    runs = viewer.is_admin or session.creator_id == viewer.pk
    live = WaitlistEntry.objects.live().filter(session=session)
    shown = live.with_position().select_related("user").in_order()
    places = [place for place in (shown if runs else shown.filter(user=viewer)) if _counts(place, now)]
    mine = [place_of(place) for place in places if place.user_id == viewer.pk]
    return {
        "waitlist_count": session.waiting_count,
        "my_waitlist": mine[0] if mine else None,
        "entries": [_entry(place) for place in places] if runs else None,
    }


def _entry(place: WaitlistEntry) -> dict[str, Any]:
    person = {name: getattr(place.user, name) for name in _KNOWN}
    return {"id": place.pk, "user": _person(person), "priority": place.priority, **place_of(place)}


def requests(page: Iterable[JoinRequest]) -> list[dict[str, Any]]:
    """Requests for seats, for whoever decides about them; with their `user` and `session` loaded."""
    return [
        {
            "id": request.pk,
            "request_id": request.pk,
            "session_id": request.session_id,
            "session_title": request.session.title,
            "learner_id": request.user_id,
            "learner_name": name_of(row_of(request.user)),
            "status": request.state,
            "created_at": request.created_at,
            "decided_at": request.decided_at,
        }
        for request in page
    ]


def attendance(session: TutoringSession) -> list[dict[str, Any]]:
    """Who has a seat, and whether they were there; for those who run the session."""
    return [
        {"user": _person(row, "user__"), "state": row["state"]}
        for row in _participant_rows(session)
        if row["state"] in SEATED
    ]


def _card(
    row: dict[str, Any], viewer: User, seat: str | None, standing: Standing, *, now: datetime, zone: ZoneInfo | None
) -> dict[str, Any]:
    free = max(0, row["max_participants"] - row["seats_taken"] - row["seats_offered"])
    to_be_had = free > 0 and not row["waiting_count"]
    closed = row["starts_at"] <= joinable_after(now)
    hosts = row["creator_id"] == viewer.pk
    # A tutor's address is shown as documented, a student's only to those who have to do with each other.
    sees_address = row["kind"] != SessionKind.PEER or hosts or seat in SEATED or viewer.is_admin
    refusal = refusal_of(status=row["status"], closed=closed, hosts=hosts, seat=seat)
    if is_unproven(viewer):
        refusal = EmailNotVerified()  # what a join asks first
    without_seat = standing.refusal if standing.refusal is not None else "" if to_be_had else SessionFull.code
    card = {
        "id": row["id"],
        "kind": row["kind"],
        "title": row["title"],
        "description": row["description"],
        "date": row["starts_at"],
        "duration_minutes": int((row["ends_at"] - row["starts_at"]).total_seconds() // 60),
        "max_participants": row["max_participants"],
        "subject": {"id": row["subject_id"], "name": row["subject__name"]} if row["subject_id"] else None,
        "level": row["level"],
        "creator": _person(row, "creator__") | ({} if sees_address else {"email": None}),
        "status": row["status"],
        "version": row["version"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "participant_count": row["seats_taken"],
        "is_full": free == 0,
        "available_spots": free,
        "can_join": row["status"] == "upcoming" and not closed and to_be_had,
        "my_role": "creator" if hosts else "participant" if seat in SEATED else None,
        "join_refusal": refusal.code if refusal else without_seat or None,
        "needs_approval": row["needs_approval"],
        "min_participants": row["min_participants"],
        "runs_anyway": row["runs_anyway"],
        "waitlist_count": row["waiting_count"],
        "my_waitlist": standing.place,
    }
    return card | (on_a_wall(row["starts_at"], zone) if zone else {})


def _person(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """From a row whose columns have that prefix."""
    shown = {name: row[prefix + name] for name in _PERSON}
    return shown if row[f"{prefix}deleted_at"] is None else shown | _HIDDEN


def _participant_rows(session: TutoringSession, viewer: User | None = None) -> Iterable[dict[str, Any]]:
    """Those who have a seat, and the viewer, who may have had one."""
    return _seats(session=session.pk, viewer=viewer.pk if viewer else 0)


@compiled
def _seats(*, session: Any, viewer: Any) -> Any:
    seats = Participant.objects.filter(Q(state__in=SEATED) | Q(user=viewer), session=session).order_by(
        "joined_at", "id"
    )
    return seats.values("id", "user_id", "role", "state", "joined_at", *(f"user__{name}" for name in _KNOWN))


def _participants(known: list[dict[str, Any]], session: TutoringSession, viewer: User) -> list[dict[str, Any]]:
    rows = [row for row in known if row["state"] in SEATED]
    joined = any(row["user_id"] == viewer.pk for row in rows)
    sees_addresses = joined or viewer.is_admin or session.creator_id == viewer.pk
    return [
        {
            "id": row["id"],
            "user": _person(row, "user__") | ({} if sees_addresses else {"email": None}),
            "joined_at": row["joined_at"],
            "participant_role": row["role"],
        }
        for row in rows
    ]


def _row_of(session: TutoringSession) -> dict[str, Any]:
    row = {name: getattr(session, name) for name in _OWN}
    row |= {f"creator__{name}": getattr(session.creator, name) for name in _KNOWN}
    return row | {"subject__name": session.subject.name if session.subject else None}


_SAID = (
    *("id", "session_id", "sender_id", "text", "created_at"),
    *(f"sender__{name}" for name in ("id", "first_name", "last_name", "avatar", "deleted_at")),
)


def talk(page: QuerySet) -> list[dict[str, Any]]:
    """What was said in a session, of one page, in its order."""
    return [
        {
            "id": row["id"],
            "session_id": row["session_id"],
            "sender": {
                "id": row["sender_id"],
                "name": name_of(row, "sender__"),
                "avatar": avatar_url("" if row["sender__deleted_at"] else row["sender__avatar"]),
            },
            "message": row["text"],
            "text": row["text"],
            "created_at": row["created_at"],
        }
        for row in page.values(*_SAID)
    ]
