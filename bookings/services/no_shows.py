"""Somebody did not come: reported, upheld, contested (R-NS-1 to 4)."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from bookings.errors import (
    DisputeOpen,
    GracePeriod,
    NoShowReported,
    NoShowWindowClosed,
    NothingToContest,
    StatementRequired,
    StudentWasPresent,
)
from bookings.models import Booking, BookingStatus, DisputeState, NoShowClaim, Party
from bookings.services import access, clock, events, lessons, outcomes, presence, transitions
from bookings.services.events import Message, News, name_of, when

GRACE = timedelta(minutes=10)
REPORTED_WITHIN = timedelta(hours=24)
CONTESTED_WITHIN = timedelta(hours=72)
# So long inside, a student was there.
WAS_INSIDE = timedelta(minutes=5)
State = NoShowClaim.State


def mark_student_absent(
    booking_id: int, *, actor: User, statement: str = "", was_present: bool = False, version: int | None = None
) -> Booking:
    """The tutor, or an admin, says that the student did not come: the lesson is paid in full.

    A tutor whom attendance does not show there has to state it (`was_present`, or a `statement`). Where the student
    says the same of the tutor a dispute opens, and nothing else changes; where attendance shows the student, it opens
    and this is refused. Raises NotFound, StaleVersion, NotYourPart, InvalidTransition, GracePeriod,
    NoShowWindowClosed, DisputeOpen, NoShowReported, StatementRequired or StudentWasPresent.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        party = access.require_party(booking, actor, Party.TUTOR, Party.ADMIN, verb="say that a student did not come")
        transitions.require(booking, BookingStatus.NO_SHOW_STUDENT, verb="mark as a no-show")
        _require_undisputed(booking)
        _require_window(booking, now)
        by_admin = party == Party.ADMIN
        was_there = presence.of(booking, now=now)
        seen = not by_admin and was_there[booking.student_id] >= WAS_INSIDE
        contradicted = not by_admin and _open_claim(booking, Party.TUTOR) is not None
        has_said_so = by_admin or was_present or bool(statement)
        if not (seen or has_said_so) and was_there[actor.pk] < _grace(booking):
            raise StatementRequired
        disputed = seen or contradicted
        _claim(booking, Party.STUDENT, actor, statement, State.CONTESTED if disputed else State.UPHELD, now)
        decide = _dispute if disputed else outcomes.student_absent
        events.tell(decide(booking, actor=actor, now=now))
    if seen:
        raise StudentWasPresent
    return booking


