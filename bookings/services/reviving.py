"""A lesson that is off because its money was missing, and whose money has come after all (R-PAY-8)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.errors import DurationNotOffered, SlotRefused, SlotTaken, TutorUnavailable
from bookings.models import Booking, BookingStatus, Party
from bookings.services import clock, events, money, outcomes, slots, transitions
from bookings.services.events import Message, News, name_of, when
from payments.models import Payment
from payments.services import calls
from sessions_app.errors import TimeConflict
from sessions_app.services import private

_AS_BEFORE: dict[str, Any] = {
    "ended_at": None,
    "cancelled_by": "",
    "cancel_reason": "",
    "refund_percent": None,
    "refund_amount": None,
}


def lacked_money(booking: Booking) -> bool:
    """Whether nobody ended it on purpose: a request that could not be answered before it was paid, or a lesson that the
    system called off because its money could not be taken.
    """
    could_not_be_charged = booking.status == BookingStatus.CANCELLED and booking.cancelled_by == Party.SYSTEM
    return money.needs_payment(booking) and (booking.status == BookingStatus.EXPIRED or could_not_be_charged)


def make_way(booking: Booking, *, now: datetime) -> None:
    """Let requests lapse whose time to be answered is over, and which hold the time that this lesson may come back to.

    Each in a transaction of its own, before the calendars of this lesson are locked: so nobody waits in a circle.
    """
    if not lacked_money(booking):
        return
    length = booking.ends_at - booking.starts_at
    for lapsed in clock.requests_in_the_way(booking.tutor, booking.student, [booking.starts_at], length, now=now):
        clock.catch_up(lapsed, now=now)


def revive(booking: Booking, payment: Payment, *, now: datetime) -> News | None:
    """Bring a locked lesson back whose money came too late, if its student could book that very time anew; None where
    it stays off.

    A lesson that its tutor had accepted, or need not answer, is confirmed; any other is a request once more, with a new
    time for the answer.
    """
    if not lacked_money(booking) or not _came_late(booking, payment):
        return None
    try:
        with transaction.atomic():
            _require_bookable(booking, now)
            # What is being given up at this very moment is not there to be had.
            if not calls.withdraw_void(payment) and not payment.captured_amount:
                return None
            return _bring_back(booking, now)
    except (SlotRefused, DurationNotOffered):
        booking.refresh_from_db()  # the database may have refused it halfway
        return None


def _came_late(booking: Booking, payment: Payment) -> bool:
    """After the end, and nothing of it was promised back since. What was set aside in time for a request that nobody
    answered is not late: then it was not the money that was missing.
    """
    came_at = payment.secured_at if booking.status == BookingStatus.EXPIRED else payment.captured_at
    if came_at is None or booking.ended_at is None or payment.refunds.exists():
        return False
    return payment.is_secured and came_at >= booking.ended_at


def _require_bookable(booking: Booking, now: datetime) -> None:
    """As for whoever books that time at this moment. Raises DurationNotOffered or a kind of SlotRefused."""
    tutor, student = slots.find_listed(booking.tutor_id), booking.student
    if tutor is None or not student.is_active or student.deleted_at is not None:
        raise TutorUnavailable
    slots.require_bookable(
        tutor,
        slots.terms_of(tutor),
        starts_at=booking.starts_at,
        minutes=booking.duration_minutes,
        student=student,
        now=now,
        allow_overlap=booking.allow_overlap,
    )


def _bring_back(booking: Booking, now: datetime) -> News:
    before, status, times = BookingStatus(booking.status), BookingStatus.CONFIRMED, {}
    if before == BookingStatus.EXPIRED and not money.waits_for_payment_only(booking):
        status = BookingStatus.PENDING
        times = outcomes.answer_times(asked_at=now, starts_at=booking.starts_at)
    try:
        private.reopen(booking.session)
    except TimeConflict as error:
        raise SlotTaken from error
    transitions.bring_back(booking, status, now=now, **_AS_BEFORE, **times)
    messages = _of_request(booking) if status == BookingStatus.PENDING else _of_lesson(booking)
    return events.record(booking, "revived", *messages, actor=None, now=now, before=before)


def _of_lesson(booking: Booking) -> list[Message]:
    to_student = (
        f"Your payment came late, but the time was still free: your session with {name_of(booking, Party.TUTOR)} on "
        f"{when(booking, Party.STUDENT)} is confirmed."
    )
    to_tutor = (
        f"{name_of(booking, Party.STUDENT)} has paid after all: your lesson on {when(booking, Party.TUTOR)}, which was "
        "off, takes place."
    )
    return [
        Message(Party.STUDENT, "Booking Confirmed", to_student, "booking_confirmed"),
        Message(Party.TUTOR, "New booking", to_tutor, "booking_confirmed"),
    ]


def _of_request(booking: Booking) -> list[Message]:
    to_student = (
        f"Your payment came late, but the time is still free: {name_of(booking, Party.TUTOR)} is asked once more for "
        f"{when(booking, Party.STUDENT)}, and has until {when(booking, Party.STUDENT, booking.expires_at)} to answer."
    )
    to_tutor = (
        f"{name_of(booking, Party.STUDENT)} has paid after all, and asks once more for a lesson on "
        f"{when(booking, Party.TUTOR)}. Answer until {when(booking, Party.TUTOR, booking.expires_at)}."
    )
    return [
        Message(Party.STUDENT, "Your request is open again", to_student),
        Message(Party.TUTOR, "New booking request", to_tutor, "booking_requested"),
    ]
