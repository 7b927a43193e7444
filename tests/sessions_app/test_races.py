"""What two people can do at the same time, done at the same time, on the engine of this run.

The same against real server processes, with the negative control, is in tests/chaos.
"""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from messaging.files import Examined
from notifications.models import EventCounter, LiveEvent, Notification
from sessions_app.errors import SessionFull, TimeConflict, TooManyMaterials
from sessions_app.models import MATERIALS_FOLDER, Material, SessionStatus, TutoringSession
from sessions_app.services import course, hosting, materials, rating, seats
from tests.factories import ParticipantFactory, PastSessionFactory, SessionFactory, StudentFactory, TutorFactory
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)


def test_sixty_students_take_exactly_eight_seats():
    session = SessionFactory()
    students = [StudentFactory() for _ in range(60)]

    results = at_once([partial(seats.join_session, session.pk, user=student) for student in students])

    assert kinds(results) == {"ok": 8, SessionFull.__name__: 52}
    session.refresh_from_db()
    assert session.seats_taken == session.participants.joined().count() == 8
    told = Notification.objects.filter(recipient=session.creator, type="session_joined")
    assert told.count() == 8
    numbers = LiveEvent.objects.filter(user=session.creator).order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, 9))


def test_one_student_who_clicks_ten_times_has_one_seat():
    session, student = SessionFactory(), StudentFactory()

    results = at_once([partial(seats.join_session, session.pk, user=student)] * 10)

    assert kinds(results) == {"ok": 1, "AlreadyJoined": 9}
    session.refresh_from_db()
    assert session.seats_taken == 1


def files_kept():
    names = default_storage.listdir(MATERIALS_FOLDER)[1] if default_storage.exists(MATERIALS_FOLDER) else []
    return {f"{MATERIALS_FOLDER}{name}" for name in names}


def test_of_ten_files_kept_at_once_no_more_than_the_limit_are(monkeypatch):
    monkeypatch.setattr(materials, "MOST_MATERIALS", 3)
    host, file = TutorFactory(), Examined("notes.pdf", "application/pdf", b"%PDF-1.4")
    session, before = SessionFactory(creator=host), files_kept()

    results = at_once([partial(materials.add_material, file, owner=host, session_id=session.pk)] * 10)

    assert kinds(results) == {"ok": 3, TooManyMaterials.__name__: 7}
    assert files_kept() - before == {material.file.name for material in Material.objects.all()}


@pytest.mark.postgres
def test_without_its_lock_the_same_race_keeps_more_files_than_that(monkeypatch):
    """The control: a race that cannot fail proves nothing. SQLite cannot fail it; its writers stand in line."""
    monkeypatch.setattr(materials, "MOST_MATERIALS", 1)
    monkeypatch.setattr(type(User.objects), "take_turn", lambda users, pk: None)
    monkeypatch.setattr(materials, "_require_room", waiting_after(materials._require_room))
    file, host = Examined("notes.pdf", "application/pdf", b"%PDF-1.4"), TutorFactory()

    assert kinds(at_once([partial(materials.add_material, file, owner=host)] * 2)) == {"ok": 2}
    assert Material.objects.filter(owner=host).count() == 2


def test_one_student_who_rates_ten_times_at_once_has_given_one_rating():
    seat = ParticipantFactory(session=PastSessionFactory())

    results = at_once([partial(rating.rate_session, seat.session.pk, user=seat.user, rating=4)] * 10)

    assert Counter(is_new for _, is_new in results) == {True: 1, False: 9}
    assert seat.session.ratings.count() == 1
    assert Notification.objects.filter(type="session_rated").count() == 1


def test_one_student_who_leaves_ten_times_gives_one_seat_back():
    seat = ParticipantFactory()
    ParticipantFactory(session=seat.session)

    results = at_once([partial(seats.leave_session, seat.session.pk, user=seat.user)] * 10)

    assert kinds(results) == {"ok": 1, "NotJoined": 9}
    seat.session.refresh_from_db()
    assert seat.session.seats_taken == 1


def test_of_overlapping_sessions_of_one_host_exactly_one_is_made():
    host, begin = TutorFactory(), timezone.now() + timedelta(days=1)
    calls = [
        partial(
            hosting.create_session,
            creator=host,
            title="Algebra",
            starts_at=begin + timedelta(minutes=minutes),
            max_participants=8,
        )
        for minutes in range(0, 50, 5)
    ]

    results = at_once(calls)

    assert kinds(results) == {"ok": 1, TimeConflict.__name__: 9}
    assert TutoringSession.objects.count() == 1


def test_two_sessions_that_move_onto_one_time_do_not_both_arrive():
    host = TutorFactory()
    begin = timezone.now() + timedelta(days=1)
    first, second = (SessionFactory(creator=host, starts_at=begin + timedelta(hours=3 * n)) for n in range(2))
    goal = begin + timedelta(days=2)

    results = at_once([partial(hosting.update_session, s.pk, {"starts_at": goal}, actor=host) for s in (first, second)])

    assert kinds(results) == {"ok": 1, TimeConflict.__name__: 1}
    assert TutoringSession.objects.filter(starts_at=goal).count() == 1


def test_starting_and_cancelling_at_once_has_one_history():
    session = ParticipantFactory().session
    host = session.creator

    results = at_once([partial(move, session.pk, actor=host) for move in (course.start_session, course.cancel_session)])

    session.refresh_from_db()
    # Either the start came first, and a running session was cancelled, or it came second and was refused.
    assert session.status == SessionStatus.CANCELLED
    assert all(isinstance(r, DomainError | TutoringSession) for r in results)
    assert session.version == 1 + kinds(results)["ok"]


def test_joining_while_it_is_cancelled_or_shrunk_never_oversells():
    for change in (
        partial(course.cancel_session),
        partial(hosting.update_session, changes={"max_participants": 2}),
    ):
        session = SessionFactory(max_participants=4)
        joins = [partial(seats.join_session, session.pk, user=StudentFactory()) for _ in range(6)]

        results = at_once([partial(change, session.pk, actor=session.creator), *joins])

        session.refresh_from_db()
        assert all(isinstance(r, DomainError | TutoringSession | seats.Joined) for r in results), results
        assert session.seats_taken == session.participants.joined().count() <= session.max_participants


def test_hosts_who_join_and_leave_each_others_sessions_never_wait_in_a_circle():
    ada, bob = TutorFactory(), TutorFactory()
    theirs = SessionFactory(creator=ada), SessionFactory(creator=bob)

    def churn(session, user):
        for _ in range(10):
            seats.join_session(session.pk, user=user)
            seats.leave_session(session.pk, user=user)

    results = at_once([partial(churn, theirs[0], bob), partial(churn, theirs[1], ada)])

    assert kinds(results) == {"ok": 2}
    # Each join tells the host, each leave the host and the leaver.
    assert set(EventCounter.objects.values_list("last_seq", flat=True)) == {30}
