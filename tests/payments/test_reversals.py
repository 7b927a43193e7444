"""What was paid out and then given back to a student comes back from the tutor's account, or is carried forward: never
both, never neither (R-PAY-9).
"""

import json
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from adminpanel.integrity.checks.payments import CHECKS
from audit.models import AuditEntry
from notifications.models import Notification
from payments.gateways.base import GatewayRefused, GatewayUnavailable, ReversalState, TransferState
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_events import body_of
from payments.models import (
    Account,
    CallKind,
    Earning,
    EarningKind,
    EarningStatus,
    Payout,
    PayoutStatus,
    ProviderCall,
    ProviderEvent,
    Reversal,
    ReversalStatus,
    SandboxObject,
)
from payments.services import adjustments, checking, ledger, payouts, payouts_due, refunds, reversals
from payments.services.reconciling import differences, resolve_call
from payments.tasks import call_provider, process_event
from tests.factories import AdminFactory, EarningFactory, PayoutAccountFactory, ReversalFactory
from tests.payments.conftest import balance, told, work_off
from tests.payments.events import deliver, kept_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def payee():
    return PayoutAccountFactory().tutor


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture(autouse=True)
def _sound():
    """Whatever happens, what we believe, the ledger and the lines agree."""
    yield
    assert checking.problems() == []
    looked_at = [check for check in CHECKS if check.name in ("payments.reversals", "payments.payout_lines")]
    assert [check.find(now=timezone.now(), thorough=True).count for check in looked_at] == [0, 0]


def paid_out(tutor, *, lessons=1, gross=45):
    """A payout of so many lessons, each of 45 with 36 for the tutor; and their lines."""
    lines = [EarningFactory(tutor=tutor, gross=Decimal(gross)) for _ in range(lessons)]
    payouts.run_payouts(actor=None, tutor_id=tutor.pk)
    work_off()
    payout = Payout.objects.get(tutor=tutor)
    assert payout.status == PayoutStatus.PAID
    return payout, lines


def give_back(line, admin, amount=None):
    return refunds.refund_payment(line.payment_id, actor=admin, amount=amount, reason="ill")


def correction():
    return Earning.objects.get(kind=EarningKind.ADJUSTMENT)


def taken_back_there():
    there = SandboxObject.objects.filter(kind="transfer").values_list("data", flat=True)
    made = [each for transfer in there for each in transfer.get("reversals", [])]
    return sum((Decimal(each["amount"]) for each in made), Decimal(0))


class TestARefundOfWhatWasPaidOut:
    def test_is_taken_back_from_the_tutors_account(self, payee, admin):
        payout, [line] = paid_out(payee, lessons=1)
        before = balance(Account.PROCESSOR)

        give_back(line, admin, Decimal(10))
        work_off()

        assert taken_back_there() == 8
        assert (correction().net, correction().status, correction().payout) == (-8, EarningStatus.PAID, None)
        assert ledger.owed_to(payee, "USD") == 0
        assert balance(Account.PROCESSOR) == before + 8
        assert balance(Account.TUTOR_PAYABLE) == 0
        assert Reversal.objects.get().status == ReversalStatus.SUCCEEDED
        payout.refresh_from_db()
        assert (payout.status, payout.amount, len(payout.statement)) == (PayoutStatus.PAID, 36, 1)

    def test_is_not_taken_from_the_next_payout_as_well(self, payee, admin):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        work_off()
        EarningFactory(tutor=payee)

        [payout] = payouts.run_payouts(actor=admin)

        assert payout.amount == 36

    def test_is_in_no_payout_as_long_as_nobody_knows_whether_it_is_taken_back(self, payee, admin):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        EarningFactory(tutor=payee)

        assert [(due.amount, due.why_not) for due in payouts_due.list_due()] == [(36, "")]
        [payout] = payouts.run_payouts(actor=admin)

        assert payout.amount == 36
        work_off()
        assert ledger.owed_to(payee, "USD") == 0

    def test_tells_the_tutor_for_what(self, payee, admin):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        work_off()

        assert told(payee.user)[-1] == "payout_reversed"
        text = Notification.objects.filter(recipient=payee.user).latest("pk").message
        of_it = "so 36.00 USD of your payout of 36.00 USD were taken back."
        assert text == f"A student got money back (Lesson of 1 June 2026), {of_it}"

    def test_is_on_record(self, payee, admin):
        payout, [line] = paid_out(payee)
        give_back(line, admin)
        work_off()

        entry = AuditEntry.objects.get(action="payout.reversed")
        assert (entry.object_id, Decimal(entry.after["amount"])) == (str(payout.pk), Decimal(36))

    @pytest.mark.parametrize("parts", [(10, 20, 15), (45,), (5, 5)])
    def test_in_parts_takes_back_the_tutors_share_of_each(self, payee, admin, parts):
        payout, lines = paid_out(payee, lessons=2)

        for part in parts:
            give_back(lines[0], admin, Decimal(part))
        work_off()

        assert taken_back_there() == Decimal(sum(parts)) * 4 / 5
        assert ledger.owed_to(payee, "USD") == 0
        payout.refresh_from_db()
        assert payout.status == PayoutStatus.PAID

    def test_of_all_of_a_payout_is_none_that_came_back(self, payee, admin):
        """The provider says of both that the transfer is reversed."""
        payout, lines = paid_out(payee, lessons=2)
        for line in lines:
            give_back(line, admin)
        work_off()

        payouts.refresh(payout)

        payout.refresh_from_db()
        assert (payout.status, taken_back_there()) == (PayoutStatus.PAID, 72)
        assert {line.status for line in Earning.objects.all()} == {EarningStatus.PAID}
        assert "payout_failed" not in told(payee.user)


