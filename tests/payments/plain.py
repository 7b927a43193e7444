"""Something that can be paid for and that nothing else depends on, for tests of payments alone (settings.PAYABLES)."""

from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from payments.payables import Bill, News
from tests.factories import TutorProfileFactory

AMOUNT = Decimal("100.00")


def bill(pk, *, payer):
    return Bill(TutorProfileFactory(), AMOUNT, "USD", "something", Decimal(20), is_manual=False)


@contextmanager
def locked(pk):
    with transaction.atomic():
        yield


def follow_money(pk, payment):
    return News([], [])


def give_back(pk, *, actor, reason):
    """Its terms give nothing."""


def require_returnable(pk):
    """It always is."""


def evidence(pk):
    return {}


def disputed_sources(pk):
    return []


def commission_percents(pk):
    return {}


def began_at(pk):
    return datetime(2026, 1, 1, tzinfo=UTC)


def ended_at(pk):
    return None
