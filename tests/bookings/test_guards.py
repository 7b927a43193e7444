"""What the database itself refuses, whoever writes it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Booking, BookingStatus, PackagePurchase
from tests.factories import BookingFactory, PackagePurchaseFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def beside(booking, minutes, **fields):
    """Another lesson of the same student, with another tutor."""
    return BookingFactory(student=booking.student, starts_at=booking.starts_at + timedelta(minutes=minutes), **fields)


@pytest.mark.parametrize("minutes", [0, 59, -59, 15])
def test_a_student_is_not_in_two_lessons_at_once(minutes):
    booking = BookingFactory()

    with pytest.raises(IntegrityError, match="booking_student_in_one_place"), transaction.atomic():
        beside(booking, minutes)


@pytest.mark.parametrize("minutes", [60, -60])
def test_back_to_back_is_no_overlap(minutes):
    assert beside(BookingFactory(), minutes).pk


@pytest.mark.parametrize(
    "fields", [{"allow_overlap": True}, {"status": BookingStatus.CANCELLED}, {"status": BookingStatus.DECLINED}]
)
def test_what_is_over_or_wanted_is_in_nobodys_way(fields):
    assert beside(BookingFactory(), 0, **fields).pk


def test_a_cancelled_lesson_is_not_brought_back_over_another():
    booking = BookingFactory()
    over = beside(booking, 0, status=BookingStatus.CANCELLED)

    with pytest.raises(IntegrityError, match="booking_student_in_one_place"), transaction.atomic():
        Booking.objects.filter(pk=over.pk).update(status=BookingStatus.CONFIRMED)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "lost"},
        {"dispute_state": "lost"},
        {"price": Decimal(-1)},
        {"refund_amount": Decimal("45.01")},
        {"commission_percent": Decimal(101)},
    ],
)
def test_no_column_says_what_cannot_be(broken):
    booking = BookingFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"available": -1},
        {"refunded_amount": Decimal("90.01")},
        {"status": "lost"},
        {"money_lost_at": datetime(2026, 3, 2, tzinfo=UTC)},
    ],
)
def test_no_package_says_what_cannot_be(broken):
    """Of money that is lost and credits that can be used, say."""
    purchase = PackagePurchaseFactory(price=90)

    with pytest.raises(IntegrityError), transaction.atomic():
        PackagePurchase.objects.filter(pk=purchase.pk).update(**broken)


def test_one_proposal_is_open_at_a_time():
    proposal = ProposalFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalFactory(booking=proposal.booking)