class TestWhatCannotBeTakenBack:
    def test_because_the_account_does_not_hold_it_is_carried_forward(self, admin):
        payee = PayoutAccountFactory(provider_id="acct_short").tutor
        _, [line] = paid_out(payee)
        give_back(line, admin)
        work_off()

        reversal = Reversal.objects.get()
        assert (reversal.status, reversal.failure) == (ReversalStatus.FAILED, "balance_insufficient")
        assert (correction().status, ledger.owed_to(payee, "USD")) == (EarningStatus.AVAILABLE, -36)
        assert "payout_reversed" not in told(payee.user)
        assert AuditEntry.objects.filter(action="payout.reversal_failed").count() == 1
        for _ in range(2):
            EarningFactory(tutor=payee)
        [payout] = payouts.run_payouts(actor=admin)
        assert payout.amount == 36

    def test_because_there_is_no_transfer_is_carried_forward(self, payee, admin):
        payout, [line] = paid_out(payee)
        Payout.objects.update(provider_id="")

        give_back(line, admin)

        assert not Reversal.objects.exists()
        assert (correction().status, ledger.owed_to(payee, "USD")) == (EarningStatus.AVAILABLE, -36)

    def test_because_it_is_still_on_its_way_is_carried_forward(self, payee, admin):
        line = EarningFactory(tutor=payee)
        payouts.run_payouts(actor=admin)
        give_back(line, admin)
        work_off()

        assert not Reversal.objects.exists()
        assert ledger.owed_to(payee, "USD") == -36

    def test_because_so_much_is_not_left_of_the_transfer_is_carried_forward(self, payee, admin):
        """A payout that was less by an older debt than its lessons are worth."""
        adjustments.propose(payee.pk, Decimal(-20), "USD", reason="a slip", actor=admin)
        payout, lines = paid_out(payee, lessons=2)
        assert payout.amount == 52

        for line in lines:
            give_back(line, admin)
        work_off()

        assert taken_back_there() == 36
        assert ledger.owed_to(payee, "USD") == -36

    def test_because_the_payout_has_come_back_meanwhile_is_carried_forward(self, payee, admin):
        payout, [line] = paid_out(payee)
        give_back(line, admin)
        SandboxGateway().return_transfer(payout.provider_id)
        payouts.refresh(payout)

        work_off()

        assert Reversal.objects.get().failure == "the payout came back"
        assert (taken_back_there(), ledger.owed_to(payee, "USD")) == (0, 0)

    def test_because_another_payout_was_less_by_it_already_is_not_taken_twice(self, payee, admin, monkeypatch):
        """As a server that was not updated yet would make it."""
        _, [line] = paid_out(payee)
        give_back(line, admin)
        for _ in range(2):
            EarningFactory(tutor=payee)
        monkeypatch.setattr(reversals, "waits", lambda: Q(pk=None))
        [second] = payouts.run_payouts(actor=admin)
        assert second.amount == 36

        work_off()

        assert Reversal.objects.get().failure == "another payout was less by it"
        assert (taken_back_there(), ledger.owed_to(payee, "USD")) == (0, 0)


