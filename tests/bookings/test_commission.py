"""The platform's share: the same for everybody, or less for who has taught more; frozen when a lesson is booked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import BookingStatus
from bookings.services import commission
from tests.bookings.conftest import NOW
from tests.factories import BookingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiers(settings):
    settings.COMMISSION_TIERS = [(0, Decimal(33)), (2, Decimal("28.5")), (5, Decimal(25))]


@pytest.fixture
def taught(tutor):
    """`taught(90)` is a lesson of so many minutes that was completed; each is on a day of its own."""
    count = 0

    def make(minutes, *, status=BookingStatus.COMPLETED, of=tutor):
        nonlocal count
        count += 1
        starts_at = NOW - timedelta(days=count)
        return BookingFactory(
            tutor=of, status=status, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes)
        )

    return make


def test_without_tiers_it_is_the_same_for_everybody_and_asks_nothing(tutor, taught, django_assert_num_queries):
    taught(600)

    with django_assert_num_queries(0):
        assert commission.percent_for(tutor) == 20


def test_with_tiers_it_is_one_statement(tutor, taught, tiers, django_assert_num_queries):
    taught(60)
    taught(60)

    with django_assert_num_queries(1):
        assert commission.percent_for(tutor) == Decimal("28.5")


@pytest.mark.parametrize(
    ("lessons", "percent"),
    [
        ([], "33"),
        ([119], "33"),
        ([60, 60], "28.5"),
        ([60, 60, 179], "28.5"),
        ([60, 60, 180], "25"),
        ([60] * 9, "25"),
    ],
)
def test_a_tier_begins_with_its_last_minute(tutor, taught, tiers, lessons, percent):
    for minutes in lessons:
        taught(minutes)

    assert commission.percent_for(tutor) == Decimal(percent)


@pytest.mark.parametrize("status", sorted(set(BookingStatus) - {BookingStatus.COMPLETED}))
def test_only_what_was_completed_counts(tutor, taught, tiers, status):
    taught(300, status=status)

    assert commission.percent_for(tutor) == 33


def test_what_others_taught_does_not_count(tutor, taught, tiers):
    taught(300, of=BookingFactory().tutor)

    assert commission.percent_for(tutor) == 33


def test_a_booking_keeps_the_percentage_of_its_moment(tutor, taught, tiers, book, settings):
    first = book(hours=72)
    taught(300)
    second = book(hours=96)

    settings.COMMISSION_TIERS = [(0, Decimal(1))]

    for booking, percent in ((first, 33), (second, 25)):
        booking.refresh_from_db()
        assert booking.commission_percent == percent
