"""A tutor answers a request."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from bookings.cancellation import NOTHING_LOST
from bookings.errors import SlotTaken
from bookings.models import Booking, BookingStatus, Party
from bookings.services import access, alternatives, clock, events, following, money, settling, transitions
from bookings.services.events import Message, News, name_of, when
from sessions_app.services import host_calendar, private


def confirm_booking(booking_id: int, *, actor: User, notes_tutor: str = "", version: int | None = None) -> Booking:
    """Accept a request; its tutor or an admin may.

    The tutor's calendar is looked into once more, and of two answers at once the first one counts (R-OVL-5).
    Raises NotFound, StaleVersion, NotYourPart, InvalidTransition, PaymentRequired or SlotTaken.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.TUTOR, Party.ADMIN, verb="confirm a booking")
        transitions.require(booking, BookingStatus.CONFIRMED, verb="confirm")
        money.require_secured(booking)
        if host_calendar.conflicts(booking.session):
            raise SlotTaken
        notes = {"notes_tutor": notes_tutor} if notes_tutor else {}
        events.tell(_confirm(booking, _message_to_student(booking, now), actor=actor, now=now, **notes))
    return booking


def confirm_paid(booking: Booking, *, now: datetime) -> News:
    """The money for a locked request has come that its tutor need not answer; both are told."""
    text = f"{name_of(booking, Party.STUDENT)} booked a lesson on {when(booking, Party.TUTOR)}."
    to_tutor = Message(Party.TUTOR, "New booking", text)
    return _confirm(booking, _message_to_student(booking, now), to_tutor, actor=None, now=now)


def _confirm(booking: Booking, *messages: Message, actor: User | None, now: datetime, **changes: Any) -> News:
    transitions.move(
        booking, BookingStatus.CONFIRMED, now=now, verb="confirm", expires_at=None, nudge_at=None, **changes
    )
    return events.record(booking, "confirmed", *messages, actor=actor, now=now, before=BookingStatus.PENDING)


def _message_to_student(booking: Booking, now: datetime) -> Message:
    text = f"Your session with {name_of(booking, Party.TUTOR)} on {when(booking, Party.STUDENT)} is confirmed"
    if late := following.no_reminder(booking, now):
        text = f"{text}. {late}"
    return Message(Party.STUDENT, "Booking Confirmed", text)


def decline_booking(booking_id: int, *, actor: User, reason: str = "", version: int | None = None) -> Booking:
    """Refuse a request; only its tutor may. The student pays nothing and is told of other times.

    Raises NotFound, StaleVersion, NotYourPart or InvalidTransition.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        access.require_party(booking, actor, Party.TUTOR, verb="decline a booking")
        transitions.require(booking, BookingStatus.DECLINED, verb="decline")
        settled = settling.settle(booking, NOTHING_LOST, actor=actor, now=now)
        over = {"ended_at": now, "expires_at": None, "nudge_at": None, "cancel_reason": reason}
        transitions.move(booking, BookingStatus.DECLINED, now=now, verb="decline", **over, **settled)
        private.cancel(booking.session, reason=reason)
        text = f"{name_of(booking, Party.TUTOR)} cannot take your lesson on {when(booking, Party.STUDENT)}. {reason}"
        data = {"alternatives": alternatives.near(booking, now=now)}
        message = Message(Party.STUDENT, "Booking declined", text.strip(), data=data)
        events.tell(events.record(booking, "declined", message, actor=actor, now=now, before=BookingStatus.PENDING))
    return booking
