"""What this app adds to tutors in lists (`settings.TUTOR_CARD_SECTIONS`), for all tutors of a page at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.db.models import OuterRef, Subquery

from accounts.models import TutorProfile
from bookings.models import Review
from bookings.services import slots
from bookings.services.timetable import TimetableReader
from bookings.slots import Span
from common.planning import planned_for_its_values

MOST_SLOTS, USUAL_MINUTES = 3, 60
DAYS_AHEAD = 14
# To work them out for a page takes longer than the whole search. Booking looks at the hours themselves.
KEPT_SECONDS = 60


def reviews_and_slots(tutor_ids: Sequence[int], *, now: datetime) -> dict[int, dict[str, Any]]:
    """Two columns, up to a minute old.

    `recent_review`: what the latest review with words says, of those that count; null without one.
    `next_available_slots`: when the next three lessons of an hour may begin, within two weeks; where no lesson of an
    hour is offered, those of the shortest length that is.
    """
    kept = caches["tutor_cards"]
    found = {int(pk): known for pk, known in kept.get_many(map(str, tutor_ids)).items()}
    missing = [pk for pk in tutor_ids if pk not in found]
    if missing:
        reviews, starts = _recent_reviews(missing), _next_starts(missing, now)
        read = {pk: (reviews.get(pk), starts[pk]) for pk in missing}
        kept.set_many({str(pk): known for pk, known in read.items()}, KEPT_SECONDS)
        found |= read
    return {
        pk: {"recent_review": review, "next_available_slots": [start for start in starts if start > now]}
        for pk, (review, starts) in ((pk, found[pk]) for pk in tutor_ids)
    }


def _recent_reviews(tutor_ids: Iterable[int]) -> dict[int, str | None]:
    words = Review.objects.counted().filter(tutor=OuterRef("pk")).exclude(comment="").order_by("-created_at", "-id")
    tutors = TutorProfile.objects.filter(pk__in=tutor_ids).order_by()
    return dict(tutors.values_list("pk", Subquery(words.values("comment")[:1])))


def _next_starts(tutor_ids: Iterable[int], now: datetime) -> dict[int, list[datetime]]:
    rows = TutorProfile.objects.filter(pk__in=tutor_ids).select_related("user", "booking_terms").order_by()
    found: dict[int, list[datetime]] = {pk: [] for pk in tutor_ids}
    tutors = {tutor: slots.terms_of(tutor) for tutor in rows if slots.takes_bookings(tutor)}
    if not tutors:
        return found
    reader = TimetableReader(tutors, Span(now, now + timedelta(days=DAYS_AHEAD + 1)), now=now)
    with planned_for_its_values():  # another number of tutors is another statement
        offers = {tutor: reader.offer(tutor) for tutor in tutors}
    for tutor, offer in offers.items():
        durations = tutors[tutor].durations
        minutes = USUAL_MINUTES if USUAL_MINUTES in durations else min(durations)
        found[tutor.pk] = [slot.start for slot in offer.soonest(MOST_SLOTS, minutes=minutes, days=DAYS_AHEAD)]
    return found
