"""Whatever a provider says, twice, late and in any order, ends in the same state (R-PAY-6, goal R8)."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from payments.gateways.base import DisputeState, FeeState, IntentState, RefundState
from payments.models import Account, DisputeStatus, Payment, PaymentStatus, RefundStatus
from payments.services import ledger, truth
from payments.services import refunding as refunding_service
from tests.factories import StudentFactory, TutorProfileFactory
from tests.payments.conftest import balance
from tests.payments.plain import AMOUNT
from tests.support.figures import figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(settings):
    settings.PAYABLES = {"plain": "tests.payments.plain"}
    return Payment.objects.create(
        payer=StudentFactory(),
        tutor=TutorProfileFactory(),
        payable_kind="plain",
        payable_id=1,
        description="something",
        amount=AMOUNT,
        currency="USD",
        commission_percent=20,
        is_manual=False,
        provider="sandbox",
        provider_id="pi_1",
    )


def history(chance):
    """What a provider could have said of one payment, from the first to the last, by its own rules."""
    state = IntentState("pi_1", PaymentStatus.REQUIRES_PAYMENT, AMOUNT, "USD", captured=Decimal(0))
    said = [state]
    for _ in range(chance.randrange(2, 9)):
        state = chance.choice(_possible(state))(state, chance)
        said.append(state)
    return said


def _possible(state):
    if state.status == PaymentStatus.CANCELED:
        return [_same]
    if not state.captured:
        steps = [_to(PaymentStatus.REQUIRES_ACTION), _to(PaymentStatus.PROCESSING), _to(PaymentStatus.FAILED)]
        ends = [_authorize, _cancel, _capture, _capture]
        return ends if state.status == PaymentStatus.AUTHORIZED else [*steps, *ends]
    return [_same, _refund, _refund, _move_a_refund, _dispute, _close_a_dispute, _fee]


def _same(state, chance):
    return state


def _to(status):
    return lambda state, chance: replace(state, status=status)


def _authorize(state, chance):
    return replace(state, status=PaymentStatus.AUTHORIZED)


def _cancel(state, chance):
    return replace(state, status=PaymentStatus.CANCELED)


def _capture(state, chance):
    part = chance.choice([AMOUNT, AMOUNT / 2])
    return replace(
        state, status=PaymentStatus.SUCCEEDED, captured=part if state.status == PaymentStatus.AUTHORIZED else AMOUNT
    )


def _refund(state, chance):
    left = state.captured - sum(each.amount for each in state.refunds if each.status != RefundStatus.FAILED)
    if not left:
        return state
    amount = chance.choice([left, min(left, Decimal("12.34"))])
    status = chance.choice([RefundStatus.PENDING, RefundStatus.SUCCEEDED])
    made = RefundState(f"re_{len(state.refunds)}", status, amount)
    return replace(state, refunds=(made, *state.refunds))  # the newest first, as providers list them


def _move_a_refund(state, chance):
    further = {
        RefundStatus.PENDING: [RefundStatus.SUCCEEDED, RefundStatus.FAILED],
        RefundStatus.SUCCEEDED: [RefundStatus.FAILED],
    }
    if not (movable := [each for each in state.refunds if each.status in further]):
        return state
    one = chance.choice(movable)
    moved = replace(one, status=chance.choice(further[one.status]))
    return replace(state, refunds=tuple(moved if each is one else each for each in state.refunds))


def _dispute(state, chance):
    if state.disputes:
        return state
    reason = chance.choice(["fraudulent", "product_not_received"])
    due = datetime(2027, 1, 1, tzinfo=UTC)
    return replace(state, disputes=(DisputeState("dp_1", DisputeStatus.OPEN, Decimal(30), reason, due),))


def _close_a_dispute(state, chance):
    """Or give back on an appeal what the bank had kept."""
    further = {DisputeStatus.OPEN: [DisputeStatus.WON, DisputeStatus.LOST], DisputeStatus.LOST: [DisputeStatus.WON]}
    return replace(
        state,
        disputes=tuple(
            replace(each, status=chance.choice(further.get(each.status, [each.status]))) for each in state.disputes
        ),
    )


def _fee(state, chance):
    """Providers may say a little later what they have kept, and may give some of it back."""
    amount, currency = chance.choice([("1.60", "USD"), ("15", "USD"), ("-15", "USD"), ("1.48", "EUR"), ("240", "JPY")])
    return replace(state, fees=(*state.fees, FeeState(f"txn_{len(state.fees)}", Decimal(amount), currency)))


def outcome(payment, said):
    """How everything stands after all of these, in that order; the ledger is looked at after each."""
    with transaction.atomic():
        for state in said:
            held = truth.apply(payment.pk, state)
            assert ledger.imbalances() == []
            assert 0 <= held.refunded_amount <= held.refunds_claimed <= held.captured_amount <= held.amount
        stands = (
            (held.status, held.captured_amount, held.refunds_claimed, held.refunded_amount),
            sorted(held.refunds.values_list("provider_id", "status", "amount")),
            sorted(held.disputes.values_list("provider_id", "status", "amount")),
            sorted(held.fees.values_list("provider_id", "amount", "currency")),
            {key: amount for key, amount in ledger.balances().items() if amount},
        )
        transaction.set_rollback(True)
    return stands


def shuffled(said, chance):
    """All of it, some of it twice, in any order."""
    doubled = [*said, *chance.choices(said, k=len(said) // 2)]
    chance.shuffle(doubled)
    return doubled


@pytest.mark.parametrize("seed", range(figure(2000, 60)))
def test_what_is_said_in_any_order_ends_as_what_is_said_in_order(payment, seed):
    chance = random.Random(seed)
    said = history(chance)

    in_order = outcome(payment, said)

    assert outcome(payment, shuffled(said, chance)) == in_order
    assert outcome(payment, said[::-1]) == in_order


def test_without_the_ranks_the_order_would_decide(payment, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(truth, "RANK", dict.fromkeys(PaymentStatus.values, 0) | {PaymentStatus.REQUIRES_PAYMENT: -1})
    monkeypatch.setattr(
        truth, "_REFUND_RANK", {status: rank for rank, status in enumerate(reversed(RefundStatus.values))}
    )

    assert any(goes_wrong_backwards(payment, random.Random(seed)) for seed in range(30))


def goes_wrong_backwards(payment, chance):
    """Whether it ends otherwise, or the database has to refuse it."""
    said = history(chance)
    try:
        return outcome(payment, said) != outcome(payment, said[::-1])
    except (IntegrityError, AssertionError):
        return True


class TestTheLedger:
    def test_holds_what_was_taken_and_not_given_back(self, payment):
        paid = IntentState("pi_1", PaymentStatus.SUCCEEDED, AMOUNT, "USD", captured=AMOUNT)
        part = RefundState("re_1", RefundStatus.SUCCEEDED, Decimal("33.33"))

        truth.apply(payment.pk, replace(paid, refunds=(part,)))

        assert balance(Account.PROCESSOR) == Decimal("66.67")
        assert balance(Account.STUDENT_CREDIT) == Decimal("-66.67")
        assert balance(Account.REFUNDS) == 0

    def test_takes_one_answer_in_which_a_refund_has_bounced_and_another_was_made_there(self, payment):
        paid = IntentState("pi_1", PaymentStatus.SUCCEEDED, AMOUNT, "USD", captured=AMOUNT)
        whole = RefundState("re_1", RefundStatus.SUCCEEDED, AMOUNT)
        truth.apply(payment.pk, replace(paid, refunds=(whole,)))

        part = RefundState("re_2", RefundStatus.SUCCEEDED, Decimal("12.34"))
        held = truth.apply(payment.pk, replace(paid, refunds=(part, replace(whole, status=RefundStatus.FAILED))))

        assert (held.refunds_claimed, held.refunded_amount) == (Decimal("12.34"), Decimal("12.34"))
        assert balance(Account.PROCESSOR) == Decimal("87.66")

    def test_takes_no_refund_that_is_more_than_what_is_left(self, payment):
        paid = IntentState("pi_1", PaymentStatus.SUCCEEDED, AMOUNT, "USD", captured=AMOUNT)
        truth.apply(payment.pk, paid)
        payment.refresh_from_db()

        assert refunding_service.left_of(payment) == AMOUNT
        truth.apply(payment.pk, replace(paid, refunds=(RefundState("re_1", RefundStatus.PENDING, AMOUNT * 2),)))

        payment.refresh_from_db()
        assert payment.refunds_claimed == 0

    def test_never_believes_another_amount(self, payment):
        with pytest.raises(ValueError, match="another amount"):
            truth.apply(
                payment.pk, IntentState("pi_1", PaymentStatus.SUCCEEDED, Decimal(1), "USD", captured=Decimal(1))
            )

        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.REQUIRES_PAYMENT, 0)
