"""The search by a form: which tutors fit, and which of them have a free lesson between two moments."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import TutorProfile
from accounts.querysets import DEFAULT_SORT, TutorQuerySet
from accounts.services.listing import sought
from bookings.services import slots
from bookings.services.timetable import TimetableReader
from bookings.slots import Offer, Span
from bookings.slots.hours import dates, local_date
from catalog.models import Subject
from common.planning import planned_for_its_values

# Free time is worked out, not looked up: of so many tutors at most, a few hundred in each statement.
MOST_LOOKED_AT = 500
BATCH = 100
LONGEST = timedelta(days=14)


def found_by(asked: Mapping[str, Any], *, now: datetime) -> TutorQuerySet:
    """The listed tutors who fit a search form: `MentorSearchSerializer` says what may be asked."""
    found = TutorProfile.objects.listed()
    if words := asked.get("query"):
        found = found.containing(sought(words))
    if named := asked.get("subjects"):
        ids = [each for each in named if isinstance(each, int)]
        subjects = Subject.objects.named([each for each in named if isinstance(each, str)], or_ids=ids)
        found = found.teaching_any(subjects)
    if spoken := asked.get("languages"):
        found = found.speaking([each.code for each in spoken])
    limits = {
        "hourly_rate__gte": asked.get("min_rate"),
        "hourly_rate__lte": asked.get("max_rate"),
        "average_rating__gte": asked.get("min_rating"),
        "experience_years__gte": asked.get("min_experience"),
    }
    found = found.filter(**{name: limit for name, limit in limits.items() if limit is not None})
    found = found.in_order(asked.get("sort", DEFAULT_SORT))
    if asked["between"] is None:
        return found
    return found.filter(pk__in=with_time_between(found, *asked["between"], now=now))


def with_time_between(found: TutorQuerySet, since: datetime, until: datetime, *, now: datetime) -> list[int]:
    """The ids of those tutors, in the order of `found`, of whom a lesson of the shortest length that they offer can be
    booked that begins at `since` or later and ends by `until`. The first `MOST_LOOKED_AT` of them are looked at.
    """
    tutors = list(found.filter(accepts_bookings=True).select_related("user", "booking_terms")[:MOST_LOOKED_AT])
    open_ones: list[int] = []
    for at in range(0, len(tutors), BATCH):
        open_ones += _open(tutors[at : at + BATCH], Span(max(since, now), until), now)
    return open_ones


def _open(tutors: Sequence[TutorProfile], asked: Span, now: datetime) -> list[int]:
    terms = {tutor: slots.terms_of(tutor) for tutor in tutors if slots.takes_bookings(tutor)}
    if not terms or asked.start >= asked.end:
        return []
    reader = TimetableReader(terms, asked, now=now)
    with planned_for_its_values():  # another number of tutors is another statement
        return [tutor.pk for tutor in terms if _has_time(reader.offer(tutor), asked, min(terms[tutor].durations))]


def _has_time(offer: Offer, asked: Span, minutes: int) -> bool:
    """Day by day, because mostly the first has something already."""
    first, last = (local_date(moment, offer.hours.zone) for moment in (asked.start, asked.end))
    return any(
        asked.start <= slot.start and slot.end <= asked.end
        for day in dates(first, last)
        for slot in offer.free(day, day, minutes=minutes)
    )
