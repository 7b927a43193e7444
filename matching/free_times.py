"""When lessons of tutors may begin: read for all students at once, and worked out where it is not known any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import TutorProfile
from bookings.services import slots
from bookings.services.timetable import TimetableReader
from bookings.slots import Span
from common.planning import planned_for_its_values
from matching.models import FreeTime
from matching.score.cells import A_DAY, STORED_DAYS, WINDOW, begun_in, between, lessons, midnight

# How long a change may have taken to be committed, after the moment that its row names.
SLOWEST_COMMIT = timedelta(seconds=30)
USUAL_MINUTES = 60
BATCH = 200
_STORED = ("origin", "starts", "lesson_minutes", "computed_at")
_DAY = timedelta(days=1)


def of(changed: Mapping[int, datetime], *, now: datetime, ahead: timedelta = timedelta(0)) -> dict[int, FreeTime]:
    """The free time of these tutors, of whom it is said when anything was last changed. What is older than that, or
    will be older than `MATCHING_FREE_TIME_KEPT_MINUTES` so long `ahead`, is worked out anew and kept.
    """
    oldest = now + ahead - timedelta(minutes=settings.MATCHING_FREE_TIME_KEPT_MINUTES)
    kept = {row.tutor_id: row for row in FreeTime.objects.filter(tutor__in=list(changed), computed_at__gt=oldest)}
    stale = [pk for pk, moment in changed.items() if pk not in kept or kept[pk].computed_at <= moment + SLOWEST_COMMIT]
    for start in range(0, len(stale), BATCH):
        kept |= _work_out(stale[start : start + BATCH], now)
    return kept


def cells(row: FreeTime | None, *, notice: timedelta, now: datetime) -> int:
    """The cells of lessons that may still be booked and begin in the next 14 days; none for who has no hours."""
    if row is None:
        return 0
    passed = (now.date() - row.origin).days * A_DAY
    starts = int.from_bytes(row.starts, "little") >> passed
    return lessons(starts & between(midnight(now.date()), now + notice, now + WINDOW), row.lesson_minutes)


def _work_out(pks: Sequence[int], now: datetime) -> dict[int, FreeTime]:
    rows = TutorProfile.objects.filter(pk__in=pks).select_related("user", "booking_terms").order_by("pk")
    tutors = {tutor: slots.terms_of(tutor) for tutor in rows if slots.takes_bookings(tutor)}
    if not tutors:
        return {}
    reader = TimetableReader(tutors, Span(now, now + STORED_DAYS * _DAY), now=now)
    with planned_for_its_values():  # another number of tutors is another statement
        offers = {tutor: reader.offer(tutor) for tutor in tutors}
    found, origin = [], midnight(now.date())
    for tutor, offer in offers.items():
        durations = tutors[tutor].durations
        minutes = USUAL_MINUTES if USUAL_MINUTES in durations else min(durations)
        last = now.date() + (STORED_DAYS - 1) * _DAY
        starts = begun_in(origin, (slot.start for slot in offer.free(now.date() - _DAY, last, minutes=minutes)))
        stored = starts.to_bytes(-(-starts.bit_length() // 8), "little")
        found.append(FreeTime(tutor=tutor, origin=now.date(), starts=stored, lesson_minutes=minutes, computed_at=now))
    FreeTime.objects.bulk_create(found, update_conflicts=True, unique_fields=["tutor"], update_fields=_STORED)
    return {row.tutor_id: row for row in found}
