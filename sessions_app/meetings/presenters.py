"""Sessions as the learner_v1 client reads them, in canonical names. Every route of that contract shows them so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from django.conf import settings
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from accounts.presenters.tutors import displayed_rating
from messaging.presenters.people import name_of
from sessions_app.errors import AlreadyRequested
from sessions_app.models import Material, Participant, PlaceState, SessionRating, TutoringSession
from sessions_app.presenters import NEITHER, Standing, standings

# How somebody is in a session: `pending` asks the host for a seat, `offered` has to take the one that is kept for them.
Enrolment = Literal["host", "enrolled", "offered", "waitlisted", "pending"]

_OWN = (
    *("id", "kind", "title", "description", "level", "starts_at", "ends_at", "max_participants"),
    *("seats_taken", "seats_offered", "waiting_count", "needs_approval"),
    *("status", "version", "created_at", "creator_id", "subject_id", "modules"),
    *("meeting_link", "meeting_provider", "meeting_id"),
)
_HOST = tuple(f"creator__{name}" for name in ("id", "first_name", "last_name", "avatar", "deleted_at"))
_TUTOR = tuple(
    f"creator__tutor_profile__{name}" for name in ("id", "photo", "rating_sum", "total_reviews", "hourly_rate")
)
_COLUMNS = (*_OWN, "subject__name", *_HOST, *_TUTOR)
# How to come in: for the people of the session only.
_WAY_IN = ("meeting_link", "meeting_provider", "meeting_id")


def cards(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The sessions of one page (a sliced queryset). Costs the same whatever their number."""
    shown = TutoringSession.objects.filter(pk__in=page.values("pk")).order_by(*page.query.order_by)
    return _cards(list(shown.values(*_COLUMNS)), viewer)


def cards_of(pks: Sequence[int], viewer: User) -> list[dict[str, Any]]:
    """The same for sessions in an order of their own."""
    rows = {row["id"]: row for row in TutoringSession.objects.filter(pk__in=pks).values(*_COLUMNS)}
    return _cards([rows[pk] for pk in pks if pk in rows], viewer)


def detail(session: TutoringSession, viewer: User) -> dict[str, Any]:
    """One session, with what was rated of it and, for the people in it, its materials."""
    (card,) = cards_of([session.pk], viewer)
    rated = SessionRating.objects.filter(session=session).aggregate(average=Avg("rating"), count=Count("pk"))
    inside = _is_inside(card["creator_id"], card["student_ids"], viewer)
    return card | {
        "rating": {"average": round(rated["average"], 1) if rated["count"] else None, "count": rated["count"]},
        "materials": materials(Material.objects.filter(session=session).order_by("id")) if inside else [],
    }


def enrolments(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """One's own sessions of one page, each with how one is in it."""
    return [{"session": card, "enrollment_status": card["enrollment_status"]} for card in cards(page, viewer)]


def materials(page: QuerySet) -> list[dict[str, Any]]:
    """The files of one page, in its order."""
    columns = ("id", "title", "description", "session_id", "session__title", "name", "media_type", "size", "created_at")
    return [
        {name: row[name] for name in columns if name != "session__title"}
        | {
            "session_title": row["session__title"],
            "file_name": row["name"],
            "file_url": f"{settings.PUBLIC_URL}/api/v1/materials/{row['id']}/file",
        }
        for row in page.values(*columns)
    ]


def _cards(rows: Sequence[dict[str, Any]], viewer: User) -> list[dict[str, Any]]:
    students = _students(row["id"] for row in rows)
    known = standings(rows, viewer, timezone.now())
    return [_card(row, students[row["id"]], known.get(row["id"], NEITHER), viewer) for row in rows]


def _students(session_ids: Iterable[int]) -> dict[int, list[int]]:
    """Who has a seat in which session, in the order in which they came."""
    found: dict[int, list[int]] = defaultdict(list)
    seats = Participant.objects.joined().filter(session__in=list(session_ids)).order_by("joined_at", "id")
    for session_id, user_id in seats.values_list("session_id", "user_id"):
        found[session_id].append(user_id)
    return found


def _card(row: dict[str, Any], students: list[int], standing: Standing, viewer: User) -> dict[str, Any]:
    inside = _is_inside(row["creator_id"], students, viewer)
    return {
        **{name: row[name] for name in ("id", "kind", "title", "description", "level", "status", "version")},
        "subject": row["subject__name"] or "",
        "subject_id": row["subject_id"],
        "start_time": row["starts_at"],
        "end_time": row["ends_at"],
        "duration": int((row["ends_at"] - row["starts_at"]).total_seconds() // 60),
        "max_participants": row["max_participants"],
        "student_ids": students,
        "student_count": row["seats_taken"],
        "available_spots": max(0, row["max_participants"] - row["seats_taken"] - row["seats_offered"]),
        "modules": row["modules"],
        "creator_id": row["creator_id"],
        "tutor": _host(row),
        "needs_approval": row["needs_approval"],
        "waitlist_count": row["waiting_count"],
        "enrollment_status": _enrolment(row["creator_id"], students, standing, viewer),
        **{name: row[name] or None if inside else None for name in _WAY_IN},
        "created_at": row["created_at"],
    }


def _is_inside(creator_id: int, students: list[int], viewer: User) -> bool:
    return viewer.is_admin or viewer.pk == creator_id or viewer.pk in students


def _enrolment(creator_id: int, students: list[int], standing: Standing, viewer: User) -> Enrolment | None:
    if viewer.pk == creator_id:
        return "host"
    if viewer.pk in students:
        return "enrolled"
    if standing.place:
        return "waitlisted" if standing.place["state"] == PlaceState.WAITING else "offered"
    return "pending" if standing.refusal == AlreadyRequested.code else None


def _host(row: dict[str, Any]) -> dict[str, Any]:
    """By the user's id, which conversations take, too; a learner who hosts has neither rate nor reviews."""
    is_gone = row["creator__deleted_at"] is not None
    count = row["creator__tutor_profile__total_reviews"] or 0
    return {
        "id": row["creator__id"],
        "user_id": row["creator__id"],
        "profile_id": row["creator__tutor_profile__id"],
        "name": name_of(row, "creator__"),
        "avatar": avatar_url("" if is_gone else row["creator__tutor_profile__photo"] or row["creator__avatar"]),
        "rating": displayed_rating(row["creator__tutor_profile__rating_sum"] or 0, count),
        "review_count": count,
        "hourly_rate": row["creator__tutor_profile__hourly_rate"],
    }
