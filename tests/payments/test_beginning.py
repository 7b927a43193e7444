"""A payment begins, and what the provider refuses of it."""

from decimal import Decimal

import pytest

from common.errors import NotFound
from payments.errors import AlreadyPaid, AmountMismatch, PaymentRefused, ProviderUnavailable
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Payment, PaymentStatus, ProviderCall, RefundStatus, SandboxObject
from payments.services import intents, refunds, truth
from tests.factories import AdminFactory, StudentFactory
from tests.payments.conftest import balance, told, work_off
from tests.payments.events import PAYABLES, begun, is_paid, kept_back, paid_there
from tests.payments.plain import AMOUNT

pytestmark = pytest.mark.django_db

UNKNOWN_METHOD = "pm_of_nobody"


@pytest.fixture(autouse=True)
def _payables(settings):
    settings.PAYABLES = PAYABLES


@pytest.fixture
def payer():
    return StudentFactory()


@pytest.fixture
def begin(payer):
    return lambda **believed: intents.create_intent("plain", 1, payer=payer, **believed)


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


class TestBeginning:
    def test_takes_the_amount_from_the_thing(self, begin):
        payment = begin(amount=AMOUNT, currency="usd")

        assert (payment.amount, payment.currency, payment.status) == (AMOUNT, "USD", PaymentStatus.REQUIRES_PAYMENT)
        assert payment.provider_id
        assert payment.client_secret

    @pytest.mark.parametrize(
        "believed", [{"amount": Decimal("99.99")}, {"amount": Decimal(0)}, {"amount": -AMOUNT}, {"currency": "EUR"}]
    )
    def test_is_refused_to_who_believes_in_another_amount(self, begin, believed):
        with pytest.raises(AmountMismatch):
            begin(**believed)

        assert not Payment.objects.exists()
        assert not SandboxObject.objects.exists()

    def test_again_gives_the_same_payment(self, begin):
        assert begin() == begin()

    def test_again_is_refused_once_it_is_paid(self, begin, payer):
        intents.confirm(begin().pk, payer=payer, payment_method="pm_card_visa")

        with pytest.raises(AlreadyPaid):
            begin()

    def test_at_the_same_moment_as_somebody_else_gives_theirs(self, begin, monkeypatch):
        """Where the thing itself has no lock, the database decides."""
        theirs = begin()
        seen, really = [], intents._live

        def blind_twice(kind, pk):
            seen.append(pk)
            return really(kind, pk) if len(seen) > 2 else None

        monkeypatch.setattr(intents, "_live", blind_twice)

        assert begin() == theirs

    def test_that_the_provider_refuses_says_why(self, begin, monkeypatch):
        monkeypatch.setattr(SandboxGateway, "create_intent", raising(GatewayRefused("amount_too_small", "Too small.")))

        with pytest.raises(PaymentRefused) as refusal:
            begin()

        assert refusal.value.extra["provider_code"] == "amount_too_small"

    def test_that_the_provider_does_not_answer_may_be_repeated(self, begin, monkeypatch):
        with monkeypatch.context() as outage:
            outage.setattr(SandboxGateway, "create_intent", raising(GatewayUnavailable()))
            with pytest.raises(ProviderUnavailable):
                begin()

        assert begin() == Payment.objects.get()


class TestConfirming:
    def test_anothers_payment_is_not_found(self, begin):
        with pytest.raises(NotFound):
            intents.confirm(begin().pk, payer=StudentFactory(), payment_method="pm_card_visa")

    def test_without_a_method_only_asks_how_it_stands(self, begin, payer):
        payment = begin()
        assert intents.confirm(payment.pk, payer=payer).status == PaymentStatus.REQUIRES_PAYMENT
        paid_there(payment)

        assert intents.confirm(payment.pk, payer=payer).status == PaymentStatus.SUCCEEDED

    def test_with_a_method_that_nobody_knows_is_refused(self, begin, payer):
        payment = begin()

        with pytest.raises(PaymentRefused):
            intents.confirm(payment.pk, payer=payer, payment_method=UNKNOWN_METHOD)

        payment.refresh_from_db()
        assert payment.status == PaymentStatus.REQUIRES_PAYMENT

    def test_each_failure_is_told_once(self, begin, payer):
        payment = begin()
        intents.confirm(payment.pk, payer=payer, payment_method="pm_card_chargeDeclined")
        intents.confirm(payment.pk, payer=payer, payment_method="pm_card_processing")

        SandboxGateway().finish_processing(payment.provider_id, succeeds=False)
        truth.refresh(payment)
        truth.refresh(payment)

        assert told(payer) == ["payment_failed", "payment_failed"]

    def test_what_is_being_paid_elsewhere_at_the_same_moment_is_paid(self, begin, payer, monkeypatch):
        payment = begin()
        really = SandboxGateway.confirm

        def too_late(self, *arguments, **named):
            really(self, *arguments, **named)
            raise GatewayRefused("payment_intent_unexpected_state", "It is paid.")

        monkeypatch.setattr(SandboxGateway, "confirm", too_late)

        assert intents.confirm(payment.pk, payer=payer, payment_method="pm_card_visa").status == "succeeded"

    def test_again_after_it_is_paid_asks_nobody(self, begin, payer, monkeypatch):
        payment = begin()
        intents.confirm(payment.pk, payer=payer, payment_method="pm_card_visa")
        monkeypatch.setattr(SandboxGateway, "confirm", raising(AssertionError()))

        assert intents.confirm(payment.pk, payer=payer, payment_method="pm_card_visa").status == "succeeded"


