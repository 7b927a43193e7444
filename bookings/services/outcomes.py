"""What may become of a locked booking, whoever or whatever brings it about.

Each of these moves the booking with its session, settles the credit, writes the history and returns the news; the
caller has locked the booking (`access.lock`), has asked who and whether, and tells the news at the end.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from accounts.models import StudentProfile, TutorProfile, User
from bookings.cancellation import NOTHING_LOST, Outcome, free_cancel_after_move, is_late
from bookings.errors import SlotTaken
from bookings.models import Booking, BookingStatus, DisputeState, NoShowClaim, Party, RescheduleProposal, TutorStrike
from bookings.services import alternatives, events, presence, proposals, rewards, settling, transitions
from bookings.services.events import Message, News, name_of, when
from sessions_app.errors import TimeConflict
from sessions_app.services import private

ANSWER_WITHIN = timedelta(hours=24)
ANSWER_AHEAD = timedelta(hours=1)
STUDENT_ABSENT, TUTOR_ABSENT = "student_absent", "tutor_absent"
LATE_CANCEL, NO_SHOW = "late_cancel", "no_show"


def answer_times(*, asked_at: datetime, starts_at: datetime) -> dict[str, datetime]:
    """When an unanswered request lapses and when its tutor is nudged, as columns (R-BOOK-3).

    A lesson less than an hour away may be answered until it begins.
    """
    ahead = starts_at - ANSWER_AHEAD
    expires_at = min(asked_at + ANSWER_WITHIN, ahead if ahead > asked_at else starts_at)
    return {"expires_at": expires_at, "nudge_at": asked_at + (expires_at - asked_at) / 2}


def expire(booking: Booking, *, now: datetime) -> News:
    """Nobody answered."""
    changes = settling.settle(booking, NOTHING_LOST, actor=None, now=now)
    before = _end(booking, BookingStatus.EXPIRED, now=now, verb="expire", **changes)
    private.cancel(booking.session, reason="expired")
    others = {"alternatives": alternatives.near(booking, now=now)}
    start = when(booking, Party.STUDENT)
    return events.record(
        booking,
        "expired",
        Message(
            Party.STUDENT,
            "Booking request expired",
            f"{name_of(booking, Party.TUTOR)} did not answer your request for {start}. You pay nothing.",
            data=others,
        ),
        Message(
            Party.TUTOR,
            "Booking request expired",
            f"You did not answer the request of {name_of(booking, Party.STUDENT)} for {when(booking, Party.TUTOR)}.",
            data=others,
        ),
        actor=None,
        now=now,
        before=before,
    )


def nudge(booking: Booking, *, now: datetime) -> News:
    """Half of the time for an answer is over."""
    transitions.write(booking, now=now, nudge_at=None)
    deadline = when(booking, Party.TUTOR, booking.expires_at)
    text = f"{name_of(booking, Party.STUDENT)} is waiting for your answer. The request expires on {deadline}."
    message = Message(Party.TUTOR, "Booking request is waiting", text)
    return events.record(booking, "reminder", message, actor=None, now=now)


def cancel(
    booking: Booking,
    outcome: Outcome,
    *,
    actor: User | None,
    by: Party,
    reason: str,
    now: datetime,
    is_struck: bool,
    others: dict[str, Any] | None = None,
) -> News:
    """Called off, by an admin even after it began. Whatever was proposed or claimed is off, too.

    A student who did not do it is told what else there is: `others`, or other times of the same tutor.
    """
    changes = _drop_claims(booking, now=now) | settling.settle(booking, outcome, actor=actor, now=now)
    before = _end(
        booking, BookingStatus.CANCELLED, now=now, verb="cancel", cancelled_by=by, cancel_reason=reason, **changes
    )
    proposals.close(booking, RescheduleProposal.State.WITHDRAWN, now=now)
    private.cancel(booking.session, reason=reason)
    if is_struck:
        strike(booking, LATE_CANCEL, now=now)
    told = [party for party in (Party.STUDENT, Party.TUTOR) if party != by]
    if others is None and by != Party.STUDENT:
        others = {"alternatives": alternatives.near(booking, now=now)}
    by_whom = name_of(booking, by) if by in (Party.STUDENT, Party.TUTOR) else "PeerLearn"
    messages = [
        Message(
            party,
            "Booking cancelled",
            f"{by_whom} cancelled your lesson on {when(booking, party)}." + (f" {reason}" if reason else ""),
            data={"cancelled_by": by, "refund_percent": booking.refund_percent}
            | ((others or {}) if party == Party.STUDENT else {}),
        )
        for party in told
    ]
    facts = {"refund_percent": booking.refund_percent, "credit_released": outcome.releases_credit, "cancelled_by": by}
    kept = reason if by == Party.ADMIN else ""
    return events.record(booking, "cancelled", *messages, actor=actor, now=now, before=before, data=facts, reason=kept)


def shift(booking: Booking, starts_at: datetime, *, by: Party, asked_at: datetime, actor: User, now: datetime) -> News:
    """To another time of the same length, by agreement or by right; `by` wanted it, at `asked_at` (R-RES-1, R-RES-4).

    Raises SlotTaken or StudentConflict.
    """
    old = booking.starts_at
    ends_at = starts_at + (booking.ends_at - booking.starts_at)
    consequences = _consequences_of_move(booking, starts_at, by=by, asked_at=asked_at, now=now)
    transitions.write(
        booking, now=now, starts_at=starts_at, ends_at=ends_at, sequence=booking.sequence + 1, **consequences
    )
    try:
        private.move_to(booking.session, starts_at=starts_at, ends_at=ends_at)
    except TimeConflict as error:
        raise SlotTaken from error
    booking.quotes.all().delete()
    messages = [
        Message(party, "Booking moved", f"Your lesson of {when(booking, party, old)} is now on {when(booking, party)}.")
        for party in (Party.STUDENT, Party.TUTOR)
        if actor.pk != events.user_of(booking, party).pk
    ]
    facts = {"from": events.times([old])[0], "to": events.times([starts_at])[0], "moved_by": by}
    return events.record(booking, "rescheduled", *messages, actor=actor, now=now, data=facts)


def complete(booking: Booking, *, actor: User | None, now: datetime) -> News:
    """The lesson took place. Both people's counts grow in this transaction."""
    settling.use_up(booking, actor=actor, now=now)
    before = _end(booking, BookingStatus.COMPLETED, now=now, verb="complete")
    presence.end(booking, now=now)
    private.complete(booking.session, attended=presence.recorded(booking, booking.student_id))
    count_lesson(booking, +1)
    rewards.follow_booking(booking)
    messages = [
        Message(
            Party.STUDENT,
            "Lesson completed",
            f"How was your lesson with {name_of(booking, Party.TUTOR)}? You can review it for 14 days.",
        ),
        Message(Party.TUTOR, "Lesson completed", f"Your lesson with {name_of(booking, Party.STUDENT)} is completed."),
    ]
    told = [message for message in messages if actor is None or actor.pk != events.user_of(booking, message.to).pk]
    return events.record(booking, "completed", *told, actor=actor, now=now, before=before)


