"""Tickets as services leave them: with their first message and the two stopwatches that it set going."""

import factory
from django.utils import timezone

from support.clock import Metric, Stopwatch
from support.models import RUNNING, Category, Feedback, Ticket, TicketClock, TicketMessage, TicketStatus
from support.services import agenda, staff
from tests.factories.people import StudentFactory


class TicketFactory(factory.django.DjangoModelFactory):
    """An open one of this moment; `text` is what its requester wrote."""

    class Meta:
        model = Ticket

    class Params:
        now = factory.LazyFunction(timezone.now)

    requester = factory.SubFactory(StudentFactory)
    subject = "The camera stays black"
    category = Category.TECHNICAL
    status = TicketStatus.OPEN
    last_message_at = factory.LazyAttribute(lambda ticket: ticket.now)
    waiting_since = factory.LazyAttribute(
        lambda ticket: ticket.now if ticket.status == TicketStatus.WAITING_ON_USER else None
    )
    resolved_at = factory.LazyAttribute(lambda ticket: ticket.now if ticket.status == TicketStatus.RESOLVED else None)
    closed_at = factory.LazyAttribute(lambda ticket: ticket.now if ticket.status == TicketStatus.CLOSED else None)

    @classmethod
    def _create(cls, model_class, *args, text="It does in every lesson.", **kwargs):
        ticket = super()._create(model_class, *args, **kwargs)
        first = TicketMessageFactory(ticket=ticket, text=text, created_at=ticket.last_message_at)
        clocks = [_clock(ticket, metric, first) for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION)]
        ticket.next_check_at = agenda.next_check(ticket, clocks, staff.business_hours(), now=ticket.last_message_at)
        ticket.save()
        return ticket


def _clock(ticket, metric, first):
    clock = TicketClock(ticket=ticket, metric=metric, trigger=first)
    clock.watch = Stopwatch(since=ticket.last_message_at if ticket.status in RUNNING else None)
    if ticket.status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        clock.stopped_at = ticket.last_message_at
    clock.save()
    return clock


class TicketMessageFactory(factory.django.DjangoModelFactory):
    """Something that the requester wrote."""

    class Meta:
        model = TicketMessage

    ticket = factory.SubFactory(TicketFactory)
    author = factory.SelfAttribute("ticket.requester")
    is_staff = False
    text = "Still so."
    created_at = factory.LazyFunction(timezone.now)


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    user = factory.SubFactory(StudentFactory)
    rating = 5
    comment = "Very good."
    created_at = factory.LazyFunction(timezone.now)
