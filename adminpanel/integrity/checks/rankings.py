"""The scores that tutors are sorted by."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Count, Exists, Model, OuterRef, Q, Sum

from accounts.models import TutorProfile, User
from accounts.models.tutor import STARS
from adminpanel.integrity.check import EXAMPLES, Change, Check, Example, Found, OneByOne
from bookings.models import Review
from bookings.services import ratings

# Scores are worked out anew every night, and one night may fail.
KEPT = timedelta(days=2)
# More than any score moves in that time by getting older.
AGED = Decimal("0.01")


class Off(NamedTuple):
    """A score that is outside of what it can be."""

    tutor_id: int
    score: Decimal
    least: Decimal
    most: Decimal


class Rankings(OneByOne):
    """A score is as old as the tutor's last review, or as the last night, and nobody wrote down which mean of the
    platform it was drawn to. What can be said is within which bounds it must be.
    """

    name = "bookings.rankings"
    looks_at = "tutors' ranking scores are what their reviews come to, as of two days ago at the earliest"
    is_thorough = True
    can_repair = True

    def find(self, *, now: datetime, thorough: bool) -> Found:
        found = list(_off(now))
        return Found(len(found), tuple(_example(each) for each in found[:EXAMPLES]))

    def model(self, now: datetime) -> type[Model]:
        return TutorProfile

    def wrong_pks(self, now: datetime) -> Iterable[int]:
        return (each.tutor_id for each in _off(now))

    def repair(self, *, actor: User | None, now: datetime) -> int:
        ratings.platform_mean(fresh=True)
        return super().repair(actor=actor, now=now)

    def mend(self, pk: int, now: datetime) -> tuple[Model, Change] | None:
        tutor = TutorProfile.objects.get(pk=pk)
        before = tutor.ranking_score
        ratings.recompute(pk, now=now)
        tutor.refresh_from_db(fields=["ranking_score"])
        if tutor.ranking_score == before:
            return None
        return tutor, Change({"ranking_score": before}, {"ranking_score": tutor.ranking_score})


def _example(off: Off) -> Example:
    name = f"{TutorProfile._meta.label_lower}:{off.tutor_id}"
    return Example(name, f"{name} has ranking_score {off.score}; its reviews come to {off.least} to {off.most}.")


def _off(now: datetime) -> Iterator[Off]:
    means = _platform_means(now)
    yield from _rated(means, now)
    least, most = _bounds([], means)
    reviews = Review.objects.counted().filter(tutor=OuterRef("pk"))
    unrated = TutorProfile.objects.filter(~Exists(reviews)).exclude(ranking_score__range=(least, most))
    # Until their first night newcomers have no score at all.
    known = unrated.exclude(ranking_score=0, created_at__gte=now - KEPT).order_by("pk")
    for pk, score in known.values_list("pk", "ranking_score"):
        yield Off(pk, score, least, most)


def _rated(means: tuple[float, float], now: datetime) -> Iterator[Off]:
    """By one statement, whatever the number of reviews: they come tutor by tutor."""
    columns = ("tutor_id", "tutor__ranking_score", "student_id", "rating", "created_at")
    told = Review.objects.counted().order_by("tutor_id").values_list(*columns)
    for (pk, score), lines in groupby(told.iterator(), key=itemgetter(0, 1)):
        said = [ratings.rating_of(student_id, stars, at, now=now) for _, _, student_id, stars, at in lines]
        least, most = _bounds(said, means)
        if not least <= score <= most:
            yield Off(pk, score, least, most)


def _bounds(said: Sequence[ratings.Rating], means: tuple[float, float]) -> tuple[Decimal, Decimal]:
    least, most = (ratings.ranking_score(said, platform_mean=mean) for mean in means)
    return least - AGED, most + AGED


def _platform_means(now: datetime) -> tuple[float, float]:
    """Between which the platform's mean has been meanwhile: whatever was written, changed, hidden, shown or given back
    since then may have had, and have, any number of stars, or have counted for nothing.
    """
    since = now - KEPT
    lately = Q(updated_at__gte=since) | Q(booking__updated_at__gte=since)
    settled = Review.objects.counted().exclude(lately).aggregate(stars=Sum("rating"), number=Count("pk"))
    changed, stars, number = Review.objects.filter(lately).count(), settled["stars"] or 0, settled["number"]
    if not number + changed:
        return 0.0, 0.0
    least, most = ((stars + changed * each) / (number + changed) for each in (min(STARS), max(STARS)))
    return (least if number else 0.0), most


CHECKS: list[Check] = [Rankings()]
