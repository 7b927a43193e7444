"""Goal R4 with waitlists: whatever people do at the same time, the queue is a queue, on the engine of this run.

Each round is made up from its number. The same through real servers is in tests/chaos.
"""

import random
from collections import Counter
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import DomainError
from notifications.models import Notification
from sessions_app.models import TutoringSession, WaitlistEntry
from sessions_app.services import access, course, hosting, nudging, promotion, requests, seats, waitlist
from tests.chaos import unguarded_waitlist
from tests.factories import JoinRequestFactory, ParticipantFactory, SessionFactory, StudentFactory, WaitlistEntryFactory
from tests.support.figures import figure
from tests.support.queue_history import history_of
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

SEATS, PEOPLE, DEEDS, THREADS = 2, 8, 40, 8
ROUNDS = figure(200, 3)


def let_offers_lapse(session_id):
    """As if the time of all offers had passed."""
    with transaction.atomic():
        TutoringSession.objects.select_for_update().get(pk=session_id)
        offers = WaitlistEntry.objects.filter(session=session_id, state="offered")
        offers.update(offer_expires_at=timezone.now())
    promotion.advance_overdue(now=timezone.now())


def resize(session_id, *, host, to):
    return hosting.update_session(session_id, {"max_participants": to}, actor=host)


def deeds(session, people, chance):
    """What people do, in an order that nobody keeps."""
    pk, host = session.pk, session.creator
    for _ in range(DEEDS):
        user = chance.choice(people)
        yield chance.choice(
            [
                partial(seats.join_session, pk, user=user),
                partial(seats.join_session, pk, user=user, wants_to_wait=True),
                partial(seats.join_session, pk, user=user, wants_to_wait=True, asks_first=True),
                partial(seats.leave_session, pk, user=user),
                partial(seats.leave_session, pk, user=user),
                partial(waitlist.accept, pk, user=user),
                partial(waitlist.decline, pk, user=user),
                partial(waitlist.withdraw, pk, user=user),
                partial(resize, pk, host=host, to=chance.randint(2, 4)),
                partial(let_offers_lapse, pk),
            ]
        )


def one_round(number, *, people, starts=False):
    """The history of a session in which all this happened at once, and what came of the deeds."""
    chance = random.Random(number)
    session = SessionFactory(max_participants=SEATS)
    calls = list(deeds(session, people, chance))
    if starts:
        calls.insert(DEEDS * 3 // 4, partial(course.start_session, session.pk, actor=session.creator))
    results = at_once(calls, threads=THREADS)
    return history_of(session.pk, seats=SEATS), results


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]


@pytest.mark.parametrize("starts", [False, True], ids=["before the start", "around the start"])
def test_nobody_sits_on_a_seat_that_is_not_there_nobody_is_passed_over_and_nobody_is_let_in_after_the_start(starts):
    people = [StudentFactory() for _ in range(PEOPLE)]
    turns = 0

    for number in range(ROUNDS * 12):
        if number >= ROUNDS and turns:
            break  # chance may start a session before anybody's turn: then more rounds, not a weaker test
        history, results = one_round(number, people=people, starts=starts)

        assert history.faults == [], f"round {number}"
        assert unexpected(results) == [], f"round {number}"
        turns += history.turns
        TutoringSession.objects.update(status="cancelled", seats_offered=0, waiting_count=0)  # no clash with the next

    assert turns > 0, "nobody who waited ever had a turn: nothing was put to the test"


@pytest.mark.postgres
def test_without_the_lock_the_same_rounds_break_the_rules(monkeypatch):
    """The control: a race that cannot fail proves nothing. SQLite cannot fail it; its writers stand in line."""

    monkeypatch.setattr(access, "lock", unguarded_waitlist.find_and_think)
    people = [StudentFactory() for _ in range(PEOPLE)]

    broken = 0
    for number in range(5):
        history, results = one_round(number, people=people)
        broken += bool(history.faults or unexpected(results))
        TutoringSession.objects.update(status="cancelled")

    print(f"rounds with faults without the lock: {broken} of 5")
    assert broken >= 4


