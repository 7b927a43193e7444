"""The desk of the support staff: a ticket with all that belongs to it on one page."""

import pytest

from support.models import Ticket, TicketMessage
from support.services import handling
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import act, said
from tests.factories import AdminFactory, BookingFactory, FeedbackFactory, TicketFactory, TicketMessageFactory
from tests.support_app.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_ticket_shows_its_conversation_its_notes_its_lesson_its_times_and_what_was_thought_of_it(office):
    lesson = BookingFactory(student__email="ada@example.com")
    ticket = TicketFactory(requester=lesson.student, booking=lesson, now=NOW)
    handling.note(ticket.pk, "Has <b>written</b> before.", actor=AdminFactory(), now=NOW)
    TicketMessageFactory(ticket=ticket, text="Still so.")
    FeedbackFactory(ticket=ticket, rating=2, comment="Slow.")

    page = office.get(url(Ticket, "change", ticket.pk)).content.decode()

    for words in ("It does in every lesson.", "Has &lt;b&gt;written&lt;/b&gt; before.", "Still so.", "2 of 5. Slow."):
        assert words in page
    assert f"Confirmed, {lesson.starts_at:%Y-%m-%d %H:%M} UTC, ada@example.com with" in page
    assert "2026-03-10 17:00 UTC" in page  # when the first answer is due


def test_whoever_asked_for_it_sees_no_notes_even_if_they_are_of_the_staff(client):
    ticket = TicketFactory(requester=AdminFactory(), now=NOW)
    handling.note(ticket.pk, "Has written before.", actor=AdminFactory(), now=NOW)
    client.force_login(ticket.requester)

    page = client.get(url(Ticket, "change", ticket.pk)).content.decode()

    assert ticket.messages.first().text in page
    assert "Has written before." not in page


def test_one_answer_goes_to_several_and_what_cannot_be_is_said(office):
    tickets = [TicketFactory(), TicketFactory(), TicketFactory(status="closed")]

    response = act(office, "answer_ticket", *tickets, text="We had an outage. It is over.")

    assert said(office, response) == [f"{tickets[2]}: This ticket is closed", "Answer: done for 2."]
    assert set(TicketMessage.objects.filter(is_staff=True).values_list("ticket", flat=True)) == {
        tickets[0].pk, tickets[1].pk,
    }  # fmt: skip


def test_it_is_assigned_to_somebody_of_the_staff_only(office):
    ticket, colleague = TicketFactory(), AdminFactory()

    asked = act(office, "assign_ticket", ticket, assignee=ticket.requester.pk)
    act(office, "assign_ticket", ticket, assignee=colleague.pk)

    assert "assignee" in asked.context["form"].errors
    ticket.refresh_from_db()
    assert ticket.assignee == colleague
