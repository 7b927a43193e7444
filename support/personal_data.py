"""What the support keeps about people (see `common.personal_data`)."""

from common.personal_data import Keep, Overwrite, Section

SECTIONS = (
    Section(
        *("support.TicketMessage", "ticket__requester", "support", Overwrite({"text": ""})),
        shows=("ticket_id", "is_staff", "text", "created_at"),
        among={"is_internal": False},
    ),
    Section(
        *("support.TicketMessage", "ticket__requester__pk", "support", Overwrite({"text": ""})),
        hides="What the staff noted for each other.",
        among={"is_internal": True},
    ),
    Section(
        *("support.TicketMessage", "author", "support", Keep("An answer belongs to the one whom it was written to.")),
        hides="Tickets of others.",
        among={"is_staff": True},
    ),
    Section(
        *("support.TicketEvent", "ticket__requester", "support", Overwrite({"data": {}})),
        shows=("ticket_id", "kind", "party", "from_status", "to_status", "created_at"),
    ),
    Section(
        *("support.TicketClock", "ticket__requester", "support", Keep("How fast we answered: no word of anybody's.")),
        hides="How fast we answered.",
    ),
    Section(
        *("support.Ticket", "requester", "support"),
        erasure=Overwrite(
            {"subject": "Ticket of a former member", **dict.fromkeys(("phone", "resolution", "close_reason"), "")}
        ),
        shows=(
            *("id", "subject", "category", "priority", "status", "phone", "resolution", "close_reason"),
            *("created_at", "resolved_at", "closed_at"),
        ),
    ),
    Section(
        *("support.Feedback", "user", "support", Overwrite({"comment": ""})),
        shows=("rating", "comment", "category", "created_at"),
    ),
)

LINKS = {
    "support.Ticket.assignee": "Who of the staff sees to it, by number.",
    "support.TicketEvent.actor": "Likewise.",
}
