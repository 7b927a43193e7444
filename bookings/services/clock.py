"""What time does to bookings: requests and proposals lapse, lessons begin and are completed, claims are upheld, and
what has lost its tutor or its student is called off.

A periodic task does it (`advance_overdue`), and so does whoever wants to write to a booking (`opened`), so that nothing
depends on the task (R-GEN-4).
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import TutorProfile, User
from bookings.models import (
    Attendance,
    Booking,
    BookingStatus,
    DisputeState,
    NoShowClaim,
    Party,
    RescheduleProposal,
)
from bookings.services import access, calendars, departures, events, lessons, outcomes, presence, proposals
from bookings.services.events import News
from common.compiled import compiled
from common.errors import DomainError
from sessions_app.models import SessionStatus

log = logging.getLogger(__name__)

COMPLETED_AFTER = timedelta(minutes=15)
COMPLETED_UNSEEN_AFTER = timedelta(hours=24)
UPHELD_AFTER = timedelta(hours=24)


@contextmanager
def opened(booking_id: int, actor: User, *, now: datetime, version: int | None = None) -> Iterator[Booking]:
    """The booking as the clock has left it, locked until the block ends: the first line of every service.

    Raises NotFound or StaleVersion.
    """
    booking = access.find(booking_id, actor)
    catch_up(booking, now=now)
    with transaction.atomic():
        yield access.lock(booking, version=version)


def catch_up(booking: Booking, *, now: datetime) -> bool:
    """Apply what is due, in a transaction of its own, so that it stands even if the caller is refused; whether it did
    anything.
    """
    if not _may_be_due(booking, now):
        return False
    with transaction.atomic():
        news = _apply(access.lock(booking), now)
        if news:
            events.tell(*news)
    return bool(news)


def requests_in_the_way(
    tutor: TutorProfile, student: User, starts: Sequence[datetime], length: timedelta, *, now: datetime
) -> list[Booking]:
    """Requests that have lapsed unseen, and still hold a time that somebody else wants."""
    between = {"since": min(starts), "until": max(starts) + length}
    lapsed = _lapsed_between(tutor=tutor.pk, student=student.pk, now=now, **between)
    return [one for one in lapsed if any(one.starts_at < start + length and one.ends_at > start for start in starts)]


@compiled
def _lapsed_between(*, tutor: Any, student: Any, since: Any, until: Any, now: Any) -> QuerySet[Booking]:
    of_either = Booking.objects.overdue_requests(now).filter(Q(tutor=tutor) | Q(student=student))
    return of_either.filter(starts_at__lt=until, ends_at__gt=since).with_everything().order_by("pk")


def lock_people(people: Iterable[User], clearing: Sequence[Booking]) -> None:
    """Lock the calendars of these people and of the parties of those bookings, all at once."""
    others = [user for booking in clearing for user in (booking.student, booking.tutor.user)]
    calendars.lock(*people, *others)


def clear_away(clearing: Sequence[Booking], *, now: datetime) -> list[News]:
    """Let these requests expire, of which all calendars are locked. They are looked at once more before that."""
    rows = [access.lock_row(booking.pk) for booking in clearing]
    return [outcomes.expire(row, now=now) for row in rows if _has_expired(row, now)]


def advance_overdue(*, now: datetime, limit: int = 500) -> int:
    """Do all that is due; returns how many bookings moved on. Several may run at once."""
    return sum(_advance_one(pk, now) for pk in sorted(_overdue(now, limit)))


def cancel_lessons_of(user_id: int, *, now: datetime) -> int:
    """Call off what is to come of a tutor who stopped teaching, or a student who left; returns how many lessons."""
    theirs = departures.orphaned(now).filter(Q(tutor__user=user_id) | Q(student=user_id))
    pks = list(theirs.order_by("pk").values_list("pk", flat=True))
    return sum(_advance_one(pk, now) for pk in pks)


def _advance_one(pk: int, now: datetime) -> bool:
    """One that fails does not hold up the others; it is due again the next time."""
    try:
        with transaction.atomic():
            news = _apply(access.lock(Booking.objects.with_everything().get(pk=pk)), now)
            if news:
                events.tell(*news)
            return bool(news)
    except (DomainError, DatabaseError):
        log.warning("booking_not_advanced", extra={"booking": pk}, exc_info=True)
        return False


def _overdue(now: datetime, limit: int) -> set[int]:
    confirmed = Booking.objects.filter(status=BookingStatus.CONFIRMED)
    undisputed = confirmed.filter(~Exists(_open_claims(OuterRef("pk"))), dispute_state=DisputeState.NONE)
    here = Attendance.objects.filter(booking=OuterRef("pk"))
    parts: list[QuerySet] = [
        Booking.objects.overdue_requests(now).order_by("expires_at"),
        Booking.objects.filter(status=BookingStatus.PENDING, nudge_at__lte=now).order_by("nudge_at"),
        departures.orphaned(now).order_by("starts_at"),
        confirmed.filter(proposals__state=RescheduleProposal.State.OPEN, proposals__lapses_at__lte=now),
        confirmed.filter(no_show_claims__in=_due_claims(now)),
        undisputed.filter(ends_at__lte=now - COMPLETED_UNSEEN_AFTER).order_by("ends_at"),
        undisputed.filter(Exists(here), ends_at__lte=now - COMPLETED_AFTER).order_by("ends_at"),
        confirmed.filter(
            Exists(here.filter(left_at=None)),
            starts_at__lte=now,
            ends_at__gt=now,
            session__status=SessionStatus.UPCOMING,
        ),
    ]
    return {pk for part in parts for pk in part.values_list("pk", flat=True)[:limit]}


def _may_be_due(booking: Booking, now: datetime) -> bool:
    """Whether it is worth a lock. A lapsed proposal needs none: nobody takes it for an open one."""
    has_begun = booking.status == BookingStatus.CONFIRMED and booking.starts_at <= now
    return has_begun or _has_expired(booking, now) or departures.is_orphaned(booking, now)


def _has_expired(booking: Booking, now: datetime) -> bool:
    is_over = booking.expires_at is not None and booking.expires_at <= now
    return is_over and booking.status == BookingStatus.PENDING


def _apply(booking: Booking, now: datetime) -> list[News]:
    """What is due of a locked booking."""
    if _has_expired(booking, now):
        return [outcomes.expire(booking, now=now)]
    if departures.is_orphaned(booking, now):
        return [departures.cancel(booking, now=now)]
    if booking.status == BookingStatus.PENDING:
        is_time = booking.nudge_at is not None and booking.nudge_at <= now
        return [outcomes.nudge(booking, now=now)] if is_time else []
    if booking.status != BookingStatus.CONFIRMED:
        return []
    return [*_lapse(booking, now), *_run(booking, now)]


def _lapse(booking: Booking, now: datetime) -> list[News]:
    proposal = booking.proposals.filter(state=RescheduleProposal.State.OPEN, lapses_at__lte=now).first()
    if proposal is None:
        return []
    return [lessons.close_proposal(booking, proposal, proposals.State.LAPSED, actor=None, now=now)]


def _run(booking: Booking, now: datetime) -> list[News]:
    """A confirmed lesson on its way: begun, missed, or completed."""
    if booking.starts_at > now or booking.dispute_state == DisputeState.OPEN:
        return []
    claim = _open_claims(booking.pk).first()
    if claim is not None:
        return [_decide(booking, claim, now)] if claim.created_at <= now - UPHELD_AFTER else []
    if _is_completed(booking, now):
        return [outcomes.complete(booking, actor=None, now=now)]
    if booking.session.status == SessionStatus.UPCOMING and now < booking.ends_at and presence.both_are_there(booking):
        return [lessons.begin(booking, actor=None, now=now)]
    return []


def _is_completed(booking: Booking, now: datetime) -> bool:
    if booking.ends_at + COMPLETED_UNSEEN_AFTER <= now:
        return True
    return booking.ends_at + COMPLETED_AFTER <= now and presence.both_were_there(booking, now=now)


def _decide(booking: Booking, claim: NoShowClaim, now: datetime) -> News:
    """A student's claim that nobody contested for a day: upheld, unless the tutor was there (R-NS-3)."""
    if claim.absent == Party.TUTOR and not presence.ever_came(booking, booking.tutor.user_id):
        lessons.close_claim(claim, NoShowClaim.State.UPHELD, now=now)
        return outcomes.tutor_absent(booking, actor=None, now=now)
    lessons.close_claim(claim, NoShowClaim.State.CONTESTED, now=now)
    return lessons.open_dispute(booking, actor=None, now=now)


def _open_claims(booking: Any) -> QuerySet[NoShowClaim]:
    return NoShowClaim.objects.filter(booking=booking, state=NoShowClaim.State.OPEN)


def _due_claims(now: datetime) -> QuerySet[NoShowClaim]:
    return NoShowClaim.objects.filter(state=NoShowClaim.State.OPEN, created_at__lte=now - UPHELD_AFTER)