def student_absent(booking: Booking, *, actor: User | None, now: datetime) -> News:
    """The tutor is paid in full, the credit is used up (R-NS-2)."""
    changes = settling.settle(booking, Outcome(0, releases_credit=False), actor=actor, now=now)
    before = _end(booking, BookingStatus.NO_SHOW_STUDENT, now=now, verb="mark as a no-show", **changes)
    private.cancel(booking.session, reason=STUDENT_ABSENT)
    presence.end(booking, now=now)
    text = f"You are said to have missed the lesson on {when(booking, Party.STUDENT)}. You can contest that for 3 days."
    message = Message(Party.STUDENT, "Marked as absent", text)
    return events.record(booking, "no_show_student", message, actor=actor, now=now, before=before)


def tutor_absent(booking: Booking, *, actor: User | None, now: datetime) -> News:
    """Everything is given back, the tutor has a strike, and the student hears of others who have time (R-NS-3)."""
    changes = settling.settle(booking, NOTHING_LOST, actor=actor, now=now)
    before = _end(booking, BookingStatus.NO_SHOW_TUTOR, now=now, verb="mark as a no-show", **changes)
    private.cancel(booking.session, reason=TUTOR_ABSENT)
    presence.end(booking, now=now)
    strike(booking, NO_SHOW, now=now)
    return events.record(
        booking,
        "no_show_tutor",
        Message(
            Party.STUDENT,
            "Your tutor did not come",
            f"You pay nothing for the lesson on {when(booking, Party.STUDENT)}.",
            data={
                "alternatives": alternatives.near(booking, now=now),
                "tutors": alternatives.replacements(booking, now=now),
            },
        ),
        Message(
            Party.TUTOR,
            "Marked as absent",
            f"You are said to have missed the lesson on {when(booking, Party.TUTOR)}. You can contest that for 3 days.",
        ),
        actor=actor,
        now=now,
        before=before,
    )


