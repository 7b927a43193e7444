"""The refusals of support."""

from common.errors import Conflict, Forbidden, Invalid


class SupportStaffOnly(Forbidden):
    code = "SUPPORT_STAFF_ONLY"
    message = "Only the support staff may do that."


class NotOfTheStaff(Invalid):
    code = "NOT_SUPPORT_STAFF"
    message = "Must be somebody of the support staff."

    def __init__(self) -> None:
        super().__init__(errors={"assignee_id": [self.message]})


class NothingSaid(Invalid):
    code = "TICKET_NEEDS_WORDS"
    message = "Say what came of it."

    def __init__(self) -> None:
        super().__init__(errors={"message": [self.message]})


class EscalatedAlready(Conflict):
    code = "TICKET_ESCALATED_ALREADY"
    message = "You have escalated this ticket already. We are on it"


class TicketNotResolved(Conflict):
    code = "TICKET_NOT_RESOLVED"
    message = "A ticket can be rated once it is resolved"


class RatingOver(Conflict):
    """Two weeks after the ticket was resolved."""

    code = "TICKET_RATING_OVER"
    message = "A ticket can be rated for 14 days after it was resolved"


class RatedAlready(Conflict):
    code = "TICKET_RATED_ALREADY"
    message = "You have rated this ticket already"


class NotMergeable(Conflict):
    code = "TICKETS_NOT_MERGEABLE"
    message = "Only tickets of one person can be merged, and only into one that is not closed"
