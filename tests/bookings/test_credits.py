from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from bookings.errors import InsufficientCredits
from bookings.models import CreditKind, PurchaseStatus
from bookings.services import credits, expiry, settling
from common.errors import NotFound
from tests.factories import (
    BookingFactory,
    PackageFactory,
    PackagePurchaseFactory,
    StudentFactory,
    SubjectFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def booked_with(purchase, **changes):
    """A booking that is to be paid with a credit of the purchase."""
    return BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase, **changes)


def ledger_of(purchase):
    return [(entry.kind, entry.change) for entry in purchase.entries.all()]


def choose(purchase_or_offer, purchase, **changes):
    asked = {"student": purchase.student, "tutor": purchase.tutor, "minutes": 60, "subject": None}
    return credits.choose_purchase(purchase_or_offer.pk, now=timezone.now(), **(asked | changes))


class TestChoosing:
    def test_takes_ones_own_purchase_by_its_id(self):
        purchase = PackagePurchaseFactory()

        assert choose(purchase, purchase) == purchase

    def test_takes_what_expires_first_of_several_purchases_of_an_offer(self):
        offer, student = PackageFactory(pk=9_000), StudentFactory()
        late = PackagePurchaseFactory(package=offer, student=student, expires_at=timezone.now() + 60 * DAY)
        soon = PackagePurchaseFactory(package=offer, student=student, expires_at=timezone.now() + 30 * DAY)
        PackagePurchaseFactory(package=offer, student=student, expires_at=timezone.now() + 9 * DAY, available=0)

        assert choose(offer, late) == soon

    def test_means_the_purchase_where_a_purchase_and_an_offer_have_one_id(self):
        tutor, student = TutorProfileFactory(), StudentFactory()
        other = PackagePurchaseFactory(package=PackageFactory(pk=9_001, tutor=tutor), student=student)
        used_up = PackagePurchaseFactory(pk=9_001, package=PackageFactory(tutor=tutor), student=student, available=0)

        with pytest.raises(InsufficientCredits):
            choose(used_up, other)

    def test_means_the_offer_where_the_purchase_with_that_id_is_another_tutors(self):
        purchase = PackagePurchaseFactory(package=PackageFactory(pk=9_002))
        PackagePurchaseFactory(pk=9_002, student=purchase.student)

        assert choose(purchase.package, purchase) == purchase

    @pytest.mark.parametrize(
        "state",
        [
            {"available": 0},
            {"status": PurchaseStatus.PENDING},
            {"status": PurchaseStatus.EXPIRED},
            {"status": PurchaseStatus.REFUNDED},
            {"expires_at": LONG_AGO},
            {"duration_minutes": 30},
        ],
        ids=str,
    )
    def test_asks_for_payment_where_the_purchase_does_not_fit(self, state):
        purchase = PackagePurchaseFactory(**state)

        with pytest.raises(InsufficientCredits):
            choose(purchase, purchase)

    def test_asks_for_payment_at_another_tutor(self):
        purchase = PackagePurchaseFactory()

        with pytest.raises(InsufficientCredits):
            choose(purchase, purchase, tutor=TutorProfileFactory())

    def test_minds_the_subject_only_where_the_package_is_for_one(self):
        algebra, free = SubjectFactory(), PackagePurchaseFactory()
        bound = PackagePurchaseFactory(subject=algebra)

        assert choose(free, free, subject=algebra) == free
        assert choose(bound, bound, subject=algebra) == bound
        for subject in (None, SubjectFactory()):
            with pytest.raises(InsufficientCredits):
                choose(bound, bound, subject=subject)

    def test_asks_for_payment_where_one_owns_nothing_of_an_offer(self):
        offer = PackageFactory()

        with pytest.raises(InsufficientCredits):
            credits.choose_purchase(
                offer.pk, student=StudentFactory(), tutor=offer.tutor, minutes=60, subject=None, now=timezone.now()
            )

    def test_does_not_know_somebody_elses_purchase_nor_an_offer_that_is_gone(self):
        purchase = PackagePurchaseFactory(pk=9_003)
        gone = PackageFactory(pk=9_004, is_active=False)

        for pk in (purchase.pk, gone.pk, 99_999):
            with pytest.raises(NotFound):
                credits.choose_purchase(
                    pk, student=StudentFactory(), tutor=purchase.tutor, minutes=60, subject=None, now=timezone.now()
                )


class TestReserving:
    def test_takes_one_credit_and_writes_it_down(self):
        purchase = PackagePurchaseFactory()
        booking = booked_with(purchase)

        credits.reserve(booking, actor=booking.student, now=timezone.now())

        purchase.refresh_from_db()
        assert purchase.available == 4
        assert ledger_of(purchase) == [(CreditKind.PURCHASE, 5), (CreditKind.RESERVE, -1)]
        assert purchase.entries.last().actor == booking.student

    @pytest.mark.parametrize(
        "state",
        [{"available": 0}, {"status": PurchaseStatus.REFUNDED}, {"expires_at": LONG_AGO}],
        ids=str,
    )
    def test_asks_for_payment_and_writes_nothing_without_a_usable_credit(self, state):
        purchase = PackagePurchaseFactory(**state)
        before = ledger_of(purchase)
        booking = booked_with(purchase)

        with pytest.raises(InsufficientCredits):
            credits.reserve(booking, actor=booking.student, now=timezone.now())

        assert ledger_of(purchase) == before

    def test_of_one_booking_happens_once_in_its_life_by_the_database(self):
        booking = booked_with(PackagePurchaseFactory())
        credits.reserve(booking, actor=None, now=timezone.now())

        with pytest.raises(IntegrityError), transaction.atomic():
            credits.reserve(booking, actor=None, now=timezone.now())

        booking.purchase.refresh_from_db()
        assert booking.purchase.available == 4


