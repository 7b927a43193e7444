"""Other times that one side proposes, and what becomes of the proposal (R-RES-2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bookings.errors import NoOpenProposal, NotProposed, NotYourPart, TooLateToMove
from bookings.models import Booking, Party, ProposedTime, RescheduleProposal

State = RescheduleProposal.State
OPEN_FOR = timedelta(hours=24)
# So long before any of the times it must be answered.
ANSWER_AHEAD = timedelta(hours=2)


def make(booking: Booking, starts: Sequence[datetime], *, by: Party, reason: str, now: datetime) -> RescheduleProposal:
    """A new proposal of a locked booking that has none. Raises TooLateToMove where nobody could answer it in time."""
    lapses_at = min(now + OPEN_FOR, min(booking.starts_at, *starts) - ANSWER_AHEAD)
    if lapses_at <= now:
        raise TooLateToMove
    proposal = RescheduleProposal.objects.create(booking=booking, proposed_by=by, reason=reason, lapses_at=lapses_at)
    length = booking.ends_at - booking.starts_at
    ProposedTime.objects.bulk_create(
        [ProposedTime(proposal=proposal, starts_at=start, ends_at=start + length) for start in sorted(set(starts))]
    )
    return proposal


def open_of(booking: Booking, *, now: datetime) -> RescheduleProposal | None:
    """The proposal that is still to be answered. One that has lapsed is none, whether or not that is written down."""
    return booking.proposals.filter(state=State.OPEN, lapses_at__gt=now).first()


def require_open(booking: Booking, *, now: datetime) -> RescheduleProposal:
    """Raises NoOpenProposal."""
    proposal = open_of(booking, now=now)
    if proposal is None:
        raise NoOpenProposal
    return proposal


def require_side(proposal: RescheduleProposal, party: Party, *, proposer: bool, verb: str) -> None:
    """Only the proposer withdraws, only the other side answers. Raises NotYourPart."""
    if party not in (Party.STUDENT, Party.TUTOR) or (party == proposal.proposed_by) != proposer:
        raise NotYourPart(f"Only {'who proposed it' if proposer else 'the other side'} can {verb} it")


def choose(proposal: RescheduleProposal, *, starts_at: datetime | None, option: int | None) -> datetime:
    """The time that is meant: by its start, by its number from 1, or the only one there is. Raises NotProposed."""
    proposed = list(proposal.times.values_list("starts_at", flat=True))
    if starts_at is None and option is None and len(proposed) == 1:
        return proposed[0]
    if option is not None and 1 <= option <= len(proposed):
        return proposed[option - 1]
    if option is None and starts_at in proposed:
        return starts_at
    raise NotProposed(options=proposed)


def close(booking: Booking, state: RescheduleProposal.State, *, now: datetime) -> bool:
    """Whatever is open of a locked booking; whether there was anything."""
    return bool(booking.proposals.filter(state=State.OPEN).update(state=state, answered_at=now, updated_at=now))
