"""What time does to tickets, by the sweeper or by whoever writes next: the same either way (R-SUP-3 to R-SUP-5)."""

from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError

from audit.models import AuditEntry
from common.errors import InvalidTransition
from support.clock import Metric
from support.models import Ticket
from support.services import handling, moves, passing, talking
from support.tasks import advance_tickets
from tests.factories import AdminFactory, TicketFactory
from tests.support_app.conftest import NOW
from tests.support_app.test_machine import history, running, state_of, told

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Eight hours of business after `NOW`, which is the beginning of a day of eight.
EVENING = NOW + 8 * HOUR


def sweep(at):
    return passing.advance_overdue(now=at)


class TestSla:
    def test_somebody_is_warned_at_four_fifths_and_once(self, agent, ticket):
        warned = NOW + 6.4 * HOUR

        assert [sweep(warned - MINUTE), sweep(warned), sweep(warned + MINUTE)] == [0, 1, 0]

        assert (state_of(ticket), history(ticket)) == ("open", ["sla_warning"])
        assert told(agent) == ["ticket_sla_warning"]
        assert ticket.next_check_at <= EVENING

    def test_what_is_late_is_escalated_once_and_whoever_leads_is_told(self, settings, agent, ticket):
        settings.SUPPORT_ON_CALL = [AdminFactory().email]
        handling.assign(ticket.pk, agent, actor=AdminFactory(), now=NOW)
        talking.chat(ticket.pk, "Anybody?", author=ticket.requester, now=NOW)
        late = NOW + DAY + 8 * HOUR  # sixteen hours of business

        assert [sweep(late - HOUR), sweep(late), sweep(late + HOUR)] == [1, 1, 0]

        assert (state_of(ticket), ticket.tier, ticket.priority) == ("escalated", "lead", "high")
        assert history(ticket) == ["assigned", "sla_warning", "sla_breach"]
        breach = ticket.events.last()
        assert (breach.clock.metric, breach.party, breach.from_status) == ("next_response", "system", "in_progress")
        assert told(agent)[-2:] == ["ticket_sla_warning", "ticket_sla_breached"]
        assert AuditEntry.objects.get(action="ticket.sla_breach").actor_id is None

    def test_each_message_that_waits_too_long_is_a_breach_of_its_own(self, agent, ticket):
        talking.chat(ticket.pk, "Hello", author=agent, now=NOW)
        for day in (0, 14):
            talking.chat(ticket.pk, "Anybody?", author=ticket.requester, now=NOW + day * DAY)
            sweep(NOW + (day + 7) * DAY)
            talking.chat(ticket.pk, "Sorry", author=agent, now=NOW + (day + 7) * DAY)

        late = ticket.events.filter(kind="sla_breach").order_by("pk")
        assert [event.clock.metric for event in late] == ["next_response", "resolution", "next_response"]
        assert (state_of(ticket), ticket.tier, ticket.priority) == ("escalated", "admin", "urgent")

    def test_nothing_is_late_while_we_wait_nor_after_it_is_resolved(self, agent, ticket):
        other = TicketFactory(now=NOW)
        handling.resolve(other.pk, text="Fixed.", actor=agent, now=NOW)
        handling.update(
            ticket.pk, {"message": "Which browser?", "status": "waiting_on_user"}, actor=agent, now=NOW + HOUR
        )

        assert sweep(NOW + 3 * DAY) == 0
        talking.chat(ticket.pk, "Firefox", author=ticket.requester, now=NOW + 3 * DAY)
        assert sweep(NOW + 3 * DAY + HOUR) == 0
        assert running(ticket)[0] == {Metric.NEXT_RESPONSE, Metric.RESOLUTION}

    def test_other_hours_in_the_settings_are_noticed(self, settings, ticket):
        settings.SUPPORT_HOURS = {day: [(0, 1440)] for day in range(7)}

        sweep(NOW + HOUR)  # within the hour in which it is looked at again
        ticket.refresh_from_db()
        assert ticket.next_check_at <= NOW + 2 * HOUR
        settings.SUPPORT_HOLIDAYS = ["2026-03-10"]
        assert sweep(NOW + 9 * HOUR) == 0

    def test_whoever_writes_finds_what_the_sweeper_would_have_done(self, agent, ticket):
        handling.update(ticket.pk, {"priority": "low"}, actor=agent, now=NOW + 10 * DAY)

        assert history(ticket)[:2] == ["sla_breach", "sla_breach"]
        assert (state_of(ticket), ticket.tier, ticket.priority) == ("escalated", "admin", "low")


class TestWaiting:
    @pytest.fixture
    def waiting(self, ticket, agent):
        handling.update(ticket.pk, {"message": "Which browser?", "status": "waiting_on_user"}, actor=agent, now=NOW)
        return ticket

    def test_is_reminded_of_after_three_days_and_resolved_after_seven(self, waiting):
        times = [NOW + 3 * DAY - MINUTE, NOW + 3 * DAY, NOW + 4 * DAY, NOW + 7 * DAY]

        assert [sweep(at) for at in times[:3]] == [0, 1, 0]
        Ticket.objects.update(next_check_at=NOW)  # another sweeper had seen it before
        assert [sweep(at) for at in times[2:]] == [0, 1]

        assert (state_of(waiting), waiting.resolution) == ("resolved", "no_reply")
        assert told(waiting.requester) == ["ticket_reply", "ticket_waiting_reminder", "ticket_resolved"]

    def test_ends_when_it_should_have_however_late_somebody_looks(self, waiting):
        following, _ = talking.chat(waiting.pk, "Firefox", author=waiting.requester, now=NOW + 30 * DAY)

        assert (state_of(waiting), following.previous) == ("closed", waiting)
        assert (waiting.resolved_at, waiting.closed_at) == (NOW + 7 * DAY, NOW + 14 * DAY)
        assert history(waiting)[-2:] == ["resolved", "closed"]

    def test_begins_anew_with_each_question(self, waiting, agent):
        talking.chat(waiting.pk, "Firefox", author=waiting.requester, now=NOW + 4 * DAY)
        handling.update(waiting.pk, {"status": "waiting_on_user"}, actor=agent, now=NOW + 5 * DAY)

        assert sweep(NOW + 7 * DAY) == 0
        assert sweep(NOW + 8 * DAY) == 1
        assert history(waiting)[-1] == "reminded"

    def test_stands_even_if_whoever_looked_is_refused(self, waiting, agent):
        with pytest.raises(InvalidTransition):
            handling.resolve(waiting.pk, text="x", actor=agent, now=NOW + 8 * DAY)
        assert state_of(waiting) == "resolved"


class TestSweeping:
    def test_by_the_command_and_by_the_task_closes_what_was_resolved(self, agent):
        said = StringIO()
        for advance in (partial(call_command, "advance_tickets", stdout=said), advance_tickets):
            ticket = TicketFactory(status="resolved", now=NOW)
            with time_machine.travel(NOW + 7 * DAY, tick=False):
                advance()
            assert (state_of(ticket), ticket.closed_by, ticket.next_check_at) == ("closed", "system", None)
        assert said.getvalue() == "1 tickets moved on\n"

    def test_goes_on_where_one_fails(self, monkeypatch):
        broken, other = (TicketFactory(status="resolved", now=NOW) for _ in range(2))

        def close(case, **how):
            if case.ticket.pk == broken.pk:
                raise DatabaseError
            return really_close(case, **how)

        really_close = moves.close
        monkeypatch.setattr(moves, "close", close)

        assert sweep(NOW + 7 * DAY) == 1
        assert (state_of(broken), state_of(other)) == ("resolved", "closed")
