"""Finding a ticket, and as whom somebody acts on it."""

from accounts.models import User
from common.errors import NotFound
from support.errors import SupportStaffOnly
from support.models import Party, Ticket


def find(ticket_id: int, viewer: User) -> Ticket:
    """One's own ticket; any of them for the staff. Raises NotFound."""
    ticket = Ticket.objects.visible_to(viewer).filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound("Ticket not found")
    return ticket


def party_of(ticket: Ticket, user: User | None) -> Party:
    """Nobody is the system. Who asks for something is no staff in it, whatever they are elsewhere."""
    if user is None:
        return Party.SYSTEM
    return Party.REQUESTER if user.pk == ticket.requester_id else Party.STAFF


def require_staff(ticket: Ticket, actor: User) -> None:
    """Raises SupportStaffOnly: also for whoever of the staff asked for it, since nobody decides about their own."""
    if party_of(ticket, actor) != Party.STAFF:
        raise SupportStaffOnly
