"""What several people, and the clock, do to one ticket at the same time, on the engine of this run."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from notifications.models import Notification
from support.errors import EscalatedAlready, RatedAlready
from support.models import Feedback, Ticket, TicketEvent
from support.querysets import TicketQuerySet
from support.services import feedback, handling, opening, passing, talking
from tests.factories import AdminFactory, StudentFactory, TicketFactory
from tests.support.threads import at_once, kinds, waiting_after
from tests.support_app.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def escalations(ticket):
    return partial(handling.escalate, ticket.pk, reason="Please", actor=ticket.requester, now=NOW)


def sweepers(count):
    return [partial(passing.advance_overdue, now=NOW + DAY)] * count


@pytest.fixture
def without_locks(monkeypatch):
    """Nobody locks a ticket, and whoever reads one waits until the other has read it too."""
    monkeypatch.setattr(TicketQuerySet, "select_for_update", lambda self, **options: _Unlocked(self))


class _Unlocked:
    """A queryset whose `get` returns to nobody before two have come so far."""

    both = None

    def __init__(self, rows):
        self.rows = rows

    def select_related(self, *names):
        return _Unlocked(self.rows.select_related(*names))

    def get(self, **which):
        return type(self).both(self.rows, **which)


def test_two_escalations_of_a_requester_at_once_count_once():
    ticket = TicketFactory(now=NOW)

    results = at_once([escalations(ticket)] * 6)

    assert kinds(results) == {"ok": 1, EscalatedAlready.__name__: 5}
    ticket.refresh_from_db()
    assert (ticket.tier, ticket.priority, ticket.version) == ("lead", "high", 2)
    assert ticket.events.count() == 1


@pytest.mark.postgres
def test_without_the_lock_they_count_twice(without_locks):
    """The control. SQLite cannot fail it; its writers stand in line."""
    _Unlocked.both = staticmethod(waiting_after(TicketQuerySet.get))
    ticket = TicketFactory(now=NOW)

    assert kinds(at_once([escalations(ticket)] * 2)) == {"ok": 2}
    assert ticket.events.count() == 2


def test_a_breach_is_one_event_however_many_sweepers_run_at_once():
    AdminFactory()
    tickets = [TicketFactory(now=NOW) for _ in range(3)]

    results = at_once(sweepers(4))

    assert sum(results) == 3
    assert Counter(TicketEvent.objects.values_list("ticket", "kind")) == {(t.pk, "sla_breach"): 1 for t in tickets}
    assert Notification.objects.filter(type="ticket_sla_breached").count() == 3
    assert set(Ticket.objects.values_list("tier", "priority")) == {("lead", "high")}


@pytest.mark.postgres
def test_without_the_lock_the_constraint_lets_one_of_two_sweepers_through(without_locks):
    """The control: both see that it is late, and both would say so."""
    _Unlocked.both = staticmethod(waiting_after(TicketQuerySet.get))
    AdminFactory()
    TicketFactory(now=NOW)
    seen = []
    record = passing._breach
    passing._breach = lambda case, each: (seen.append(each.pk), record(case, each))
    try:
        results = at_once(sweepers(2))
    finally:
        passing._breach = record

    assert len(seen) == 2
    assert sorted(results) == [0, 1]
    assert TicketEvent.objects.filter(kind="sla_breach").count() == 1


def test_two_agents_who_take_and_resolve_it_at_once_leave_one_story():
    agents = [AdminFactory() for _ in range(2)]
    for _ in range(3):
        ticket = TicketFactory(now=NOW)
        calls = [partial(handling.assign, ticket.pk, agent, actor=agent, now=NOW) for agent in agents]
        calls += [partial(handling.resolve, ticket.pk, text="Fixed.", actor=agent, now=NOW) for agent in agents]

        results = at_once(calls)

        came = kinds(results)
        assert came["InvalidTransition"] == 1  # the second to resolve it
        assert came["ok"] == 3
        ticket.refresh_from_db()
        assert (ticket.status, ticket.assignee in agents) == ("resolved", True)
        assert ticket.events.filter(kind="resolved").count() == 1
        assert not ticket.clocks.filter(stopped_at=None).exists()
        assert Notification.objects.filter(type="ticket_resolved", recipient=ticket.requester).count() == 1


def test_answers_to_a_closed_ticket_at_once_make_one_that_follows():
    ticket = TicketFactory(status="closed", now=NOW)

    results = at_once([partial(talking.chat, ticket.pk, f"{n}", author=ticket.requester, now=NOW) for n in range(6)])

    assert kinds(results) == {"ok": 6}
    following = Ticket.objects.get(previous=ticket)
    assert {made.pk for made, _ in results} == {following.pk}
    assert following.messages.count() == 6


def test_who_calls_for_help_six_times_at_once_has_one_ticket():
    ada = StudentFactory()
    AdminFactory()

    results = at_once([partial(opening.call_for_help, "Help", requester=ada, now=NOW)] * 6)

    assert kinds(results) == {"ok": 6}
    assert Ticket.objects.get().messages.count() == 6
    assert Notification.objects.filter(type="support_on_call").count() == 6


def test_who_rates_a_ticket_at_once_has_rated_it_once():
    ticket = TicketFactory(status="resolved", now=NOW)
    rate = partial(feedback.give, user=ticket.requester, rating=5, comment="", ticket_id=ticket.pk, now=NOW)

    assert kinds(at_once([rate] * 6)) == {"ok": 1, RatedAlready.__name__: 5}
    assert Feedback.objects.count() == 1
