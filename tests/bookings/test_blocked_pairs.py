"""R-MSG-6: two people of whom one blocks the other make no new bookings; what they have booked stays."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.errors import TutorUnavailable
from bookings.models import Booking, PackagePurchase
from bookings.services import creating, purchases, rescheduling, slots
from common.errors import NotFound
from messaging import services as messages
from tests.factories import BookingFactory, OpenTutorFactory, PackageFactory, StudentFactory

pytestmark = pytest.mark.django_db


def in_days(days):
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def free(tutor, student):
    day = in_days(3).date()
    utc = ZoneInfo("UTC")
    return slots.free_slots(tutor, first=day, last=day, zone=utc, minutes=60, viewer=student, now=timezone.now())


@pytest.mark.parametrize("by_tutor", [True, False])
def test_no_slot_is_offered_and_none_can_be_had_until_the_block_is_taken_back(by_tutor):
    tutor, student = OpenTutorFactory(), StudentFactory()
    blocker, blocked = (tutor.user, student) if by_tutor else (student, tutor.user)
    book = {"student": student, "tutor_profile_id": tutor.pk, "starts_at": in_days(3), "duration_minutes": 60}
    assert free(tutor, student)

    messages.block(blocked.pk, user=blocker)
    assert free(tutor, student) == []
    with pytest.raises(TutorUnavailable):
        creating.create_booking(**book)
    assert not Booking.objects.exists()

    messages.unblock(blocked.pk, user=blocker)
    creating.create_booking(**book)


def test_what_is_booked_stays_and_can_be_moved():
    tutor = OpenTutorFactory()
    booking = BookingFactory(tutor=tutor, status="pending", starts_at=in_days(3))
    messages.block(booking.student_id, user=tutor.user)

    rescheduling.reschedule_booking(booking.pk, actor=booking.student, starts=[in_days(4)])

    booking.refresh_from_db()
    assert (booking.status, booking.starts_at) == ("pending", in_days(4))


@pytest.mark.parametrize("by_tutor", [True, False])
def test_nobody_buys_lessons_that_could_not_be_booked(by_tutor):
    offer, student = PackageFactory(), StudentFactory()
    blocker, blocked = (offer.tutor.user, student) if by_tutor else (student, offer.tutor.user)
    messages.block(blocked.pk, user=blocker)

    with pytest.raises(NotFound):
        purchases.buy(offer.pk, student=student)
    assert not PackagePurchase.objects.exists()

    messages.unblock(blocked.pk, user=blocker)
    purchases.buy(offer.pk, student=student)
