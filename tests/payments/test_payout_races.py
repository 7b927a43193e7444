"""What happens to a tutor's money at the same moment, in real parallel connections."""

from decimal import Decimal
from functools import partial

import pytest

from payments.models import (
    Account,
    Dispute,
    Earning,
    EarningStatus,
    Payment,
    Payout,
    PayoutStatus,
    SandboxObject,
)
from payments.services import adjustments, calls, checking, disputes, ledger, payouts, refunds
from tests.factories import AdjustmentFactory, AdminFactory, EarningFactory, PayoutAccountFactory, PayoutFactory
from tests.payments.conftest import work_off
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payee():
    return PayoutAccountFactory().tutor


@pytest.fixture
def admins():
    return [AdminFactory(), AdminFactory()]


def earn(tutor, gross=45):
    return EarningFactory(tutor=tutor, gross=Decimal(gross))


def transfers():
    return SandboxObject.objects.filter(kind="transfer").count()


def assert_agreed(tutor):
    unpaid = Earning.objects.filter(tutor=tutor).exclude(status=EarningStatus.PAID).values_list("net", flat=True)
    assert ledger.owed_to(tutor, "USD") == sum(unpaid, Decimal(0))
    assert checking.problems() == []


def test_two_admins_who_run_payouts_at_once_make_one(payee, admins):
    lines = [earn(payee) for _ in range(3)]

    results = at_once([partial(payouts.run_payouts, actor=admin) for admin in admins * 4])
    work_off()

    assert kinds(results) == {"ok": 8}
    payout = Payout.objects.get()
    assert (payout.status, payout.amount, transfers()) == (PayoutStatus.PAID, 36 * 3, 1)
    assert {line.payout_id for line in Earning.objects.filter(pk__in=[line.pk for line in lines])} == {payout.pk}
    assert_agreed(payee)


def test_workers_that_send_one_payout_at_once_send_it_once(payee):
    payout = PayoutFactory(tutor=payee)

    at_once([partial(payouts.send, payout.pk, key=f"payout:{payout.pk}")] * 8)

    assert (Payout.objects.get().status, transfers()) == (PayoutStatus.PAID, 1)
    assert_agreed(payee)


def test_a_lesson_that_is_disputed_while_it_is_paid_out_is_either_sent_before_or_kept(payee, admins):
    line = earn(payee)

    results = at_once(
        [
            partial(payouts.run_payouts, actor=admins[0]),
            partial(disputes.open_dispute, line.payment_id, actor=line.payment.payer, reason="bad"),
        ]
    )
    work_off()

    assert kinds(results) == {"ok": 2}
    assert Dispute.objects.count() == 1
    line.refresh_from_db()
    assert line.is_frozen
    payout = Payout.objects.first()
    assert payout is None or payout.status in (PayoutStatus.PAID, PayoutStatus.ON_HOLD)
    assert transfers() == (payout is not None and payout.status == PayoutStatus.PAID)
    assert_agreed(payee)


def dispute_unseen(line, admin, monkeypatch):
    """The whole run of payouts between the two steps of a dispute: it has looked for payouts to keep, and not frozen
    the lines yet. What is to be sent is sent afterwards.
    """
    hold_for = payouts.hold_for

    def hold_for_then_somebody_runs(*args, **named):
        hold_for(*args, **named)
        assert kinds(at_once([partial(payouts.run_payouts, actor=admin)])) == {"ok": 1}

    with monkeypatch.context() as patched:
        patched.setattr(calls.work, "after_commit", lambda *args: None)
        patched.setattr(payouts, "hold_for", hold_for_then_somebody_runs)
        disputes.open_dispute(line.payment_id, actor=line.payment.payer, reason="bad")
    work_off()
    return Payout.objects.get()


@pytest.mark.postgres
def test_a_dispute_that_does_not_see_the_payout_yet_keeps_it_all_the_same(payee, admins, monkeypatch):
    payout = dispute_unseen(earn(payee), admins[0], monkeypatch)

    assert (payout.status, transfers()) == (PayoutStatus.ON_HOLD, 0)
    assert_agreed(payee)


