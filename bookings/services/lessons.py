"""What happens to a locked booking without changing its status: proposals end, lessons begin, disputes open.

As in `outcomes`, each returns the news for the caller to tell.
"""

from datetime import datetime

from accounts.models import User
from bookings.models import Booking, DisputeState, NoShowClaim, Party, RescheduleProposal
from bookings.services import events, transitions
from bookings.services.events import Message, News, name_of, when
from sessions_app.services import private

State = RescheduleProposal.State


def propose(
    booking: Booking, proposal: RescheduleProposal, starts: list[datetime], *, actor: User, now: datetime
) -> News:
    """Tell the other side what was proposed."""
    transitions.write(booking, now=now)
    by = Party(proposal.proposed_by)
    to = Party.TUTOR if by == Party.STUDENT else Party.STUDENT
    choices = " or ".join(when(booking, to, start) for start in sorted(starts))
    text = f"{name_of(booking, by)} would like to move your lesson of {when(booking, to)} to {choices}."
    options = events.times(sorted(starts))
    message = Message(to, "Another time is proposed", text, kind="reschedule_proposed", data={"options": options})
    facts = {"options": options, "proposed_by": by}
    return events.record(booking, "reschedule_proposed", message, actor=actor, now=now, data=facts)


def close_proposal(
    booking: Booking,
    proposal: RescheduleProposal,
    state: RescheduleProposal.State,
    *,
    actor: User | None,
    now: datetime,
) -> News:
    """Declined, withdrawn or lapsed: the time stays as it is. Tells whoever did not do it."""
    proposal.state = state
    proposal.answered_at = now
    proposal.save(update_fields=["state", "answered_at", "updated_at"])
    transitions.write(booking, now=now)
    kind = f"reschedule_{state}"
    messages = [
        Message(party, f"Proposed time {state}", f"Your lesson stays on {when(booking, party)}.", kind=kind)
        for party in (Party.STUDENT, Party.TUTOR)
        if actor is None or events.user_of(booking, party).pk != actor.pk
    ]
    return events.record(booking, kind, *messages, actor=actor, now=now)


def begin(booking: Booking, *, actor: User | None, now: datetime) -> News:
    """The lesson is in progress: its session is ongoing (R-BOOK-5)."""
    private.begin(booking.session)
    transitions.write(booking, now=now)
    return events.record(booking, "started", actor=actor, now=now)


def open_dispute(booking: Booking, *, actor: User | None, now: datetime, statement: str = "") -> News:
    """The two say different things: nothing moves until the moderators have decided (R-NS-4)."""
    transitions.write(booking, now=now, dispute_state=DisputeState.OPEN)
    messages = [
        Message(
            party,
            "The moderators were asked",
            f"You disagree about your lesson on {when(booking, party)}. The moderators will decide.",
        )
        for party in (Party.STUDENT, Party.TUTOR)
    ]
    facts = {events.STATEMENT: statement} if statement else {}
    return events.record(booking, "dispute_opened", *messages, actor=actor, now=now, data=facts)


def close_claim(claim: NoShowClaim, state: NoShowClaim.State, *, now: datetime) -> None:
    claim.state = state
    claim.decided_at = now
    claim.save(update_fields=["state", "decided_at", "updated_at"])
