"""What rows say of themselves, against their histories. A row that has no history was made before there was one."""

from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import TutorEvent, TutorProfile
from adminpanel.integrity.check import Change, Check, RowCheck, corrected, named
from adminpanel.integrity.expressions import counted
from bookings.models import LIVE, Booking, BookingEvent
from bookings.services import access

_EVENTS = BookingEvent.objects.filter(booking=OuterRef("pk")).order_by()
_ENDINGS = _EVENTS.filter(from_status__in=LIVE).exclude(to_status__in=LIVE)


def _lock(pk: int) -> Booking:
    return access.lock(Booking.objects.with_everything().get(pk=pk))


def _tutors(now: datetime) -> QuerySet:
    newest = TutorEvent.objects.filter(tutor=OuterRef("pk")).order_by("-id").values("status")[:1]
    told = TutorProfile.objects.annotate(noted=Subquery(newest)).filter(noted__isnull=False)
    return told.exclude(status=F("noted"))


def _bookings(now: datetime) -> QuerySet:
    newest = _EVENTS.order_by("-id").values("to_status")[:1]
    told = Booking.objects.annotate(noted=Subquery(newest)).filter(noted__isnull=False)
    return told.exclude(status=F("noted"))


def _ended_at_another_time(now: datetime) -> QuerySet:
    # The last one: a lesson may come back, and end again (R-PAY-8).
    ending = Subquery(_ENDINGS.values("booking").annotate(at=Max("created_at")).values("at"))
    not_over = Q(status__in=LIVE, ended_at__isnull=False)
    over = ~Q(status__in=LIVE) & Q(due__isnull=False) & (Q(ended_at=None) | ~Q(ended_at=F("due")))
    return Booking.objects.annotate(due=ending).filter(not_over | over)


def _end(row, now: datetime) -> Change:  # type: ignore[no-untyped-def] # with an annotation
    return corrected(row, {"ended_at": None if row.status in LIVE else row.due}, now=now)


def _moved_otherwise(now: datetime) -> QuerySet:
    """Who moved it is in a text that erasures empty; how often it was moved is not."""
    moves = counted(_EVENTS.filter(kind="rescheduled"), by="booking")
    told = Booking.objects.annotate(moved=moves, moves=F("moves_by_student") + F("moves_by_tutor"))
    return told.filter(Exists(_EVENTS)).exclude(moves=F("moved"))


CHECKS: list[Check] = [
    RowCheck(
        "accounts.histories",
        "tutors are what their history says that they have become",
        _tutors,
        lambda row: f"{named(row)} is {row.status}, its history ends with {row.noted}.",
    ),
    RowCheck(
        "bookings.histories",
        "bookings are what their history says that they have become",
        _bookings,
        lambda row: f"{named(row)} is {row.status}, its history ends with {row.noted}.",
        is_thorough=True,
    ),
    RowCheck(
        "bookings.endings",
        "bookings that are over say since when, and the others do not",
        _ended_at_another_time,
        lambda row: f"{named(row)} is {row.status} and has ended_at {row.ended_at}; its history says {row.due}.",
        mend=_end,
        lock=_lock,
        is_thorough=True,
    ),
    RowCheck(
        "bookings.moves",
        "bookings count how often they were moved",
        _moved_otherwise,
        lambda row: f"{named(row)} counts {row.moves} moves; its history has {row.moved}.",
        is_thorough=True,
    ),
]
