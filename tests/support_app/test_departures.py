"""Tickets of somebody who is of the staff no more."""

import pytest

from accounts.models import Role
from accounts.services import moderation
from support.models import Ticket
from support.services import departures, handling
from support.tasks import advance_tickets
from tests.factories import AdminFactory, TicketFactory
from tests.support_app.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def assignee():
    return AdminFactory()


@pytest.fixture
def ticket(admin, assignee):
    ticket = TicketFactory()
    handling.assign(ticket.pk, assignee, actor=admin, now=NOW)
    return ticket


DEEDS = {
    "made a student": lambda user, admin: moderation.change_role(user.pk, Role.STUDENT, actor=admin),
    "made a tutor": lambda user, admin: moderation.change_role(user.pk, Role.TUTOR, actor=admin),
    "closed": lambda user, admin: moderation.deactivate(user.pk, actor=admin),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_are_nobodys_at_once(deed, ticket, assignee, admin, django_capture_on_commit_callbacks):
    mine = TicketFactory()
    handling.assign(mine.pk, admin, actor=admin, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        DEEDS[deed](assignee, admin)

    left = Ticket.objects.get(pk=ticket.pk)
    assert (left.assignee, left.status) == (None, "in_progress")
    event = left.events.order_by("pk").last()
    assert (event.kind, event.actor, event.data["assignee_before"]) == ("assigned", None, assignee.pk)
    assert Ticket.objects.get(pk=mine.pk).assignee == admin


def test_a_lost_message_is_made_up_for_by_the_periodic_task(ticket, assignee, admin):
    moderation.deactivate(assignee.pk, actor=admin)

    advance_tickets()

    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert departures.hand_back(now=NOW) == 0


def test_closed_ones_keep_whose_they_were(ticket, assignee, admin):
    handling.close(ticket.pk, actor=admin, now=NOW, reason="Solved.")
    moderation.deactivate(assignee.pk, actor=admin)

    assert departures.hand_back(now=NOW) == 0
    assert Ticket.objects.get(pk=ticket.pk).assignee == assignee
