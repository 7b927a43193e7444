"""`manage.py check_ledger`: whatever does not agree is found, and nothing else."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from payments.gateways.sandbox import SandboxGateway
from payments.models import Account, Earning, LedgerLine, Payment, Payout, PayoutStatus, Posting, Refund
from payments.services import adjustments, checking, disputes, ledger, payouts, refunds
from payments.services.ledger import Line
from tests.factories import (
    AdminFactory,
    BookingFactory,
    DisputeFactory,
    EarningFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    RefundFactory,
)
from tests.payments.conftest import work_off
from tests.support.audit import changeable

pytestmark = pytest.mark.django_db


def check():
    """What is written, and whether it ended well."""
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def tamper(sql, *parameters):
    """As somebody who owns the database could."""
    with changeable([Posting._meta.db_table, LedgerLine._meta.db_table]), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def told_all(pay):
    """Money that has been everywhere: refunded, disputed, earned, adjusted, paid out and sent back."""
    admin = AdminFactory()
    paid = pay(BookingFactory())
    refunds.refund_payment(paid.pk, actor=admin, amount=Decimal("5.50"), reason="late")
    bounced = pay(BookingFactory(), method="pm_card_refundFail")
    refunds.refund_payment(bounced.pk, actor=admin, amount=Decimal(7), reason="late")
    pending = pay(BookingFactory(), method="pm_card_pendingRefund")
    refunds.refund_payment(pending.pk, actor=admin, amount=Decimal(3), reason="late")
    for reason in ("fraudulent", "product_unacceptable"):
        for is_won in (True, False, None):
            charged_back = pay(BookingFactory())
            [dispute] = SandboxGateway().open_dispute(charged_back.provider_id, reason=reason).disputes
            if is_won is not None:
                SandboxGateway().close_dispute(charged_back.provider_id, dispute.id, is_won=is_won)
    work_off()
    account = PayoutAccountFactory()
    for _ in range(3):
        EarningFactory(tutor=account.tutor)
    adjustments.propose(account.tutor.pk, Decimal(-4), "USD", reason="a slip", actor=admin)
    [payout] = payouts.run_payouts(actor=admin)
    work_off()
    first = Earning.objects.filter(payout=payout, payment__isnull=False).first()
    refunds.refund_payment(first.payment_id, actor=admin, amount=Decimal(9), reason="late")
    dispute = disputes.open_dispute(first.payment_id, actor=first.payment.payer, reason="bad")
    disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(6), reason="half")
    SandboxGateway().return_transfer(Payout.objects.get().provider_id)
    work_off()


def test_a_ledger_that_money_went_through_in_every_way_is_sound(told_all):
    assert Payout.objects.get().status == PayoutStatus.RETURNED
    assert set(Refund.objects.values_list("status", flat=True)) == {"pending", "succeeded", "failed"}

    assert check() == (["The ledger is sound"], "")


def test_it_works_through_all_payments_however_many_there_are(monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    payments = [PaymentFactory() for _ in range(5)]
    Payment.objects.filter(pk=payments[4].pk).update(captured_amount=40)

    assert len(check()[0]) == 2  # what is in the processor's account, and what is owed to the student


def test_a_line_that_was_changed_behind_its_back_is_found():
    payment = PaymentFactory()

    tamper("UPDATE payments_ledgerline SET amount = 40 WHERE amount = 45")

    lines, error = check()
    assert lines == [
        f"The posting capture:{payment.pk} does not sum to zero: -5.00 USD.",
        "The whole ledger does not sum to zero: -5.00 USD.",
        f"Payment {payment.pk} should have 45.00 USD in processor, the ledger has 40.00 USD.",
    ]
    assert error == "3 problems"
    tamper("UPDATE payments_ledgerline SET amount = 45 WHERE amount = 40")
    assert check()[1] == ""


def test_a_posting_that_was_taken_away_is_found_though_all_sums_to_zero():
    payment = PaymentFactory()

    tamper("DELETE FROM payments_ledgerline")
    assert check() == (
        [
            f"Payment {payment.pk} should have 45.00 USD in processor, the ledger has 0.00 USD.",
            f"Payment {payment.pk} should have -45.00 USD in student_credit, the ledger has 0.00 USD.",
        ],
        "2 problems",
    )


def test_money_that_was_moved_to_another_tutor_is_found():
    line, thief = EarningFactory(), PayoutAccountFactory().tutor

    tamper("UPDATE payments_ledgerline SET tutor_id = %s WHERE account = 'tutor_payable'", thief.pk)

    assert check()[0] == [
        f"Tutor {line.tutor_id} has earned 36.00 USD that were not paid out, the ledger owes 0.00 USD.",
        f"Tutor {thief.pk} has earned 0.00 USD that were not paid out, the ledger owes 36.00 USD.",
    ]


def test_money_of_no_tutor_at_all_is_found():
    lines = [Line(Account.TUTOR_PAYABLE, Decimal(-5)), Line(Account.PLATFORM_REVENUE, Decimal(5))]
    ledger.post("odd", "odd:1", "USD", lines)

    assert check()[0] == ["Tutor None has earned 0.00 USD that were not paid out, the ledger owes 5.00 USD."]


@pytest.mark.parametrize(
    ("make", "changes", "sentence"),
    [
        (PaymentFactory, {"captured_amount": 44}, "should have 44.00 USD in processor, the ledger has 45.00 USD"),
        (RefundFactory, {"amount": 11}, "its refunds that 11.00 USD were"),
        (RefundFactory, {"status": "succeeded"}, "says that 0.00 USD were given back, its refunds that 10.00 USD were"),
        (
            lambda: DisputeFactory(kind="chargeback", status="won"),
            {"status": "open"},
            "should have 45.00 USD in disputes, the ledger has 0.00 USD",
        ),
        (EarningFactory, {"gross": 46, "net": 37}, "has earned 37.00 USD that were not paid out"),
        (EarningFactory, {"status": "paid"}, "has earned 0.00 USD that were not paid out, the ledger owes 36.00 USD"),
        (PayoutFactory, {"amount": Decimal("36.001")}, "is of 36.001 USD, its lines of 36.00 USD"),
    ],
)
def test_a_row_that_was_changed_is_found(make, changes, sentence):
    row = make()

    type(row).objects.filter(pk=row.pk).update(**changes)

    lines, error = check()
    assert [line for line in lines if sentence in line]
    assert error == f"{len(lines)} problems"


def test_what_changes_while_it_looks_is_no_problem(monkeypatch):
    seen = iter([["one", "two"], ["two", "three"]])
    monkeypatch.setattr(checking, "_found", lambda of_each_payment: next(seen))

    assert checking.problems() == ["two"]
