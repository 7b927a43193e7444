"""A student books a lesson."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import StudentsOnly
from accounts.models import Role, TutorProfile, User
from accounts.services import tutor_moves
from accounts.services.proven import require_verified
from bookings.errors import SlotTaken, StudentConflict
from bookings.models import Booking, BookingStatus, BookingTerms, Party, SlotHold
from bookings.services import cancelling, clock, commission, credits, events, following, money, outcomes, slots
from bookings.services.events import Message, News, name_of, when
from bookings.services.transitions import STUDENT_GUARD
from catalog.models import Subject
from common.errors import NotFound
from common.money import round_money
from sessions_app.errors import TimeConflict
from sessions_app.services import access, private


def create_booking(
    *,
    student: User,
    tutor_profile_id: int,
    starts_at: datetime,
    duration_minutes: int,
    lesson_type: str = "online",
    subject: Subject | None = None,
    notes: str = "",
    use_package_id: int | None = None,
    allow_overlap: bool = False,
) -> Booking:
    """Ask a tutor for a lesson, or book it where that tutor's bookings need no confirmation.

    The terms of the moment are frozen in it (R-BOOK-1). `use_package_id` pays with a credit of a purchase, or of an
    offer of which the student owns one; `allow_overlap`: the student knows of other sessions at that time.
    Raises StudentsOnly, EmailNotVerified, NotFound, InsufficientCredits, DurationNotOffered or a kind of SlotRefused.
    """
    if student.role != Role.STUDENT:
        raise StudentsOnly
    require_verified(student)
    now = timezone.now()
    tutor = _find_tutor(tutor_profile_id, now)
    length = timedelta(minutes=duration_minutes)
    lapsed = clock.requests_in_the_way(tutor, student, [starts_at], length, now=now)
    with transaction.atomic():
        clock.lock_people([student, tutor.user], lapsed)
        if slots.find_listed(tutor_profile_id) is None:  # suspended, or the like, while this waited
            raise NotFound("Tutor not found")
        cleared = clock.clear_away(lapsed, now=now)
        terms = slots.terms_of(tutor)
        slots.require_bookable(
            tutor,
            terms,
            starts_at=starts_at,
            minutes=duration_minutes,
            student=student,
            now=now,
            allow_overlap=allow_overlap,
        )
        booking = Booking(
            student=student,
            tutor=tutor,
            subject=subject,
            starts_at=starts_at,
            ends_at=starts_at + length,
            lesson_type=lesson_type,
            notes_student=notes,
            allow_overlap=allow_overlap,
            **_frozen(tutor, terms, student, duration_minutes),
        )
        if use_package_id is not None:
            booking.purchase = credits.choose_purchase(
                use_package_id, student=student, tutor=tutor, minutes=duration_minutes, subject=subject, now=now
            )
        _enter(booking, terms, now)
        events.tell(*cleared, _record(booking, now))
    return booking


def price_of(hourly_rate: Decimal, minutes: int, currency: str) -> Decimal:
    """The hourly rate for that long, rounded once (R-BOOK-2)."""
    return round_money(hourly_rate * minutes / 60, currency)


def _find_tutor(pk: int, now: datetime) -> TutorProfile:
    """Who can be booked, now that suspensions which are over have ended. Raises NotFound."""
    tutor = slots.find_listed(pk)
    if tutor is None and tutor_moves.reinstate_if_over(pk, now=now):
        tutor = slots.find_listed(pk)
    if tutor is None:
        raise NotFound("Tutor not found")
    return tutor


def _frozen(tutor: TutorProfile, terms: BookingTerms, student: User, minutes: int) -> dict[str, Any]:
    """What later edits of the tutor never reach (R-BOOK-1). A tutor without a rate teaches for nothing."""
    rate = tutor.hourly_rate or Decimal(0)
    return {
        "hourly_rate": rate,
        "price": price_of(rate, minutes, tutor.currency),
        "currency": tutor.currency,
        "commission_percent": commission.percent_for(tutor),
        "cancellation_policy": terms.cancellation_policy,
        "buffer_before_minutes": terms.buffer_before_minutes,
        "buffer_after_minutes": terms.buffer_after_minutes,
        "tutor_timezone": terms.timezone,
        "student_timezone": student.timezone,
    }


def _enter(booking: Booking, terms: BookingTerms, now: datetime) -> None:
    """Into both calendars, with its credit. What the student held while choosing is no longer held."""
    _enter_first_state(booking, terms, now)
    _save(booking)
    if booking.purchase:
        credits.reserve(booking, actor=booking.student, now=now)
    SlotHold.objects.filter(student=booking.student, tutor=booking.tutor).delete()


def _enter_first_state(booking: Booking, terms: BookingTerms, now: datetime) -> None:
    """Confirmed where the tutor need not answer and nothing has to be paid first."""
    if terms.instant_booking and not money.needs_payment(booking):
        booking.status = BookingStatus.CONFIRMED
        return
    booking.status = BookingStatus.PENDING
    for name, value in outcomes.answer_times(asked_at=now, starts_at=booking.starts_at).items():
        setattr(booking, name, value)


def _save(booking: Booking) -> None:
    """With its session. The database has the last word about both calendars. Raises SlotTaken or StudentConflict."""
    try:
        booking.session = private.make(
            host=booking.tutor.user,
            student=booking.student,
            title=f"{booking.subject.name} lesson" if booking.subject else "Private lesson",
            subject=booking.subject,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
        )
    except TimeConflict as error:
        raise SlotTaken from error
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if STUDENT_GUARD not in str(error):
            raise
        conflicts = access.clashes(booking.student, booking.starts_at, booking.ends_at, but=booking.session_id)
        raise StudentConflict(conflicts=conflicts) from error


def _record(booking: Booking, now: datetime) -> News:
    student, start = name_of(booking, Party.STUDENT), when(booking, Party.TUTOR)
    if booking.status == BookingStatus.CONFIRMED:
        text = f"{student} booked a lesson on {start}. {following.no_reminder(booking, now)}".strip()
        message = Message(Party.TUTOR, "New booking", text, "booking_confirmed")
    else:
        deadline = when(booking, Party.TUTOR, booking.expires_at)
        text = f"{student} asks for a lesson on {start}. Answer until {deadline}."
        if late := cancelling.late_cancellations_of(booking.student_id, now=now):
            text = f"{text} Lessons that they cancelled late in the last {cancelling.COUNTED_FOR.days} days: {late}."
        message = Message(Party.TUTOR, "New booking request", text, "booking_requested")
    return events.record(booking, "created", message, actor=booking.student, now=now, before="")