def mark_tutor_absent(booking_id: int, *, actor: User, statement: str = "", version: int | None = None) -> Booking:
    """An admin decides that the tutor did not come; the student of the booking claims it.

    A claim upholds itself after a day unless the tutor was seen there or contests it. Where the tutor was seen, or says
    otherwise already, a dispute opens. Raises NotFound, StaleVersion, NotYourPart, InvalidTransition, GracePeriod,
    NoShowWindowClosed, DisputeOpen or NoShowReported.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        party = access.require_party(booking, actor, Party.STUDENT, Party.ADMIN, verb="say that a tutor did not come")
        _require_undisputed(booking)
        if party == Party.ADMIN:
            news = _decide_tutor_absent(booking, actor, statement, now)
        else:
            news = _claim_tutor_absent(booking, actor, statement, now)
        events.tell(news)
    return booking


def contest_no_show(booking_id: int, *, actor: User, statement: str = "", version: int | None = None) -> Booking:
    """Whoever is said not to have come says otherwise, within three days: the moderators decide.

    Raises NotFound, StaleVersion, NotYourPart, NothingToContest, DisputeOpen or NoShowWindowClosed.
    """
    now = timezone.now()
    with clock.opened(booking_id, actor, now=now, version=version) as booking:
        party = access.require_party(booking, actor, Party.STUDENT, Party.TUTOR, verb="contest a no-show")
        claim = booking.no_show_claims.filter(absent=party).exclude(state=State.REJECTED).first()
        if claim is None or booking.dispute_state == DisputeState.RESOLVED:
            raise NothingToContest
        _require_undisputed(booking)
        if now > (claim.decided_at or claim.created_at) + CONTESTED_WITHIN:
            raise NoShowWindowClosed
        lessons.close_claim(claim, State.CONTESTED, now=now)
        events.tell(_dispute(booking, actor=actor, now=now, statement=statement))
    return booking


def _decide_tutor_absent(booking: Booking, actor: User, statement: str, now: datetime) -> News:
    transitions.require(booking, BookingStatus.NO_SHOW_TUTOR, verb="mark as a no-show")
    if now < booking.starts_at + _grace(booking):
        raise GracePeriod(allowed_at=booking.starts_at + _grace(booking))
    claim = _open_claim(booking, Party.TUTOR)
    if claim:
        lessons.close_claim(claim, State.UPHELD, now=now)
    else:
        _claim(booking, Party.TUTOR, actor, statement, State.UPHELD, now)
    return outcomes.tutor_absent(booking, actor=actor, now=now)


def _claim_tutor_absent(booking: Booking, actor: User, statement: str, now: datetime) -> News:
    contradicted = booking.status in (BookingStatus.NO_SHOW_STUDENT, BookingStatus.COMPLETED)
    if not contradicted:
        transitions.require(booking, BookingStatus.NO_SHOW_TUTOR, verb="mark as a no-show")
    if booking.dispute_state == DisputeState.RESOLVED:
        raise NoShowReported
    _require_window(booking, now)
    disputed = contradicted or presence.ever_came(booking, booking.tutor.user_id)
    _claim(booking, Party.TUTOR, actor, statement, State.CONTESTED if disputed else State.OPEN, now)
    return _dispute(booking, actor=actor, now=now) if disputed else _report(booking, actor, now)


def _report(booking: Booking, actor: User, now: datetime) -> News:
    transitions.write(booking, now=now)
    text = (
        f"{name_of(booking, Party.STUDENT)} says that you missed the lesson on {when(booking, Party.TUTOR)}. "
        "Contest that within 24 hours if it is not so."
    )
    message = Message(Party.TUTOR, "You are said not to have come", text)
    return events.record(booking, "no_show_reported", message, actor=actor, now=now, data={"absent": Party.TUTOR})


def _dispute(booking: Booking, *, actor: User, now: datetime, statement: str = "") -> News:
    """Open claims are part of the dispute from now on."""
    booking.no_show_claims.filter(state=State.OPEN).update(state=State.CONTESTED, decided_at=now, updated_at=now)
    return lessons.open_dispute(booking, actor=actor, now=now, statement=statement)


def _claim(
    booking: Booking, absent: Party, actor: User, statement: str, state: NoShowClaim.State, now: datetime
) -> NoShowClaim:
    """One a side. Raises NoShowReported."""
    if booking.no_show_claims.filter(absent=absent).exists():
        raise NoShowReported
    return NoShowClaim.objects.create(
        booking=booking,
        absent=absent,
        claimed_by=actor,
        statement=statement,
        state=state,
        decided_at=None if state == State.OPEN else now,
    )


def _open_claim(booking: Booking, absent: Party) -> NoShowClaim | None:
    return booking.no_show_claims.filter(absent=absent, state=State.OPEN).first()


def _grace(booking: Booking) -> timedelta:
    return min(GRACE, (booking.ends_at - booking.starts_at) / 2)


def _require_undisputed(booking: Booking) -> None:
    if booking.dispute_state == DisputeState.OPEN:
        raise DisputeOpen


def _require_window(booking: Booking, now: datetime) -> None:
    opens = booking.starts_at + _grace(booking)
    if now < opens:
        raise GracePeriod(allowed_at=opens)
    if now > booking.starts_at + REPORTED_WITHIN:
        raise NoShowWindowClosed
