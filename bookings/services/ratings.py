"""What a tutor's reviews come to: the figures that are shown, and the score that lists are sorted by.

They are worked out anew, under a lock of the tutor's row, in the transaction of whatever changes a review (R-RAT-1):
the score needs all the reviews anyway, and what was wrong before is right afterwards. `refresh_scores` lets scores age.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum

from accounts.models import TutorProfile
from accounts.models.tutor import STARS
from bookings.models import Review

# How many average reviews a tutor is believed to have besides the real ones.
PRIOR = 5
HALF_LIFE = timedelta(days=365)
BATCH = 200
# The mean of the whole platform moves slowly; to add it up for every review would cost more than all else.
_MEAN_KEPT_SECONDS = 600
_MEAN_KEY = "ratings:platform_mean"
_STORED = (
    *("rating_sum", "total_reviews", "average_rating", "ranking_score"),
    *(f"rated_{stars}" for stars in STARS),
)


class Rating(NamedTuple):
    """One review, as far as it counts."""

    student_id: int
    stars: int
    age: timedelta


def rating_of(student_id: int, stars: int, created_at: datetime, *, now: datetime) -> Rating:
    return Rating(student_id, stars, max(now - created_at, timedelta(0)))


def mean(total: int, count: int) -> Decimal:
    """Plain, to two decimals, half up; 0 without reviews. This is what is shown."""
    if not count:
        return Decimal(0)
    return (Decimal(total) / count).quantize(Decimal("0.01"), ROUND_HALF_UP)


def ranking_score(ratings: Iterable[Rating], *, platform_mean: float) -> Decimal:
    """For sorting only (R-RAT-3): a mean in which old reviews fade, drawn to the platform's where there are few.

    Each student counts once, with the average of what they said and the weight of the latest of it.
    """
    of_student: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for rating in ratings:
        of_student[rating.student_id].append((0.5 ** (rating.age / HALF_LIFE), rating.stars))
    weights, weighted = float(PRIOR), PRIOR * platform_mean
    for said in of_student.values():
        weight = max(weight for weight, _ in said)
        weights += weight
        weighted += weight * sum(w * stars for w, stars in said) / sum(w for w, _ in said)
    return Decimal(weighted / weights).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def recompute(tutor_id: int, *, now: datetime) -> bool:
    """Bring all figures of a tutor up to date; whether any of them changed.

    To be called in the transaction that writes, changes, hides or shows a review, or refunds a lesson; alone it
    repairs.
    """
    with transaction.atomic():
        # Not against foreign keys: two new reviews of one tutor would wait for each other.
        tutor = TutorProfile.objects.select_for_update(of=("self",), no_key=True).get(pk=tutor_id)
        before = {name: getattr(tutor, name) for name in _STORED}
        ratings = _ratings_of([tutor_id], now)[tutor_id]
        stars = Counter(rating.stars for rating in ratings)
        tutor.total_reviews = len(ratings)
        tutor.rating_sum = sum(rating.stars for rating in ratings)
        for each in STARS:
            setattr(tutor, f"rated_{each}", stars[each])
        tutor.average_rating = mean(tutor.rating_sum, tutor.total_reviews)
        overall = platform_mean() or float(tutor.average_rating)
        tutor.ranking_score = ranking_score(ratings, platform_mean=overall)
        changed = [name for name in _STORED if getattr(tutor, name) != before[name]]
        if changed:
            tutor.save(update_fields=[*changed, "updated_at"])  # by which matching looks again (R-MAT-6)
    return bool(changed)


def refresh_scores(*, now: datetime) -> int:
    """Let every tutor's score age (R-RAT-3); returns how many changed. Safe to repeat.

    `updated_at` stays as it is: all age a little every day, and matching, which would look at all of them again for
    that, keeps no list longer.
    """
    overall = platform_mean(fresh=True)
    unrated = TutorProfile.objects.filter(total_reviews=0)
    score = ranking_score([], platform_mean=overall)
    changed = unrated.exclude(ranking_score=score).update(ranking_score=score)
    rated = list(TutorProfile.objects.exclude(total_reviews=0).order_by("pk").values_list("pk", flat=True))
    return changed + sum(_refresh(rated[at : at + BATCH], overall, now) for at in range(0, len(rated), BATCH))


def platform_mean(*, fresh: bool = False) -> float:
    """The mean of all reviews that count; 0 while there are none."""
    known: float | None = None if fresh else cache.get(_MEAN_KEY)
    if known is not None:
        return known
    sums = TutorProfile.objects.filter(total_reviews__gt=0).aggregate(
        total=Sum("rating_sum"), count=Sum("total_reviews")
    )
    if not sums["count"]:
        return 0.0
    overall = float(sums["total"] / sums["count"])
    cache.set(_MEAN_KEY, overall, _MEAN_KEPT_SECONDS)
    return overall


def _refresh(tutor_ids: Sequence[int], overall: float, now: datetime) -> int:
    with transaction.atomic():
        tutors = list(
            TutorProfile.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=tutor_ids).order_by("pk")
        )
        ratings = _ratings_of(tutor_ids, now)
        before = {tutor.pk: tutor.ranking_score for tutor in tutors}
        for tutor in tutors:
            tutor.ranking_score = ranking_score(ratings[tutor.pk], platform_mean=overall)
        changed = [tutor for tutor in tutors if tutor.ranking_score != before[tutor.pk]]
        TutorProfile.objects.bulk_update(changed, ["ranking_score"])
    return len(changed)


def _ratings_of(tutor_ids: Iterable[int], now: datetime) -> dict[int, list[Rating]]:
    found: dict[int, list[Rating]] = defaultdict(list)
    rows = Review.objects.counted().filter(tutor__in=tutor_ids).order_by()
    for tutor_id, student_id, stars, at in rows.values_list("tutor_id", "student_id", "rating", "created_at"):
        found[tutor_id].append(rating_of(student_id, stars, at, now=now))
    return found
