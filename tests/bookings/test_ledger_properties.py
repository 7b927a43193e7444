"""Whatever happens to a purchase, in whatever order: `available` is what the ledger sums to, and never negative."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from bookings.models import Booking, CreditKind, PackagePurchase
from bookings.services import credits, expiry, purchases, refunds
from common.errors import DomainError
from tests.factories import AdminFactory, BookingFactory, PackagePurchaseFactory

pytestmark = pytest.mark.django_db

BOOKINGS = 3
steps = st.one_of(
    st.tuples(st.sampled_from(["reserve", "release", "consume", "use_for"]), st.integers(0, BOOKINGS - 1)),
    st.tuples(st.sampled_from(["use", "refund", "expire"]), st.just(0)),
    st.tuples(st.just("adjust"), st.integers(-3, 3).filter(bool)),
    st.tuples(st.just("wait"), st.integers(1, 60)),
)


class Story:
    """One purchase of two credits, three bookings, and a clock that only goes on."""

    def __init__(self, admin: User) -> None:
        self.admin = admin
        self.now = timezone.now()
        self.purchase = PackagePurchaseFactory(session_count=2, validity_days=60)
        self.bookings = [self._booking(number) for number in range(BOOKINGS)]

    def _booking(self, number: int) -> Booking:
        starts_at = self.now + timedelta(days=number + 1)
        return BookingFactory(
            student=self.purchase.student, tutor=self.purchase.tutor, purchase=self.purchase, starts_at=starts_at
        )

    def reserve(self, which: int) -> None:
        if not self.bookings[which].credit_entries.exists():
            credits.reserve(self.bookings[which], actor=None, now=self.now)

    def release(self, which: int) -> None:
        credits.release(self.bookings[which], actor=None, now=self.now)

    def consume(self, which: int) -> None:
        credits.consume(self.bookings[which], actor=None, now=self.now)

    def use(self, _: int) -> None:
        purchases.use_credit(self.purchase.pk, actor=self.admin)

    def use_for(self, which: int) -> None:
        purchases.use_credit(self.purchase.pk, actor=self.admin, booking_id=self.bookings[which].pk)

    def adjust(self, change: int) -> None:
        purchases.adjust_credits(self.purchase.pk, change, reason="because", actor=self.admin)

    def refund(self, _: int) -> None:
        refunds.refund_unused(self.purchase.pk, cause="tutor", reason="because", actor=self.admin)

    def expire(self, _: int) -> None:
        expiry.expire_overdue(now=self.now)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(story=st.lists(steps, max_size=25))
def test_the_ledger_always_adds_up(story):
    with transaction.atomic():
        told = Story(AdminFactory())
        for what, which in story:
            try:
                with transaction.atomic():
                    getattr(told, what)(which)
            except DomainError:
                pass  # a refusal changes nothing
            purchase = PackagePurchase.objects.get(pk=told.purchase.pk)
            lines = purchase.entries
            assert purchase.available == lines.aggregate(sum=Sum("change"))["sum"] >= 0
            assert open_reservations(lines) >= 0
            if purchase.status in ("expired", "refunded"):
                assert purchase.available == 0
        transaction.set_rollback(True)


def open_reservations(lines):
    settled = lines.filter(kind=CreditKind.RELEASE).count() + lines.filter(kind=CreditKind.CONSUME, change=0).count()
    return lines.filter(kind=CreditKind.RESERVE).count() - settled
