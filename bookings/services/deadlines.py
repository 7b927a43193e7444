"""Until when a lesson can be called off and what that gives back, in words for its mails (R-CAN-8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from bookings.cancellation import TIERS, deadline_of, describe, full_refund_until
from bookings.models import LIVE, Booking, BookingStatus, Party
from bookings.services.access import is_party
from bookings.services.events import when
from bookings.services.settling import terms_of
from notifications.models import Notification

# Notifications of what the deadlines follow from: that there is a lesson, and when it is.
_WITH_DEADLINES = {
    *("booking_requested", "booking_confirmed", "booking_rescheduled", "booking_reassigned", "booking_revived"),
}


def note_on(notification: Notification) -> str:
    """What a notification's mail has to add (`settings.NOTIFICATION_NOTES`), as things stand when it is written."""
    if notification.type not in _WITH_DEADLINES:
        return ""
    booking = Booking.objects.select_related("tutor").filter(pk=notification.data.get("booking_id")).first()
    if booking is None or not is_party(booking, notification.recipient):
        return ""
    return in_words(booking, notification.recipient_id, now=timezone.now())


def in_words(booking: Booking, reader: int, *, now: datetime) -> str:
    """The policy and the deadlines that lie ahead, on the walls of both, the reader's first; nothing once it is off."""
    if booking.status not in LIVE:
        return ""
    lines = [describe(booking.cancellation_policy)]
    if booking.status == BookingStatus.PENDING:
        lines.insert(0, "A request costs nothing to cancel. Once it is confirmed:")
    if booking.purchase_id is not None:
        lines.append("A credit is given back whole, with a refund of 100 %, or not at all.")
    ahead = [(percent, moment) for percent, moment in _shares(booking) if moment > now]
    lines += [f"{percent} % until {_on_both_walls(booking, moment, reader)}" for percent, moment in ahead]
    if not ahead:
        lines.append("All of these deadlines have passed.")
    return "\n".join(lines)


def _shares(booking: Booking) -> Iterator[tuple[int, datetime]]:
    """What is given back until when, once it is confirmed."""
    terms = replace(terms_of(booking), is_confirmed=True)
    if whole := full_refund_until(terms):
        yield 100, whole
    if not terms.non_refundable and booking.purchase_id is None:
        yield from ((tier.percent, deadline_of(tier, terms.starts_at)) for tier in TIERS[terms.policy][1:])


def _on_both_walls(booking: Booking, moment: datetime, reader: int) -> str:
    first, second = (Party.STUDENT, Party.TUTOR) if reader == booking.student_id else (Party.TUTOR, Party.STUDENT)
    walls = dict.fromkeys((when(booking, first, moment), when(booking, second, moment)))
    return " / ".join(walls)
