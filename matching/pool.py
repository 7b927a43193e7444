"""The tutors among whom a student is matched. All that matching reads of tutors is read here, of many at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import TutorLanguage, TutorProfile, TutorSubject
from accounts.presenters.tutors import displayed_rating
from bookings.models import Booking, BookingStatus, TutorStrike
from matching import free_times
from matching.score import Level, Tutor, Wishes
from matching.score.facts import level_of
from matching.words import words_of
from sessions_app.models import TutoringSession

_ENDED = (
    BookingStatus.COMPLETED,
    BookingStatus.CANCELLED,
    BookingStatus.NO_SHOW_STUDENT,
    BookingStatus.NO_SHOW_TUTOR,
)
# The clock looks every quarter of an hour: what would be too old at its next look is worked out now.
_AHEAD = timedelta(minutes=20)
_TEXTS = ("title", "headline", "bio", "description", "teaching_philosophy")
_COLUMNS = (
    *("id", "user_id", "is_listed", "accepts_bookings", "hourly_rate", "currency", "ranking_score", "total_sessions"),
    *("rating_sum", "total_reviews"),
    *("decided_at", "created_at", "changed_at", "booking_terms__min_notice_hours", *_TEXTS),
)


def candidates() -> QuerySet[TutorProfile]:
    """Whom anybody may be matched with (the first of R-MAT-1's filters)."""
    return TutorProfile.objects.listed().filter(accepts_bookings=True)


def worth_reading(wishes: Wishes) -> QuerySet[TutorProfile]:
    """Those whom the database need not leave out for this student; the filters of the score decide about each."""
    found = candidates()
    if wishes.subjects:
        taught = TutorSubject.objects.filter(_sought(wishes)).values("tutor")
        found = found.filter(pk__in=taught)
    if wishes.languages and not wishes.accepts_any_language:
        found = found.filter(pk__in=TutorLanguage.objects.filter(code__in=wishes.languages).values("tutor"))
    return found


def with_changes(tutors: QuerySet[TutorProfile], *, now: datetime) -> Any:
    """With `changed_at`: when profile, hours, terms or calendar were last changed.

    Of the calendar all that is ahead counts, not the next two weeks alone: a lesson may have moved out of them.
    """
    ahead = TutoringSession.objects.filter(creator=OuterRef("user_id"), ends_at__gt=now)
    latest = ahead.order_by().values("creator").annotate(latest=Max("updated_at")).values("latest")
    profile = F("updated_at")
    return tutors.annotate(
        changed_at=Greatest(
            profile, Coalesce("booking_terms__updated_at", profile), Coalesce(Subquery(latest), profile)
        )
    )


def changed_since(moment: datetime, *, now: datetime, most: int) -> list[int]:
    """The listed tutors of whom something is newer than what was read at `moment`; one more than `most` at most."""
    tutors = with_changes(TutorProfile.objects.listed(), now=now)
    changed = tutors.filter(changed_at__gt=moment - free_times.SLOWEST_COMMIT)
    return list(changed.order_by("pk").values_list("pk", flat=True)[: most + 1])


def read(tutors: QuerySet[TutorProfile], *, now: datetime) -> list[Tutor]:
    """All that counts of these tutors, in the order of their ids. The same statements, however many they are, but for
    those whose free time has to be worked out.
    """
    rows = list(with_changes(tutors, now=now).order_by("pk").values(*_COLUMNS))
    pks = [row["id"] for row in rows]
    subjects, languages = _subjects(pks), _languages(pks)
    ended, strikes = _ended(pks), _strikes(pks)
    free = free_times.of({row["id"]: row["changed_at"] for row in rows}, now=now)
    return [
        Tutor(
            id=row["id"],
            user_id=row["user_id"],
            is_listed=row["is_listed"],
            takes_bookings=row["accepts_bookings"],
            subjects={pk: level for pk, level, _, _ in subjects[row["id"]]},
            categories=frozenset(category for _, _, category, _ in subjects[row["id"]] if category),
            languages=languages[row["id"]],
            hourly_rate=row["hourly_rate"],
            currency=row["currency"],
            ranking_score=row["ranking_score"],
            rating=displayed_rating(row["rating_sum"], row["total_reviews"]) if row["total_reviews"] else None,
            bookings=ended[row["id"]],
            late_cancels=strikes[row["id"], "late_cancel"],
            no_shows=strikes[row["id"], "no_show"],
            lessons=row["total_sessions"],
            days_here=max((now - (row["decided_at"] or row["created_at"])).days, 0),
            words=words_of(*(row[name] for name in _TEXTS), *(name for _, _, _, name in subjects[row["id"]])),
            free=free_times.cells(
                free.get(row["id"]), notice=timedelta(hours=row["booking_terms__min_notice_hours"] or 0), now=now
            ),
        )
        for row in rows
    ]


def _sought(wishes: Wishes) -> Q:
    exact = Q(subject__in=list(wishes.subjects))
    return exact if wishes.must_teach else exact | Q(subject__category__in=list(wishes.categories))


def _subjects(pks: Sequence[int]) -> dict[int, list[tuple[int, int, str, str]]]:
    found: dict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
    rows = TutorSubject.objects.filter(tutor__in=pks).order_by("id")
    columns = ("tutor_id", "subject_id", "proficiency_level", "subject__category", "subject__name")
    for tutor, subject, level, category, name in rows.values_list(*columns):
        found[tutor].append((subject, level_of(level) or Level.BEGINNER, category, name))
    return found


def _languages(pks: Iterable[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = TutorLanguage.objects.filter(tutor__in=pks).order_by("id")
    for tutor, code, level in rows.values_list("tutor_id", "code", "level"):
        found[tutor][code] = level_of(level) or Level.NATIVE
    return found


def _ended(pks: Iterable[int]) -> Counter[int]:
    rows = Booking.objects.filter(tutor__in=pks, status__in=_ENDED).order_by().values_list("tutor_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _strikes(pks: Iterable[int]) -> Counter[Any]:
    rows = TutorStrike.objects.filter(tutor__in=pks).order_by().values_list("tutor_id", "reason")
    return Counter({(tutor, reason): count for tutor, reason, count in rows.annotate(count=Count("pk"))})


def refresh_free_times(*, now: datetime) -> int:
    """Work out what is not known any more, or will not be soon; returns of how many tutors it is known."""
    changed = dict(with_changes(candidates(), now=now).order_by("pk").values_list("pk", "changed_at"))
    return len(free_times.of(changed, now=now, ahead=_AHEAD))
