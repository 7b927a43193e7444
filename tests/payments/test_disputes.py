"""A payment is disputed: by the student, or by the student's bank."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adminpanel.analytics.day_book import DayBook
from adminpanel.analytics.money import total_money
from bookings.services import attendance
from common.errors import Forbidden, NotFound
from payments.errors import DisputeClosed, DisputeOpen, DisputeRefused, RefundTooLarge
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Dispute, DisputeStatus, Earning, PaymentStatus
from payments.services import checking, disputes, refunding, refunds, truth
from tests.factories import AdminFactory, PaymentFactory, StudentFactory
from tests.payments.conftest import balance, held, told, work_off

pytestmark = pytest.mark.django_db

BANK = SandboxGateway()


@pytest.fixture
def admin(clock):
    return AdminFactory()


@pytest.fixture
def lesson(confirmed):
    return confirmed(hours=72)


@pytest.fixture
def given(lesson, pay, clock):
    """The payment of a lesson that took place and earned its tutor 36.00, an hour ago."""
    payment = pay(lesson)
    clock.shift(timedelta(hours=72, minutes=40))
    attendance.complete_booking(lesson.pk, actor=lesson.tutor.user)
    work_off()
    clock.shift(timedelta(hours=1))
    payment.refresh_from_db()
    return payment


class TestByTheStudent:
    def test_it_freezes_what_the_tutor_earned_until_it_is_decided(self, given, admin):
        dispute = disputes.open_dispute(given.pk, actor=given.payer, reason="not_as_described", description="No sound.")

        assert (dispute.status, dispute.amount) == (DisputeStatus.OPEN, given.captured_amount)
        assert dispute.evidence["status"] == "completed"
        assert Earning.objects.get().is_frozen
        assert told(given.tutor.user)[-1] == "payment_disputed"
        assert told(admin) == ["payment_disputed"]

        disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(0), reason="The recording has sound.")

        assert not Earning.objects.get().is_frozen
        assert told(given.payer)[-1] == "payment_dispute_closed"

    def test_what_is_given_back_is_taken_from_what_was_earned(self, given, admin):
        dispute = disputes.open_dispute(given.pk, actor=given.payer, reason="late")
        third = given.captured_amount / 3

        disputes.decide_dispute(dispute.pk, actor=admin, refund=third, reason="Began late.")
        work_off()

        given.refresh_from_db()
        earning = Earning.objects.get()
        assert (given.status, given.refunded_amount) == (PaymentStatus.PARTIALLY_REFUNDED, third)
        assert earning.gross == given.captured_amount - third
        assert balance(Account.STUDENT_CREDIT) == 0
        with pytest.raises(DisputeClosed):
            disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(0), reason="Again.")

    @pytest.mark.parametrize(("decided", "given_back"), [("2.565", "2.570"), ("5.126", "5.127"), ("5.127", "5.127")])
    def test_what_is_given_back_of_thousandths_can_be_moved_or_is_all(self, admin, decided, given_back):
        payment = PaymentFactory(amount=Decimal("5.127"), currency="KWD")
        dispute = disputes.open_dispute(payment.pk, actor=payment.payer, reason="late")

        disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(decided), reason="Began late.")

        assert payment.refunds.get().amount == Decimal(given_back)

    def test_is_the_payers_alone_and_an_admins_to_decide(self, given, admin):
        for somebody, refusal in (
            (StudentFactory(), NotFound),
            (given.tutor.user, Forbidden),
            (admin, Forbidden),
        ):
            with pytest.raises(refusal):
                disputes.open_dispute(given.pk, actor=somebody, reason="mine")
        dispute = disputes.open_dispute(given.pk, actor=given.payer, reason="mine")
        with pytest.raises(Forbidden):
            disputes.decide_dispute(dispute.pk, actor=given.payer, refund=Decimal(1), reason="I say so.")
        with pytest.raises(RefundTooLarge):
            disputes.decide_dispute(dispute.pk, actor=admin, refund=given.amount + 1, reason="More.")

        assert Dispute.objects.get().status == DisputeStatus.OPEN

    def test_is_refused_for_what_is_not_paid_is_given_back_or_too_old(self, given, confirmed, pay, admin, clock):
        unpaid = pay(confirmed(hours=120), method="pm_card_chargeDeclined")
        with pytest.raises(DisputeRefused, match="not made yet"):
            disputes.open_dispute(unpaid.pk, actor=unpaid.payer, reason="early")
        disputes.open_dispute(given.pk, actor=given.payer, reason="first")
        with pytest.raises(DisputeOpen):
            disputes.open_dispute(given.pk, actor=given.payer, reason="second")
        dispute = Dispute.objects.get()
        disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(1), reason="A little.")

        clock.shift(timedelta(days=31))
        with pytest.raises(DisputeRefused, match="30 days"):
            disputes.open_dispute(given.pk, actor=given.payer, reason="late")
        refunds.refund_payment(given.pk, actor=admin)
        with pytest.raises(DisputeRefused, match="given back"):
            disputes.open_dispute(given.pk, actor=given.payer, reason="again")


class TestByABank:
    def test_it_takes_the_money_away_and_gathers_what_speaks_for_the_lesson(self, given):
        BANK.open_dispute(given.provider_id, reason="product_not_received")
        work_off()

        dispute = Dispute.objects.get()
        assert (dispute.kind, dispute.amount) == ("chargeback", given.captured_amount)
        assert dispute.evidence_due_by is not None
        assert [event["event"] for event in dispute.evidence["history"]][-1] == "completed"
        assert Earning.objects.get().is_frozen
        assert balance(Account.DISPUTES) == given.captured_amount
        assert held() == 0
        assert refunding.left_of(given) == 0

    @pytest.mark.parametrize("reason", ["product_not_received", "fraudulent"])
    def test_that_is_won_gives_it_back(self, given, reason):
        self.decide(given, reason, is_won=True)

        assert not Earning.objects.get().is_frozen
        assert held() == given.captured_amount
        assert balance(Account.DISPUTES) == 0
        assert -balance(Account.TUTOR_PAYABLE) == Decimal(36)

    def test_that_is_lost_to_fraud_is_the_platforms_loss(self, given):
        self.decide(given, "fraudulent", is_won=False)

        assert -balance(Account.TUTOR_PAYABLE) == Decimal(36)
        assert -balance(Account.PLATFORM_REVENUE) == Decimal(9) - given.captured_amount
        assert held() == balance(Account.DISPUTES) == 0

    def test_that_is_lost_otherwise_is_the_tutors_loss(self, given):
        self.decide(given, "product_not_received", is_won=False)

        assert balance(Account.TUTOR_PAYABLE) == balance(Account.PLATFORM_REVENUE) == 0
        assert held() == balance(Account.DISPUTES) == balance(Account.STUDENT_CREDIT) == 0

    @pytest.mark.parametrize("reason", ["product_not_received", "fraudulent"])
    def test_that_is_won_after_it_was_lost_gives_it_back_to_who_bore_it(self, given, reason):
        self.decide(given, reason, is_won=False)
        lost = BANK.fetch_intent(given.provider_id)
        won = replace(lost, disputes=(replace(lost.disputes[0], status=DisputeStatus.WON),))

        for said in (won, lost, won):  # what is older changes nothing
            truth.apply(given.pk, said)

        assert Dispute.objects.get().status == DisputeStatus.WON
        assert (-balance(Account.TUTOR_PAYABLE), -balance(Account.PLATFORM_REVENUE)) == (36, 9)
        assert balance(Account.DISPUTES) == balance(Account.STUDENT_CREDIT) == 0
        assert balance(Account.PROCESSOR) + balance(Account.FEES) == given.captured_amount
        assert told(given.tutor.user).count("payment_dispute_closed") == 2
        figures = total_money(DayBook.open())["USD"]
        assert (figures.charged_back, figures.losses, figures.net) == (0, 0, given.captured_amount)
        assert checking.problems() == []

    def decide(self, payment, reason, *, is_won):
        state = BANK.open_dispute(payment.provider_id, reason=reason)
        work_off()
        BANK.close_dispute(payment.provider_id, state.disputes[0].id, is_won=is_won)
        work_off()
