"""A time that is kept for a student who is about to book (R-OVL-6)."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.errors import HoldExtended, SlotTaken, StudentConflict
from bookings.models import SlotHold
from bookings.services import holds
from bookings.tasks import purge_expired_holds
from common.errors import NotFound
from tests.factories import (
    ParticipantFactory,
    SessionFactory,
    SlotHoldFactory,
    StudentFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 12, 12, tzinfo=UTC)
TEN, TWELVE = datetime(2026, 7, 13, 10, tzinfo=UTC), datetime(2026, 7, 13, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tutor():
    return WeeklyHoursFactory().tutor


@pytest.fixture
def student():
    return StudentFactory()


def hold(tutor, student, starts_at=TEN, *, now=NOW, **options) -> SlotHold:
    return holds.hold_slot(tutor.pk, student=student, starts_at=starts_at, minutes=60, now=now, **options)


def test_a_slot_is_held_for_ten_minutes(tutor, student):
    held = hold(tutor, student)

    assert (held.starts_at, held.ends_at, held.extended) == (TEN, TEN + 60 * MINUTE, False)
    assert held.expires_at == NOW + 10 * MINUTE


def test_to_everybody_else_it_is_taken_until_it_expires(tutor, student):
    hold(tutor, student)
    other = StudentFactory()

    with pytest.raises(SlotTaken):
        hold(tutor, other, now=NOW + 9 * MINUTE)
    hold(tutor, other, now=NOW + 10 * MINUTE)

    assert SlotHold.objects.get().student == other  # the expired one is gone


def test_a_student_holds_one_slot_of_a_tutor_and_the_last_one_counts(tutor, student):
    hold(tutor, student)
    hold(WeeklyHoursFactory().tutor, student, TWELVE)

    second = hold(tutor, student, TWELVE + 60 * MINUTE)

    assert SlotHold.objects.filter(student=student, tutor=tutor).get() == second
    assert SlotHold.objects.count() == 2


def test_a_refused_hold_leaves_the_earlier_one(tutor, student):
    first = hold(tutor, student)
    SlotHoldFactory(tutor=tutor, starts_at=TWELVE, expires_at=NOW + MINUTE)

    with pytest.raises(SlotTaken):
        hold(tutor, student, TWELVE)

    assert SlotHold.objects.get(student=student) == first


def test_ones_other_sessions_are_in_the_way_unless_one_knows_of_them(tutor, student):
    ParticipantFactory(session=SessionFactory(starts_at=TEN), user=student)

    with pytest.raises(StudentConflict):
        hold(tutor, student)

    assert hold(tutor, student, allow_overlap=True).pk


@pytest.mark.parametrize("status", ["draft", "suspended"])
def test_a_tutor_whom_nobody_finds_is_not_there(student, status):
    with pytest.raises(NotFound):
        hold(TutorProfileFactory(status=status), student)


class TestExtending:
    def test_keeps_it_until_a_quarter_of_an_hour_after_it_was_made(self, tutor, student):
        held = hold(tutor, student)

        extended = holds.extend_hold(held.pk, student=student, now=NOW + 9 * MINUTE)

        assert (extended.expires_at, extended.extended) == (NOW + 15 * MINUTE, True)

    def test_is_possible_once(self, tutor, student):
        held = hold(tutor, student)
        holds.extend_hold(held.pk, student=student, now=NOW)

        with pytest.raises(HoldExtended):
            holds.extend_hold(held.pk, student=student, now=NOW)

        held.refresh_from_db()
        assert held.expires_at == NOW + 15 * MINUTE

    def test_is_too_late_once_it_has_expired(self, tutor, student):
        held = hold(tutor, student)

        with pytest.raises(NotFound):
            holds.extend_hold(held.pk, student=student, now=NOW + 10 * MINUTE)

    def test_of_somebody_elses_is_not_possible(self, tutor, student):
        held = hold(tutor, student)

        with pytest.raises(NotFound):
            holds.extend_hold(held.pk, student=StudentFactory(), now=NOW)


def test_a_hold_is_released_by_its_student_only(tutor, student):
    held = hold(tutor, student)

    with pytest.raises(NotFound):
        holds.release_hold(held.pk, student=StudentFactory())
    holds.release_hold(held.pk, student=student)

    assert not SlotHold.objects.exists()


def test_expired_holds_are_purged():
    SlotHoldFactory(expires_at=datetime.now(UTC) - MINUTE)
    live = SlotHoldFactory()

    purge_expired_holds()

    assert SlotHold.objects.get() == live
