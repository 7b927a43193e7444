"""The money of a package: its credits wait for it, each lesson earns its share, and what is unused can come back."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.errors import CreditNotOpen, CreditsReserved, InsufficientCredits
from bookings.models import Booking, BookingStatus, BookingTerms, DisputeState, PackagePurchase, PurchaseStatus
from bookings.presenters import packages as presenter
from bookings.services import answering, attendance, cancelling, money, no_shows, purchases
from bookings.services import disputes as bookings_disputes
from common.errors import Forbidden
from payments.errors import DisputeRefused, NothingToPay, NotRefundable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, DisputeStatus, Earning, EarningStatus, PaymentStatus
from payments.services import checking, disputes, intents, payouts, refunds, truth
from tests.bookings.conftest import NOW
from tests.factories import AdminFactory, PackageFactory, PayoutAccountFactory, StudentFactory
from tests.payments.conftest import balance, held, told, work_off

pytestmark = pytest.mark.django_db

BANK = SandboxGateway()


@pytest.fixture
def offer(tutor):
    """Three lessons for 100.00: each is worth a third, which is no whole cent."""
    return PackageFactory(tutor=tutor, session_count=3, price=Decimal(100), currency="USD", duration_minutes=60)


@pytest.fixture(autouse=True)
def _sound_money(db):
    """After every test what payments say and what the ledger says agree."""
    yield
    assert checking.problems() == []


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


def earned_by_source():
    """What each lesson has earned in the end, the first one first."""
    earned = Counter()
    for source, gross in Earning.objects.order_by("pk").values_list("source", "gross"):
        earned[source.partition("#")[0]] += gross
    return dict(earned)


def pay_out(tutor, clock):
    PayoutAccountFactory(tutor=tutor)
    clock.shift(money.CLAIM_WINDOW)
    payouts.release_earnings(now=timezone.now())
    payouts.run_payouts(actor=None, tutor_id=tutor.pk)
    work_off()
    assert set(Earning.objects.values_list("status", flat=True)) == {EarningStatus.PAID}


def finish_refund(payment, *, succeeds):
    """The newest refund, which is on its way, arrives or comes back."""
    SandboxGateway().finish_refund(payment.provider_id, payment.refunds.first().provider_id, succeeds=succeeds)
    work_off()


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


def test_a_refund_of_nothing_is_refused_and_changes_nothing(bought, pay, take):
    PackagePurchase.objects.update(lesson_price=50)
    bought.refresh_from_db()
    payment = pay(bought, kind="purchase")
    take(bought)
    take(bought, week=1)

    with pytest.raises(NotRefundable):
        refunds.refund_payment(payment.pk, actor=bought.student)
    work_off()

    bought.refresh_from_db()
    assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.ACTIVE, 1, 0)
    assert sum(Earning.objects.values_list("gross", flat=True)) == Decimal("66.67")
    assert balance(Account.STUDENT_CREDIT) == -Decimal("33.33")


def test_strangers_and_the_tutor_get_nothing_back(bought, pay):
    payment = pay(bought, kind="purchase")

    with pytest.raises(Forbidden):
        refunds.refund_payment(payment.pk, actor=bought.tutor.user)
    with pytest.raises(Exception, match="not found"):
        refunds.refund_payment(payment.pk, actor=StudentFactory())

    bought.refresh_from_db()
    assert bought.status == PurchaseStatus.ACTIVE


def test_what_was_kept_is_disputed_until_30_days_after_the_rest_was_given_back(bought, pay, take, clock):
    payment = pay(bought, kind="purchase")
    take(bought)
    refunds.refund_payment(payment.pk, actor=bought.student)
    work_off()
    given_back_at = timezone.now()

    clock.move_to(given_back_at + timedelta(days=30, seconds=1))
    with pytest.raises(DisputeRefused, match="30 days"):
        disputes.open_dispute(payment.pk, actor=bought.student, reason="late")
    clock.move_to(given_back_at + timedelta(days=30))
    disputes.open_dispute(payment.pk, actor=bought.student, reason="in time")


def test_a_lesson_that_is_disputed_itself_stays_frozen_when_the_payment_no_longer_is(bought, pay, take):
    payment = pay(bought, kind="purchase")
    take(bought)
    take(bought, week=1)
    Booking.objects.filter(session__starts_at__gt=NOW + timedelta(days=7)).update(dispute_state=DisputeState.OPEN)
    dispute = disputes.open_dispute(payment.pk, actor=bought.student, reason="not_as_described")
    assert set(Earning.objects.values_list("is_frozen", flat=True)) == {True}

    disputes.decide_dispute(dispute.pk, actor=AdminFactory(), refund=Decimal(0), reason="It was good.")

    assert list(Earning.objects.order_by("pk").values_list("is_frozen", flat=True)) == [False, True]


class TestAllOfWhoseMoneyGoesBack:
    @pytest.fixture
    def paid(self, bought, pay, take):
        """A payment of a package of which one lesson has taken place."""
        payment = pay(bought, kind="purchase")
        take(bought)
        return payment

    def lose_to_a_bank(self, payment, reason):
        state = BANK.open_dispute(payment.provider_id, reason=reason)
        work_off()
        BANK.close_dispute(payment.provider_id, state.disputes[0].id, is_won=False)
        work_off()

    def test_by_an_admin_has_no_credits_left(self, bought, paid, book):
        refunds.refund_payment(paid.pk, actor=AdminFactory())

        bought.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.REFUNDED, 0, bought.price)
        assert told(bought.student)[-1] == "package_refunded"
        with pytest.raises(InsufficientCredits):
            book(hours=200, use_package_id=bought.pk)

    def test_by_a_decided_dispute_has_no_credits_left(self, bought, paid):
        dispute = disputes.open_dispute(paid.pk, actor=bought.student, reason="not_as_described")

        disputes.decide_dispute(dispute.pk, actor=AdminFactory(), refund=paid.amount, reason="It was not.")
        work_off()

        bought.refresh_from_db()
        assert (bought.status, bought.available) == (PurchaseStatus.REFUNDED, 0)
        assert held() == 0

    @pytest.mark.parametrize(("reason", "earned"), [("product_not_received", 0), ("fraudulent", Decimal("33.33"))])
    def test_by_a_bank_has_no_credits_left(self, bought, paid, reason, earned):
        self.lose_to_a_bank(paid, reason)

        bought.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.REFUNDED, 0, bought.price)
        assert sum(Earning.objects.values_list("gross", flat=True)) == earned
        assert held() == 0

    def test_keeps_what_lessons_have_reserved_where_a_bank_decides(self, bought, paid, book):
        booking = book(hours=200, use_package_id=bought.pk)

        self.lose_to_a_bank(paid, "fraudulent")
        answering.decline_booking(booking.pk, actor=booking.tutor.user)

        bought.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.REFUNDED, 0, bought.price)

    def test_waits_until_an_admin_has_cancelled_the_lessons_that_are_booked(self, bought, paid, book):
        book(hours=200, use_package_id=bought.pk)
        dispute = disputes.open_dispute(paid.pk, actor=bought.student, reason="not_as_described")

        with pytest.raises(CreditsReserved):
            refunds.refund_payment(paid.pk, actor=AdminFactory())
        with pytest.raises(CreditsReserved):
            disputes.decide_dispute(dispute.pk, actor=AdminFactory(), refund=paid.amount, reason="It was not.")

        bought.refresh_from_db()
        paid.refresh_from_db()
        assert (bought.status, bought.available, paid.refunds_claimed) == (PurchaseStatus.ACTIVE, 1, 0)

    def test_is_as_it_was_when_the_bank_decides_anew(self, bought, paid, book):
        self.lose_to_a_bank(paid, "product_not_received")
        state = BANK.fetch_intent(paid.provider_id)
        won = tuple(replace(each, status=DisputeStatus.WON) for each in state.disputes)

        truth.apply(paid.pk, replace(state, disputes=won))
        work_off()

        bought.refresh_from_db()
        paid.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.ACTIVE, 2, 0)
        assert (paid.refunds_claimed, sum(Earning.objects.values_list("gross", flat=True))) == (0, Decimal("33.33"))
        assert told(bought.student).count("package_refunded") == 2
        book(hours=200, use_package_id=bought.pk)

    def test_by_a_refund_that_fails_is_as_it_was(self, bought, pay, take):
        payment = pay(bought, kind="purchase", method="pm_card_refundFail")
        take(bought)

        refunds.refund_payment(payment.pk, actor=AdminFactory())
        bought.refresh_from_db()
        assert (bought.status, bought.available) == (PurchaseStatus.REFUNDED, 0)
        work_off()

        bought.refresh_from_db()
        payment.refresh_from_db()
        assert (bought.status, bought.available, payment.refunds_claimed) == (PurchaseStatus.ACTIVE, 2, 0)
        assert sum(Earning.objects.values_list("gross", flat=True)) == Decimal("33.33")

    def test_but_for_a_part_keeps_its_credits(self, bought, paid):
        refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=paid.amount - 1)
        work_off()

        bought.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.ACTIVE, 2, 0)


class TestGivenBackBeforeItsLessonTurnsOutToHaveBeenMissed:
    @pytest.fixture
    def decide(self, bought):
        """`decide()`: the newest lesson is disputed, and the moderators say that its tutor did not come."""

        def one():
            lesson = Booking.objects.filter(purchase=bought).latest("starts_at")
            no_shows.mark_tutor_absent(lesson.pk, actor=bought.student)
            bookings_disputes.resolve_dispute(
                lesson.pk, actor=AdminFactory(), result="no_show_tutor", refund_percent=100, reason="Was alone."
            )
            work_off()

        return one

    def give_back(self, payment, bought):
        refunds.refund_payment(payment.pk, actor=bought.student)
        work_off()
        payment.refresh_from_db()

    def test_it_gives_back_what_was_kept_for_that_lesson(self, bought, pay, take, decide):
        payment = pay(bought, kind="purchase")
        take(bought)
        self.give_back(payment, bought)
        assert payment.refunded_amount == bought.price - bought.lesson_price

        decide()

        bought.refresh_from_db()
        payment.refresh_from_db()
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.REFUNDED, 0, bought.price)
        assert payment.refunded_amount == bought.price
        assert sum(Earning.objects.values_list("gross", flat=True)) == 0
        assert held() == balance(Account.TUTOR_PAYABLE) == 0

    def test_it_leaves_the_tutor_what_was_kept_for_the_others(self, bought, pay, take, decide):
        PackagePurchase.objects.update(lesson_price=40)
        bought.refresh_from_db()
        payment = pay(bought, kind="purchase")
        take(bought)
        take(bought, week=1)
        self.give_back(payment, bought)

        decide()

        bought.refresh_from_db()
        payment.refresh_from_db()
        kept = bought.lesson_price
        assert bought.price - bought.refunded_amount == payment.captured_amount - payment.refunded_amount == kept
        first = Booking.objects.filter(purchase=bought).earliest("starts_at")
        assert dict(Earning.objects.filter(gross__gt=0).values_list("source", "gross")) == {
            f"booking:{first.pk}": Decimal("33.33"),
            f"purchase:{bought.pk}": kept - Decimal("33.33"),
        }

    def test_it_stays_given_back_after_it_would_have_expired(self, bought, pay, take, decide):
        payment = pay(bought, kind="purchase")
        take(bought)
        self.give_back(payment, bought)
        PackagePurchase.objects.update(expires_at=NOW)

        decide()

        bought.refresh_from_db()
        assert (bought.status, bought.available, bought.expires_at) == (PurchaseStatus.REFUNDED, 0, NOW)


def test_a_lesson_that_was_missed_by_its_tutor_is_none_that_was_used(bought, pay, take):
    payment = pay(bought, kind="purchase")
    take(bought)
    lesson = Booking.objects.get(purchase=bought)
    no_shows.mark_tutor_absent(lesson.pk, actor=bought.student)
    bookings_disputes.resolve_dispute(
        lesson.pk, actor=AdminFactory(), result="no_show_tutor", refund_percent=100, reason="Was alone."
    )

    refund = refunds.refund_payment(payment.pk, actor=bought.student)
    work_off()

    assert refund.amount == bought.price
    assert presenter.purchase(bought)["sessions_used"] == 0


class TestWhoseCreditIsUsedForALessonThatReservedNone:
    @pytest.fixture
    def paid(self, bought, pay):
        return pay(bought, kind="purchase")

    def use(self, purchase, booking):
        purchases.use_credit(purchase.pk, actor=purchase.tutor.user, booking_id=booking.pk)
        booking.refresh_from_db()
        purchase.refresh_from_db()

    def test_the_lesson_is_paid_by_it_and_by_nothing_else(self, bought, paid, confirmed):
        lesson = confirmed()
        begun = intents.create_intent("booking", lesson.pk, payer=lesson.student)

        self.use(bought, lesson)
        work_off()

        begun.refresh_from_db()
        assert (lesson.purchase, begun.status) == (bought, PaymentStatus.CANCELED)
        with pytest.raises(NothingToPay):
            intents.create_intent("booking", lesson.pk, payer=lesson.student)

    def test_a_card_that_is_charged_all_the_same_gets_everything_back(self, bought, paid, confirmed):
        lesson = confirmed()
        begun = intents.create_intent("booking", lesson.pk, payer=lesson.student)

        self.use(bought, lesson)
        intents.confirm(begun.pk, payer=lesson.student, payment_method="pm_card_visa")
        work_off()

        begun.refresh_from_db()
        assert (begun.status, begun.refunded_amount) == (PaymentStatus.REFUNDED, lesson.price)
        assert held() == bought.price

    @pytest.mark.parametrize("asked_for", ["book", "confirmed"])
    def test_it_comes_back_when_the_tutor_cancels(self, bought, paid, request, asked_for):
        lesson = request.getfixturevalue(asked_for)()
        self.use(bought, lesson)
        assert bought.available == 2

        cancelling.cancel_booking(lesson.pk, actor=lesson.tutor.user)

        bought.refresh_from_db()
        assert bought.available == 3

    def test_the_tutor_earns_its_share(self, bought, paid, confirmed, clock):
        before, after = confirmed(hours=72), confirmed(hours=96)
        self.use(bought, before)
        for lesson in (before, after):
            clock.move_to(lesson.starts_at + timedelta(minutes=40))
            attendance.complete_booking(lesson.pk, actor=lesson.tutor.user)

        self.use(bought, after)

        earned = dict(Earning.objects.values_list("source", "gross"))
        assert earned == {f"booking:{before.pk}": Decimal("33.33"), f"booking:{after.pk}": Decimal("33.34")}

    def test_a_request_that_need_not_be_answered_is_confirmed(self, bought, paid, book, tutor, settings):
        settings.BOOKINGS_NEED_PAYMENT = True
        BookingTerms.objects.filter(tutor=tutor).update(instant_booking=True)
        lesson = book()
        assert lesson.status == BookingStatus.PENDING

        self.use(bought, lesson)

        assert lesson.status == BookingStatus.CONFIRMED
        assert told(lesson.student)[-2:] == ["booking_confirmed", "package_credit_used"]

    def test_a_request_that_has_lapsed_gets_none(self, bought, paid, book, clock):
        lesson = book()
        clock.shift(timedelta(hours=25))

        with pytest.raises(CreditNotOpen):
            self.use(bought, lesson)

        bought.refresh_from_db()
        assert bought.available == 3

    @pytest.mark.parametrize("given_back", [False, True])
    def test_a_lesson_that_was_paid_by_card_gets_none(self, bought, paid, confirmed, pay, given_back):
        lesson = confirmed()
        payment = pay(lesson)
        if given_back:
            refunds.refund_payment(payment.pk, actor=AdminFactory())

        with pytest.raises(CreditNotOpen):
            self.use(bought, lesson)

        bought.refresh_from_db()
        payment.refresh_from_db()
        assert (bought.available, payment.refundable_amount) == (3, 0 if given_back else lesson.price)

    def test_a_lesson_that_the_moderators_gave_back_gets_none(self, bought, paid, confirmed, clock):
        lesson = confirmed()
        Booking.objects.filter(pk=lesson.pk).update(status=BookingStatus.COMPLETED, refund_percent=100)

        with pytest.raises(CreditNotOpen):
            self.use(bought, lesson)

        bought.refresh_from_db()
        assert bought.available == 3


class TestThatAnAdminCompletes:
    @pytest.fixture
    def begun(self, bought):
        """A payment of it that its student has not made yet."""
        return intents.create_intent("purchase", bought.pk, payer=bought.student)

    @pytest.fixture
    def completed(self, bought, begun, clock):
        clock.shift(timedelta(minutes=1))
        purchases.complete_purchase(bought.pk, actor=AdminFactory())
        clock.shift(timedelta(minutes=1))

    def test_it_gives_up_the_payment_that_was_begun(self, bought, begun, completed):
        work_off()

        intents.confirm(begun.pk, payer=bought.student, payment_method="pm_card_visa")

        begun.refresh_from_db()
        assert (begun.status, begun.captured_amount) == (PaymentStatus.CANCELED, 0)

    def test_a_card_that_is_charged_all_the_same_gets_everything_back(self, bought, begun, completed, take):
        intents.confirm(begun.pk, payer=bought.student, payment_method="pm_card_visa")
        work_off()
        take(bought)

        begun.refresh_from_db()
        bought.refresh_from_db()
        assert (begun.status, begun.refunded_amount) == (PaymentStatus.REFUNDED, bought.price)
        assert (bought.status, bought.available, bought.refunded_amount) == (PurchaseStatus.ACTIVE, 2, 0)
        assert held() == 0
        assert not Earning.objects.exists()


class TestARefundThatBounces:
    @pytest.fixture
    def taught(self, bought, pay, take):
        """The payment of a package whose lessons all took place: each has earned a third of 100.00."""
        payment = pay(bought, kind="purchase", method="pm_card_pendingRefund")
        for week in range(3):
            take(bought, week)
        return payment

    @pytest.mark.parametrize("is_paid_out", [False, True])
    def test_gives_each_lesson_back_what_it_took(self, taught, clock, is_paid_out):
        before = earned_by_source()
        if is_paid_out:
            pay_out(taught.tutor, clock)
        refunds.refund_payment(taught.pk, actor=AdminFactory(), amount=Decimal(50))
        work_off()
        assert sum(earned_by_source().values()) == 50

        finish_refund(taught, succeeds=False)

        assert earned_by_source() == before
        assert balance(Account.STUDENT_CREDIT) == 0
        assert checking.problems() == []

    def test_lets_a_lesson_earn_for_which_nothing_was_left(self, bought, pay, take):
        payment = pay(bought, kind="purchase", method="pm_card_pendingRefund")
        take(bought)
        refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=Decimal(90))
        work_off()
        take(bought, week=1)
        assert list(earned_by_source().values()) == [10]

        finish_refund(payment, succeeds=False)

        assert list(earned_by_source().values()) == [Decimal("33.33"), Decimal("33.34")]
        assert checking.problems() == []

    def test_unlike_one_that_arrives(self, taught):
        refunds.refund_payment(taught.pk, actor=AdminFactory(), amount=Decimal(50))
        work_off()

        finish_refund(taught, succeeds=True)

        assert sum(earned_by_source().values()) == 50
        assert checking.problems() == []


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
