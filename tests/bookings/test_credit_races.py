"""Credits that many people reach for at the same moment, on the engine of this run."""

from collections import Counter
from functools import partial

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from bookings.errors import InsufficientCredits
from bookings.models import PackagePurchase
from bookings.querysets import PurchaseQuerySet
from bookings.services import credits
from tests.factories import BookingFactory, PackagePurchaseFactory
from tests.support.threads import at_once, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(results):
    return Counter(type(r).__name__ if isinstance(r, Exception) else r for r in results)


def bookings_with(purchase, count):
    return [BookingFactory(student=purchase.student, purchase=purchase, allow_overlap=True) for _ in range(count)]


def in_transaction(call, booking):
    with transaction.atomic():
        return call(booking, actor=None, now=timezone.now())


def reserve_at_once(*, available, tries):
    purchase = PackagePurchaseFactory(available=available)
    bookings = bookings_with(purchase, tries)
    results = at_once([partial(in_transaction, credits.reserve, booking) for booking in bookings])
    purchase.refresh_from_db()
    return purchase, outcomes(results)


def test_twenty_bookings_take_exactly_three_credits():
    purchase, came = reserve_at_once(available=3, tries=20)

    assert came == {None: 3, InsufficientCredits.__name__: 17}
    assert purchase.available == purchase.entries.aggregate(sum=Sum("change"))["sum"] == 0


@pytest.mark.postgres
def test_without_the_guard_two_take_the_last_one(monkeypatch):
    """The control: read, then write what was read less one. SQLite cannot fail it; its writers stand in line."""

    read = waiting_after(PurchaseQuerySet.first)

    def read_then_write(self, **changes):
        purchase = read(self)
        return PackagePurchase.objects.filter(pk=purchase.pk)._update_plainly(available=purchase.available - 1)

    monkeypatch.setattr(PurchaseQuerySet, "_update_plainly", PurchaseQuerySet.update, raising=False)
    monkeypatch.setattr(PurchaseQuerySet, "update", read_then_write)

    purchase, came = reserve_at_once(available=1, tries=2)

    assert came == {None: 2}
    assert purchase.entries.aggregate(sum=Sum("change"))["sum"] == -1


def test_twenty_releases_give_one_credit_back():
    purchase = PackagePurchaseFactory()
    (booking,) = bookings_with(purchase, 1)
    in_transaction(credits.reserve, booking)

    results = at_once([partial(in_transaction, credits.release, booking)] * 20)

    assert outcomes(results) == {True: 1, False: 19}
    purchase.refresh_from_db()
    assert purchase.available == purchase.entries.aggregate(sum=Sum("change"))["sum"] == 5


def test_of_consuming_and_releasing_at_once_one_happens():
    purchase = PackagePurchaseFactory()
    bookings = bookings_with(purchase, 5)
    for booking in bookings:
        in_transaction(credits.reserve, booking)
    calls = [partial(in_transaction, call, b) for b in bookings for call in (credits.consume, credits.release)]

    results = at_once(calls)

    assert outcomes(results) == {True: 5, False: 5}
    purchase.refresh_from_db()
    assert purchase.available == purchase.entries.aggregate(sum=Sum("change"))["sum"]