@pytest.mark.postgres
def test_control_without_a_second_look_before_it_is_sent_the_payout_would_go(payee, admins, monkeypatch):
    monkeypatch.setattr(payouts, "_is_disputed", lambda payout: False)

    payout = dispute_unseen(earn(payee), admins[0], monkeypatch)

    assert (payout.status, transfers()) == (PayoutStatus.PAID, 1)


@pytest.mark.parametrize("amount", [Decimal(45), Decimal(10)])
def test_a_refund_and_a_payout_at_once_leave_the_tutor_with_what_is_left(payee, admins, amount):
    lines = [earn(payee) for _ in range(3)]

    results = at_once(
        [
            partial(payouts.run_payouts, actor=admins[0]),
            partial(refunds.refund_payment, lines[0].payment_id, actor=admins[1], amount=amount, reason="x"),
            partial(refunds.refund_payment, lines[2].payment_id, actor=admins[1], amount=amount, reason="x"),
        ]
    )

    assert kinds(results) == {"ok": 3}
    payout = Payout.objects.get()
    kept = 36 * 3 - 2 * amount * 4 / 5
    assert payout.amount + ledger.owed_to(payee, "USD") == kept + (
        0 if payout.status == PayoutStatus.PAID else payout.amount
    )
    assert_agreed(payee)


def test_refunds_of_a_package_and_a_payout_of_its_lessons_do_not_lock_each_other_out(payee, admins):
    """Many lines of one payment, locked from both sides."""
    payment = earn(payee).payment
    Payment.objects.filter(pk=payment.pk).update(amount=450, captured_amount=450)
    for number in range(9):
        EarningFactory(tutor=payee, payment=payment, source=f"booking:{payment.payable_id}-{number}")

    results = at_once(
        [
            partial(payouts.run_payouts, actor=admins[0]),
            *[partial(refunds.refund_payment, payment.pk, actor=admins[1], amount=Decimal(30), reason="x")] * 4,
            *[partial(payouts.release_earnings, now=payment.created_at)] * 2,
        ]
    )

    assert kinds(results) == {"ok": 7}
    payment.refresh_from_db()
    assert payment.refunds_claimed == 120
    earned = sum(payment.earnings.values_list("gross", flat=True))
    assert earned == 330
    unpaid = Earning.objects.filter(tutor=payee).exclude(status=EarningStatus.PAID).values_list("net", flat=True)
    assert ledger.owed_to(payee, "USD") == sum(unpaid, Decimal(0))


def test_of_two_admins_who_decide_one_adjustment_one_does(admins):
    adjustment = AdjustmentFactory(requested_by=AdminFactory())

    results = at_once(
        [
            *[partial(adjustments.approve, adjustment.pk, actor=admin) for admin in admins * 2],
            *[partial(adjustments.reject, adjustment.pk, actor=admin, reason="x") for admin in admins * 2],
        ]
    )

    assert kinds(results) == {"ok": 1, "InvalidTransition": 7}
    adjustment.refresh_from_db()
    assert Earning.objects.count() == (adjustment.status == "approved")
    assert ledger.balances().get((Account.TUTOR_PAYABLE, "USD"), 0) == -150 * Earning.objects.count()


def test_hold_and_send_at_once_end_in_one_of_both(payee, admins):
    payout = PayoutFactory(tutor=payee)

    results = at_once(
        [
            partial(payouts.hold, payout.pk, actor=admins[0], reason="wait"),
            partial(payouts.send, payout.pk, key=f"payout:{payout.pk}"),
        ]
    )

    payout.refresh_from_db()
    assert kinds(results) in ({"ok": 1, "NotNow": 1}, {"ok": 1, "InvalidTransition": 1})
    assert (payout.status, transfers()) in ((PayoutStatus.ON_HOLD, 0), (PayoutStatus.PAID, 1))
    assert_agreed(payee)
