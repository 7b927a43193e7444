"""An admin gives a lesson to another tutor instead of having it called off (R-BOOK-7)."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import TutorProfile, User
from accounts.services.moderators import require_admin, require_no_party, require_reason
from bookings.cancellation import free_cancel_after_move
from bookings.errors import BookingStarted, DisputeOpen, PaidByCredit, SameTutor, SlotTaken, SubjectNotTaught
from bookings.models import (
    Attendance,
    Booking,
    BookingStatus,
    BookingTerms,
    DisputeState,
    Party,
    RescheduleProposal,
)
from bookings.services import access, calendars, clock, events, money, proposals, slots, transitions
from bookings.services.events import Message, News, when
from common.errors import DomainError, NotFound
from sessions_app.errors import TimeConflict
from sessions_app.services import private

log = logging.getLogger(__name__)


def reassign(booking_id: int, tutor_profile_id: int, *, actor: User, reason: str) -> Booking:
    """Let another tutor give a confirmed lesson that is ahead: one who teaches its subject and is free then, by the
    same rules as for a new booking. The admin has that tutor's word; nobody asks again.

    Id, history, price and all terms of the booking stay. What a credit pays stays with the tutor of its package. Raises
    Forbidden, Invalid without a reason, NotFound, Busy, InvalidTransition, BookingStarted, DisputeOpen, PaidByCredit,
    SameTutor, SubjectNotTaught, DurationNotOffered or a kind of SlotRefused.
    """
    require_admin(actor)
    require_reason(reason)
    now = timezone.now()
    booking = access.find(booking_id, actor)
    clock.catch_up(booking, now=now)
    found = _find_tutor(tutor_profile_id)
    with transaction.atomic():
        calendars.lock(booking.student, booking.tutor.user, found.user)
        booking = access.lock_again(booking)
        tutor = _find_tutor(tutor_profile_id)  # suspended, or the like, while this waited
        require_no_party(actor, booking.student_id, booking.tutor.user_id, tutor.user_id)
        _require_ahead(booking, now)
        terms = _require_can_give(tutor, booking, now)
        events.tell(_hand_over(booking, tutor, terms, actor=actor, reason=reason, now=now))
    return booking


def hand_over(user_id: int, address: str, *, actor: User, reason: str) -> int:
    """Give what is confirmed and ahead of one tutor to another one, as far as that one can take it; returns how many
    lessons. Each is a transaction of its own; the rest stays (`settings.LESSONS_ARE_HANDED_OVER_BY`).

    Raises NotFound where there is no tutor with that address whom students find, and as `reassign` for whoever may not.
    """
    require_admin(actor)
    require_reason(reason)
    heir = TutorProfile.objects.listed().filter(user__email__iexact=address.strip()).first()
    if heir is None or heir.user_id == user_id:
        raise NotFound("There is no other tutor with that address whom students find.")
    require_no_party(actor, user_id, heir.user_id)
    ahead = Booking.objects.filter(
        tutor__user=user_id, status=BookingStatus.CONFIRMED, starts_at__gt=timezone.now(), purchase=None
    )
    pks = list(ahead.order_by("starts_at", "pk").values_list("pk", flat=True))
    return sum(_tried(pk, heir.pk, actor=actor, reason=reason) for pk in pks)


def can_be_reassigned(booking: Booking) -> bool:
    """Whether it is a lesson that another tutor could be given at all; who has that time is another question."""
    try:
        _require_ahead(booking, timezone.now())
    except DomainError:
        return False
    return True


def _tried(booking_id: int, tutor_profile_id: int, *, actor: User, reason: str) -> bool:
    """What cannot be handed over does not hold up the others."""
    try:
        reassign(booking_id, tutor_profile_id, actor=actor, reason=reason)
    except DomainError as error:
        log.info("booking_not_handed_over", extra={"booking": booking_id, "code": error.code})
        return False
    return True


def _find_tutor(pk: int) -> TutorProfile:
    tutor = slots.find_listed(pk)
    if tutor is None:
        raise NotFound("Tutor not found")
    return tutor


def _require_ahead(booking: Booking, now: datetime) -> None:
    if booking.status != BookingStatus.CONFIRMED:
        raise transitions.no_such_move(booking, "reassign")
    if booking.starts_at <= now or Attendance.objects.filter(booking=booking).exists():
        raise BookingStarted
    if booking.dispute_state == DisputeState.OPEN:
        raise DisputeOpen
    if booking.purchase_id is not None:
        raise PaidByCredit


def _require_can_give(tutor: TutorProfile, booking: Booking, now: datetime) -> BookingTerms:
    if tutor.pk == booking.tutor_id:
        raise SameTutor
    if booking.subject_id and not TutorProfile.objects.filter(pk=tutor.pk).teaching(booking.subject_id).exists():
        raise SubjectNotTaught
    terms = slots.terms_of(tutor)
    slots.require_bookable(
        tutor,
        terms,
        starts_at=booking.starts_at,
        minutes=booking.duration_minutes,
        student=booking.student,
        now=now,
        allow_overlap=True,  # the student has this very lesson then
    )
    return terms


def _hand_over(
    booking: Booking, tutor: TutorProfile, terms: BookingTerms, *, actor: User, reason: str, now: datetime
) -> News:
    """The clock and the buffers are those of who gives it; what was agreed on about money stays frozen (R-BOOK-1)."""
    former = booking.tutor
    farewell = f"Another tutor gives your lesson of {when(booking, Party.TUTOR)}. You have nothing to do."
    proposals.close(booking, RescheduleProposal.State.WITHDRAWN, now=now)
    transitions.write(
        booking,
        now=now,
        tutor=tutor,
        tutor_timezone=terms.timezone,
        buffer_before_minutes=terms.buffer_before_minutes,
        buffer_after_minutes=terms.buffer_after_minutes,
        notes_tutor="",
        free_cancel_until=free_cancel_after_move(proposed_at=now, starts_at=booking.starts_at),
        sequence=booking.sequence + 1,
    )
    try:
        private.hand_to(booking.session, tutor.user)
    except TimeConflict as error:
        raise SlotTaken from error
    # The lesson is in the former tutor's calendar no more: nothing in it shows that it has changed (R-MAT-6).
    TutorProfile.objects.filter(pk=former.pk).update(updated_at=now)
    booking.quotes.all().delete()
    money.follow_tutor(booking, description=events.described(booking))
    facts = {"from_tutor": former.pk, "to_tutor": tutor.pk}
    news = events.record(
        booking, events.REASSIGNED, *_messages(booking, former), actor=actor, now=now, data=facts, reason=reason
    )
    return events.tell_former_tutor(news, former.user, booking, farewell, actor=actor)


def _messages(booking: Booking, former: TutorProfile) -> list[Message]:
    new, old, student = booking.tutor.user, former.user, booking.student
    return [
        Message(
            Party.STUDENT,
            "Another tutor gives your lesson",
            f"{new.display_name} gives your lesson on {when(booking, Party.STUDENT)} in place of {old.display_name}. "
            f"Its price stays. You can cancel it at no cost until "
            f"{when(booking, Party.STUDENT, booking.free_cancel_until)}.",
        ),
        Message(
            Party.TUTOR,
            "You have been given a lesson",
            f"You give the lesson of {student.display_name} on {when(booking, Party.TUTOR)} in place of a colleague. "
            "If you cannot, cancel it: that is not held against you.",
        ),
    ]
