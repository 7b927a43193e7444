"""The machine of tickets: who may move them where, which watches run, and who hears of it."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from common.errors import InvalidTransition, NotFound, StaleVersion
from notifications.models import Notification
from support.clock import Metric
from support.errors import (
    EscalatedAlready,
    NothingSaid,
    NotMergeable,
    NotOfTheStaff,
    RatedAlready,
    RatingOver,
    SupportStaffOnly,
    TicketNotResolved,
)
from support.models import TRANSITIONS, Ticket, TicketMessage, TicketStatus
from support.services import feedback, handling, opening, passing, talking
from tests.factories import AdminFactory, BookingFactory, StudentFactory, TicketFactory
from tests.messaging.events import frames_to
from tests.support_app.conftest import NOW

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def state_of(ticket):
    ticket.refresh_from_db()
    return ticket.status


def running(ticket):
    """The metrics whose watches run, and those that are not stopped but stand still."""
    clocks = ticket.clocks.filter(stopped_at=None)
    return (
        {clock.metric for clock in clocks if clock.running_since},
        {clock.metric for clock in clocks if not clock.running_since},
    )


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def history(ticket):
    return list(ticket.events.order_by("pk").values_list("kind", flat=True))


def put(ticket, actor, *, at=NOW + HOUR, **changes):
    return handling.update(ticket.pk, changes, actor=actor, now=at)


class TestOpening:
    def test_sets_two_watches_going_and_tells_the_staff(self, agent, ada):
        booking = BookingFactory(student=ada)

        made = opening.open_ticket(
            requester=ada, subject="Paid\ntwice ", description="For one lesson.", booking_id=booking.pk, now=NOW
        )

        assert (made.subject, made.category, made.priority, made.version) == ("Paid twice", "payment", "normal", 1)
        assert (made.booking, made.status, made.tier) == (booking, "open", "agent")
        assert running(made) == ({Metric.FIRST_RESPONSE, Metric.RESOLUTION}, set())
        assert told(agent) == ["ticket_opened"]
        assert AuditEntry.objects.get(action="ticket.opened").actor_id == ada.pk

    def test_about_somebody_elses_lesson_is_refused(self, ada):
        with pytest.raises(NotFound):
            opening.open_ticket(requester=ada, subject="x", description="x", booking_id=BookingFactory().pk, now=NOW)
        assert not Ticket.objects.exists()


class TestAnswering:
    def test_of_the_staff_takes_it_up_and_stops_the_response_times(self, agent, ada, ticket):
        put(ticket, agent, message="Which browser?")

        assert state_of(ticket) == "in_progress"
        assert running(ticket) == ({Metric.RESOLUTION}, set())
        assert told(ada) == ["ticket_reply"]
        assert frames_to(ada, "ticket_message")[0]["message"] == "Which browser?"

    def test_with_a_note_is_none(self, agent, ada, ticket):
        handling.note(ticket.pk, "Has written to us before.", actor=agent, now=NOW)

        assert state_of(ticket) == "open"
        assert running(ticket)[0] == {Metric.FIRST_RESPONSE, Metric.RESOLUTION}
        assert (told(ada), frames_to(ada)) == ([], [])
        assert AuditEntry.objects.filter(action="ticket.noted", actor_id=agent.pk).count() == 1

    def test_again_sets_the_next_watch_going_once_until_the_staff_answers(self, agent, ada, ticket):
        put(ticket, agent, message="Which browser?", assignee_id=agent.pk)
        first, _ = talking.chat(ticket.pk, "Firefox", author=ada, now=NOW + 2 * HOUR)
        talking.chat(ticket.pk, "The latest", author=ada, now=NOW + 3 * HOUR)

        following = ticket.clocks.get(metric=Metric.NEXT_RESPONSE)
        assert (following.trigger.text, following.running_since) == ("Firefox", NOW + 2 * HOUR)
        assert told(agent) == ["ticket_user_reply", "ticket_user_reply"]
        assert len(frames_to(agent, "ticket_message")) == 3

        talking.chat(ticket.pk, "Thank you", author=agent, now=NOW + 4 * HOUR)
        assert running(ticket) == ({Metric.RESOLUTION}, set())
        talking.chat(ticket.pk, "And now?", author=ada, now=NOW + 5 * HOUR)
        assert ticket.clocks.filter(metric=Metric.NEXT_RESPONSE).count() == 2

    def test_before_anybody_has_answered_sets_no_further_watch_going(self, ada, ticket):
        talking.chat(ticket.pk, "Please!", author=ada, now=NOW + HOUR)

        assert running(ticket) == ({Metric.FIRST_RESPONSE, Metric.RESOLUTION}, set())

    def test_what_the_staff_asks_goes_on_where_it_stood(self, agent, ada, ticket):
        put(ticket, agent, message="Which browser?", status="waiting_on_user")
        assert running(ticket) == (set(), {Metric.RESOLUTION})
        talking.chat(ticket.pk, "Firefox", author=ada, now=NOW + DAY)

        assert state_of(ticket) == "in_progress"
        resolution = ticket.clocks.get(metric=Metric.RESOLUTION)
        assert (resolution.business, resolution.elapsed, resolution.running_since) == (HOUR, HOUR, NOW + DAY)
        assert running(ticket)[0] == {Metric.RESOLUTION, Metric.NEXT_RESPONSE}

    def test_what_is_resolved_opens_it_again_within_a_week(self, agent, ada, ticket):
        handling.resolve(ticket.pk, text="Fixed.", actor=agent, now=NOW)
        put(ticket, ada, at=NOW + 7 * DAY - HOUR, message="It is not.")

        assert (state_of(ticket), ticket.reopened_count, ticket.resolved_at) == ("in_progress", 1, None)
        assert running(ticket)[0] == {Metric.RESOLUTION, Metric.NEXT_RESPONSE}
        assert history(ticket)[-1] == "reopened"

    def test_what_is_closed_makes_a_ticket_that_follows_and_all_further_answers_go_there(self, agent, ada, ticket):
        handling.resolve(ticket.pk, text="Fixed.", actor=agent, now=NOW)
        later = NOW + 7 * DAY  # nobody has swept; it is closed all the same

        following = put(ticket, ada, at=later, message="It is not.")
        again, _ = talking.chat(ticket.pk, "Hello?", author=ada, now=later)

        assert (state_of(ticket), ticket.closed_at, ticket.closed_by) == ("closed", NOW + 7 * DAY, "system")
        assert (following.previous, following.subject, again.pk) == (ticket, f"Re: {ticket.subject}", following.pk)
        assert Ticket.objects.count() == 2
        with pytest.raises(InvalidTransition):
            talking.chat(ticket.pk, "Anything else?", author=agent, now=later)

    def test_by_somebody_else_finds_nothing(self, ticket):
        with pytest.raises(NotFound):
            talking.chat(ticket.pk, "Hello", author=StudentFactory(), now=NOW)
        assert ticket.messages.count() == 1


class TestMoving:
    def test_who_takes_it_has_begun_with_it(self, agent, ticket):
        colleague = AdminFactory()

        put(ticket, agent, assignee_id=colleague.pk)

        assert (state_of(ticket), ticket.assignee) == ("in_progress", colleague)
        assert running(ticket) == ({Metric.RESOLUTION}, set())
        assert told(colleague) == ["ticket_assigned"]
        put(ticket, agent, assignee_id=None)
        assert (state_of(ticket), ticket.assignee) == ("in_progress", None)

    def test_who_says_that_it_is_in_progress_takes_it(self, agent, ada, ticket):
        put(ticket, agent, status="in_progress", message="I look at it.")

        assert (state_of(ticket), ticket.assignee, history(ticket)) == ("in_progress", agent, ["assigned"])
        assert told(ada) == ["ticket_reply"]

    @pytest.mark.parametrize("somebody", [StudentFactory, lambda: AdminFactory(is_active=False)])
    def test_only_the_staff_can_be_given_a_ticket(self, agent, ticket, somebody):
        with pytest.raises(NotOfTheStaff):
            put(ticket, agent, assignee_id=somebody().pk)
        assert state_of(ticket) == "open"

    def test_to_escalated_is_a_tier_and_a_priority_more_and_back_is_on_record(self, agent, ada, ticket):
        handling.escalate(ticket.pk, reason="Their lesson begins.", actor=agent, now=NOW)
        assert (state_of(ticket), ticket.tier, ticket.priority) == ("escalated", "lead", "high")
        handling.escalate(ticket.pk, reason="Still.", actor=agent, now=NOW)
        handling.escalate(ticket.pk, reason="Still!", actor=agent, now=NOW)
        assert (state_of(ticket), ticket.tier, ticket.priority) == ("escalated", "admin", "urgent")
        handling.hand_back(ticket.pk, actor=agent, now=NOW)

        assert (state_of(ticket), ticket.tier, ticket.priority) == ("in_progress", "lead", "urgent")
        assert history(ticket) == ["escalated"] * 3 + ["de_escalated"]
        assert ticket.events.first().data == {"reason": "Their lesson begins."}
        assert told(agent) == ["ticket_escalated"] * 3

    def test_to_escalated_a_requester_may_once_and_their_words_are_not_in_the_audit_log(self, ada, agent, ticket):
        handling.escalate(ticket.pk, reason="My name is Ada", actor=ada, now=NOW)
        put(ticket, agent, status="in_progress")

        with pytest.raises(EscalatedAlready):
            handling.escalate(ticket.pk, reason="Again", actor=ada, now=NOW)
        assert (state_of(ticket), ticket.tier) == ("in_progress", "agent")
        assert AuditEntry.objects.get(action="ticket.escalated").reason == ""

    def test_another_priority_is_another_due_time(self, agent, ticket):
        put(ticket, agent, priority="urgent")

        assert state_of(ticket) == "open"
        assert ticket.next_check_at == NOW + timedelta(minutes=24)  # four fifths of half an hour
        assert history(ticket) == ["prioritised"]

    def test_to_resolved_and_closed_needs_a_word(self, agent, ticket):
        for status in ("resolved", "closed"):
            with pytest.raises(NothingSaid):
                put(ticket, agent, status=status)
        put(ticket, agent, status="resolved", message="Fixed in the new version.")

        assert (state_of(ticket), ticket.resolution) == ("resolved", "solved")
        assert not ticket.clocks.filter(stopped_at=None).exists()
        assert told(ticket.requester) == ["ticket_resolved"]

    def test_its_requester_closes_it_or_answers_and_nothing_else(self, ada, ticket):
        for changes in ({"priority": "urgent"}, {"assignee_id": None}, {"internal": True}, {"status": "resolved"}):
            with pytest.raises(SupportStaffOnly):
                put(ticket, ada, **changes)
        put(ticket, ada)
        assert state_of(ticket) == "open"
        put(ticket, ada, status="closed")

        assert (state_of(ticket), ticket.closed_by) == ("closed", "requester")
        assert ticket.close_reason == handling.CLOSED_BY_REQUESTER
        assert told(ada) == []

    @pytest.mark.parametrize("status", sorted(TicketStatus))
    def test_what_is_not_in_the_table_is_refused_and_changes_nothing(self, agent, status):
        ticket = TicketFactory(status=status, now=NOW)
        deeds = {
            TicketStatus.ESCALATED: lambda: handling.escalate(ticket.pk, reason="x", actor=agent, now=NOW),
            TicketStatus.WAITING_ON_USER: lambda: put(ticket, agent, at=NOW, status="waiting_on_user"),
            TicketStatus.RESOLVED: lambda: handling.resolve(ticket.pk, text="x", actor=agent, now=NOW),
            TicketStatus.CLOSED: lambda: handling.close(ticket.pk, reason="x", actor=agent, now=NOW),
        }
        refused = [target for target in deeds if target not in TRANSITIONS.get(status, ()) and target != status]
        for target in refused:
            with pytest.raises(InvalidTransition) as refusal:
                deeds[target]()
            assert refusal.value.extra["current_state"] == status
        assert state_of(ticket) == status
        assert (ticket.messages.count(), ticket.events.count()) == (1, 0)

    @pytest.mark.parametrize("status", ["waiting_on_user", "resolved", "closed"])
    def test_the_staff_does_not_answer_in_a_requesters_place(self, agent, status):
        ticket = TicketFactory(status=status, now=NOW)

        with pytest.raises(InvalidTransition):
            put(ticket, agent, at=NOW, status="in_progress")
        assert state_of(ticket) == status

    def test_what_is_closed_stays_as_it_is(self, agent):
        ticket = TicketFactory(status="closed", now=NOW)

        for changes in ({"priority": "low"}, {"assignee_id": agent.pk}, {"message": "Hello"}):
            with pytest.raises(InvalidTransition):
                put(ticket, agent, **changes)
        with pytest.raises(InvalidTransition):
            handling.hand_back(ticket.pk, actor=agent, now=NOW)
        handling.note(ticket.pk, "Looked at it once more.", actor=agent, now=NOW)
        assert ticket.messages.filter(is_internal=True).count() == 1

    def test_an_old_version_is_refused(self, agent, ticket):
        put(ticket, agent, priority="high")

        with pytest.raises(StaleVersion):
            handling.update(ticket.pk, {"priority": "low"}, actor=agent, now=NOW, version=1)
        assert (state_of(ticket), ticket.priority, ticket.version) == ("open", "high", 2)


class TestMerging:
    def test_closes_one_and_further_answers_go_to_the_other(self, agent, ada, ticket):
        other = TicketFactory(requester=ada, now=NOW)

        handling.merge(other.pk, ticket.pk, actor=agent, now=NOW)
        answered, _ = talking.chat(other.pk, "Any news?", author=ada, now=NOW)

        assert (state_of(other), other.merged_into) == ("closed", ticket)
        assert answered == ticket
        assert (history(other), history(ticket)) == (["merged"], ["took_in"])
        assert told(ada) == ["ticket_closed"]

    def test_of_two_peoples_tickets_or_into_a_closed_one_or_itself_is_refused(self, agent, ada, ticket):
        closed = TicketFactory(requester=ada, status="closed", now=NOW)

        for into in (TicketFactory(now=NOW), closed, ticket):
            with pytest.raises(NotMergeable):
                handling.merge(ticket.pk, into.pk, actor=agent, now=NOW)
        with pytest.raises(SupportStaffOnly):
            handling.merge(ticket.pk, closed.pk, actor=ada, now=NOW)
        with pytest.raises(SupportStaffOnly):
            handling.hand_back(ticket.pk, actor=ada, now=NOW)
        assert state_of(ticket) == "open"


class TestRating:
    def rate(self, ticket, *, at=NOW, user=None):
        who = user or ticket.requester
        return feedback.give(user=who, rating=4, comment="Quick.", ticket_id=ticket.pk, now=at)

    def test_is_once_within_two_weeks_after_it_was_resolved(self, ada):
        ticket = TicketFactory(requester=ada, status="resolved", now=NOW)

        given = self.rate(ticket, at=NOW + 14 * DAY)

        assert (given.rating, given.ticket, state_of(ticket)) == (4, ticket, "closed")
        with pytest.raises(RatedAlready):
            self.rate(ticket)

    def test_is_refused_before_and_after_and_to_others(self, agent, ticket):
        with pytest.raises(TicketNotResolved):
            self.rate(ticket)
        with pytest.raises(RatingOver):
            self.rate(TicketFactory(status="resolved", now=NOW), at=NOW + 14 * DAY + HOUR)
        for stranger in (StudentFactory(), agent):
            with pytest.raises(NotFound):
                self.rate(TicketFactory(status="resolved", now=NOW), user=stranger)


class TestHelp:
    def call(self, user, text="I am threatened", **more):
        return opening.call_for_help(text, requester=user, now=more.pop("now", NOW), **more)

    def test_calls_those_on_call_and_again_within_the_hour_is_the_same_ticket(self, settings, ada, agent):
        boss = AdminFactory(email="boss@example.com")
        settings.SUPPORT_ON_CALL = ["boss@example.com", ada.email]

        first = self.call(ada, phone="+49 30 1234")
        again = self.call(ada, "He is here", now=NOW + HOUR - timedelta(minutes=1))
        other = self.call(ada, now=NOW + 3 * HOUR)

        assert (first.category, first.priority, first.is_emergency) == ("safety", "urgent", True)
        assert again == first != other
        assert (again.phone, again.messages.count()) == ("+49 30 1234", 2)
        assert [kind for kind in told(boss) if kind == "support_on_call"] == ["support_on_call"] * 3
        assert (told(agent), "support_on_call" in told(ada)) == ([], False)

    def test_again_makes_urgent_what_the_staff_found_less_so(self, ada, agent):
        ticket = self.call(ada)
        put(ticket, agent, at=NOW, priority="low")

        self.call(ada, "He is back", now=NOW + timedelta(minutes=5))

        ticket.refresh_from_db()
        assert (ticket.priority, history(ticket)) == ("urgent", ["opened", "prioritised", "prioritised"])
        assert running(ticket)[0] == {Metric.FIRST_RESPONSE, Metric.RESOLUTION}

    def test_calls_everybody_where_nobody_is_named(self, ada, agent):
        self.call(ada)

        assert told(agent) == ["support_on_call"]
        assert Notification.objects.get().deliveries.filter(channel="email").exists()

    def test_is_not_refused_for_a_session_that_is_not_theirs(self, ada):
        lesson = BookingFactory()

        assert self.call(ada, session_id=lesson.session_id).session is None
        assert self.call(lesson.student, session_id=lesson.session_id).session == lesson.session

    def test_whoever_takes_it_is_told_of_further_calls(self, ada, agent):
        ticket = self.call(ada)
        put(ticket, agent, assignee_id=agent.pk)

        self.call(ada, "Quick", now=NOW + timedelta(minutes=5))

        assert TicketMessage.objects.count() == 2
        assert "ticket_user_reply" in told(agent)


def test_an_admin_who_asks_for_something_is_its_requester(agent):
    other = AdminFactory()
    made = opening.open_ticket(requester=agent, subject="Odd", description="See.", now=NOW)
    talking.chat(made.pk, "And this", author=agent, now=NOW)
    assert running(made)[0] == {Metric.FIRST_RESPONSE, Metric.RESOLUTION}

    talking.chat(made.pk, "Seen", author=other, now=NOW)
    handling.note(made.pk, "To be looked at", actor=other, now=NOW)

    assert state_of(made) == "in_progress"
    assert list(made.messages.values_list("is_staff", "is_internal")) == [
        (False, False), (False, False), (True, False), (True, True),
    ]  # fmt: skip
    assert passing.advance_overdue(now=NOW) == 0


@pytest.mark.parametrize(
    "decide",
    [
        lambda own, actor: put(own, actor, priority="urgent"),
        lambda own, actor: put(own, actor, assignee_id=actor.pk),
        lambda own, actor: put(own, actor, status="in_progress"),
        lambda own, actor: put(own, actor, status="resolved", message="Fixed."),
        lambda own, actor: handling.note(own.pk, "Mine first.", actor=actor, now=NOW),
        lambda own, actor: handling.hand_back(own.pk, actor=actor, now=NOW),
        lambda own, actor: handling.merge(own.pk, TicketFactory(requester=actor).pk, actor=actor, now=NOW),
    ],
)
def test_an_admin_decides_nothing_about_their_own_ticket(agent, decide):
    own = TicketFactory(requester=agent, now=NOW)

    with pytest.raises(SupportStaffOnly):
        decide(own, agent)

    assert (state_of(own), own.priority, own.assignee) == ("open", "normal", None)
    assert (own.messages.count(), history(own)) == (1, [])


def test_an_admin_may_do_with_their_own_ticket_what_every_requester_may(agent):
    own = TicketFactory(requester=agent, now=NOW)

    handling.escalate(own.pk, reason="Again", actor=agent, now=NOW)
    with pytest.raises(EscalatedAlready):
        handling.escalate(own.pk, reason="And again", actor=agent, now=NOW)
    put(own, agent, message="It happens in every lesson.")
    put(own, agent, status="closed")

    assert (state_of(own), own.closed_by, own.messages.count()) == ("closed", "requester", 2)


def test_nobody_is_given_their_own_ticket(agent):
    own = TicketFactory(requester=agent, now=NOW)

    with pytest.raises(NotOfTheStaff):
        put(own, AdminFactory(), assignee_id=agent.pk)
    assert state_of(own) == "open"
