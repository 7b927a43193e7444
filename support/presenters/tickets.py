"""Tickets as data. What only the staff may see is not in a requester's at all, an admin's neither (R-SUP-6)."""

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from bookings.models import Booking
from messaging.presenters import people
from payments.models import Dispute, DisputeStatus, Payment
from support.models import RUNNING, Feedback, Ticket, TicketClock, TicketEvent, TicketMessage
from support.services import agenda, staff

# Of a conversation, the latest.
MOST_MESSAGES = 200
_OWN = (
    *("id", "subject", "category", "priority", "status", "is_emergency", "booking_id", "session_id", "resolution"),
    *("reopened_count", "close_reason", "last_message_at", "resolved_at", "closed_at", "created_at", "updated_at"),
    "version",
)
_PERSON = ("id", "first_name", "last_name", "deleted_at")
_COLUMNS = (
    *_OWN,
    *("previous_id", "merged_into_id", "escalated_by_requester_at", "tier", "phone", "requester__email"),
    *("requester__role", *(f"requester__{name}" for name in _PERSON), *(f"assignee__{name}" for name in _PERSON)),
)
_BOOKING = ("id", "status", "starts_at", "ends_at", "price", "currency", "refund_percent", "refund_amount")
_PAYMENT = ("id", "status", "amount", "currency", "captured_amount", "refunded_amount")
_HISTORY = ("kind", "party", "actor_id", "from_status", "to_status", "data", "created_at")


def cards(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The tickets of one page (a sliced queryset)."""
    shown = Ticket.objects.filter(pk__in=page.values("pk")).newest_first()
    rows = list(shown.values(*_COLUMNS))
    clocks = _clocks([row for row in rows if _is_staffs(row, viewer)])
    return [
        _card(row, viewer) | (_for_staff(row, clocks[row["id"]]) if _is_staffs(row, viewer) else {}) for row in rows
    ]


def detail(ticket_id: int, viewer: User) -> dict[str, Any]:
    """One ticket with the latest of its conversation; for the staff with notes, history and the lesson it is about."""
    row = Ticket.objects.values(*_COLUMNS).get(pk=ticket_id)
    said = TicketMessage.objects.filter(ticket=ticket_id)
    if not _is_staffs(row, viewer):
        said = said.filter(is_internal=False)
    latest = said.select_related("author").order_by("-pk")[:MOST_MESSAGES]
    shown = _card(row, viewer) | {
        "description": said.order_by("pk").values_list("text", flat=True)[0],
        "messages": [message(each) for each in latest][::-1],
        "message_count": said.count(),
        "satisfaction": Feedback.objects.filter(ticket=ticket_id).values("rating", "comment", "created_at").first(),
    }
    if not _is_staffs(row, viewer):
        return shown
    return shown | _for_staff(row, _clocks([row])[ticket_id]) | _context(row)


def message(said: TicketMessage) -> dict[str, Any]:
    return {
        "id": said.pk,
        "author": {"id": said.author_id, "name": people.name_of(people.row_of(said.author))},
        "is_staff": said.is_staff,
        "is_internal": said.is_internal,
        "text": said.text,
        "created_at": said.created_at,
    }


def _card(row: dict[str, Any], viewer: User) -> dict[str, Any]:
    has_a_say_left = _is_staffs(row, viewer) or row["escalated_by_requester_at"] is None
    return {name: row[name] for name in _OWN} | {
        "previous_ticket_id": row["previous_id"],
        "merged_into_ticket_id": row["merged_into_id"],
        "requester": _person(row, "requester"),
        "assignee": _person(row, "assignee") if row["assignee__id"] else None,
        "can_escalate": row["status"] in RUNNING and has_a_say_left,
    }


def _is_staffs(row: dict[str, Any], viewer: User) -> bool:
    """Whether the viewer looks at it as the staff: not at what they asked for themselves."""
    return viewer.is_admin and row["requester__id"] != viewer.pk


def _person(row: dict[str, Any], who: str) -> dict[str, Any]:
    return {"id": row[f"{who}__id"], "name": people.name_of(row, f"{who}__")}


def _for_staff(row: dict[str, Any], clocks: list[TicketClock]) -> dict[str, Any]:
    hours = staff.business_hours()
    return {
        "tier": row["tier"],
        "phone": row["phone"],
        "requester_email": row["requester__email"],
        "requester_role": row["requester__role"],
        "sla": [
            {
                "metric": clock.metric,
                "state": _state(clock),
                "due_at": agenda.due(clock, row["priority"], hours),
                "stopped_at": clock.stopped_at,
                "breached_at": clock.breached_at,
            }
            for clock in clocks
        ],
    }


def _state(clock: TicketClock) -> str:
    if clock.stopped_at:
        return "stopped"
    return "running" if clock.running_since else "paused"


def _clocks(rows: list[dict[str, Any]]) -> dict[int, list[TicketClock]]:
    found: dict[int, list[TicketClock]] = defaultdict(list)
    for clock in TicketClock.objects.filter(ticket__in=[row["id"] for row in rows]).order_by("pk"):
        found[clock.ticket_id].append(clock)
    return found


def _context(row: dict[str, Any]) -> dict[str, Any]:
    events = TicketEvent.objects.filter(ticket=row["id"]).order_by("pk")
    return {"booking": _booking(row["booking_id"]), "history": list(events.values(*_HISTORY))}


def _booking(booking_id: int | None) -> dict[str, Any] | None:
    """What it is about, what it costs, and how it was paid."""
    booking = Booking.objects.with_everything().filter(pk=booking_id).first() if booking_id else None
    if booking is None:
        return None
    return {name: getattr(booking, name) for name in _BOOKING} | {
        "dispute_state": booking.dispute_state,
        "student": {"id": booking.student_id, "name": booking.student.display_name},
        "tutor": {"id": booking.tutor.user_id, "name": booking.tutor.user.display_name},
        "subject": booking.subject.name if booking.subject else None,
        "payments": list(_payments(booking)),
    }


def _payments(booking: Booking) -> QuerySet[Payment, dict[str, Any]]:
    """Newest first. A lesson of a package was paid for with the package."""
    kind, pk = ("purchase", booking.purchase_id) if booking.purchase_id else ("booking", booking.pk)
    open_disputes = Dispute.objects.filter(payment=OuterRef("pk"), status=DisputeStatus.OPEN)
    return Payment.objects.of(kind, pk).annotate(is_disputed=Exists(open_disputes)).values(*_PAYMENT, "is_disputed")