class TestARefundThatTheProviderRefuses:
    @pytest.fixture
    def payment(self, monkeypatch):
        payment = begun()
        paid_there(payment)
        truth.refresh(payment)
        monkeypatch.setattr(SandboxGateway, "refund", raising(GatewayRefused("charge_disputed", "It is disputed.")))
        return payment

    def test_has_failed_and_its_money_can_be_given_again(self, payment, monkeypatch):
        admin = AdminFactory()

        refund = refunds.refund_payment(payment.pk, actor=admin)
        work_off()

        refund.refresh_from_db()
        payment.refresh_from_db()
        assert (refund.status, refund.failure) == (RefundStatus.FAILED, "charge_disputed")
        assert ProviderCall.objects.get().outcome == "refused: charge_disputed"
        assert is_paid(payment)
        assert payment.refundable_amount == AMOUNT
        assert balance(Account.STUDENT_CREDIT) == -AMOUNT
        assert told(admin) == ["payment_refund_failed"]

    def test_fails_once_however_often_that_is_said(self, payment):
        refund = refunds.refund_payment(payment.pk, actor=AdminFactory())
        work_off()

        truth.fail_refund(refund, "again")

        refund.refresh_from_db()
        assert refund.failure == "charge_disputed"
        assert balance(Account.STUDENT_CREDIT) == -AMOUNT


class TestTheSandbox:
    """It refuses what a real provider refuses."""

    @pytest.fixture
    def gateway(self):
        return gateway_of("sandbox")

    @pytest.fixture
    def given_up(self, gateway):
        payment = begun(is_manual=True)
        gateway.void(payment.provider_id, key="void")
        return payment.provider_id

    @pytest.fixture
    def set_aside(self):
        payment = begun(is_manual=True)
        paid_there(payment)
        return payment.provider_id

    @pytest.fixture
    def paid(self):
        payment = begun()
        paid_there(payment)
        return payment.provider_id

    def test_to_pay_what_was_given_up(self, gateway, given_up):
        with pytest.raises(GatewayRefused):
            gateway.confirm(given_up, payment_method="", key="late")

    def test_to_take_more_than_was_set_aside(self, gateway, set_aside):
        with pytest.raises(GatewayRefused):
            gateway.capture(set_aside, amount=AMOUNT + 1, currency="USD", key="more")

    def test_to_give_back_more_than_was_taken(self, gateway, paid):
        with pytest.raises(GatewayRefused):
            gateway.refund(paid, amount=AMOUNT + 1, currency="USD", our_id=1, key="more")

    def test_to_finish_what_is_not_being_processed(self, gateway, paid):
        with pytest.raises(GatewayRefused):
            gateway.finish_processing(paid, succeeds=True)

    def test_to_know_what_it_has_not_made(self, gateway):
        with pytest.raises(GatewayRefused):
            gateway.fetch_intent("sandbox_pi_of_nobody")

    def test_and_takes_no_second_time_what_it_has_taken(self, gateway, set_aside):
        with kept_back() as bodies:
            first = gateway.capture(set_aside, amount=AMOUNT / 2, currency="USD", key="capture")
            again = gateway.capture(set_aside, amount=AMOUNT, currency="USD", key="another")

        assert again == first
        assert len(bodies) == 1

    def test_and_a_bank_may_decline_what_was_processing(self, gateway):
        payment = begun()
        paid_there(payment, method="pm_card_processing")

        state = gateway.finish_processing(payment.provider_id, succeeds=False)

        assert (state.status, state.failure_code) == (PaymentStatus.FAILED, "processing_error")


def test_a_provider_that_nobody_knows_has_no_gateway():
    with pytest.raises(LookupError):
        gateway_of("paypal")
