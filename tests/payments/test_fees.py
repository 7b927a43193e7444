"""What the provider keeps for itself: booked once, borne by the platform, and by nobody else (R-PAY-11)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from audit.querysets import AppendOnlyError
from payments.gateways.base import FeeState
from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Earning, Fee, Payment, SandboxObject
from payments.services import checking, fees, ledger, payouts, refunds, truth
from tests.factories import AdminFactory, BookingFactory, EarningFactory, PaymentFactory, PayoutAccountFactory
from tests.payments.conftest import balance, held, work_off
from tests.payments.test_reconciling import again, reconcile

pytestmark = pytest.mark.django_db

BANK = SandboxGateway()


def fees_of(payment):
    return list(payment.fees.order_by("pk").values_list("amount", "currency"))


@pytest.fixture
def paid(pay):
    return pay(BookingFactory())


def test_what_is_taken_costs_its_fee_once_however_often_it_is_said(paid):
    for _ in range(3):
        truth.refresh(paid)

    assert fees_of(paid) == [(Decimal("1.31"), "USD")]  # 2.9 % of 45.00, rounded half up
    assert (balance(Account.FEES), balance(Account.PROCESSOR)) == (Decimal("1.31"), Decimal("43.69"))
    assert checking.problems() == []


def test_the_payer_gets_all_of_it_back_and_the_fee_stays_lost(paid):
    refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(45), reason="goodwill")
    work_off()

    assert again(paid).refunded_amount == Decimal(45)
    assert (held(), balance(Account.FEES)) == (0, Decimal("1.31"))
    assert checking.problems() == []


def test_the_tutor_is_paid_as_if_there_were_none():
    line = EarningFactory(tutor=PayoutAccountFactory().tutor)
    fees.book(line.payment, [FeeState("txn_1", Decimal("1.31"), "USD")], now=line.created_at)

    [payout] = payouts.run_payouts(actor=None)
    work_off()

    assert (again(payout).amount, Earning.objects.get().net) == (Decimal(36), Decimal(36))
    assert checking.problems() == []


def test_a_dispute_costs_a_fee_that_comes_back_when_it_is_won(paid):
    [dispute] = BANK.open_dispute(paid.provider_id).disputes
    work_off()
    assert fees_of(paid)[1:] == [(Decimal(15), "USD")]

    BANK.close_dispute(paid.provider_id, dispute.id, is_won=True)
    work_off()

    assert fees_of(paid)[1:] == [(Decimal(15), "USD"), (Decimal(-15), "USD")]
    assert balance(Account.FEES) == Decimal("1.31")
    assert checking.problems() == []


def test_a_fee_in_another_currency_is_booked_in_that(paid):
    state = BANK.fetch_intent(paid.provider_id)
    truth.apply(paid.pk, replace(state, fees=(*state.fees, FeeState("txn_1", Decimal(204), "JPY"))))

    assert (balance(Account.FEES, "JPY"), balance(Account.PROCESSOR, "JPY")) == (204, -204)
    assert held() == Decimal(45)
    assert checking.problems() == []


def test_a_fee_that_is_said_twice_at_once_is_booked_once(paid):
    state = BANK.fetch_intent(paid.provider_id)
    truth.apply(paid.pk, replace(state, fees=(FeeState("txn_1", Decimal(1), "USD"),) * 2))

    assert fees_of(paid)[1:] == [(Decimal(1), "USD")]


def test_a_provider_that_says_nothing_of_fees_takes_none_back(paid, monkeypatch):
    state = BANK.fetch_intent(paid.provider_id)
    monkeypatch.setattr(SandboxGateway, "fetch_intent", lambda self, intent_id: replace(state, fees=None))
    monkeypatch.setattr(SandboxGateway, "intents_since", lambda self, moment: iter([replace(state, fees=None)]))

    truth.refresh(paid)

    assert fees_of(paid) == [(Decimal("1.31"), "USD")]
    assert reconcile() == (["Nothing differs, 0 differences were taken over"], "")


def test_a_payment_that_was_made_when_the_sandbox_had_none_has_none(paid):
    row = SandboxObject.objects.get(pk=paid.provider_id)
    del row.data["fees"]
    row.save()

    assert BANK.fetch_intent(paid.provider_id).fees == ()


def test_a_fee_that_nobody_told_us_of_is_found_and_taken_over(paid):
    row = SandboxObject.objects.get(pk=paid.provider_id)
    row.data["fees"].append({"id": "txn_late", "amount": "0.25"})
    row.save()
    sentence = f"Of payment {paid.pk} the provider has kept 0.25 USD, of which nothing here says."

    assert reconcile() == ([sentence], "1 differences are left, 0 were taken over")
    reconcile("--apply")

    assert fees_of(paid)[1:] == [(Decimal("0.25"), "USD")]
    assert reconcile()[1] == ""


def test_a_fee_that_the_provider_knows_nothing_of_is_named(paid):
    Fee.objects.create(payment=paid, provider_id="txn_9", amount=Decimal(2), currency="USD", created_at=paid.created_at)

    lines, _ = reconcile("--apply")

    assert f"Of payment {paid.pk} 2.00 USD were kept by what is known here, nothing there." in lines


def test_a_fee_that_the_ledger_does_not_know_is_found():
    payment = PaymentFactory()
    Fee.objects.create(
        payment=payment, provider_id="txn_1", amount=Decimal(2), currency="EUR", created_at=payment.created_at
    )

    assert checking.problems() == [
        f"Payment {payment.pk} should have 2.00 EUR in fees, the ledger has 0.00 EUR.",
        f"Payment {payment.pk} should have -2.00 EUR in processor, the ledger has 0.00 EUR.",
    ]


def test_a_fee_that_only_the_ledger_knows_is_found():
    payment = PaymentFactory()
    ledger.move("fee", "fee:1", "EUR", Decimal(2), debit=Account.FEES, credit=Account.PROCESSOR, payment=payment)

    assert sorted(checking.problems()) == [
        f"Payment {payment.pk} should have 0.00 EUR in fees, the ledger has 2.00 EUR.",
        f"Payment {payment.pk} should have 0.00 EUR in processor, the ledger has -2.00 EUR.",
    ]


def test_a_fee_is_written_once_and_never_changed(paid):
    fee = paid.fees.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Fee.objects.create(
            payment=paid, provider_id=fee.provider_id, amount=1, currency="USD", created_at=fee.created_at
        )
    for change in (fee.save, fee.delete, lambda: Payment.objects.get(pk=paid.pk).fees.update(amount=2)):
        with pytest.raises(AppendOnlyError):
            change()
