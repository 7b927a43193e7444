"""A ticket in the hands of one transaction: locked first, written and told once, at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import User
from audit.services import record
from common.errors import StaleVersion
from notifications.services import Notice, notify
from support.clock import BusinessHours
from support.models import Party, Ticket, TicketClock, TicketEvent
from support.services import access, agenda, staff

Frame = tuple[int, dict[str, Any]]


@dataclass
class Case:
    """What a transaction does to a ticket. `actor` is None for the system; `now` is when it happens."""

    ticket: Ticket
    actor: User | None
    now: datetime
    changed: bool = False
    notices: list[Notice] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    @cached_property
    def party(self) -> Party:
        return access.party_of(self.ticket, self.actor)

    @cached_property
    def clocks(self) -> list[TicketClock]:
        return list(TicketClock.objects.filter(ticket=self.ticket).order_by("pk"))

    @cached_property
    def hours(self) -> BusinessHours:
        return staff.business_hours()

    def note(
        self,
        kind: str,
        *,
        from_status: str = "",
        clock: TicketClock | None = None,
        reason: str = "",
        at: datetime | None = None,
        audited: bool = True,
        **data: Any,
    ) -> None:
        """A line of history, and one in the audit log, unless what it is part of has one there. A requester's own words
        are kept in the history only.
        """
        self.changed = True
        moved = bool(from_status)
        TicketEvent.objects.create(
            ticket=self.ticket,
            kind=kind,
            clock=clock,
            actor=self.actor,
            party=self.party,
            from_status=from_status,
            to_status=self.ticket.status if moved else "",
            data=data | ({"reason": reason} if reason else {}),
            created_at=at or self.now,
        )
        if not audited:
            return
        record(
            f"ticket.{kind}",
            actor=self.actor,
            obj=self.ticket,
            before={"status": from_status} if moved else {},
            after=({"status": self.ticket.status} if moved else {}) | data,
            reason=reason if self.party == Party.STAFF else "",
        )


@contextmanager
def locked(ticket_id: int, actor: User | None, *, now: datetime, version: int | None = None) -> Iterator[Case]:
    """The ticket as it is now, locked until the running transaction ends. What was done to it is written and told when
    the block ends. `version` is what the caller believes to change. Raises StaleVersion.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("requester", "assignee").get(pk=ticket_id)
    if version is not None and version != ticket.version:
        raise StaleVersion(current_version=ticket.version)
    case = Case(ticket, actor, now)
    yield case
    finish(case)


def finish(case: Case) -> None:
    """Write down what has become of it and when to look again, and tell everybody at once."""
    ticket = case.ticket
    if case.changed:
        ticket.version += 1
    ticket.next_check_at = agenda.next_check(ticket, case.clocks, case.hours, now=case.now)
    ticket.save()
    if case.notices or case.frames:
        notify(case.notices, frames=case.frames)
