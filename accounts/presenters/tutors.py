"""Tutors as they are answered: cards for lists and for everybody, the full profile for who is signed in."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import (
    FavouriteTutor,
    RevisionState,
    TutorCertification,
    TutorEducation,
    TutorLanguage,
    TutorProfile,
    TutorRevision,
    TutorStatus,
    TutorSubject,
    User,
)
from accounts.presenters import credentials
from accounts.presenters.avatars import avatar_url
from accounts.services.presence import is_online
from catalog import languages
from common.compiled import compiled, somebody

# Until there are so many reviews, a tutor is called new beside the mean (R-RAT-2).
RATED_FROM = 3

_SHOWN = (
    "id",
    "user_id",
    "title",
    "headline",
    "bio",
    "hourly_rate",
    "currency",
    "experience_years",
    "total_reviews",
    "total_sessions",
    "accepts_bookings",
)
_NAMES = ("first_name", "last_name")
_COLUMNS = (
    *(*_SHOWN, "status", "rating_sum", "photo", "user__avatar", "user__online_until"),
    *(f"user__{name}" for name in _NAMES),
)
# What the full profile has besides, for everybody who sees it; and for its owner and admins only.
_FULL = ("teaching_philosophy", "description", "video_url", "version", "created_at", "updated_at")
APPROVAL = ("submitted_at", "submissions", "decided_at", "rejection_reason", "requested_changes", "suspended_until")


def rows_on(page: Any) -> list[dict[str, Any]]:
    """What `cards` needs of the tutors of one page (a sliced and sorted queryset): ids first, then what is shown."""
    return _rows_in_order(page.query.order_by, page=page.values("pk"))


def cards(rows: list[dict[str, Any]], *, viewer: User | None = None) -> list[dict[str, Any]]:
    """Tutors (from `rows_on`) for a list.

    With a `viewer` each says whether it is a favourite of theirs. Other apps add what they know
    (`settings.TUTOR_CARD_SECTIONS`). Costs the same whatever the number of tutors.
    """
    return _with_sections(_cards(rows, viewer))


def cards_of(pks: Sequence[int], *, viewer: User) -> list[dict[str, Any]]:
    """The same for tutors in an order of their own."""
    rows = {row["id"]: row for row in _rows(pks=list(pks))}
    return _with_sections(_cards([rows[pk] for pk in pks if pk in rows], viewer))


def with_levels(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards with the languages that their tutors teach in, and how well they speak them; without those that
    admins have hidden.
    """
    names, hidden, spoken = languages.names(), languages.hidden(), defaultdict(list)
    for tutor_id, code, level in _spoken(pks=[card["id"] for card in cards]):
        if code in hidden:
            continue
        spoken[tutor_id].append({"code": code, "name": names.get(code, code), "level": level})
    return [card | {"spoken_languages": spoken[card["id"]]} for card in cards]


def card(profile: TutorProfile) -> dict[str, Any]:
    """One tutor as everybody sees them."""
    return _with_sections(_cards(_rows(pks=[profile.pk]), None))[0]


def full(profile: TutorProfile, *, viewer: User | None) -> dict[str, Any]:
    """The detailed profile, with what other apps know of it (`settings.TUTOR_PROFILE_SECTIONS`).

    How its approval goes, and which scans it has, only its owner and admins are told; the owner reads what waits for
    approval as if it were approved. `viewer` is None for who is not signed in. Here languages are codes and `education`
    is the list, as in the document's profile; in a card they are names and a sentence.
    """
    shown = _cards(_rows(pks=[profile.pk]), viewer)[0]
    shown["language_names"], shown["languages"] = shown["languages"], shown.pop("language_codes")
    is_own = viewer is not None and viewer.pk == profile.user_id
    knows_all = is_own or (viewer is not None and viewer.is_admin)
    shown |= {name: getattr(profile, name) for name in (*_FULL, *(APPROVAL if knows_all else ()))}
    latest = profile.revisions.first() if knows_all else None
    draft = latest if is_own and latest and latest.state == RevisionState.PENDING else None
    shown |= draft.words if draft else {}
    shown |= {"revision": _revision(latest)} if knows_all else {}
    known: dict[str, Any] = {"draft": draft, "knows_all": knows_all}
    shown["certifications"] = credentials.listed(profile, TutorCertification, "title", "issuer", **known)
    shown["educations"] = shown["education"] = credentials.listed(
        profile, TutorEducation, "degree", "institution", **known
    )
    for section in settings.TUTOR_PROFILE_SECTIONS:
        shown |= import_string(section)(profile)
    return shown


def visible_profile(pk: int, viewer: User | None) -> TutorProfile | None:
    """That tutor with the account, for `full`, if `viewer` may see them."""
    if viewer is None:
        return _visible.first(False, False, pk=pk, viewer=None)
    return _visible.first(True, viewer.is_admin, pk=pk, viewer=viewer.pk)


@compiled
def _visible(is_somebody: bool, is_admin: bool, *, pk: Any, viewer: Any) -> Any:
    asking: Any = somebody(viewer, is_admin=is_admin) if is_somebody else None
    return TutorProfile.objects.visible_to(asking).select_related("user").filter(pk=pk).order_by()


def brief(page: QuerySet[TutorProfile]) -> list[dict[str, Any]]:
    """The tutors of one page as the learner_v1 client lists them: by their user's id, with their subjects' names."""
    rows = rows_on(page)
    subjects = _subjects([row["id"] for row in rows])
    now = timezone.now()
    return [_brief(_card(row, now), subjects[row["id"]]["subject_names"]) for row in rows]


