"""Tutors as they are answered: cards for lists and for everybody, the full profile for who is signed in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from accounts.presenters.avatars import avatar_url
from accounts.services.presence import is_online
from catalog.reference import language_names

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


def cards(tutors: QuerySet[TutorProfile], *, viewer: User | None = None) -> list[dict[str, Any]]:
    """The tutors of one page (a sliced and sorted queryset) for a list: ids first, then only what the page shows.

    With a `viewer` each says whether it is a favourite of theirs. Other apps add what they know
    (`settings.TUTOR_CARD_SECTIONS`). Costs the same whatever the number of tutors.
    """
    return _with_sections(_cards(_rows_on(tutors), viewer))


def cards_of(pks: Sequence[int], *, viewer: User) -> list[dict[str, Any]]:
    """The same for tutors in an order of their own."""
    rows = {row["id"]: row for row in TutorProfile.objects.filter(pk__in=pks).values(*_COLUMNS)}
    return _with_sections(_cards([rows[pk] for pk in pks if pk in rows], viewer))


def with_levels(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards with the languages that their tutors teach in, and how well they speak them."""
    names, spoken = language_names(), defaultdict(list)
    rows = TutorLanguage.objects.filter(tutor__in=[card["id"] for card in cards]).order_by("id")
    for tutor_id, code, level in rows.values_list("tutor_id", "code", "level"):
        spoken[tutor_id].append({"code": code, "name": names.get(code, code), "level": level})
    return [card | {"spoken_languages": spoken[card["id"]]} for card in cards]


def card(profile: TutorProfile) -> dict[str, Any]:
    """One tutor as everybody sees them."""
    return _with_sections(_cards(_rows_of(profile), None))[0]


def full(profile: TutorProfile, *, viewer: User | None) -> dict[str, Any]:
    """The detailed profile, with what other apps know of it (`settings.TUTOR_PROFILE_SECTIONS`).

    How its approval goes, and which scans it has, only its owner and admins are told; the owner reads what waits for
    approval as if it were approved. `viewer` is None for who is not signed in. Here languages are codes and `education`
    is the list, as in the document's profile; in a card they are names and a sentence.
    """
    shown = _cards(_rows_of(profile), viewer)[0]
    shown["language_names"], shown["languages"] = shown["languages"], shown.pop("language_codes")
    is_own = viewer is not None and viewer.pk == profile.user_id
    knows_all = is_own or (viewer is not None and viewer.is_admin)
    shown |= {name: getattr(profile, name) for name in (*_FULL, *(APPROVAL if knows_all else ()))}
    latest = profile.revisions.first() if knows_all else None
    draft = latest if is_own and latest and latest.state == RevisionState.PENDING else None
    shown |= draft.words if draft else {}
    shown |= {"revision": _revision(latest)} if knows_all else {}
    certificates, degrees = (_rows_shown(profile, draft, name) for name in ("certifications", "education"))
    shown["certifications"] = _credentials(certificates, "title", "issuer", knows_all=knows_all)
    shown["educations"] = shown["education"] = _credentials(degrees, "degree", "institution", knows_all=knows_all)
    for section in settings.TUTOR_PROFILE_SECTIONS:
        shown |= import_string(section)(profile)
    return shown


def brief(page: QuerySet[TutorProfile]) -> list[dict[str, Any]]:
    """The tutors of one page as the learner_v1 client lists them: by their user's id, with their subjects' names."""
    rows = _rows_on(page)
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
        for shown in _cards(_rows_on(tutors), None)
    ]


def displayed_rating(total: int, count: int) -> Decimal:
    """The plain mean to one decimal, half up; 0 without reviews (R-RAT-2)."""
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else Decimal(0)


def _rows_on(page: QuerySet[TutorProfile]) -> list[dict[str, Any]]:
    shown = TutorProfile.objects.filter(pk__in=page.values("pk")).order_by(*page.query.order_by)
    return list(shown.values(*_COLUMNS))


def _rows_of(profile: TutorProfile) -> list[dict[str, Any]]:
    return list(TutorProfile.objects.filter(pk=profile.pk).values(*_COLUMNS))


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


def _subjects(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"subjects": [], "subject_names": []})
    rows = TutorSubject.objects.filter(tutor__in=pks).order_by("id")
    columns = ("tutor_id", "subject_id", "subject__name", "subject__category", "proficiency_level", "years_experience")
    for tutor_id, subject_id, name, category, level, years in rows.values_list(*columns):
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


def _languages(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"languages": [], "language_codes": []})
    names = language_names()
    rows = TutorLanguage.objects.filter(tutor__in=pks).order_by("id")
    for tutor_id, code in rows.values_list("tutor_id", "code"):
        found[tutor_id]["languages"].append(names.get(code, code))
        found[tutor_id]["language_codes"].append(code)
    return found


def _first_degrees(pks: Iterable[int]) -> dict[int, str]:
    rows = TutorEducation.objects.approved().filter(tutor__in=pks).order_by("-id")
    return dict(rows.values_list("tutor_id", "degree"))  # the last to come is the tutor's first


def _favourites(pks: Iterable[int], viewer: User) -> set[int]:
    return set(FavouriteTutor.objects.filter(student=viewer, tutor__in=pks).values_list("tutor_id", flat=True))


def _rows_shown(profile: TutorProfile, draft: TutorRevision | None, name: str) -> Any:
    """The approved rows, or to their owner those that wait."""
    return getattr(draft, name).all() if draft and name in draft.lists else getattr(profile, name).approved()


def _revision(latest: TutorRevision | None) -> dict[str, Any] | None:
    """What became of the latest changes that needed approval, as long as it is news: they wait, or were rejected."""
    if latest is None or latest.state not in (RevisionState.PENDING, RevisionState.REJECTED):
        return None
    facts = {name: getattr(latest, name) for name in ("id", "state", "submitted_at", "decided_at", "reason")}
    return facts | {"parts": latest.parts}


def _credentials(
    rows: "QuerySet[TutorCertification] | QuerySet[TutorEducation] | Any", title: str, by: str, *, knows_all: bool
) -> list[dict[str, Any]]:
    """Certificates or degrees in the tutor's order; `file_url` leads to the scan, for who may see it."""
    return [
        {"id": row["id"], title: row[title], by: row[by], "year": row["year"]}
        | ({"file_url": _file_url(rows.model, row)} if knows_all else {})
        for row in rows.order_by("id").values("id", title, by, "year", "file")
    ]


def _file_url(model: type[TutorCertification | TutorEducation], row: dict[str, Any]) -> str | None:
    kind = "certifications" if model is TutorCertification else "education"
    return f"{settings.PUBLIC_URL}/api/tutors/{kind}/{row['id']}/file" if row["file"] else None
