"""R-SLOT-13: bookings whose clocks were moved by a new zone database."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from bookings.models import BookingStatus, LocalTimeOnRecord
from bookings.tasks import note_local_times
from tests.factories import BookingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

NINE_IN_NEW_YORK = datetime(2026, 12, 1, 14, tzinfo=UTC)


@pytest.fixture
def _today():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False):
        yield


@pytest.fixture
def booking():
    return BookingFactory(
        starts_at=NINE_IN_NEW_YORK, tutor_timezone="America/New_York", student_timezone="Europe/London"
    )


def listed(*options) -> list[str]:
    output = StringIO()
    call_command("list_moved_local_times", *options, stdout=output)
    return output.getvalue().splitlines()


def zones_change() -> None:
    """As if New York had been an hour further west when the times were written down."""
    LocalTimeOnRecord.objects.update(tutor_local="2026-12-01T08:00")


def test_what_the_walls_show_is_written_down(booking):
    note_local_times()

    note = LocalTimeOnRecord.objects.get()
    assert (note.booking, note.starts_at) == (booking, NINE_IN_NEW_YORK)
    assert (note.tutor_local, note.student_local) == ("2026-12-01T09:00", "2026-12-01T14:00")


def test_nothing_has_moved_while_the_zones_are_the_same(booking):
    assert listed() == ["0 local times moved, 1 written down"]
    assert listed() == ["0 local times moved, 0 written down"]


def test_a_moved_time_is_listed_until_it_is_accepted(booking):
    note_local_times()
    zones_change()
    line = (
        f"booking {booking.pk} at 2026-12-01 14:00 UTC: "
        "tutor in America/New_York has 2026-12-01T09:00 instead of 2026-12-01T08:00"
    )

    assert listed() == [line, "1 local times moved, 0 written down"]
    assert listed("--accept") == [line, "1 local times moved, 1 written down"]
    assert listed() == ["0 local times moved, 0 written down"]
    booking.refresh_from_db()
    assert booking.starts_at == NINE_IN_NEW_YORK


def test_a_booking_that_people_moved_is_noted_anew(booking):
    note_local_times()
    booking.starts_at += timedelta(days=1)
    booking.ends_at += timedelta(days=1)
    booking.save()

    assert listed() == ["0 local times moved, 1 written down"]
    assert LocalTimeOnRecord.objects.get().tutor_local == "2026-12-02T09:00"


def test_what_is_past_or_off_is_nobodys_business():
    BookingFactory(starts_at=NINE_IN_NEW_YORK, status=BookingStatus.CANCELLED)
    BookingFactory(starts_at=datetime(2026, 11, 24, 14, tzinfo=UTC))

    assert listed() == ["0 local times moved, 0 written down"]


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_however_many_there_are(count, django_assert_num_queries):
    for n in range(count):
        BookingFactory(starts_at=NINE_IN_NEW_YORK + timedelta(days=n))
    note_local_times()

    with django_assert_num_queries(2):
        listed()
