"""A booking is called off, by whom and at what price (R-CAN-1 to 6)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin, require_no_party
from bookings.cancellation import NOTHING_LOST, Outcome, earns_strike
from bookings.errors import BookingStarted, NothingToWaive, QuoteExpired, WaiverUsed
from bookings.models import (
    Booking,
    BookingStatus,
    CancellationQuote,
    LateCancelWaiver,
    Party,
)
from bookings.services import access, clock, events, outcomes, settling, transitions
from bookings.services.events import Message, name_of, when

QUOTE_VALID = timedelta(minutes=2)
ONE_WAIVER_IN = COUNTED_FOR = timedelta(days=180)


def quote_cancellation(booking_id: int, *, actor: User) -> tuple[Booking, CancellationQuote]:
    """What it would give back if `actor` cancelled now, guaranteed for two minutes (R-CAN-5).

    Raises NotFound, InvalidTransition or BookingStarted.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now) as booking:
        party = access.party_of(booking, actor)
        _require_cancellable(booking, party, now)
        result = settling.outcome_of(booking, party, now=now)
        quote = CancellationQuote.objects.create(
            booking=booking,
            user=actor,
            refund_percent=result.refund_percent,
            releases_credit=result.releases_credit,
            valid_until=now + QUOTE_VALID,
        )
    return booking, quote


def cancel_booking(
    booking_id: int, *, actor: User, reason: str = "", quote_id: UUID | None = None, version: int | None = None
) -> Booking:
    """Call a lesson off before it begins; either side may, and an admin at no cost to the student.

    What the student gets back follows from the policy, or from a quote that is still valid.
    Raises NotFound, StaleVersion, InvalidTransition, BookingStarted or QuoteExpired.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        party = access.party_of(booking, actor)
        _require_cancellable(booking, party, now)
        result = _quoted(booking, quote_id, actor, now) if quote_id else settling.outcome_of(booking, party, now=now)
        is_struck = party == Party.TUTOR and _earns_strike(booking, now)
        events.tell(
            outcomes.cancel(booking, result, actor=actor, by=party, reason=reason, now=now, is_struck=is_struck)
        )
    return booking


def cancel_with_waiver(
    booking_id: int,
    *,
    actor: User,
    reason: str,
    refund_percent: int,
    release_credit: bool,
    version: int | None = None,
) -> Booking:
    """An admin calls a lesson off, even one that has begun, and decides what the student gets back.

    Raises Forbidden, NotFound, StaleVersion or InvalidTransition.
    """
    require_admin(actor)
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        require_no_party(actor, booking.student_id, booking.tutor.user_id)
        transitions.require(booking, BookingStatus.CANCELLED, verb="cancel")
        result = Outcome(refund_percent, releases_credit=release_credit)
        events.tell(
            outcomes.cancel(booking, result, actor=actor, by=Party.ADMIN, reason=reason, now=now, is_struck=False)
        )
    return booking


def waive_late_cancel(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """The tutor forgives a student a late cancellation: everything is given back (R-CAN-6).

    Raises NotFound, StaleVersion, NotYourPart, NothingToWaive or WaiverUsed.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.TUTOR, verb="waive a late cancellation")
        if not booking.is_late_cancellation:
            raise NothingToWaive
        _require_waiver_left(booking, now)
        LateCancelWaiver.objects.create(booking=booking, student=booking.student, tutor=booking.tutor, created_at=now)
        settled = settling.settle(booking, NOTHING_LOST, actor=actor, now=now)
        transitions.write(booking, now=now, **settled)
        text = (
            f"{name_of(booking, Party.TUTOR)} waived the late cancellation of your lesson on "
            f"{when(booking, Party.STUDENT)}: you get everything back."
        )
        message = Message(Party.STUDENT, "Late cancellation waived", text)
        events.tell(events.record(booking, "late_cancel_waived", message, actor=actor, now=now))
    return booking


def late_cancellations_of(student_id: int, *, now: datetime) -> int:
    """How many lessons the student called off late in the last 180 days and was not forgiven (R-CAN-3)."""
    late = Booking.objects.late_cancellations().filter(student=student_id)
    return late.filter(ended_at__gt=now - COUNTED_FOR).count()


def _require_cancellable(booking: Booking, party: Party, now: datetime) -> None:
    transitions.require(booking, BookingStatus.CANCELLED, verb="cancel")
    if now >= booking.starts_at and party != Party.ADMIN:
        raise BookingStarted


def _earns_strike(booking: Booking, now: datetime) -> bool:
    """Not for a lesson that an admin has given to this tutor: they never agreed to it (R-BOOK-7)."""
    is_late = booking.status == BookingStatus.CONFIRMED and earns_strike(booking.starts_at - now)
    return is_late and not booking.events.filter(kind=events.REASSIGNED).exists()


def _quoted(booking: Booking, quote_id: UUID, actor: User, now: datetime) -> Outcome:
    quote = booking.quotes.filter(pk=quote_id, user=actor, valid_until__gte=now).first()
    if quote is None:
        raise QuoteExpired
    return Outcome(quote.refund_percent, releases_credit=quote.releases_credit)


def _require_waiver_left(booking: Booking, now: datetime) -> None:
    """The calendars of both are locked: of two waivers at once one sees the other."""
    of_the_pair = LateCancelWaiver.objects.filter(student=booking.student_id, tutor=booking.tutor_id)
    latest = of_the_pair.filter(created_at__gt=now - ONE_WAIVER_IN).order_by("-created_at").first()
    if latest:
        raise WaiverUsed(allowed_at=latest.created_at + ONE_WAIVER_IN)