def count_lesson(booking: Booking, change: int) -> None:
    """How many lessons each has had, on their profiles."""
    TutorProfile.objects.filter(pk=booking.tutor_id).update(total_sessions=F("total_sessions") + change)
    StudentProfile.objects.filter(user=booking.student_id).update(total_sessions=F("total_sessions") + change)


def strike(booking: Booking, reason: str, *, now: datetime) -> None:
    """A mark against the tutor, one a booking (R-CAN-3)."""
    TutorStrike.objects.get_or_create(
        booking=booking, defaults={"tutor_id": booking.tutor_id, "reason": reason, "created_at": now}
    )


def _end(booking: Booking, status: BookingStatus, *, now: datetime, verb: str, **changes: Any) -> str:
    """Into a final status; returns the one before."""
    before = booking.status
    over = {"ended_at": now, "expires_at": None, "nudge_at": None}
    transitions.move(booking, status, now=now, verb=verb, **over, **changes)
    return before


def _drop_claims(booking: Booking, *, now: datetime) -> dict[str, Any]:
    """Who calls a lesson off has decided what was disputed about it; returns the columns that say so."""
    booking.no_show_claims.update(state=NoShowClaim.State.REJECTED, decided_at=now, updated_at=now)
    return {"dispute_state": DisputeState.RESOLVED} if booking.dispute_state == DisputeState.OPEN else {}


def _consequences_of_move(
    booking: Booking, starts_at: datetime, *, by: Party, asked_at: datetime, now: datetime
) -> dict[str, Any]:
    """What else a move changes: who has moved how often, deadlines, and what cancelling costs from now on."""
    if by == Party.TUTOR:
        free = free_cancel_after_move(proposed_at=asked_at, starts_at=starts_at)
        return {"moves_by_tutor": booking.moves_by_tutor + 1, "free_cancel_until": free}
    changes: dict[str, Any] = {"moves_by_student": booking.moves_by_student + 1}
    if booking.status == BookingStatus.PENDING:
        return changes | _answer_times_of_moved(booking, starts_at, now)
    if is_late(booking.cancellation_policy, booking.starts_at - asked_at):
        changes["non_refundable"] = True
    return changes | {"free_cancel_until": None}


def _answer_times_of_moved(booking: Booking, starts_at: datetime, now: datetime) -> dict[str, Any]:
    """The time for an answer starts anew once; after that it can only become shorter."""
    anew = answer_times(asked_at=now, starts_at=starts_at)
    if booking.moves_by_student == 0 or booking.expires_at is None:
        return dict(anew)
    return {"expires_at": min(booking.expires_at, anew["expires_at"])}
