"""What the clock should have done by now. A short while late is no fault: somebody will be at it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services import tutor_moves
from adminpanel.integrity.check import MENDED_AT_ONCE, REPAIRED, Check, RowCheck, named
from audit.services import record
from bookings.models import Booking, BookingStatus, DisputeState, NoShowClaim, PackagePurchase, PurchaseStatus, SlotHold
from bookings.services import clock, expiry, extensions, holds
from messaging.models import Message
from messaging.services import changing
from sessions_app.models import JoinRequest, SessionKind, SessionStatus, TutoringSession, WaitlistEntry
from sessions_app.querysets import joinable_after
from sessions_app.services import course, promotion, requests

LATE = timedelta(hours=1)


class Overdue(RowCheck):
    """Rows that time should have changed. They are repaired by what the clock calls (`advance`), which tells people and
    audits as ever; that it was done here has an entry of its own.
    """

    def __init__(
        self,
        name: str,
        looks_at: str,
        rows: Callable[[datetime], QuerySet],
        explain: Callable[[Any], str],
        *,
        advance: Callable[[datetime], object],
    ) -> None:
        super().__init__(name, looks_at, rows, explain)
        self._advance = advance
        self.can_repair = True

    def repair(self, *, actor: User | None, now: datetime) -> int:
        late = list(self.rows(now).order_by("pk")[:MENDED_AT_ONCE])
        if not late:
            return 0
        self._advance(now)
        still = set(self.rows(now).filter(pk__in=[row.pk for row in late]).values_list("pk", flat=True))
        done = [row for row in late if row.pk not in still]
        for row in done:
            record(REPAIRED, actor=actor, obj=row, before={"overdue": True}, after={"overdue": False}, reason=self.name)
        return len(done)


def _suspensions(now: datetime) -> QuerySet:
    return TutorProfile.objects.filter(status=TutorStatus.SUSPENDED, suspended_until__lte=now - LATE)


def _sessions(now: datetime) -> QuerySet:
    late = now - LATE
    never_started = Q(status=SessionStatus.UPCOMING, ends_at__lte=late - course.NEVER_STARTED)
    never_ended = Q(status=SessionStatus.ONGOING, ends_at__lte=late - course.NEVER_COMPLETED)
    return TutoringSession.objects.present().exclude(kind=SessionKind.PRIVATE).filter(never_started | never_ended)


def _offers(now: datetime) -> QuerySet:
    late = Q(session__starts_at__lte=joinable_after(now - LATE)) | Q(state="offered", offer_expires_at__lte=now - LATE)
    return WaitlistEntry.objects.live().filter(late, session__status=SessionStatus.UPCOMING)


def _requests(now: datetime) -> QuerySet:
    over = Q(session__starts_at__lte=joinable_after(now - LATE))
    return JoinRequest.objects.pending().filter(over, session__status=SessionStatus.UPCOMING)


def _unanswered(now: datetime) -> QuerySet:
    return Booking.objects.overdue_requests(now - LATE)


def _lessons(now: datetime) -> QuerySet:
    claims = NoShowClaim.objects.filter(booking=OuterRef("pk"), state=NoShowClaim.State.OPEN)
    over = Booking.objects.filter(
        status=BookingStatus.CONFIRMED,
        dispute_state=DisputeState.NONE,
        ends_at__lte=now - LATE - clock.COMPLETED_UNSEEN_AFTER,
    )
    return over.filter(~Exists(claims))


def _purchases(now: datetime) -> QuerySet:
    over = PackagePurchase.objects.filter(status=PurchaseStatus.ACTIVE, expires_at__lte=now - LATE)
    return over.exclude(extensions__state="open")


def _expire(now: datetime) -> None:
    extensions.accept_unanswered(now=now)
    expiry.expire_overdue(now=now)


def _holds(now: datetime) -> QuerySet:
    return SlotHold.objects.filter(expires_at__lte=now - LATE)


def _deleted_messages(now: datetime) -> QuerySet:
    return Message.objects.kept_too_long(before=now - changing.KEPT_FOR - LATE)


CHECKS: list[Check] = [
    Overdue(
        "clock.suspensions",
        "suspensions end when they were meant to",
        _suspensions,
        lambda row: f"{named(row)} is still suspended, until {row.suspended_until:%Y-%m-%d %H:%M} UTC.",
        advance=lambda now: tutor_moves.end_suspensions(now=now),
    ),
    Overdue(
        "clock.sessions",
        "sessions are over when their time is",
        _sessions,
        lambda row: f"{named(row)} is {row.status}, but ended on {row.ends_at:%Y-%m-%d %H:%M} UTC.",
        advance=lambda now: course.advance_overdue(now=now, limit=MENDED_AT_ONCE),
    ),
    Overdue(
        "clock.offers",
        "offers of seats lapse, and queues close in time",
        _offers,
        lambda row: f"{named(row)} is {row.state}, but its time is over.",
        advance=lambda now: promotion.advance_overdue(now=now, limit=MENDED_AT_ONCE),
    ),
    Overdue(
        "clock.join_requests",
        "requests for seats are closed once nobody can join",
        _requests,
        lambda row: f"{named(row)} is pending, but its session has begun.",
        advance=lambda now: requests.close_overdue(now=now, limit=MENDED_AT_ONCE),
    ),
    Overdue(
        "clock.booking_requests",
        "booking requests that nobody answered expire",
        _unanswered,
        lambda row: f"{named(row)} is pending, but lapsed on {row.expires_at:%Y-%m-%d %H:%M} UTC.",
        advance=lambda now: clock.advance_overdue(now=now, limit=MENDED_AT_ONCE),
    ),
    Overdue(
        "clock.lessons",
        "confirmed lessons are completed a day after their end",
        _lessons,
        lambda row: f"{named(row)} is confirmed, but ended on {row.ends_at:%Y-%m-%d %H:%M} UTC.",
        advance=lambda now: clock.advance_overdue(now=now, limit=MENDED_AT_ONCE),
    ),
    Overdue(
        "clock.packages",
        "packages expire in time",
        _purchases,
        lambda row: f"{named(row)} is active, but expired on {row.expires_at:%Y-%m-%d %H:%M} UTC.",
        advance=_expire,
    ),
    Overdue(
        "clock.holds",
        "holds of slots are deleted when they are over",
        _holds,
        lambda row: f"{named(row)} ended on {row.expires_at:%Y-%m-%d %H:%M} UTC.",
        advance=lambda now: holds.purge_expired(now=now),
    ),
    Overdue(
        "clock.deleted_messages",
        "texts of deleted messages are forgotten after 30 days",
        _deleted_messages,
        lambda row: f"{named(row)} was deleted on {row.deleted_at:%Y-%m-%d %H:%M} UTC, and its text is still kept.",
        advance=lambda now: changing.wipe(now=now),
    ),
]
