from support.models.feedback import Feedback
from support.models.ticket import (
    RUNNING,
    TIERS,
    TRANSITIONS,
    Category,
    Party,
    Priority,
    Resolution,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketMessage,
    TicketStatus,
    Tier,
)

__all__ = [
    "RUNNING",
    "TIERS",
    "TRANSITIONS",
    "Category",
    "Feedback",
    "Party",
    "Priority",
    "Resolution",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketMessage",
    "TicketStatus",
    "Tier",
]