# The tutor's next lesson: nobody is in two places.
LATER = {"starts_at": datetime(2099, 1, 1, tzinfo=UTC)}


@pytest.fixture
def booking():
    booking = booked_with(PackagePurchaseFactory())
    credits.reserve(booking, actor=booking.student, now=timezone.now())
    return booking


def test_what_becomes_of_a_lesson_may_be_decided_more_than_once(booking):
    """Used by hand, its tutor said to be absent, contested, and so on: each time the credit follows."""
    credits.consume(booking, actor=None, now=timezone.now())

    for _ in range(2):
        settling.give_back(booking, actor=None, now=timezone.now())
        settling.use_up(booking, actor=None, now=timezone.now())

    assert ledger_of(booking.purchase)[-4:] == [(CreditKind.ADJUST, +1), (CreditKind.ADJUST, -1)] * 2
    booking.purchase.refresh_from_db()
    assert booking.purchase.available == 4


class TestReleasing:
    def test_gives_the_credit_back_once(self, booking):
        assert credits.release(booking, actor=None, now=timezone.now())
        assert not credits.release(booking, actor=None, now=timezone.now())

        booking.purchase.refresh_from_db()
        assert booking.purchase.available == 5
        assert ledger_of(booking.purchase)[2:] == [(CreditKind.RELEASE, 1)]

    def test_does_nothing_for_a_credit_that_was_used_or_never_reserved(self, booking):
        credits.consume(booking, actor=None, now=timezone.now())

        assert not credits.release(booking, actor=None, now=timezone.now())
        assert not credits.release(booked_with(booking.purchase, **LATER), actor=None, now=timezone.now())
        assert not credits.release(BookingFactory(), actor=None, now=timezone.now())

    @pytest.mark.parametrize("expired_by_the_command", [True, False])
    def test_after_the_expiry_makes_the_one_credit_good_for_14_more_days(self, booking, expired_by_the_command):
        purchase = booking.purchase
        later = purchase.expires_at + 3 * DAY
        if expired_by_the_command:
            expiry.expire_overdue(now=later)

        credits.release(booking, actor=None, now=later)

        purchase.refresh_from_db()
        assert (purchase.status, purchase.available) == (PurchaseStatus.ACTIVE, 1)
        assert purchase.expires_at == expiry.end_of_day(later, days=14, zone="UTC")
        assert ledger_of(purchase)[2:] == [(CreditKind.EXPIRE, -4), (CreditKind.RELEASE, 1)]

    def test_before_the_expiry_leaves_the_expiry_alone(self, booking):
        expires_at = booking.purchase.expires_at

        credits.release(booking, actor=None, now=timezone.now())

        booking.purchase.refresh_from_db()
        assert booking.purchase.expires_at == expires_at


class TestConsuming:
    def test_uses_the_reserved_credit_up_once(self, booking):
        assert credits.consume(booking, actor=None, now=timezone.now())
        assert not credits.consume(booking, actor=None, now=timezone.now())

        booking.purchase.refresh_from_db()
        assert booking.purchase.available == 4
        assert ledger_of(booking.purchase)[2:] == [(CreditKind.CONSUME, 0)]

    def test_does_nothing_for_a_credit_that_was_given_back_or_never_reserved(self, booking):
        credits.release(booking, actor=None, now=timezone.now())

        assert not credits.consume(booking, actor=None, now=timezone.now())
        assert not credits.consume(BookingFactory(), actor=None, now=timezone.now())

    def test_works_after_the_expiry_since_what_is_booked_survives_it(self, booking):
        later = booking.purchase.expires_at + DAY
        expiry.expire_overdue(now=later)

        assert credits.consume(booking, actor=None, now=later)


class TestExpiring:
    def test_takes_the_unused_credits_and_can_be_repeated(self, booking):
        purchase = booking.purchase
        later = purchase.expires_at

        assert expiry.expire_overdue(now=later - timedelta(seconds=1)) == 0
        assert expiry.expire_overdue(now=later) == 1
        assert expiry.expire_overdue(now=later) == 0

        purchase.refresh_from_db()
        assert (purchase.status, purchase.available) == (PurchaseStatus.EXPIRED, 0)
        assert purchase.entries.aggregate(sum=Sum("change"))["sum"] == 0

    @pytest.mark.parametrize(
        ("bought", "zone", "ends"),
        [
            ("2025-01-10T12:00", "UTC", "2025-01-13T00:00+00:00"),
            ("2025-01-10T23:30", "America/New_York", "2025-01-13T00:00-05:00"),
            ("2025-03-07T12:00", "America/New_York", "2025-03-10T00:00-04:00"),  # over a clock change
            ("2025-04-22T12:00", "Africa/Cairo", "2025-04-25T01:00+03:00"),  # midnight does not exist
            ("2025-04-03T12:00", "Australia/Lord_Howe", "2025-04-06T00:00+11:00"),
        ],
    )
    def test_comes_at_the_end_of_the_buyers_local_day(self, bought, zone, ends):
        moment = datetime.fromisoformat(bought).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))

        assert expiry.end_of_day(moment, days=2, zone=zone) == datetime.fromisoformat(ends)
