"""Moderators decide what the parties of a booking disagree about."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin, require_no_party
from bookings.cancellation import Outcome
from bookings.errors import NoDispute
from bookings.models import Booking, BookingStatus, DisputeState, NoShowClaim, Party, TutorStrike
from bookings.services import clock, events, outcomes, presence, reviews, rewards, settling, transitions
from bookings.services.events import Message, when
from sessions_app.services import private

# What a dispute may end in. A decision is the only way out of a final status (booking machine, `resolve`).
RESULTS = (BookingStatus.COMPLETED, BookingStatus.NO_SHOW_STUDENT, BookingStatus.NO_SHOW_TUTOR)


def resolve_dispute(booking_id: int, *, actor: User, result: str, refund_percent: int, reason: str) -> Booking:
    """Decide what the lesson was, one of `RESULTS`, and what the student gets back.

    A credit is whole: it is given back with a refund of 100 % and used up with any other. Counts, claims, strikes
    and ratings follow. Raises Forbidden, NotFound, NoDispute or InsufficientCredits.
    """
    require_admin(actor)
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now) as booking:
        require_no_party(actor, booking.student_id, booking.tutor.user_id)
        if booking.dispute_state != DisputeState.OPEN:
            raise NoDispute
        status, before = BookingStatus(result), booking.status
        share = 100 * (refund_percent == 100) if booking.purchase_id else refund_percent
        given = Outcome(share, releases_credit=refund_percent == 100)
        changes: dict[str, Any] = settling.settle(booking, given, actor=actor, now=now)
        changes |= {"status": status, "dispute_state": DisputeState.RESOLVED, "ended_at": booking.ended_at or now}
        transitions.write(booking, now=now, **changes)
        _count(booking, before, status)
        _follow(booking, status, now)
        rewards.follow_booking(booking)
        reviews.follow_booking(booking, now=now)
        told = [
            Message(
                party,
                "The moderators have decided",
                f"Your lesson on {when(booking, party)} counts as {status.label.lower()}; the refund is {share} %.",
            )
            for party in (Party.STUDENT, Party.TUTOR)
        ]
        facts = {"result": status, "refund_percent": share}
        news = events.record(
            booking, "dispute_resolved", *told, actor=actor, now=now, before=before, data=facts, reason=reason
        )
        events.tell(news)
    return booking


def _count(booking: Booking, before: str, after: str) -> None:
    change = (after == BookingStatus.COMPLETED) - (before == BookingStatus.COMPLETED)
    if change:
        outcomes.count_lesson(booking, change)


def _follow(booking: Booking, status: BookingStatus, now: datetime) -> None:
    """Session, attendance, claims and strikes say what was decided."""
    presence.end(booking, now=now)
    if status == BookingStatus.COMPLETED:
        private.complete(booking.session, attended=presence.recorded(booking, booking.student_id))
    else:
        private.cancel(booking.session, reason=status)
    absent = {BookingStatus.NO_SHOW_STUDENT: Party.STUDENT, BookingStatus.NO_SHOW_TUTOR: Party.TUTOR}.get(status)
    upheld = booking.no_show_claims.filter(absent=absent or "")
    booking.no_show_claims.exclude(absent=absent or "").update(
        state=NoShowClaim.State.REJECTED, decided_at=now, updated_at=now
    )
    upheld.update(state=NoShowClaim.State.UPHELD, decided_at=now, updated_at=now)
    if status == BookingStatus.NO_SHOW_TUTOR:
        outcomes.strike(booking, outcomes.NO_SHOW, now=now)
    else:
        TutorStrike.objects.filter(booking=booking, reason=outcomes.NO_SHOW).delete()
