"""Who sees which sessions, and that counting in parts counts the same."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app.models import SessionKind, TutoringSession
from tests.factories import AdminFactory, ParticipantFactory, SessionFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


def private_session(host, student, *, day):
    starts_at = timezone.now() + timedelta(days=day)
    session = SessionFactory(creator=host, kind=SessionKind.PRIVATE, max_participants=1, starts_at=starts_at)
    return ParticipantFactory(session=session, user=student).session


@pytest.fixture
def people():
    """A host and a student with a private session between them, among sessions of all kinds; a stranger, an admin."""
    host, student, stranger = TutorFactory(), StudentFactory(), StudentFactory()
    private_session(host, student, day=3)
    private_session(TutorFactory(), StudentFactory(), day=3)
    ParticipantFactory(session=SessionFactory(creator=host), user=student)
    SessionFactory(deleted_at=timezone.now())
    return {"host": host, "student": student, "stranger": stranger, "admin": AdminFactory()}


@pytest.mark.parametrize(("who", "expected"), [("host", 2), ("student", 2), ("stranger", 1), ("admin", 3)])
def test_the_parts_of_what_somebody_sees_are_all_of_it_and_share_no_session(people, who, expected):
    parts = TutoringSession.objects.parts_visible_to(people[who])

    found = [pk for part in parts for pk in part.values_list("pk", flat=True)]

    assert sorted(found) == sorted(TutoringSession.objects.visible_to(people[who]).values_list("pk", flat=True))
    assert len(found) == len(set(found)) == expected


@pytest.mark.parametrize(("who", "expected"), [("host", 2), ("student", 2), ("stranger", 0)])
def test_mine_are_those_that_i_host_or_have_joined_each_once(people, who, expected):
    assert TutoringSession.objects.mine(people[who]).count() == expected


def test_a_seat_that_was_given_up_makes_no_session_mine():
    seat = ParticipantFactory(state="left", left_at=timezone.now())

    assert not TutoringSession.objects.mine(seat.user).exists()
    assert not TutoringSession.objects.joined_by(seat.user).exists()