def _brief(card: dict[str, Any], subjects: list[str]) -> dict[str, Any]:
    return {
        "id": card["user_id"],
        "user_id": card["user_id"],
        "profile_id": card["id"],
        **{name: card[name] for name in ("name", "title", "headline", "bio", "hourly_rate", "currency")},
        "subjects": subjects,
        "avatar": card["avatar_url"],
        "rating": card["average_rating"],
        "review_count": card["total_reviews"],
        "total_sessions": card["total_sessions"],
        "is_online": card["is_online"],
    }


def approval_cards(tutors: QuerySet[TutorProfile]) -> list[dict[str, Any]]:
    """The same page for admins: with the account's address and how the approval goes."""
    extra = {row["pk"]: row for row in tutors.values("pk", "version", *APPROVAL, "user__email")}
    return [
        shown
        | {name: extra[shown["id"]][name] for name in ("version", *APPROVAL)}
        | {"email": extra[shown["id"]]["user__email"]}
        for shown in _cards(rows_on(tutors), None)
    ]


def displayed_rating(total: int, count: int) -> Decimal:
    """The plain mean to one decimal, half up; 0 without reviews (R-RAT-2)."""
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else Decimal(0)


@compiled
def _rows_in_order(order: tuple[str, ...], *, page: Any) -> Any:
    return TutorProfile.objects.filter(pk__within=page).order_by(*order).values(*_COLUMNS)


@compiled
def _rows(*, pks: Any) -> Any:
    return TutorProfile.objects.filter(pk__any=pks).order_by().values(*_COLUMNS)


def _cards(rows: Sequence[dict[str, Any]], viewer: User | None) -> list[dict[str, Any]]:
    pks = [row["id"] for row in rows]
    subjects, languages, degrees = _subjects(pks), _languages(pks), _first_degrees(pks)
    favourites = _favourites(pks, viewer) if viewer else ()
    now = timezone.now()
    return [
        _card(row, now)
        | subjects[row["id"]]
        | languages[row["id"]]
        | {"education": degrees.get(row["id"], "")}
        | ({"is_favorite": row["id"] in favourites} if viewer else {})
        for row in rows
    ]


def _with_sections(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pks, now = [each["id"] for each in shown], timezone.now()
    if pks:
        for section in settings.TUTOR_CARD_SECTIONS:
            more = import_string(section)(pks, now=now)
            for each in shown:
                each |= more[each["id"]]
    return shown


def _card(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    picture = avatar_url(row["photo"] or row["user__avatar"])
    return {
        **{name: row[name] for name in _SHOWN},
        **{name: row[f"user__{name}"] for name in _NAMES},
        "name": f"{row['user__first_name']} {row['user__last_name']}".strip() or f"User {row['user_id']}",
        "avatar_url": picture,
        "profile_photo_url": picture,
        "average_rating": displayed_rating(row["rating_sum"], row["total_reviews"]),
        "is_new": row["total_reviews"] < RATED_FROM,
        "profile_status": row["status"],
        "is_approved": row["status"] == TutorStatus.APPROVED,
        "is_online": is_online(row["user__online_until"], now=now),
    }


def _subjects(pks: list[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"subjects": [], "subject_names": []})
    for tutor_id, subject_id, name, category, level, years in _taught(pks=pks):
        found[tutor_id]["subject_names"].append(name)
        found[tutor_id]["subjects"].append(
            {
                "id": subject_id,
                "subject_id": subject_id,
                "name": name,
                "subject_name": name,
                "category": category,
                "proficiency_level": level,
                "years_experience": years,
            }
        )
    return found


def _languages(pks: list[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"languages": [], "language_codes": []})
    names = languages.names()
    for tutor_id, code, _ in _spoken(pks=pks):
        found[tutor_id]["languages"].append(names.get(code, code))
        found[tutor_id]["language_codes"].append(code)
    return found


def _first_degrees(pks: list[int]) -> dict[int, str]:
    return dict(_degrees(pks=pks))  # the last to come is the tutor's first


def _favourites(pks: list[int], viewer: User) -> set[int]:
    return set(_liked(pks=pks, student=viewer.pk))


@compiled
def _taught(*, pks: Any) -> Any:
    columns = ("tutor_id", "subject_id", "subject__name", "subject__category", "proficiency_level", "years_experience")
    return TutorSubject.objects.filter(tutor__any=pks).order_by("id").values_list(*columns)


@compiled
def _spoken(*, pks: Any) -> Any:
    return TutorLanguage.objects.filter(tutor__any=pks).order_by("id").values_list("tutor_id", "code", "level")


@compiled
def _degrees(*, pks: Any) -> Any:
    return TutorEducation.objects.approved().filter(tutor__any=pks).order_by("-id").values_list("tutor_id", "degree")


@compiled
def _liked(*, pks: Any, student: Any) -> Any:
    return FavouriteTutor.objects.filter(student=student, tutor__any=pks).order_by().values_list("tutor_id", flat=True)


def _revision(latest: TutorRevision | None) -> dict[str, Any] | None:
    """What became of the latest changes that needed approval, as long as it is news: they wait, or were rejected."""
    if latest is None or latest.state not in (RevisionState.PENDING, RevisionState.REJECTED):
        return None
    facts = {name: getattr(latest, name) for name in ("id", "state", "submitted_at", "decided_at", "reason")}
    return facts | {"parts": latest.parts}
