"""A booking moves to another time: at once where one side may, otherwise when both agree (R-RES-1 to 7)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.cancellation import in_undo_window, is_late
from bookings.errors import BookingStarted, MoveLimitReached, ProposalOpen, SameTime, StudentConflict
from bookings.models import Booking, BookingStatus, Party, RescheduleProposal
from bookings.services import access, clock, events, lessons, outcomes, proposals, slots, transitions
from bookings.services.events import News
from bookings.services.settling import terms_of
from sessions_app.services.access import clashes

MOST_MOVES = 3
State = RescheduleProposal.State


def reschedule_booking(
    booking_id: int, *, actor: User, starts: Sequence[datetime], reason: str = "", version: int | None = None
) -> Booking:
    """Move the lesson, or propose one to three other times to the other side.

    A student moves a request that is still unanswered, and one who may move directly the lesson, to the first of the
    times. Raises NotFound, StaleVersion, NotYourPart, InvalidTransition, BookingStarted, MoveLimitReached, SameTime,
    ProposalOpen, TooLateToMove or a kind of SlotRefused.
    """
    now = timezone.now()
    booking = access.find(booking_id, actor)
    clock.catch_up(booking, now=now)
    lapsed = _lapsed_requests(booking, starts, now)
    with transaction.atomic():
        clock.lock_people([booking.student, booking.tutor.user], lapsed)
        booking = access.lock_again(booking, version=version)
        cleared = clock.clear_away(lapsed, now=now)
        party = access.require_party(booking, actor, Party.STUDENT, Party.TUTOR, verb="move a booking")
        _require_movable(booking, party, now)
        if booking.starts_at in starts:
            raise SameTime
        if _may_move_directly(booking, party, now):
            _require_bookable(booking, starts[:1], now)
            news = outcomes.shift(booking, starts[0], by=party, asked_at=now, actor=actor, now=now)
        else:
            news = _propose(booking, starts, party, actor=actor, reason=reason, now=now)
        events.tell(*cleared, news)
    return booking


def accept_proposal(
    booking_id: int,
    *,
    actor: User,
    starts_at: datetime | None = None,
    option: int | None = None,
    version: int | None = None,
) -> Booking:
    """Agree to one of the times that the other side proposed; `option` counts them from 1.

    Both have agreed, so the tutor's hours and notice do not matter any more; that the time is free does.
    Raises NotFound, StaleVersion, NoOpenProposal, NotYourPart, NotProposed, InvalidTransition, SlotTaken or
    StudentConflict.
    """
    now = timezone.now()
    booking = access.find(booking_id, actor)
    clock.catch_up(booking, now=now)
    starts = list(booking.proposals.filter(state=State.OPEN).values_list("times__starts_at", flat=True))
    lapsed = _lapsed_requests(booking, starts, now)
    with transaction.atomic():
        clock.lock_people([booking.student, booking.tutor.user], lapsed)
        booking = access.lock_again(booking, version=version)
        cleared = clock.clear_away(lapsed, now=now)
        proposal = _require_answerable(booking, now)
        proposals.require_side(proposal, access.party_of(booking, actor), proposer=False, verb="accept")
        start = proposals.choose(proposal, starts_at=starts_at, option=option)
        _require_student_free(booking, start)
        proposals.close(booking, State.ACCEPTED, now=now)
        by = Party(proposal.proposed_by)
        news = outcomes.shift(booking, start, by=by, asked_at=proposal.created_at, actor=actor, now=now)
        events.tell(*cleared, news)
    return booking


def decline_proposal(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """Refuse what the other side proposed: the lesson stays where it is.

    Raises NotFound, StaleVersion, InvalidTransition, NoOpenProposal or NotYourPart.
    """
    return _close(booking_id, State.DECLINED, actor=actor, proposer=False, verb="decline", version=version)


def withdraw_proposal(booking_id: int, *, actor: User, version: int | None = None) -> Booking:
    """Take one's own proposal back. Raises NotFound, StaleVersion, InvalidTransition, NoOpenProposal, NotYourPart."""
    return _close(booking_id, State.WITHDRAWN, actor=actor, proposer=True, verb="withdraw", version=version)


def _close(
    booking_id: int, state: RescheduleProposal.State, *, actor: User, proposer: bool, verb: str, version: int | None
) -> Booking:
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        proposal = _require_answerable(booking, now)
        proposals.require_side(proposal, access.party_of(booking, actor), proposer=proposer, verb=verb)
        events.tell(lessons.close_proposal(booking, proposal, state, actor=actor, now=now))
    return booking


def _propose(
    booking: Booking, starts: Sequence[datetime], party: Party, *, actor: User, reason: str, now: datetime
) -> News:
    if proposals.open_of(booking, now=now):
        raise ProposalOpen
    _require_bookable(booking, starts, now)
    proposals.close(booking, State.LAPSED, now=now)
    proposal = proposals.make(booking, starts, by=party, reason=reason, now=now)
    return lessons.propose(booking, proposal, list(starts), actor=actor, now=now)


def _require_movable(booking: Booking, party: Party, now: datetime) -> None:
    """A request is the student's to move; a confirmed lesson either side's, until it begins (R-RES-6)."""
    if not _is_movable(booking, party):
        raise transitions.no_such_move(booking, "move")
    if now >= booking.starts_at:
        raise BookingStarted
    moves = booking.moves_by_student if party == Party.STUDENT else booking.moves_by_tutor
    if moves >= MOST_MOVES:
        raise MoveLimitReached


def _is_movable(booking: Booking, party: Party) -> bool:
    is_own_request = booking.status == BookingStatus.PENDING and party == Party.STUDENT
    return is_own_request or booking.status == BookingStatus.CONFIRMED


def _may_move_directly(booking: Booking, party: Party, now: datetime) -> bool:
    """Without asking the other side (R-RES-3, R-BOOK-4)."""
    if party != Party.STUDENT:
        return False
    if booking.status == BookingStatus.PENDING or in_undo_window(terms_of(booking), now):
        return True
    accepts = slots.terms_of(booking.tutor).auto_accept_reschedule
    return accepts and not is_late(booking.cancellation_policy, booking.starts_at - now)


def _require_bookable(booking: Booking, starts: Sequence[datetime], now: datetime) -> None:
    for start in starts:
        slots.require_bookable(
            booking.tutor,
            slots.terms_of(booking.tutor),
            starts_at=start,
            minutes=booking.duration_minutes,
            student=booking.student,
            now=now,
            moving=booking,
            allow_overlap=booking.allow_overlap,
        )


def _require_answerable(booking: Booking, now: datetime) -> RescheduleProposal:
    if booking.status != BookingStatus.CONFIRMED:
        raise transitions.no_such_move(booking, "move")
    return proposals.require_open(booking, now=now)


def _require_student_free(booking: Booking, start: datetime) -> None:
    end = start + (booking.ends_at - booking.starts_at)
    conflicts = [] if booking.allow_overlap else clashes(booking.student, start, end, but=booking.session_id)
    if conflicts:
        raise StudentConflict(conflicts=conflicts)


def _lapsed_requests(booking: Booking, starts: Sequence[datetime | None], now: datetime) -> list[Booking]:
    length = booking.ends_at - booking.starts_at
    wanted = [start for start in starts if start is not None]
    if not wanted:
        return []
    found = clock.requests_in_the_way(booking.tutor, booking.student, wanted, length, now=now)
    return [request for request in found if request.pk != booking.pk]