class TestAPayoutOfWhichTheRestComesBack:
    def test_owes_its_lines_and_what_was_taken_back_of_them(self, payee, admin):
        payout, lines = paid_out(payee, lessons=3)
        give_back(lines[0], admin)
        work_off()

        SandboxGateway().return_transfer(payout.provider_id)
        work_off()

        payout.refresh_from_db()
        assert payout.status == PayoutStatus.RETURNED
        assert ledger.owed_to(payee, "USD") == 36 * 3 - 36
        assert balance(Account.TUTOR_PAYABLE) == -72
        [again] = payouts.run_payouts(actor=admin)
        assert again.amount == 72


class TestAnAnswerThatIsLost:
    @pytest.fixture
    def lost(self, monkeypatch):
        """The provider does it once, and we do not hear of it. Returns the keys that it was asked with."""
        really, keys = SandboxGateway.reverse_transfer, []

        def do_and_say_nothing(self, *arguments, key, **named):
            keys.append(key)
            answer = really(self, *arguments, key=key, **named)
            if len(keys) == 1:
                raise GatewayUnavailable("timeout")
            return answer

        monkeypatch.setattr(SandboxGateway, "reverse_transfer", do_and_say_nothing)
        return keys

    def due_again(self):
        ProviderCall.objects.filter(state="due").update(due_at=timezone.now())
        work_off()

    def test_is_asked_for_again_with_the_same_key(self, payee, admin, lost):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        ProviderCall.objects.filter(kind=CallKind.REVERSAL).update(due_at=timezone.now())
        for call in ProviderCall.objects.filter(kind=CallKind.REVERSAL):
            call_provider(call.pk)
        ProviderEvent.objects.all().delete()  # nor do we hear of it otherwise
        assert Reversal.objects.get().status == ReversalStatus.PENDING

        self.due_again()

        assert lost == [lost[0]] * 2
        assert (taken_back_there(), ledger.owed_to(payee, "USD")) == (36, 0)

    def test_is_replaced_by_the_event(self, payee, admin, lost):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        work_off()

        assert Reversal.objects.get().status == ReversalStatus.SUCCEEDED
        assert (taken_back_there(), ledger.owed_to(payee, "USD")) == (36, 0)
        assert told(payee.user).count("payout_reversed") == 1

    def test_and_then_refused_counts_as_what_the_provider_has(self, payee, admin, lost, monkeypatch):
        _, [line] = paid_out(payee)
        give_back(line, admin)
        reversal = Reversal.objects.get()
        with pytest.raises(GatewayUnavailable):
            reversals.send(reversal.pk, key="reversal")

        def refuse(*arguments, **named):
            raise GatewayRefused("idempotency_error", "Another request.")

        monkeypatch.setattr(SandboxGateway, "reverse_transfer", refuse)

        assert reversals.send(reversal.pk, key="another") == ReversalStatus.SUCCEEDED
        assert ledger.owed_to(payee, "USD") == 0
        work_off()


def test_an_event_of_a_reversal_that_comes_twice_and_before_our_answer_has_one_effect(payee, admin):
    payout, [line] = paid_out(payee)
    give_back(line, admin)
    reversal = Reversal.objects.get()
    asked = {"amount": reversal.amount, "currency": "USD", "our_id": reversal.pk, "key": "reversal"}
    with kept_back() as bodies:
        SandboxGateway().reverse_transfer(payout.provider_id, **asked)
    again = body_of("transfer.reversed", json.loads(bodies[0])["data"]["object"])

    for body in (bodies[0], bodies[0], again):
        deliver(body)
        process_event(ProviderEvent.objects.latest("pk").pk)
    assert (ledger.owed_to(payee, "USD"), taken_back_there()) == (0, 36)
    reversals.send(reversal.pk, key="reversal")
    work_off()

    assert set(ProviderEvent.objects.filter(type="transfer.reversed").values_list("verdict", flat=True)) == {"applied"}
    assert (ledger.owed_to(payee, "USD"), taken_back_there()) == (0, 36)
    assert told(payee.user).count("payout_reversed") == 1
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID


