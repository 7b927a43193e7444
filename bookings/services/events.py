"""What happened to a booking, written down and told: its history, the audit log, notifications and socket frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.services import record as audit
from bookings.models import Booking, BookingEvent, Party
from bookings.services import following, money
from bookings.services.access import party_of, user_of
from notifications.services import Notice, notify

# A line of the history: another tutor gives the lesson.
REASSIGNED = "reassigned"
# Ends or moves something, and is mandatory if that is near (R-NOTIF-2).
_UPSETTING = ("booking_cancelled", "booking_rescheduled", "booking_reassigned")
NEAR = timedelta(hours=24)
# What people say about each other stands in the history, not in the log that is kept for ever.
STATEMENT = "statement"


@dataclass(frozen=True)
class Message:
    """What one party is to be told."""

    to: Party
    title: str
    text: str
    kind: str = ""
    """The notification's type; `booking_{kind of the event}` unless it says another."""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """What is still to be told of something that is written down."""

    notices: list[Notice]
    frames: list[tuple[int, dict[str, Any]]]


def record(
    booking: Booking,
    kind: str,
    *messages: Message,
    actor: User | None,
    now: datetime,
    before: str | None = None,
    data: dict[str, Any] | None = None,
    reason: str = "",
) -> News:
    """Write a line of the history and of the audit log for a booking that has just been moved; returns the news.

    `before` is the status that it had, if that changed. `reason` is an admin's and kept for ever; what the parties
    write to each other stands in the booking.
    """
    before = booking.status if before is None else before
    BookingEvent.objects.create(
        booking=booking,
        kind=kind,
        actor=actor,
        party=party_of(booking, actor),
        from_status=before,
        to_status=booking.status,
        data=data or {},
        created_at=now,
    )
    audit(
        f"booking.{kind}",
        actor=actor,
        obj=booking,
        before={"status": before},
        after={"status": booking.status} | {name: value for name, value in (data or {}).items() if name != STATEMENT},
        reason=reason,
    )
    money.settle(booking)
    frame = _frame(booking, kind, actor)
    moments = [booking.starts_at, *([datetime.fromisoformat(data["from"])] if data and "from" in data else [])]
    is_near = min(moments) - now <= NEAR
    notices = [
        _notice(booking, kind, message, actor, to=user_of(booking, message.to), is_near=is_near) for message in messages
    ]
    following.follow_booking(booking, kind, told=[notice.recipient_id for notice in notices], now=now)
    return News(notices, [(booking.student_id, frame), (booking.tutor.user_id, frame)])


def tell_former_tutor(news: News, tutor: User, booking: Booking, text: str, *, actor: User) -> News:
    """The news of a lesson that was just given to another tutor, also for the one who had it."""
    is_near = booking.starts_at - booking.updated_at <= NEAR
    message = Message(Party.TUTOR, "Another tutor gives your lesson", text)
    notice = _notice(booking, REASSIGNED, message, actor, to=tutor, is_near=is_near)
    return News([*news.notices, notice], [*news.frames, (tutor.pk, _frame(booking, REASSIGNED, actor))])


def tell(*news: News) -> None:
    """Tell all of it in one call, so that streams are locked in one order: once, at the end of a transaction."""
    notify(
        [notice for one in news for notice in one.notices],
        frames=[frame for one in news for frame in one.frames],
    )


def when(booking: Booking, party: Party, moment: datetime | None = None) -> str:
    """The start, or another moment, on that party's wall."""
    zone = booking.student_timezone if party == Party.STUDENT else booking.tutor_timezone
    return f"{(moment or booking.starts_at).astimezone(ZoneInfo(zone)):%d %B %Y at %H:%M} ({zone})"


def described(booking: Booking) -> str:
    """What its student pays for."""
    return f"the lesson with {name_of(booking, Party.TUTOR)} on {when(booking, Party.STUDENT)}"


def name_of(booking: Booking, party: Party) -> str:
    return user_of(booking, party).display_name


def times(moments: Sequence[datetime]) -> list[str]:
    """Instants for the history, which is JSON."""
    return [moment.isoformat().replace("+00:00", "Z") for moment in moments]


def _frame(booking: Booking, kind: str, actor: User | None) -> dict[str, Any]:
    return {
        "type": "booking_update",
        "booking_id": booking.pk,
        "event": kind,
        "status": booking.status.upper(),
        "dispute_state": booking.dispute_state,
        "session_id": booking.session_id,
        "start_time": booking.starts_at,
        "end_time": booking.ends_at,
        "version": booking.version,
        "actor_id": actor.pk if actor else None,
    }


def _notice(booking: Booking, kind: str, message: Message, actor: User | None, *, to: User, is_near: bool) -> Notice:
    kind = message.kind or f"booking_{kind}"
    return Notice(
        recipient_id=to.pk,
        kind=kind,
        title=message.title,
        message=message.text,
        link=f"/bookings/{booking.pk}",
        data={
            "booking_id": booking.pk,
            "status": booking.status.upper(),
            "start_time": booking.starts_at,
            "actor_id": actor.pk if actor else None,
        }
        | message.data,
        about=f"booking:{booking.pk}",
        urgent=is_near and kind in _UPSETTING,
        # The version makes the key of this very change: a repeat of it tells nobody twice.
        dedupe_key=f"booking:{booking.pk}:{kind}:v{booking.version}",
    )
