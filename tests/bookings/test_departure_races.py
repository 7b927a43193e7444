"""A tutor who is suspended while somebody books, in real threads on the engine of this run."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import TutorProfile
from accounts.services import moderation
from bookings.models import LIVE, Booking
from bookings.services import clock
from common.errors import NotFound
from tests.factories import AdminFactory, StudentFactory
from tests.support import market
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_worker(monkeypatch):
    """Nothing runs after a commit, so that the lessons that are there are those that were made."""
    monkeypatch.setattr("common.work.after_commit", lambda task, *args: None)


@pytest.mark.parametrize("round_", range(3))
def test_no_lesson_to_come_survives_a_suspension(round_, no_worker):
    (tutor,) = market.make_open_tutors()
    admin, students = AdminFactory(), [StudentFactory().pk for _ in range(6)]
    books = [
        partial(market.make_booking, student, tutor["profile"], market.slot(day=3, hour=hour))
        for hour, student in enumerate(students)
    ]
    suspends = partial(moderation.suspend_tutor, tutor["id"], actor=admin, reason="no-shows")

    results = at_once([*books[:3], suspends, *books[3:]])

    made = kinds(results)["ok"] - 1
    assert set(kinds(results)) <= {"ok", NotFound.__name__}, results
    assert len(market.live_bookings(tutor["profile"])) == made
    assert clock.cancel_lessons_of(tutor["id"], now=timezone.now()) == made
    assert not Booking.objects.filter(status__in=LIVE).exists()


def test_who_waited_for_the_suspension_is_told_that_there_is_no_such_tutor(no_worker, monkeypatch):
    """The tutor is found, and suspended before the student's turn with the calendar comes."""
    (tutor,) = market.make_open_tutors()
    admin, student = AdminFactory(), StudentFactory()

    def suspended_first(*args, **kwargs):
        moderation.suspend_tutor(tutor["id"], actor=admin, reason="no-shows")
        return []

    monkeypatch.setattr(clock, "requests_in_the_way", suspended_first)

    with pytest.raises(NotFound):
        market.make_booking(student.pk, tutor["profile"], market.slot(day=3))

    assert not Booking.objects.exists()
    assert TutorProfile.objects.get().status == "suspended"
