"""Hours and holds that are wanted at the same moment, in real threads on the engine of this run.

The negative controls show that it is the lock which decides: without it PostgreSQL lets two through that both have read
before either writes. SQLite cannot fail; its writers stand in line.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.errors import StaleProfile
from bookings.errors import OverlappingAvailability, SlotTaken
from bookings.models import SlotHold, WeeklyHours
from bookings.services import calendars, holds, hours
from bookings.services.hours import NewWindow
from tests.factories import BookingTermsFactory, StudentFactory, TutorProfileFactory, WeeklyHoursFactory
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY, NINE = 0, 540


def overlapping_windows(tutor, count=16):
    now = timezone.now()
    return [
        partial(hours.add_windows, tutor, [NewWindow(MONDAY, NINE + n, NINE + 60 + n)], now=now) for n in range(count)
    ]


def open_all_week():
    tutor = TutorProfileFactory()
    for weekday in range(7):
        WeeklyHoursFactory(tutor=tutor, weekday=weekday, start_minute=0, end_minute=1440)
    return tutor


def holds_of(tutor, students, *, hours_later=0):
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2, hours=hours_later)
    return [
        partial(holds.hold_slot, tutor.pk, student=student, starts_at=starts_at, minutes=60, now=timezone.now())
        for student in students
    ]


def test_of_overlapping_hours_that_are_added_at_once_exactly_one_stays():
    tutor = BookingTermsFactory().tutor

    results = at_once(overlapping_windows(tutor))

    assert kinds(results) == {"ok": 1, OverlappingAvailability.__name__: 15}
    assert WeeklyHours.objects.count() == 1
    tutor.refresh_from_db()
    assert tutor.version == 2


def test_of_two_weeks_by_one_version_one_is_stale():
    tutor = TutorProfileFactory()
    weeks = [[NewWindow(weekday, NINE, 1020)] for weekday in range(7)]

    results = at_once([partial(hours.replace_week, tutor, week, version=1, now=timezone.now()) for week in weeks])

    assert kinds(results) == {"ok": 1, StaleProfile.__name__: 6}
    assert WeeklyHours.objects.count() == 1


def test_of_twenty_who_want_to_hold_one_slot_exactly_one_does():
    tutor = open_all_week()

    results = at_once(holds_of(tutor, [StudentFactory() for _ in range(20)]))

    assert kinds(results) == {"ok": 1, SlotTaken.__name__: 19}
    assert SlotHold.objects.count() == 1


def test_a_student_who_clicks_ten_times_holds_it_once():
    tutor, student = open_all_week(), StudentFactory()

    results = at_once(holds_of(tutor, [student] * 10))

    assert kinds(results) == {"ok": 10}
    assert SlotHold.objects.count() == 1


def test_students_and_tutors_in_any_order_never_wait_in_a_circle():
    """Ids that rise from tutor to student, and such that fall."""
    early, late = StudentFactory(), open_all_week()
    other = StudentFactory()
    tutors = [open_all_week(), late]

    calls = [
        call
        for number, tutor in enumerate(tutors * 4)
        for call in holds_of(tutor, [early, other], hours_later=number * 2)
    ]

    assert set(kinds(at_once(calls))) <= {"ok", SlotTaken.__name__, "StudentConflict"}


@pytest.mark.postgres
class TestWithoutTheLock:
    def test_overlapping_hours_are_stored(self, monkeypatch):
        monkeypatch.setattr(hours, "take_hours", lambda tutor, version=None: None)
        monkeypatch.setattr(hours, "ensure_terms", waiting_after(hours.ensure_terms))
        tutor = BookingTermsFactory().tutor

        assert kinds(at_once(overlapping_windows(tutor, count=2))) == {"ok": 2}

    def test_one_slot_is_held_by_several(self, monkeypatch):
        monkeypatch.setattr(calendars, "lock", lambda *users: None)
        monkeypatch.setattr(holds, "require_bookable", waiting_after(holds.require_bookable))
        tutor = open_all_week()

        assert kinds(at_once(holds_of(tutor, [StudentFactory(), StudentFactory()]))) == {"ok": 2}
