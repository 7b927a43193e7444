"""Notifications, the numbered event streams, and tickets."""

from datetime import datetime

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    Max,
    OuterRef,
    PositiveBigIntegerField,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, corrected, named
from adminpanel.integrity.expressions import counted
from notifications.models import Delivery, EventCounter, LiveEvent, Notification
from support.models import RUNNING, Ticket, TicketClock, TicketEvent, TicketMessage, TicketStatus
from support.services import agenda, cases

_NEWEST = LiveEvent.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(n=Max("seq")).values("n")
_SAID = (
    TicketMessage.objects.filter(ticket=OuterRef("pk"), is_internal=False)
    .order_by()
    .values("ticket")
    .annotate(n=Max("created_at"))
    .values("n")
)


def _mark(row: Notification, now) -> Change:  # type: ignore[no-untyped-def] # the moment is of no matter
    """The flag decides: that is what counts as unread."""
    return corrected(row, {"read_at": row.updated_at if row.is_read else None}, now=now)


def _looked_at_another_time(now: datetime) -> QuerySet:
    """Of those whose turn it is not: when a ticket that is ours is looked at again follows from business hours, too."""
    given_up = F("waiting_since") + agenda.RESOLVED_AFTER
    reminded = F("waiting_since") + agenda.REMINDED_AFTER
    due = Case(
        When(status=TicketStatus.WAITING_ON_USER, reminded_at=None, then=reminded),
        When(status=TicketStatus.WAITING_ON_USER, then=given_up),
        When(status=TicketStatus.RESOLVED, then=F("resolved_at") + agenda.CLOSED_AFTER),
        output_field=DateTimeField(),
    )
    closed = Q(status=TicketStatus.CLOSED, next_check_at__isnull=False)
    open_ended = Q(due__isnull=False) & (Q(next_check_at=None) | ~Q(next_check_at=F("due")))
    return Ticket.objects.annotate(due=due).filter(closed | open_ended)


def _look_again(ticket: Ticket, now: datetime) -> Change:
    before = ticket.next_check_at
    with cases.locked(ticket.pk, None, now=now) as case:
        pass
    return Change({"next_check_at": before}, {"next_check_at": case.ticket.next_check_at})


CHECKS: list[Check] = [
    RowCheck(
        "notifications.read",
        "notifications that were read say when, and the others do not",
        lambda now: Notification.objects.filter(
            Q(is_read=True, read_at=None) | Q(is_read=False, read_at__isnull=False)
        ),
        lambda row: f"{named(row)} {'was read at no time' if row.is_read else 'is unread since it was read'}.",
        mend=_mark,
    ),
    FigureCheck(
        "notifications.streams",
        "event streams go on after their last number",
        EventCounter.objects.all(),
        {
            # Old events are purged: the counter may be ahead of what is left, never behind.
            "last_seq": Case(
                When(last_seq__lt=Coalesce(Subquery(_NEWEST), 0), then=Subquery(_NEWEST)),
                default=F("last_seq"),
                output_field=PositiveBigIntegerField(),
            )
        },
    ),
    FigureCheck(
        "notifications.deliveries",
        "mails and pushes go to whom their notification is for, and are of its type",
        Delivery.objects.filter(notification__isnull=False),
        {
            "recipient_id": F("notification__recipient_id"),
            "type": F("notification__type"),
            "about": F("notification__about"),
        },
    ),
    FigureCheck(
        "support.reopened",
        "tickets count how often they were opened again",
        Ticket.objects.all(),
        {"reopened_count": counted(TicketEvent.objects.filter(ticket=OuterRef("pk"), kind="reopened"), by="ticket")},
        besides={"version": F("version") + 1},
    ),
    RowCheck(
        "support.agenda",
        "tickets are looked at again when time has something to do to them",
        _looked_at_another_time,
        lambda row: (
            f"{named(row)} is {row.status} and looked at again {row.next_check_at or 'at no time'}; "
            f"due is {row.due or 'nothing'}."
        ),
        mend=_look_again,
    ),
    FigureCheck(
        "support.last_messages",
        "tickets know when something was said last",
        Ticket.objects.filter(Exists(TicketMessage.objects.filter(ticket=OuterRef("pk"), is_internal=False))),
        {"last_message_at": Subquery(_SAID)},
    ),
    RowCheck(
        "support.clocks",
        "no stopwatch runs while it is not our turn",
        lambda now: TicketClock.objects.select_related("ticket").filter(
            ~Q(ticket__status__in=RUNNING), running_since__isnull=False
        ),
        lambda row: f"{named(row)} runs, but ticket {row.ticket_id} is {row.ticket.status}.",
    ),
]
