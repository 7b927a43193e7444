"""What happens to a tutor's money at the same moment, in real parallel connections."""

from collections import Counter
from decimal import Decimal
from functools import partial
from threading import Event

import pytest

from payments.gateways.sandbox import SandboxGateway
from payments.models import (
    Account,
    Dispute,
    Earning,
    EarningStatus,
    Payment,
    Payout,
    PayoutStatus,
    Reversal,
    ReversalStatus,
    SandboxObject,
)
from payments.services import adjustments, calls, checking, disputes, earning, ledger, payouts, refunds, reversals
from tests.factories import AdjustmentFactory, AdminFactory, EarningFactory, PayoutAccountFactory, PayoutFactory
from tests.payments.conftest import work_off
from tests.support.patience import PATIENCE
from tests.support.threads import at_once, kinds, wait_for_a_waiter

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


@pytest.fixture
def deciding(payee, admins, monkeypatch):
    """`deciding(refund)` decides the dispute because of which a payout waits. Nothing is sent meanwhile."""
    monkeypatch.setattr(calls.work, "after_commit", lambda *args: None)
    line = earn(payee)
    earn(payee)
    payouts.run_payouts(actor=admins[0])
    dispute = disputes.open_dispute(line.payment_id, actor=line.payment.payer, reason="bad")
    return lambda refund: partial(
        disputes.decide_dispute, dispute.pk, actor=admins[1], refund=Decimal(refund), reason="seen"
    )


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("refund", "step", "afterwards"), [(0, "_set_frozen", "ok"), (10, "_change", "InvalidTransition")]
)
@pytest.mark.parametrize("locks", [True, False])
def test_only_who_locks_the_payout_before_its_lines_is_in_the_order_of_who_calls_it_off(
    payee, admins, deciding, monkeypatch, refund, step, afterwards, locks
):
    """With its control. Who decides has the lines' locks, and asks for the payout's once somebody else waits."""
    original, held, payout = getattr(earning, step), Event(), Payout.objects.get()

    def step_slowly(*args, **named):
        original(*args, **named)
        held.set()
        wait_for_a_waiter()

    def call_off_in_turn():
        assert held.wait(PATIENCE)
        return payouts.call_off(payout.pk, actor=admins[0], reason="a wrong account")

    monkeypatch.setattr(earning, step, step_slowly)
    if not locks:
        monkeypatch.setattr(earning, "_lock_payouts", lambda payment: None)
    results = at_once([deciding(refund), call_off_in_turn])

    assert kinds(results) == Counter(["ok", afterwards if locks else "OperationalError"])
    assert_agreed(payee)


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
    assert payout.amount - taken_back_there(payout) + ledger.owed_to(payee, "USD") == kept + (
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


def test_admins_who_adjust_at_once_do_not_pass_the_limit_together(payee, admins):
    propose = partial(adjustments.propose, payee.pk, Decimal(40), "USD", reason="a prize")

    results = at_once([partial(propose, actor=admin) for admin in admins * 3])

    assert kinds(results) == {"ok": 6}
    assert ledger.owed_to(payee, "USD") == 80
    assert_agreed(payee)


def paid_out(tutor, admin, *, lessons):
    lines = [earn(tutor) for _ in range(lessons)]
    payouts.run_payouts(actor=admin)
    work_off()
    return Payout.objects.get(tutor=tutor), lines


def taken_back_there(payout):
    there = SandboxObject.objects.filter(pk=payout.provider_id).values_list("data", flat=True)
    made = [each for transfer in there for each in transfer.get("reversals", [])]
    return sum((Decimal(each["amount"]) for each in made), Decimal(0))


def assert_taken_back_or_carried_forward(tutor, first):
    """What refunds took of the first payout came back from there, or is missing from what was and will be paid."""
    carried = Earning.objects.filter(tutor=tutor, kind="adjustment", reversal__status="succeeded")
    assert taken_back_there(first) == -sum(carried.values_list("net", flat=True))
    assert not carried.exclude(payout=None).exists()
    assert not Reversal.objects.filter(status=ReversalStatus.PENDING).exists()
    earned = sum(Earning.objects.filter(tutor=tutor).values_list("net", flat=True))
    paid = sum(Payout.objects.filter(tutor=tutor, status=PayoutStatus.PAID).values_list("amount", flat=True))
    in_payout = sum(Earning.objects.filter(tutor=tutor, status="in_payout").values_list("net", flat=True))
    assert paid - taken_back_there(first) + ledger.owed_to(tutor, "USD") == earned
    assert in_payout == 0
    assert_agreed(tutor)


@pytest.mark.parametrize("account", ["sandbox_acct_1", "sandbox_acct_short"])
@pytest.mark.parametrize("turn", range(3))
def test_two_refunds_of_one_payout_and_the_next_payout_at_once_take_each_share_once(admins, account, turn):
    tutor = PayoutAccountFactory(provider_id=account).tutor
    payout, lines = paid_out(tutor, admins[0], lessons=3)
    for _ in range(3):
        earn(tutor)

    results = at_once(
        [
            partial(payouts.run_payouts, actor=admins[0]),
            partial(refunds.refund_payment, lines[0].payment_id, actor=admins[1], reason="x"),
            partial(refunds.refund_payment, lines[1].payment_id, actor=admins[1], amount=Decimal(10), reason="x"),
            partial(payouts.run_payouts, actor=admins[1]),
        ]
    )
    work_off()
    payouts.run_payouts(actor=admins[0])
    work_off()

    assert kinds(results) == {"ok": 4}
    assert_taken_back_or_carried_forward(tutor, payout)
    assert taken_back_there(payout) == (0 if account.endswith("short") else 44)


def test_refunds_of_one_lesson_at_once_take_back_what_they_gave(payee, admins):
    payout, [line] = paid_out(payee, admins[0], lessons=1)

    results = at_once(
        [partial(refunds.refund_payment, line.payment_id, actor=admins[0], amount=Decimal(5), reason="x")] * 9
    )
    work_off()

    assert kinds(results) == {"ok": 9}
    assert taken_back_there(payout) == 36
    assert Payout.objects.get().status == PayoutStatus.PAID
    assert_taken_back_or_carried_forward(payee, payout)


def test_workers_and_events_that_bring_one_reversal_at_once_book_it_once(payee, admins, monkeypatch):
    payout, [line] = paid_out(payee, admins[0], lessons=1)
    with monkeypatch.context() as patched:
        patched.setattr(calls.work, "after_commit", lambda *args: None)
        refunds.refund_payment(line.payment_id, actor=admins[0], reason="x")
    reversal = Reversal.objects.get()

    results = at_once(
        [
            *[partial(reversals.send, reversal.pk, key="reversal:1")] * 6,
            *[partial(payouts.refresh, payout)] * 6,
        ]
    )
    work_off()

    assert kinds(results) == {"ok": 12}
    assert taken_back_there(payout) == 36
    assert_taken_back_or_carried_forward(payee, payout)


@pytest.mark.parametrize("turn", range(4))
def test_a_refund_while_its_payout_comes_back_is_taken_once(payee, admins, turn):
    payout, lines = paid_out(payee, admins[0], lessons=2)
    calls_at_once = [
        partial(SandboxGateway().return_transfer, payout.provider_id),
        partial(refunds.refund_payment, lines[0].payment_id, actor=admins[1], reason="x"),
        partial(refunds.refund_payment, lines[1].payment_id, actor=admins[1], amount=Decimal(5), reason="x"),
    ]

    results = at_once(calls_at_once[:: 1 if turn % 2 else -1])
    work_off()

    assert kinds(results) == {"ok": 3}
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert ledger.owed_to(payee, "USD") == 72 - 36 - 4
    assert not Reversal.objects.filter(status=ReversalStatus.PENDING).exists()
    assert_agreed(payee)
