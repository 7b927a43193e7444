"""What the support staff does to tickets, as `test_moderation.DEEDS` has it."""

from support.models import Ticket
from tests.factories import StudentFactory, TicketFactory

TEXT = {"text": "Which browser do you use?"}
MERGED_INTO = 1_000_001


def _one_of_two():
    requester = StudentFactory()
    TicketFactory(pk=MERGED_INTO, requester=requester)
    return TicketFactory(requester=requester)


def _escalated() -> Ticket:
    return TicketFactory(status="escalated", tier="lead")


DEEDS = {
    "answer_ticket": (TicketFactory, TEXT, {"status": "in_progress"}, "ticket.answered"),
    "ask_requester": (TicketFactory, TEXT, {"status": "waiting_on_user"}, "ticket.asked"),
    "note_ticket": (TicketFactory, TEXT, {"status": "open", "version": 2}, "ticket.noted"),
    "assign_ticket": (
        lambda: TicketFactory(status="in_progress", assignee=StudentFactory()),
        {"assignee": ""},
        {"assignee": None},
        "ticket.assigned",
    ),
    "set_priority": (TicketFactory, {"priority": "low"}, {"priority": "low"}, "ticket.prioritised"),
    "escalate_ticket": (
        TicketFactory,
        {"reason": "it presses"},
        {"status": "escalated", "tier": "lead", "priority": "high"},
        "ticket.escalated",
    ),
    "hand_back_ticket": (_escalated, {}, {"status": "in_progress", "tier": "agent"}, "ticket.de_escalated"),
    "resolve_ticket": (TicketFactory, TEXT, {"status": "resolved", "resolution": "solved"}, "ticket.resolved"),
    "close_ticket": (
        TicketFactory,
        {"reason": "spam"},
        {"status": "closed", "closed_by": "staff", "close_reason": "spam"},
        "ticket.closed",
    ),
    "merge_ticket": (
        _one_of_two,
        {"ticket_id": str(MERGED_INTO)},
        {"status": "closed", "merged_into_id": MERGED_INTO},
        "ticket.merged",
    ),
}
