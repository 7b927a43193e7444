"""A Monday noon that stands still, and the two people of a booking."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.models import BookingStatus
from bookings.services import answering, creating
from tests.factories import OpenTutorFactory, StudentFactory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FINAL = sorted(set(BookingStatus) - {BookingStatus.PENDING, BookingStatus.CONFIRMED})


@pytest.fixture
def clock():
    """`clock.shift(timedelta)` and `clock.move_to(moment)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tutor(clock):
    """A profile; the person is `tutor.user`."""
    return OpenTutorFactory(user__first_name="John", user__last_name="Tutor")


@pytest.fixture
def student(clock):
    return StudentFactory(first_name="Jane", last_name="Student")


@pytest.fixture
def book(tutor, student):
    """`book(hours=72)` asks the tutor for a lesson that begins so long after that noon."""

    def make(*, hours=72, by=None, of=None, minutes=60, **fields):
        return creating.create_booking(
            student=by or student,
            tutor_profile_id=(of or tutor).pk,
            starts_at=NOW + timedelta(hours=hours),
            duration_minutes=minutes,
            **fields,
        )

    return make


@pytest.fixture
def confirmed(book, tutor):
    """As `book`, and the tutor has accepted."""

    def make(**fields):
        booking = book(**fields)
        return answering.confirm_booking(booking.pk, actor=booking.tutor.user)

    return make


@pytest.fixture
def agreed(confirmed, clock):
    """A confirmed lesson whose undo window is over."""

    def make(**fields):
        booking = confirmed(**fields)
        clock.shift(6 * MINUTE)
        return booking

    return make
