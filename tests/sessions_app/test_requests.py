"""Asking the host for a seat, and what hosts do about who sits there."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import InvalidTransition, NotFound
from notifications.models import Notification
from sessions_app.errors import (
    AlreadyJoined,
    AlreadyRequested,
    AlreadyWaiting,
    CannotJoin,
    NotJoined,
    NotTheCreator,
    NotYourStudent,
    PrivateSession,
    RemovedFromSession,
    RequestRejected,
    SessionFull,
)
from sessions_app.models import JoinRequest, RequestState, SeatState, SessionKind, SessionStatus
from sessions_app.services import course, hosting, requests, seats
from sessions_app.tasks import advance_queues
from tests.factories import (
    AdminFactory,
    BlockFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    WaitlistEntryFactory,
    student_of,
)

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def filled(session):
    """The session with no seat left."""
    session.max_participants = 2
    session.save()
    for _ in range(2):
        ParticipantFactory(session=session)
    return session


def test_joining_a_session_that_needs_approval_asks_its_host_and_takes_no_seat():
    session, student = SessionFactory(needs_approval=True), StudentFactory(first_name="Ada", last_name="L")

    joined = seats.join_session(session.pk, user=student)

    assert (joined.request.state, joined.request.user) == (RequestState.PENDING, student)
    assert not session.participants.exists()
    note = Notification.objects.get()
    assert (note.recipient, note.type) == (session.creator, "session_join_requested")
    assert note.message == "Ada L asks to join Algebra together."
    assert AuditEntry.objects.get().action == "session.join_requested"


def test_nobody_has_two_requests():
    request = JoinRequestFactory()

    with pytest.raises(AlreadyRequested) as refusal:
        seats.join_session(request.session.pk, user=request.user)

    assert refusal.value.extra == {"request_id": request.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequestFactory(session=request.session, user=request.user)


@pytest.mark.parametrize("is_admin", [False, True])
def test_an_approved_request_is_a_seat(is_admin):
    request = JoinRequestFactory()
    actor = AdminFactory() if is_admin else request.session.creator

    requests.approve(request.pk, actor=actor)

    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.APPROVED, actor)
    request.session.refresh_from_db()
    assert request.session.seats_taken == 1
    assert request.session.participants.joined().get().user == request.user
    assert told(request.user) == ["session_request_approved"]
    assert AuditEntry.objects.get().action == "session.request_approved"


def test_a_rejected_request_is_no_seat_and_there_is_no_second_time():
    request = JoinRequestFactory()

    requests.reject(request.pk, actor=request.session.creator)

    assert not request.session.participants.exists()
    assert told(request.user) == ["session_request_rejected"]
    with pytest.raises(RequestRejected):
        seats.join_session(request.session.pk, user=request.user)


@pytest.mark.parametrize("decide", [requests.approve, requests.reject])
def test_a_request_is_decided_once_and_by_its_host(decide):
    request = JoinRequestFactory()

    for stranger in (TutorFactory(), request.user):
        with pytest.raises(NotFound):
            decide(request.pk, actor=stranger)
    decide(request.pk, actor=request.session.creator)
    for again in (requests.approve, requests.reject):
        with pytest.raises(InvalidTransition):
            again(request.pk, actor=request.session.creator)

    assert request.session.participants.count() == (decide is requests.approve)


def test_approving_is_refused_where_no_seat_is_left_and_the_request_stays():
    request = JoinRequestFactory()
    filled(request.session)

    with pytest.raises(SessionFull):
        requests.approve(request.pk, actor=request.session.creator)

    request.refresh_from_db()
    assert request.state == RequestState.PENDING


def test_who_wants_to_wait_waits_after_approval():
    session, student = filled(SessionFactory(needs_approval=True)), StudentFactory()
    with pytest.raises(SessionFull):
        seats.join_session(session.pk, user=student)
    joined = seats.join_session(session.pk, user=student, wants_to_wait=True, asks_first=True)

    requests.approve(joined.request.pk, actor=session.creator)

    place = session.waitlist.live().get()
    assert (place.user, place.asks_first) == (student, True)
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (2, 1)
    with pytest.raises(AlreadyWaiting):
        seats.join_session(session.pk, user=student)


def test_those_who_waited_before_approval_was_needed_have_to_ask_when_their_turn_comes():
    session = filled(SessionFactory())
    waiting = WaitlistEntryFactory(session=session).user
    hosting.update_session(session.pk, {"needs_approval": True}, actor=session.creator)

    seats.leave_session(session.pk, user=session.participants.joined().first().user)

    assert not session.participants.filter(user=waiting).exists()
    assert told(waiting)[-1] == "session_waitlist_closed"
    assert seats.join_session(session.pk, user=waiting).request.state == RequestState.PENDING


@pytest.mark.parametrize("why", ["blocked", "gone", "joined elsewhere"])
def test_approval_asks_the_guards_of_a_join_once_more(why):
    request = JoinRequestFactory()
    if why == "blocked":
        BlockFactory(blocker=request.session.creator, blocked=request.user)
    elif why == "gone":
        request.user.is_active = False
        request.user.save()
    else:
        ParticipantFactory(session=request.session, user=request.user)

    with pytest.raises(AlreadyJoined if why == "joined elsewhere" else CannotJoin):
        requests.approve(request.pk, actor=request.session.creator)


def test_leaving_takes_a_request_back_and_one_may_ask_again():
    request = JoinRequestFactory()

    seats.leave_session(request.session.pk, user=request.user)
    again = seats.join_session(request.session.pk, user=request.user)

    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert again.request.pk != request.pk


@pytest.mark.parametrize("end", [course.start_session, course.cancel_session, hosting.delete_session])
def test_requests_end_with_the_session_and_are_told(end):
    request = JoinRequestFactory()

    end(request.session.pk, actor=request.session.creator)

    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert told(request.user) == ["session_request_closed"]


def test_the_clock_ends_requests_for_what_can_no_longer_be_joined():
    request = JoinRequestFactory()

    with time_machine.travel(request.session.starts_at, tick=False):
        advance_queues()
        advance_queues()

    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert told(request.user) == ["session_request_closed"]


def test_requests_end_when_everybody_may_join():
    request = JoinRequestFactory()

    hosting.update_session(request.session.pk, {"needs_approval": False}, actor=request.session.creator)

    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert seats.join_session(request.session.pk, user=request.user).request is None


def test_who_has_asked_hears_of_another_time_and_the_approval_names_the_time():
    request = JoinRequestFactory()
    session, moved_to = request.session, datetime(2030, 5, 6, 14, 30, tzinfo=UTC)

    hosting.update_session(session.pk, {"starts_at": moved_to}, actor=session.creator)
    requests.approve(request.pk, actor=session.creator)

    messages = Notification.objects.filter(recipient=request.user).order_by("pk").values_list("type", "message")
    assert list(messages) == [
        ("session_updated", "Algebra together now begins at 2030-05-06 14:30 UTC."),
        ("session_request_approved", "You have a seat in Algebra together, on 2030-05-06 14:30 UTC."),
    ]


@pytest.mark.parametrize("answer", [requests.reject, requests.approve])
def test_who_has_had_an_answer_hears_of_changes_only_with_a_seat(answer):
    request = JoinRequestFactory()
    answer(request.pk, actor=request.session.creator)

    hosting.update_session(request.session.pk, {"title": "Geometry"}, actor=request.session.creator)

    assert told(request.user)[1:] == (["session_updated"] if answer is requests.approve else [])


# --- Adding and removing -------------------------------------------------------------------------------------------


def test_who_is_removed_is_told_and_cannot_come_back():
    seat = ParticipantFactory()
    session = seat.session

    seats.remove_participant(session.pk, seat.user_id, actor=session.creator, reason="Rude.")

    seat.refresh_from_db()
    session.refresh_from_db()
    assert (seat.state, session.seats_taken) == (SeatState.REMOVED, 0)
    note = Notification.objects.get(recipient=seat.user)
    assert (note.type, note.message) == ("session_removed", "You no longer have a seat in Algebra together. Rude.")
    assert AuditEntry.objects.get(action="session.participant_removed").reason == ""  # a host's words, kept for ever
    for join in (seats.join_session, partial(seats.join_session, wants_to_wait=True)):
        with pytest.raises(RemovedFromSession):
            join(session.pk, user=seat.user)
    session.refresh_from_db()
    assert session.seats_taken == 0


def test_only_the_host_and_admins_remove_and_add():
    seat, student = ParticipantFactory(), StudentFactory()

    for actor in (seat.user, TutorFactory()):
        with pytest.raises(NotTheCreator):
            seats.remove_participant(seat.session.pk, seat.user_id, actor=actor)
        with pytest.raises(NotTheCreator):
            seats.add_participant(seat.session.pk, student.pk, actor=actor)
    seats.add_participant(seat.session.pk, student.pk, actor=AdminFactory())
    seats.remove_participant(seat.session.pk, seat.user_id, actor=AdminFactory())

    assert [row.user for row in seat.session.participants.joined()] == [student]


def test_nobody_is_removed_who_has_no_seat_nor_after_the_end():
    session = SessionFactory()
    with pytest.raises(NotJoined):
        seats.remove_participant(session.pk, StudentFactory().pk, actor=session.creator)

    seat = ParticipantFactory(session__status=SessionStatus.COMPLETED)
    with pytest.raises(InvalidTransition):
        seats.remove_participant(seat.session.pk, seat.user_id, actor=seat.session.creator)


def test_whom_the_host_adds_has_a_seat_and_hears_of_it():
    session, student = SessionFactory(needs_approval=True), StudentFactory()
    JoinRequestFactory(session=session, user=student)

    seats.add_participant(session.pk, student.pk, actor=session.creator)

    session.refresh_from_db()
    assert session.seats_taken == session.participants.joined().count() == 1
    assert told(student) == ["session_added"]
    assert told(session.creator) == []
    assert JoinRequest.objects.get().state == RequestState.APPROVED


def test_the_host_may_take_back_whom_they_removed():
    seat = ParticipantFactory()
    seats.remove_participant(seat.session.pk, seat.user_id, actor=seat.session.creator)

    seats.add_participant(seat.session.pk, seat.user_id, actor=seat.session.creator)

    seat.refresh_from_db()
    assert seat.state == SeatState.JOINED


def test_nobody_is_added_who_could_not_join():
    session = filled(SessionFactory())
    with pytest.raises(SessionFull):
        seats.add_participant(session.pk, student_of(session.creator).pk, actor=session.creator)
    free = SessionFactory()
    blocked = student_of(free.creator)
    BlockFactory(blocker=blocked, blocked=free.creator)
    gone = StudentFactory(is_active=False)

    for person, refusal in ((blocked, CannotJoin), (gone, NotFound), (free.creator, NotFound)):
        with pytest.raises(refusal):
            seats.add_participant(free.pk, person.pk, actor=free.creator)

    assert not free.participants.exists()


def test_a_host_adds_nobody_who_has_never_had_to_do_with_them():
    """A seat shows its host an address: it cannot be given to whoever is found."""
    session, stranger = SessionFactory(), StudentFactory()

    with pytest.raises(NotYourStudent):
        seats.add_participant(session.pk, stranger.pk, actor=session.creator)

    assert not session.participants.exists()
    assert told(stranger) == []


def test_private_sessions_belong_to_their_bookings():
    seat = ParticipantFactory(session=SessionFactory(kind=SessionKind.PRIVATE, max_participants=1))
    host = seat.session.creator

    with pytest.raises(PrivateSession):
        seats.remove_participant(seat.session.pk, seat.user_id, actor=host)
    with pytest.raises(PrivateSession):
        seats.add_participant(seat.session.pk, StudentFactory().pk, actor=host)


def test_nobody_asks_after_the_time_for_joining():
    session = SessionFactory(needs_approval=True, starts_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(CannotJoin):
        seats.join_session(session.pk, user=StudentFactory())

    assert not JoinRequest.objects.exists()


def test_a_host_hears_that_a_request_is_taken_back():
    request = JoinRequestFactory()

    seats.leave_session(request.session_id, user=request.user)

    assert told(request.session.creator) == ["session_request_withdrawn"]
