"""A package that loses its money, or finds it again, while its owner books with it, in real parallel connections."""

from functools import partial
from threading import Barrier

import pytest
from django.db.models import Sum

from bookings.models import Booking, CreditKind, PackagePurchase, PurchaseStatus
from bookings.services import ledger, purchases
from bookings.services import refunds as bookings_refunds
from payments.gateways.sandbox import SandboxGateway
from payments.services import checking, intents, refunds
from tests.bookings.test_booking_races import booking_of, in_days
from tests.factories import AdminFactory, OpenTutorFactory, PackageFactory, StudentFactory
from tests.payments.conftest import told, work_off
from tests.payments.events import deliver, kept_back
from tests.support.patience import PATIENCE
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)

BANK = SandboxGateway()
CREDITS = 3


@pytest.fixture(autouse=True)
def _sound_money(settings):
    """After every test what payments say and what the ledger says agree."""
    settings.PACKAGES_NEED_PAYMENT = True
    yield
    assert checking.problems() == []


@pytest.fixture
def tutor():
    return OpenTutorFactory(terms__instant_booking=True)


@pytest.fixture
def paid(tutor):
    """`paid(card)` is a package that was paid with that card, and its payment."""

    def make(card="pm_card_visa"):
        offer = PackageFactory(tutor=tutor, session_count=CREDITS, price=90, currency="USD", duration_minutes=60)
        purchase = purchases.buy(offer.pk, student=StudentFactory())
        payment = intents.create_intent("purchase", purchase.pk, payer=purchase.student)
        intents.confirm(payment.pk, payer=purchase.student, payment_method=card)
        work_off()
        purchase.refresh_from_db()
        assert (purchase.status, purchase.available) == (PurchaseStatus.ACTIVE, CREDITS)
        return purchase, payment

    return make


def books_with(purchase):
    return booking_of(purchase.student, purchase.tutor, in_days(3), use_package_id=purchase.pk)


def assert_its_ledger_agrees(purchase):
    purchase.refresh_from_db()
    assert purchase.available == purchase.entries.aggregate(sum=Sum("change"))["sum"]


def lost_to_a_bank(payment):
    """A dispute is open here; the event that the bank has decided it against the tutor is not yet told."""
    state = BANK.open_dispute(payment.provider_id, reason="fraudulent")
    work_off()
    with kept_back() as bodies:
        BANK.close_dispute(payment.provider_id, state.disputes[0].id, is_won=False)
    return bodies[-1]


@pytest.mark.parametrize("turn", range(6))
def test_an_admin_who_gives_all_back_and_an_owner_who_books_do_not_both_get_their_way(paid, turn):
    purchase, payment = paid()
    calls = [partial(refunds.refund_payment, payment.pk, actor=AdminFactory()), books_with(purchase)]

    came = kinds(at_once(calls[:: 1 if turn % 2 else -1]))
    work_off()

    assert_its_ledger_agrees(purchase)
    is_booked = Booking.objects.filter(purchase=purchase).exists()
    assert came == {"ok": 1, "CreditsReserved" if is_booked else "InsufficientCredits": 1}
    after = (PurchaseStatus.ACTIVE, CREDITS - 1) if is_booked else (PurchaseStatus.REFUNDED, 0)
    assert (purchase.status, purchase.available) == after


@pytest.mark.postgres
def test_without_the_lock_both_get_their_way(paid, monkeypatch):
    """The control: the lesson is booked when the admin has just seen that none is. SQLite's writers stand in line."""
    purchase, payment = paid()
    both = Barrier(2)
    looks, takes = bookings_refunds.require_none_reserved, ledger.take

    def look_and_wait(purchase):
        looks(purchase)
        both.wait(timeout=PATIENCE)

    def wait_and_take(*args, **kwargs):
        both.wait(timeout=PATIENCE)
        return takes(*args, **kwargs)

    monkeypatch.setattr(ledger, "lock", lambda pk: PackagePurchase.objects.get(pk=pk))
    monkeypatch.setattr(bookings_refunds, "require_none_reserved", look_and_wait)
    monkeypatch.setattr(ledger, "take", wait_and_take)

    came = at_once([partial(refunds.refund_payment, payment.pk, actor=AdminFactory()), books_with(purchase)])

    assert kinds(came) == {"ok": 2}
    assert Booking.objects.filter(purchase=purchase).exists()


@pytest.mark.parametrize("turn", range(4))
def test_a_bank_that_takes_all_back_leaves_at_most_the_lesson_that_was_booked_first(paid, turn):
    purchase, payment = paid()
    calls = [partial(deliver, lost_to_a_bank(payment))] * 6 + [books_with(purchase)]

    came = kinds(at_once(calls[:: 1 if turn % 2 else -1]))
    work_off()

    assert_its_ledger_agrees(purchase)
    assert came in ({"ok": 7}, {"ok": 6, "InsufficientCredits": 1})
    assert (purchase.status, purchase.available) == (PurchaseStatus.REFUNDED, 0)
    taken = purchase.entries.filter(kind=CreditKind.REFUND)
    assert [entry.change for entry in taken] == [-(CREDITS - Booking.objects.filter(purchase=purchase).count())]
    assert told(purchase.student).count("package_refunded") == 1


@pytest.mark.parametrize("turn", range(4))
def test_credits_come_back_once_however_often_a_failed_refund_is_told(paid, turn):
    purchase, payment = paid("pm_card_pendingRefund")
    refunds.refund_payment(payment.pk, actor=AdminFactory())
    work_off()
    with kept_back() as bodies:
        BANK.finish_refund(payment.provider_id, payment.refunds.get().provider_id, succeeds=False)
    purchase.refresh_from_db()
    assert purchase.status == PurchaseStatus.REFUNDED
    calls = [partial(deliver, bodies[-1])] * 6 + [books_with(purchase)]

    came = kinds(at_once(calls[:: 1 if turn % 2 else -1]))
    work_off()

    assert_its_ledger_agrees(purchase)
    assert came in ({"ok": 7}, {"ok": 6, "InsufficientCredits": 1})
    is_booked = Booking.objects.filter(purchase=purchase).exists()
    assert (purchase.status, purchase.available) == (PurchaseStatus.ACTIVE, CREDITS - is_booked)
    assert [entry.change for entry in purchase.entries.filter(kind=CreditKind.ADJUST)] == [CREDITS]
