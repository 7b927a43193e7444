"""Waiting for a seat: R-SEAT-3 and R-SEAT-5 to R-SEAT-9."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEntry
from bookings.models import CalendarMail
from common.errors import Forbidden
from notifications.models import Notification
from sessions_app.errors import (
    AlreadyWaiting,
    CannotJoin,
    CapacityBelowParticipants,
    NoOffer,
    NotWaiting,
    SessionFull,
    WaitlistFull,
)
from sessions_app.models import PlaceState, SessionStatus, WaitlistEntry
from sessions_app.services import course, hosting, promotion, seats, waitlist
from sessions_app.tasks import advance_queues
from tests.factories import (
    AdminFactory,
    BlockFactory,
    JoinRequestFactory,
    ParticipantFactory,
    RecordingConsentFactory,
    SessionFactory,
    StudentFactory,
    WaitlistEntryFactory,
    student_of,
)

pytestmark = pytest.mark.django_db

# The hottest write, before there were queues; the savepoint of the test's own transaction is two of them.
STATEMENTS_OF_A_JOIN = 14


def full_session(**fields):
    """With its two seats taken."""
    session = SessionFactory(max_participants=2, **fields)
    seated = [ParticipantFactory(session=session) for _ in range(2)]
    return session, seated


def wait(session, user=None, **how):
    user = user or StudentFactory()
    seats.join_session(session.pk, user=user, wants_to_wait=True, **how)
    return user


def place_of(user):
    return WaitlistEntry.objects.filter(user=user).latest("pk")


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def assert_counted(session):
    """The counters on the session are what its rows say, and nobody sits or is offered a seat that is not there."""
    session.refresh_from_db()
    live = list(session.waitlist.live().values_list("state", flat=True))
    assert session.seats_taken == session.participants.joined().count()
    assert (session.waiting_count, session.seats_offered) == (live.count("waiting"), live.count("offered"))
    assert session.seats_taken + session.seats_offered <= session.max_participants


def test_a_full_session_refuses_as_before_and_says_that_one_can_wait():
    session, _ = full_session()
    wait(session)

    with pytest.raises(SessionFull) as refusal:
        seats.join_session(session.pk, user=StudentFactory())

    assert refusal.value.message == "Session is full"
    assert refusal.value.extra == {"waitlist_available": True, "waitlist_length": 1, "reason": "waitlist_first"}


def test_who_wants_to_wait_gets_the_last_place_and_is_told():
    session, _ = full_session()
    first = wait(session)
    second = StudentFactory()

    joined = seats.join_session(session.pk, user=second, wants_to_wait=True)

    assert joined.place.state == PlaceState.WAITING
    assert waitlist.position_of(joined.place) == 2
    assert waitlist.position_of(place_of(first)) == 1
    assert told(second) == ["session_waitlisted"]
    assert AuditEntry.objects.filter(action="session.waitlist_joined", actor_id=second.pk).count() == 1
    assert_counted(session)


def test_who_wants_to_wait_takes_the_last_free_seat_if_there_is_one():
    session = SessionFactory(max_participants=2)
    ParticipantFactory(session=session)
    student = StudentFactory()

    joined = seats.join_session(session.pk, user=student, wants_to_wait=True)

    assert joined.place is None
    assert session.participants.joined().filter(user=student).exists()
    assert not WaitlistEntry.objects.exists()


def test_nobody_waits_twice():
    session, _ = full_session()
    student = wait(session)

    for wants_to_wait in (False, True):
        with pytest.raises(AlreadyWaiting) as refusal:
            seats.join_session(session.pk, user=student, wants_to_wait=wants_to_wait)
        assert refusal.value.extra == {"position": 1}

    assert_counted(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitlistEntry.objects.create(session=session, user=student, joined_at=timezone.now())


def test_three_times_as_many_wait_as_there_are_seats_and_no_more():
    session, _ = full_session()
    for _ in range(6):
        WaitlistEntryFactory(session=session)

    with pytest.raises(WaitlistFull):
        wait(session)
    with pytest.raises(SessionFull) as refusal:
        seats.join_session(session.pk, user=StudentFactory())

    assert refusal.value.extra["waitlist_available"] is False
    assert_counted(session)


def test_a_seat_that_frees_goes_to_who_has_waited_longest_and_everybody_concerned_is_told():
    session, (leaver, _) = full_session()
    first, second = wait(session), wait(session)

    seats.leave_session(session.pk, user=leaver.user)

    assert session.participants.joined().filter(user=first).exists()
    assert not session.participants.filter(user=second).exists()
    assert place_of(first).state == PlaceState.ACCEPTED
    assert waitlist.position_of(place_of(second)) == 1
    assert told(first) == ["session_waitlisted", "session_promoted"]
    assert told(session.creator) == ["session_left", "session_joined"]
    assert AuditEntry.objects.get(action="session.promoted").after == {"user_id": first.pk}
    assert_counted(session)


def test_priority_comes_before_who_was_first_and_only_admins_give_it():
    session, (leaver, _) = full_session()
    first, second = wait(session), wait(session)

    with pytest.raises(Forbidden):
        waitlist.set_priority(place_of(second).pk, 5, actor=session.creator)
    waitlist.set_priority(place_of(second).pk, 5, actor=AdminFactory())

    assert waitlist.position_of(place_of(second)) == 1
    assert waitlist.position_of(place_of(first)) == 2
    seats.leave_session(session.pk, user=leaver.user)
    assert session.participants.joined().filter(user=second).exists()
    assert AuditEntry.objects.filter(action="session.waitlist_priority").count() == 1


def test_a_walk_in_does_not_take_the_seat_that_somebody_is_offered():
    session, (leaver, _) = full_session()
    wait(session, asks_first=True)
    seats.leave_session(session.pk, user=leaver.user)
    walker = StudentFactory()

    with pytest.raises(SessionFull) as refusal:
        seats.join_session(session.pk, user=walker)

    assert refusal.value.extra["reason"] == "waitlist_first"
    session.refresh_from_db()
    assert (session.available_spots, session.seats_offered) == (0, 1)
    assert seats.join_session(session.pk, user=walker, wants_to_wait=True).place.state == PlaceState.WAITING
    assert_counted(session)


def test_the_conditional_update_leaves_a_free_seat_to_those_who_wait():
    session = SessionFactory(max_participants=2)
    waiting = WaitlistEntryFactory(session=session)

    joined = seats.join_session(session.pk, user=StudentFactory())  # whoever comes first sets the queue going

    assert joined.place is None
    assert session.participants.joined().filter(user=waiting.user).exists()
    assert session.participants.joined().count() == 2
    assert_counted(session)


def test_even_the_host_gives_no_seat_past_those_who_wait():
    session, (leaver, _) = full_session()
    wait(session, asks_first=True)
    seats.leave_session(session.pk, user=leaver.user)

    with pytest.raises(SessionFull):
        seats.add_participant(session.pk, student_of(session.creator).pk, actor=session.creator)

    assert session.participants.joined().count() == 1


@pytest.mark.parametrize(
    ("days", "minutes"),
    [(1, 6 * 60), (10, 24 * 60), (1 / 48, 15)],
    ids=["a quarter of the time", "a day at most", "a quarter of an hour at least"],
)
@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_an_offer_lasts_for_a_quarter_of_the_time_that_is_left(days, minutes):
    session, (leaver, _) = full_session(starts_at=timezone.now() + timedelta(days=days))
    student = wait(session, asks_first=True)

    seats.leave_session(session.pk, user=leaver.user)

    place = place_of(student)
    assert (place.state, place.offered_at) == (PlaceState.OFFERED, timezone.now())
    assert place.offer_expires_at == timezone.now() + timedelta(minutes=minutes)
    assert told(student)[-1] == "session_seat_offered"
    assert_counted(session)


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_no_offer_outlives_the_time_for_joining():
    session, (leaver, _) = full_session(starts_at=timezone.now() + timedelta(minutes=10))
    student = wait(session, asks_first=True)

    seats.leave_session(session.pk, user=leaver.user)

    assert place_of(student).offer_expires_at == session.starts_at


def test_who_has_something_else_at_that_time_is_asked_first():
    session, (leaver, _) = full_session()
    busy = ParticipantFactory(session=SessionFactory(starts_at=session.starts_at)).user
    wait(session, busy)

    seats.leave_session(session.pk, user=leaver.user)

    assert place_of(busy).state == PlaceState.OFFERED


def offered_session():
    session, (leaver, _) = full_session()
    student, next_one = wait(session, asks_first=True), wait(session)
    seats.leave_session(session.pk, user=leaver.user)
    return session, student, next_one


@pytest.mark.parametrize("take", [waitlist.accept, seats.join_session], ids=["accepting", "joining"])
def test_an_offer_that_is_accepted_is_a_seat(take):
    session, student, next_one = offered_session()

    take(session.pk, user=student)

    assert session.participants.joined().filter(user=student).exists()
    assert place_of(student).state == PlaceState.ACCEPTED
    assert place_of(next_one).state == PlaceState.WAITING
    assert AuditEntry.objects.filter(action="session.offer_accepted", actor_id=student.pk).exists()
    assert_counted(session)


def be_added(session_id, *, user):
    return seats.add_participant(session_id, user.pk, actor=AdminFactory())


@pytest.mark.parametrize(
    "take", [seats.join_session, waitlist.accept, be_added], ids=["joining", "accepting", "being added"]
)
def test_who_is_offered_a_seat_takes_that_one_even_where_another_one_is_free(take):
    session, (leaver, other) = full_session()
    student = wait(session, asks_first=True)
    for seat in (leaver, other):
        seats.leave_session(session.pk, user=seat.user)

    take(session.pk, user=student)

    assert place_of(student).state == PlaceState.ACCEPTED
    session.refresh_from_db()
    assert (session.seats_taken, session.seats_offered, session.available_spots) == (1, 0, 1)
    assert_counted(session)
    seats.join_session(session.pk, user=StudentFactory())


def test_who_is_not_offered_the_seat_takes_the_free_one_beside_it():
    session, (leaver, other) = full_session()
    student = wait(session, asks_first=True)
    for seat in (leaver, other):
        seats.leave_session(session.pk, user=seat.user)

    seats.join_session(session.pk, user=StudentFactory())

    assert place_of(student).state == PlaceState.OFFERED
    session.refresh_from_db()
    assert (session.seats_taken, session.seats_offered, session.available_spots) == (1, 1, 0)
    assert_counted(session)


@pytest.mark.parametrize(
    ("give_up", "state"),
    [
        (waitlist.decline, PlaceState.DECLINED),
        (waitlist.withdraw, PlaceState.WITHDRAWN),
        (seats.leave_session, PlaceState.WITHDRAWN),
    ],
    ids=["declining", "withdrawing", "leaving"],
)
def test_an_offer_that_is_given_up_goes_to_the_next_and_is_ended_for_good(give_up, state):
    session, student, next_one = offered_session()

    give_up(session.pk, user=student)

    assert place_of(student).state == state
    assert session.participants.joined().filter(user=next_one).exists()
    with pytest.raises(NoOffer):
        waitlist.accept(session.pk, user=student)
    assert_counted(session)


def test_an_offer_that_nobody_answers_lapses_and_goes_to_the_next():
    session, student, next_one = offered_session()

    with time_machine.travel(place_of(student).offer_expires_at, tick=False):
        advance_queues()
        with pytest.raises(NoOffer):
            waitlist.accept(session.pk, user=student)

    assert place_of(student).state == PlaceState.LAPSED
    assert told(student)[-1] == "session_offer_lapsed"
    assert session.participants.joined().filter(user=next_one).exists()
    assert_counted(session)


def test_an_offer_lapses_by_itself_when_the_next_person_comes():
    session, (leaver, _) = full_session()
    student = wait(session, asks_first=True)
    seats.leave_session(session.pk, user=leaver.user)
    walker = StudentFactory()

    with time_machine.travel(place_of(student).offer_expires_at, tick=False):
        with pytest.raises(NoOffer):
            waitlist.accept(session.pk, user=student)
        seats.join_session(session.pk, user=walker)

    assert place_of(student).state == PlaceState.LAPSED
    assert session.participants.joined().filter(user=walker).exists()
    assert_counted(session)


def test_who_asks_again_when_their_turn_has_come_has_the_seat():
    session, student, next_one = offered_session()

    with time_machine.travel(place_of(student).offer_expires_at, tick=False):
        joined = seats.join_session(session.pk, user=next_one)

    assert joined.place is None
    assert session.participants.joined().filter(user=next_one).exists()
    assert place_of(student).state == PlaceState.LAPSED
    assert_counted(session)


def test_who_comes_back_takes_the_last_place():
    session, _ = full_session()
    first, second = wait(session), wait(session)

    waitlist.withdraw(session.pk, user=first)
    wait(session, first)

    assert waitlist.position_of(place_of(second)) == 1
    assert waitlist.position_of(place_of(first)) == 2
    assert_counted(session)


def test_nobody_gives_up_a_place_that_they_have_not():
    session, _ = full_session()
    wait(session)

    for deed, refusal in ((waitlist.withdraw, NotWaiting), (waitlist.decline, NoOffer), (waitlist.accept, NoOffer)):
        with pytest.raises(refusal):
            deed(session.pk, user=StudentFactory())
    with pytest.raises(NoOffer):
        waitlist.accept(session.pk, user=place_of(session.waitlist.get().user).user)

    assert_counted(session)


def test_more_seats_go_to_those_who_wait_in_their_order():
    session, _ = full_session()
    first, second, third = (wait(session) for _ in range(3))

    hosting.update_session(session.pk, {"max_participants": 4}, actor=session.creator)

    assert set(
        session.participants.joined().filter(user__in=[first, second, third]).values_list("user", flat=True)
    ) == {
        first.pk,
        second.pk,
    }
    assert waitlist.position_of(place_of(third)) == 1
    assert_counted(session)


def test_the_capacity_never_falls_below_seats_and_offers():
    session, seated = full_session()
    hosting.update_session(session.pk, {"max_participants": 3}, actor=session.creator)
    ParticipantFactory(session=session)
    session.refresh_from_db()
    wait(session, asks_first=True)
    seats.leave_session(session.pk, user=seated[0].user)

    with pytest.raises(CapacityBelowParticipants) as refusal:
        hosting.update_session(session.pk, {"max_participants": 2}, actor=session.creator)

    assert refusal.value.extra == {"seats_taken": 2, "seats_offered": 1}
    assert_counted(session)


def test_a_participant_who_is_removed_makes_room_too():
    session, (seat, _) = full_session()
    student = wait(session)

    seats.remove_participant(session.pk, seat.user_id, actor=session.creator)

    assert session.participants.joined().filter(user=student).exists()
    assert_counted(session)


@pytest.mark.parametrize("why", ["blocked", "gone"])
def test_who_could_not_join_is_passed_over_and_told(why):
    session, (leaver, _) = full_session()
    first, second = wait(session), wait(session)
    if why == "blocked":
        BlockFactory(blocker=session.creator, blocked=first)
    else:
        first.is_active = False
        first.save()

    seats.leave_session(session.pk, user=leaver.user)

    assert place_of(first).state == PlaceState.CLOSED
    assert told(first)[-1] == "session_waitlist_closed"
    assert session.participants.joined().filter(user=second).exists()
    assert not session.participants.filter(user=first).exists()
    assert_counted(session)


def test_blocked_people_neither_join_nor_wait_and_are_not_told_why():
    session = SessionFactory(max_participants=2)
    blocked, blocker = StudentFactory(), StudentFactory()
    BlockFactory(blocker=session.creator, blocked=blocked)
    BlockFactory(blocker=blocker, blocked=session.creator)

    for student in (blocked, blocker):
        for wants_to_wait in (False, True):
            with pytest.raises(CannotJoin) as refusal:
                seats.join_session(session.pk, user=student, wants_to_wait=wants_to_wait)
            assert refusal.value.message == "Cannot join this session"

    assert not session.participants.exists()
    assert_counted(session)


@pytest.mark.parametrize("end", [course.start_session, course.cancel_session, hosting.delete_session])
def test_the_queue_is_closed_and_told_when_it_is_over(end):
    session, (leaver, _) = full_session()
    asked, waiting = wait(session, asks_first=True), wait(session)
    hosting.update_session(session.pk, {"max_participants": 3}, actor=session.creator)

    end(session.pk, actor=session.creator)

    for student in (asked, waiting):
        assert place_of(student).state in (PlaceState.CLOSED, PlaceState.ACCEPTED)
    assert place_of(asked).state == PlaceState.CLOSED
    assert "session_waitlist_closed" in told(asked)
    assert_counted(session)


def test_nobody_is_promoted_once_it_has_begun():
    session, (seat, _) = full_session()
    student = wait(session)
    course.start_session(session.pk, actor=session.creator)

    seats.remove_participant(session.pk, seat.user_id, actor=session.creator)

    assert place_of(student).state == PlaceState.CLOSED
    assert not session.participants.filter(user=student).exists()
    assert_counted(session)


def test_nobody_is_promoted_after_the_time_for_joining_and_the_clock_closes_the_queue(settings):
    settings.SESSION_JOIN_CUTOFF_MINUTES = 60
    session, (seat, _) = full_session()
    student, other = wait(session), wait(session, asks_first=True)

    with time_machine.travel(session.starts_at - timedelta(minutes=60), tick=False):
        with pytest.raises(CannotJoin):
            wait(session)
        seats.leave_session(session.pk, user=seat.user)
        assert not session.participants.filter(user=student).exists()
        assert place_of(student).state == place_of(other).state == PlaceState.CLOSED
        assert promotion.advance_overdue(now=timezone.now()) == 0

    assert told(student)[-1] == "session_waitlist_closed"
    assert_counted(session)


def test_the_clock_closes_the_queue_of_what_can_no_longer_be_joined():
    session, _ = full_session()
    student = wait(session)

    with time_machine.travel(session.starts_at, tick=False):
        assert promotion.advance_overdue(now=timezone.now()) == 1
        assert promotion.advance_overdue(now=timezone.now()) == 0

    assert place_of(student).state == PlaceState.CLOSED
    assert_counted(session)


def test_those_who_wait_hear_of_another_time():
    session, _ = full_session()
    student = wait(session)

    hosting.update_session(session.pk, {"starts_at": session.starts_at + timedelta(days=1)}, actor=session.creator)

    assert told(student)[-1] == "session_updated"


def test_a_join_without_a_queue_asks_no_more_questions_than_before():
    session, student = SessionFactory(), StudentFactory()

    with CaptureQueriesContext(connection) as queries:
        seats.join_session(session.pk, user=student)

    assert len(queries) == STATEMENTS_OF_A_JOIN, "\n".join(query["sql"] for query in queries)


def cost(deed, *args, **how):
    with CaptureQueriesContext(connection) as queries:
        deed(*args, **how)
    return len(queries)


@pytest.mark.parametrize("end", [course.cancel_session, course.start_session, hosting.delete_session])
@pytest.mark.parametrize("come", [WaitlistEntryFactory, JoinRequestFactory], ids=["wait", "ask"])
def test_to_send_everybody_home_costs_the_same_however_many_they_are(come, end):
    def cost_of(people):
        session, _ = full_session(needs_approval=True)
        for _ in range(people):
            come(session=session)
        return cost(end, session.pk, actor=session.creator)

    assert cost_of(3) == cost_of(30)


@pytest.mark.parametrize("asks_first", [False, True], ids=["given", "offered"])
def test_more_seats_cost_the_same_however_many_get_one(asks_first):
    def cost_of(people):
        session, _ = full_session()
        for _ in range(people):
            WaitlistEntryFactory(session=session, asks_first=asks_first)
        spent = cost(hosting.update_session, session.pk, {"max_participants": 2 + people}, actor=session.creator)
        session.refresh_from_db()
        assert session.seats_taken + session.seats_offered == 2 + people
        assert_counted(session)
        return spent

    assert cost_of(3) == cost_of(18)


def test_offers_that_lapse_cost_the_same_however_many_they_are():
    def cost_of(people):
        session = SessionFactory(max_participants=20)
        for _ in range(people):
            WaitlistEntryFactory(session=session, offered=True)
        with time_machine.travel(session.waitlist.latest("offer_expires_at").offer_expires_at, tick=False):
            return cost(promotion.advance_overdue, now=timezone.now())

    assert cost_of(3) == cost_of(18)


def test_of_several_who_are_let_in_at_once_each_has_a_seat_a_calendar_entry_and_reminders_and_the_host_hears_of_each():
    session, _ = full_session(starts_at=timezone.now() + timedelta(days=9))
    RecordingConsentFactory(session=session, user=session.creator)
    several = [WaitlistEntryFactory(session=session).user for _ in range(3)]

    hosting.update_session(session.pk, {"max_participants": 5}, actor=session.creator)

    for user in several:
        assert session.participants.joined().filter(user=user).exists()
        assert set(told(user)) == {"session_promoted", "recording_consent_asked", "session_updated"}
        assert CalendarMail.objects.filter(session=session, recipient=user).count() == 1
        assert set(session.reminders.filter(recipient=user).values_list("kind", flat=True)) == {"24h", "1h"}
    assert told(session.creator).count("session_joined") == 3
    entries = AuditEntry.objects.filter(action="session.promoted").order_by("pk")
    assert [entry.after["user_id"] for entry in entries] == [user.pk for user in several]
    assert_counted(session)


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.UPCOMING}))
def test_nobody_waits_for_what_is_not_upcoming(status):
    session, _ = full_session()
    session.status = status
    session.save()

    with pytest.raises(CannotJoin):
        wait(session)

    assert not WaitlistEntry.objects.exists()
