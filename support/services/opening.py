"""New tickets: asked for, begun in the chat, following a closed one, or because somebody is in danger."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from common.errors import NotFound
from sessions_app.models import TutoringSession
from support import categories
from support.clock import Metric
from support.models import Category, Priority, Ticket, TicketMessage
from support.services import moves, news, passing, watches
from support.services.cases import Case, finish

LONGEST_SUBJECT = 200
_SHOWN_OF_TEXT = 80
# Who calls for help again within this time adds to the ticket that is there.
SAME_EMERGENCY = timedelta(hours=1)


@transaction.atomic
def open_ticket(
    *,
    requester: User,
    subject: str,
    description: str,
    category: str = "",
    priority: str = Priority.NORMAL,
    booking_id: int | None = None,
    now: datetime,
) -> Ticket:
    """Ask for something. What is not said of the category is guessed. Raises NotFound for a booking that is not
    the requester's.
    """
    ticket = Ticket(
        requester=requester,
        subject=_one_line(subject)[:LONGEST_SUBJECT],
        category=category or categories.guess(f"{subject} {description}"),
        priority=priority,
        booking=_booking(booking_id, requester),
    )
    return _begin(ticket, description, now).ticket


@transaction.atomic
def open_by_chat(text: str, *, requester: User, now: datetime) -> tuple[Ticket, TicketMessage]:
    """Begin to talk to support."""
    ticket = Ticket(requester=requester, subject=_beginning(text), category=categories.guess(text))
    case = _begin(ticket, text, now)
    return case.ticket, case.clocks[0].trigger


def open_following(closed: Ticket, text: str, *, requester: User, now: datetime) -> tuple[Ticket, TicketMessage]:
    """Go on where a ticket is closed: in a new one that names it (R-SUP-5). Its caller has locked the closed one."""
    ticket = Ticket(
        requester=requester,
        subject=f"Re: {closed.subject.removeprefix('Re: ')}"[:LONGEST_SUBJECT],
        category=closed.category,
        booking_id=closed.booking_id,
        session_id=closed.session_id,
        previous=closed,
    )
    case = _begin(ticket, text, now)
    return case.ticket, case.clocks[0].trigger


@transaction.atomic
def call_for_help(
    text: str, *, requester: User, phone: str = "", session_id: int | None = None, now: datetime
) -> Ticket:
    """Somebody is in danger: an urgent ticket, and a call to those on duty, each time (R-SUP-1). Never refused: a
    session that is not there, or not the caller's to see, is left out.
    """
    User.objects.take_turn(requester.pk)  # two calls at once are one emergency
    known = Ticket.objects.filter(requester=requester, is_emergency=True, last_message_at__gt=now - SAME_EMERGENCY)
    current = known.unfinished().newest_first().first()
    if current is not None:
        return _call_again(current, text, requester=requester, phone=phone, now=now)
    ticket = Ticket(
        requester=requester,
        subject=_beginning(text),
        category=Category.SAFETY,
        priority=Priority.URGENT,
        is_emergency=True,
        phone=phone,
        session=TutoringSession.objects.visible_to(requester).filter(pk=session_id).first() if session_id else None,
    )
    return _begin(ticket, text, now).ticket


def _call_again(current: Ticket, text: str, *, requester: User, phone: str, now: datetime) -> Ticket:
    with passing.opened(current.pk, requester, now=now) as case:
        case.ticket.phone = phone or case.ticket.phone
        moves.prioritise(case, Priority.URGENT)
        news.on_call(case, moves.say(case, text))
    return case.ticket


def _begin(ticket: Ticket, text: str, now: datetime) -> Case:
    """Write it down with its first message and its two watches, and tell the staff."""
    ticket.version, ticket.last_message_at = 0, now
    ticket.save()
    case = Case(ticket, ticket.requester, now)
    message = moves.write(case, text)
    watches.start(case, Metric.FIRST_RESPONSE, message)
    watches.start(case, Metric.RESOLUTION, message)
    case.note("opened", category=ticket.category, priority=ticket.priority)
    if ticket.is_emergency:
        news.on_call(case, message)
    else:
        news.opened(case, message)
    news.live(case, message)
    finish(case)
    return case


def _booking(booking_id: int | None, requester: User) -> Booking | None:
    if booking_id is None:
        return None
    booking = Booking.objects.visible_to(requester).filter(pk=booking_id).first()
    if booking is None:
        raise NotFound("Booking not found")
    return booking


def _beginning(text: str) -> str:
    return _one_line(text)[:_SHOWN_OF_TEXT]


def _one_line(text: str) -> str:
    """Of words only: it becomes the subject of a mail."""
    return " ".join(text.split())