def test_one_seat_that_frees_has_one_new_owner_however_many_leave_the_queue_meanwhile():
    session = SessionFactory(max_participants=2)
    seated = [ParticipantFactory(session=session) for _ in range(2)]
    waiting = [WaitlistEntryFactory(session=session) for _ in range(6)]
    leaving = [partial(waitlist.withdraw, session.pk, user=place.user) for place in waiting[:3]]

    results = at_once([partial(seats.leave_session, session.pk, user=seat.user) for seat in seated] + leaving)

    assert unexpected(results) == []
    session.refresh_from_db()
    assert session.seats_taken == session.participants.joined().count() == 2
    assert session.waiting_count == session.waitlist.waiting().count()
    assert session.seats_offered == 0


def test_one_offer_that_is_accepted_and_declined_at_once_has_one_end():
    place = WaitlistEntryFactory(session=SessionFactory(max_participants=2), offered=True)
    calls = [partial(deed, place.session.pk, user=place.user) for deed in (waitlist.accept, waitlist.decline)] * 5

    results = at_once(calls)

    assert Counter(type(result).__name__ for result in results) == {"TutoringSession": 1, "NoOffer": 9}
    place.refresh_from_db()
    place.session.refresh_from_db()
    assert (place.session.seats_taken, place.session.seats_offered) == (place.state == "accepted", 0)


def test_who_joins_and_accepts_at_once_while_another_seat_is_free_has_the_offered_seat_and_no_other():
    place = WaitlistEntryFactory(session=SessionFactory(max_participants=2), offered=True)
    session, user = place.session, place.user
    calls = [partial(deed, session.pk, user=user) for deed in (seats.join_session, waitlist.accept)] * 5

    results = at_once(calls)

    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert unexpected(results) == []
    place.refresh_from_db()
    session.refresh_from_db()
    assert (place.state, session.seats_taken, session.seats_offered) == ("accepted", 1, 0)
    assert session.participants.joined().count() == 1


def test_who_is_offered_a_seat_while_they_join_has_one_seat_and_no_offer():
    """Two leave while somebody who waits joins again and again: the offer comes between two looks at the session."""
    for _ in range(ROUNDS):
        session = SessionFactory(max_participants=2)
        seated = [ParticipantFactory(session=session) for _ in range(2)]
        user = WaitlistEntryFactory(session=session, asks_first=True).user
        leaving = [partial(seats.leave_session, session.pk, user=seat.user) for seat in seated]
        joining = [partial(seats.join_session, session.pk, user=user)] * 4

        results = at_once([call for pair in zip(joining, leaving * 2, strict=True) for call in pair])

        assert unexpected(results) == []
        session.refresh_from_db()
        sits = session.participants.joined().filter(user=user).exists()
        assert session.waitlist.live().filter(user=user).exists() is not sits
        assert session.seats_taken == session.participants.joined().count()
        assert session.seats_offered == session.waitlist.live().filter(state="offered").count()


def test_of_many_runs_at_once_one_reminds_of_an_offer():
    place = WaitlistEntryFactory(session=SessionFactory(max_participants=2), offered=True)

    results = at_once([partial(nudging.nudge_due, now=place.nudge_at)] * 10)

    assert Counter(results) == {1: 1, 0: 9}
    assert Notification.objects.filter(type="session_offer_reminder").count() == 1


def test_one_request_that_is_approved_ten_times_is_one_seat():
    request = JoinRequestFactory()

    results = at_once([partial(requests.approve, request.pk, actor=request.session.creator)] * 10)

    assert Counter(type(result).__name__ for result in results) == {"JoinRequest": 1, "InvalidTransition": 9}
    request.session.refresh_from_db()
    assert request.session.seats_taken == request.session.participants.joined().count() == 1


def test_one_person_who_asks_ten_times_has_one_request():
    session, student = SessionFactory(needs_approval=True), StudentFactory()

    results = at_once([partial(seats.join_session, session.pk, user=student)] * 10)

    assert Counter(type(result).__name__ for result in results) == {"Joined": 1, "AlreadyRequested": 9}
    assert session.join_requests.count() == 1


def test_of_two_requests_for_the_last_seat_one_is_approved():
    session = SessionFactory(needs_approval=True, max_participants=2)
    ParticipantFactory(session=session)
    asked = [JoinRequestFactory(session=session) for _ in range(6)]

    results = at_once([partial(requests.approve, request.pk, actor=session.creator) for request in asked])

    assert Counter(type(result).__name__ for result in results) == {"JoinRequest": 1, "SessionFull": 5}
    session.refresh_from_db()
    assert session.seats_taken == session.participants.joined().count() == 2