def test_what_the_provider_says_of_reversals_ends_the_same_in_any_order_and_however_often(payee, admin):
    payout, lines = paid_out(payee, lessons=3)
    for line in lines[:2]:
        give_back(line, admin)
    ours = [ReversalState(f"trr_{row.pk}", row.amount, row.pk) for row in Reversal.objects.order_by("pk")]
    foreign = ReversalState("trr_x", Decimal(36), None)
    said = [
        TransferState(payout.provider_id, PayoutStatus.PAID),
        TransferState(payout.provider_id, PayoutStatus.PAID, reversals=tuple(ours[:1])),
        TransferState(payout.provider_id, PayoutStatus.PAID, reversals=tuple(ours)),
        TransferState(payout.provider_id, PayoutStatus.RETURNED, reversals=(foreign, *ours)),
    ]
    ends = set()
    for order in permutations(said + said[1:2]):
        with transaction.atomic():
            for state in order:
                payouts.apply_transfer(payout.pk, state)
            ends.add(
                (
                    Payout.objects.get().status,
                    tuple(sorted(Reversal.objects.values_list("status", flat=True))),
                    tuple(sorted(Earning.objects.values_list("source", "status", "payout"))),
                    tuple(sorted((key, amount) for key, amount in ledger.balances().items() if amount)),
                )
            )
            assert checking.problems() == []
            transaction.set_rollback(True)

    assert len(ends) == 1
    assert ends.pop()[0] == PayoutStatus.RETURNED
    SandboxGateway().return_transfer(payout.provider_id)
    work_off()


class TestReconciling:
    def test_finds_a_reversal_that_only_the_provider_knows_of(self, payee, admin):
        payout, [line] = paid_out(payee)
        give_back(line, admin)
        reversal = Reversal.objects.get()
        asked = {"amount": reversal.amount, "currency": "USD", "our_id": reversal.pk, "key": "k"}
        SandboxGateway().reverse_transfer(payout.provider_id, **asked)
        ProviderEvent.objects.all().delete()
        Payout.objects.update(updated_at=timezone.now() - timedelta(days=90))

        found = [one for one in differences(since=timezone.now() - timedelta(hours=1)) if "Reversal" in one.sentence]

        assert [one.sentence for one in found] == [
            f"Reversal {reversal.pk} of payout {payout.pk} is pending here and succeeded there."
        ]
        found[0].mend()
        reversal.refresh_from_db()
        assert reversal.status == ReversalStatus.SUCCEEDED

    def test_looks_up_a_call_that_was_given_up_before_it_is_made_again(self, payee, admin):
        payout, [line] = paid_out(payee)
        give_back(line, admin)
        call, reversal = ProviderCall.objects.get(kind=CallKind.REVERSAL), Reversal.objects.get()
        ProviderCall.objects.filter(pk=call.pk).update(state="dead", attempts=12)
        call.refresh_from_db()
        assert resolve_call(call).state == "due"

        asked = {"amount": reversal.amount, "currency": "USD", "our_id": reversal.pk, "key": "k"}
        SandboxGateway().reverse_transfer(payout.provider_id, **asked)
        assert resolve_call(call).state == "done"
        reversal.refresh_from_db()
        assert reversal.status == ReversalStatus.SUCCEEDED

    def test_names_what_it_does_not_know(self, payee, admin):
        payout, _ = paid_out(payee)
        asked = {"amount": Decimal(5), "currency": "USD", "our_id": None, "key": "k"}
        SandboxGateway().reverse_transfer(payout.provider_id, **asked)
        there = SandboxObject.objects.get(kind="transfer").data["reversals"][0]["id"]

        found = [one.sentence for one in differences(since=timezone.now() - timedelta(hours=1))]

        assert f"Reversal {there} of 5.00 USD of payout {payout.pk} is unknown here." in found


def test_a_sum_that_was_taken_back_and_is_not_in_the_ledger_is_named(payee):
    reversal = ReversalFactory(status=ReversalStatus.SUCCEEDED)
    assert (
        f"Of tutor {reversal.payout.tutor_id}'s payouts 8.00 USD were taken back, by the ledger 0.00 USD."
        in checking.problems()
    )
    Reversal.objects.all().delete()
