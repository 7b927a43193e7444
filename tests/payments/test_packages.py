"""The money of a package: its credits wait for it, each lesson earns its share, and what is unused can come back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking, DisputeState, PurchaseStatus
from bookings.services import answering, attendance, purchases
from common.errors import Forbidden
from payments.errors import NothingToPay
from payments.models import Account, Earning, EarningStatus, PaymentStatus
from payments.services import checking, disputes, intents, refunds
from tests.bookings.conftest import NOW
from tests.factories import AdminFactory, PackageFactory, StudentFactory
from tests.payments.conftest import balance, told, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(tutor):
    """Three lessons for 100.00: each is worth a third, which is no whole cent."""
    return PackageFactory(tutor=tutor, session_count=3, price=Decimal(100), currency="USD", duration_minutes=60)


@pytest.fixture
def bought(offer, student, settings):
    settings.PACKAGES_NEED_PAYMENT = True
    return purchases.buy(offer.pk, student=student)


@pytest.fixture
def take(book, clock):
    """`take(purchase, week)` books a lesson of that week with a credit and lets it take place."""

    def one(purchase, week=0):
        hours = 72 + week * 7 * 24
        clock.move_to(NOW + timedelta(hours=hours - 48))
        booking = book(hours=hours, use_package_id=purchase.pk)
        answering.confirm_booking(booking.pk, actor=booking.tutor.user)
        clock.move_to(NOW + timedelta(hours=hours, minutes=40))
        attendance.complete_booking(booking.pk, actor=booking.tutor.user)
        work_off()

    return one


def test_its_credits_come_with_the_money(bought, pay):
    assert (bought.status, bought.available) == (PurchaseStatus.PENDING, 0)

    payment = pay(bought, kind="purchase")

    bought.refresh_from_db()
    assert (bought.status, bought.available) == (PurchaseStatus.ACTIVE, 3)
    assert payment.captured_amount == bought.price
    assert told(bought.tutor.user) == ["payment_received", "package_purchased"]
    with pytest.raises(NothingToPay):
        intents.create_intent("purchase", bought.pk, payer=bought.student)


def test_a_card_that_is_refused_leaves_it_without_credits(bought, pay):
    payment = pay(bought, kind="purchase", method="pm_card_chargeDeclined")

    bought.refresh_from_db()
    assert (payment.status, payment.failure_code) == (PaymentStatus.FAILED, "card_declined")
    assert (bought.status, bought.available) == (PurchaseStatus.PENDING, 0)
    assert told(bought.student) == ["payment_failed"]


def test_its_lessons_earn_the_whole_price_to_the_last_cent(bought, pay, take):
    pay(bought, kind="purchase")

    for week in range(3):
        take(bought, week)

    assert sorted(Earning.objects.values_list("gross", flat=True)) == [
        Decimal("33.33"),
        Decimal("33.33"),
        Decimal("33.34"),
    ]
    assert balance(Account.STUDENT_CREDIT) == 0
    assert -balance(Account.TUTOR_PAYABLE) - balance(Account.PLATFORM_REVENUE) == bought.price


def test_the_owner_gets_back_what_the_terms_give(bought, pay, take):
    payment = pay(bought, kind="purchase")
    take(bought)

    refund = refunds.refund_payment(payment.pk, actor=bought.student)
    work_off()

    bought.refresh_from_db()
    payment.refresh_from_db()
    used = bought.lesson_price  # a lesson that was used costs what it would have cost without the package
    assert bought.status == PurchaseStatus.REFUNDED
    assert refund.amount == payment.refunded_amount == bought.price - used
    assert sum(Earning.objects.values_list("gross", flat=True)) == used
    assert balance(Account.STUDENT_CREDIT) == 0
    with pytest.raises(Exception, match="cannot be refunded"):
        refunds.refund_payment(payment.pk, actor=bought.student)


def test_strangers_and_the_tutor_get_nothing_back(bought, pay):
    payment = pay(bought, kind="purchase")

    with pytest.raises(Forbidden):
        refunds.refund_payment(payment.pk, actor=bought.tutor.user)
    with pytest.raises(Exception, match="not found"):
        refunds.refund_payment(payment.pk, actor=StudentFactory())

    bought.refresh_from_db()
    assert bought.status == PurchaseStatus.ACTIVE


def test_a_lesson_that_is_disputed_itself_stays_frozen_when_the_payment_no_longer_is(bought, pay, take):
    payment = pay(bought, kind="purchase")
    take(bought)
    take(bought, week=1)
    Booking.objects.filter(session__starts_at__gt=NOW + timedelta(days=7)).update(dispute_state=DisputeState.OPEN)
    dispute = disputes.open_dispute(payment.pk, actor=bought.student, reason="not_as_described")
    assert set(Earning.objects.values_list("is_frozen", flat=True)) == {True}

    disputes.decide_dispute(dispute.pk, actor=AdminFactory(), refund=Decimal(0), reason="It was good.")

    assert list(Earning.objects.order_by("pk").values_list("is_frozen", flat=True)) == [False, True]


class TestWithTiersOfTheShare:
    @pytest.fixture(autouse=True)
    def tiers(self, settings):
        settings.COMMISSION_TIERS = [(0, Decimal(33)), (1, Decimal(25))]

    def test_each_lesson_costs_the_share_of_the_moment_when_it_was_booked(self, bought, pay, take):
        payment = pay(bought, kind="purchase")

        take(bought)
        take(bought, week=1)

        assert payment.commission_percent == 33
        lines = Earning.objects.order_by("pk").values_list("gross", "commission")
        assert list(lines) == [(Decimal("33.33"), Decimal("11.00")), (Decimal("33.34"), Decimal("8.34"))]

    @pytest.mark.parametrize("status", [EarningStatus.PENDING, EarningStatus.IN_PAYOUT])
    def test_what_is_given_back_of_a_lesson_costs_its_own_share_and_not_the_packages(self, bought, pay, take, status):
        payment = pay(bought, kind="purchase")
        take(bought)
        take(bought, week=1)
        Earning.objects.update(status=status)

        refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=Decimal(40), reason="no sound")

        of_second = Earning.objects.exclude(pk=Earning.objects.order_by("pk").first().pk)
        assert sum(of_second.values_list("gross", flat=True)) == Decimal("26.67")
        assert sum(of_second.values_list("commission", flat=True)) == Decimal("6.67")
        assert checking.problems() == []

    def test_what_no_lesson_has_earned_costs_the_share_of_the_moment_when_the_package_was_paid(
        self, bought, pay, take, settings
    ):
        payment = pay(bought, kind="purchase")
        take(bought)
        settings.COMMISSION_TIERS = [(0, Decimal(1))]

        refunds.refund_payment(payment.pk, actor=bought.student)
        work_off()

        surplus = Earning.objects.get(source=f"purchase:{bought.pk}")
        assert surplus.gross == bought.lesson_price - Decimal("33.33")
        assert surplus.commission == round(surplus.gross * 33 / 100, 2)
