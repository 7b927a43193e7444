"""What tutors have earned reaches them: once, in full, and not before it may (R-PO-1 to R-PO-4)."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import TutorStatus
from audit.models import AuditEntry
from bookings.models import Booking
from bookings.services import attendance, money
from bookings.services.disputes import resolve_dispute
from common.errors import Conflict, Forbidden, Invalid, InvalidTransition, NotFound
from common.money import is_movable, step_of
from payments.errors import DisputeOpen
from payments.gateways.base import GatewayRefused, GatewayUnavailable, TransferState
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_events import body_of, sign
from payments.models import (
    Account,
    Earning,
    EarningKind,
    EarningStatus,
    Payout,
    PayoutAccount,
    PayoutStatus,
    ProviderCall,
    ProviderEvent,
    SandboxObject,
    Verdict,
)
from payments.models.payout import PAYOUT_TRANSITIONS
from payments.services import adjustments, checking, disputes, ledger, payouts, payouts_due, refunds, webhooks
from payments.services.earning import split
from tests.factories import (
    AdminFactory,
    DisputeFactory,
    EarningFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    StudentFactory,
    TutorProfileFactory,
)
from tests.payments.conftest import balance, told, work_off

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def payee():
    """A tutor whose account is enabled."""
    return PayoutAccountFactory().tutor


@pytest.fixture
def short():
    """The same, and its account holds nothing any more: what was paid out cannot be taken back from it."""
    return PayoutAccountFactory(provider_id="acct_short").tutor


@pytest.fixture
def admin():
    return AdminFactory()


def earn(tutor, gross, currency="USD", **fields):
    """A lesson of which the tutor has everything."""
    return EarningFactory(tutor=tutor, gross=Decimal(gross), currency=currency, percent=Decimal(0), **fields)


def run(**narrowed):
    made = payouts.run_payouts(actor=None, **narrowed)
    work_off()
    return [again(payout) for payout in made]


def again(row):
    return type(row).objects.get(pk=row.pk)


def owed(tutor, currency="USD"):
    """By the earnings; the ledger has to say the same."""
    rows = Earning.objects.filter(tutor=tutor, currency=currency).exclude(status=EarningStatus.PAID)
    return sum(rows.values_list("net", flat=True), Decimal(0))


def assert_agreed(tutor, currency="USD"):
    assert ledger.owed_to(tutor, currency) == owed(tutor, currency)


def transfers():
    return SandboxObject.objects.filter(kind="transfer")


class TestWhatIsPaidOut:
    def test_is_all_that_is_available_and_the_tutor_hears_of_it(self, payee):
        lines = [earn(payee, "30.10"), earn(payee, "12.15")]

        [payout] = run()

        assert (payout.status, payout.amount, payout.currency) == (PayoutStatus.PAID, Decimal("42.25"), "USD")
        assert {again(line).status for line in lines} == {EarningStatus.PAID}
        assert list(payout.lines.order_by("pk")) == lines
        assert balance(Account.TUTOR_PAYABLE) == 0
        assert told(payee.user) == ["payout_paid"]
        assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["payout.made", "payout.paid"]
        assert_agreed(payee)

    def test_waits_for_72_hours(self, payee):
        ends = timezone.now() + HOUR
        line = earn(payee, 50, status=EarningStatus.PENDING, available_at=ends)

        assert run() == []
        Earning.objects.filter(pk=line.pk).update(available_at=timezone.now())

        assert [payout.amount for payout in run()] == [50]

    @pytest.mark.parametrize(
        ("net", "currency", "is_paid"),
        [
            *(("19.99", "USD", False), ("20.00", "USD", True), ("20.01", "USD", True)),
            *(("19", "JPY", False), ("20", "JPY", True), ("19.999", "KWD", False), ("20.000", "KWD", True)),
        ],
    )
    def test_is_twenty_units_of_the_currency_at_least(self, payee, net, currency, is_paid):
        earn(payee, net, currency)

        assert bool(run()) == is_paid
        assert_agreed(payee, currency)

    def test_is_never_added_up_across_currencies(self, payee):
        earn(payee, "15.00", "USD")
        earn(payee, "15.00", "EUR")

        assert run() == []

    def test_is_a_payout_for_each_currency_in_its_own_digits(self, payee):
        for net, currency in (("10.005", "KWD"), ("11.007", "KWD"), ("2500", "JPY"), ("20.35", "USD")):
            earn(payee, net, currency)

        made = {payout.currency: payout for payout in run()}

        assert {currency: payout.amount for currency, payout in made.items()} == {
            "JPY": Decimal(2500), "KWD": Decimal("21.012"), "USD": Decimal("20.35"),
        }  # fmt: skip
        assert {row.data["amount"] for row in transfers()} == {"2500.000", "21.012", "20.350"}
        for currency in made:
            assert_agreed(payee, currency)
            assert balance(Account.TUTOR_PAYABLE, currency) == 0

    def test_needs_an_account_that_is_enabled(self, payee, settings):
        settings.PAYMENT_PROVIDER = "stripe"
        earn(payee, 50)
        earn(TutorProfileFactory(), 50)
        PayoutAccount.objects.update(is_enabled=False)

        assert run() == []

    @pytest.mark.parametrize(
        ("status", "is_paid"), [(TutorStatus.APPROVED, True), (TutorStatus.PENDING_APPROVAL, False)]
    )
    def test_an_approved_tutor_has_an_account_in_the_sandbox_when_it_is_needed(self, status, is_paid):
        tutor = TutorProfileFactory(status=status)
        earn(tutor, 50)

        assert bool(run()) == is_paid
        assert PayoutAccount.objects.filter(tutor=tutor, provider="sandbox").exists() == is_paid

    def test_nothing_of_a_tutor_who_is_suspended(self, payee):
        earn(payee, 50)
        type(payee).objects.update(status=TutorStatus.SUSPENDED)

        assert run() == []

    def test_nothing_that_is_disputed(self, payee):
        frozen, free = earn(payee, 50, is_frozen=True), earn(payee, 30)

        [payout] = run()

        assert list(payout.lines.all()) == [free]
        assert again(frozen).status == EarningStatus.AVAILABLE

    def test_is_of_one_tutor_where_one_is_named(self, payee):
        other = PayoutAccountFactory().tutor
        earn(payee, 50)
        earn(other, 50)

        assert [payout.tutor for payout in run(tutor_id=payee.pk)] == [payee]

    def test_is_what_was_available_before_the_end_of_the_period(self, payee):
        old, new = earn(payee, 50, available_at=timezone.now() - 48 * HOUR), earn(payee, 30)

        [payout] = run(period_end=timezone.now() - 24 * HOUR)

        assert list(payout.lines.all()) == [old]
        assert again(new).status == EarningStatus.AVAILABLE

    def test_is_less_by_what_is_owed_also_if_that_is_newer_than_the_period(self, payee, admin):
        earn(payee, 80, available_at=timezone.now() - 7 * 24 * HOUR)
        debt = adjustments.propose(payee.pk, Decimal(-50), "USD", reason="paid twice", actor=admin).earning
        new = earn(payee, 40)
        period_end = timezone.now() - 24 * HOUR

        assert [due.amount for due in payouts_due.list_due(period_end=period_end)] == [30]
        [payout] = run(period_end=period_end)

        assert (payout.amount, payout.status) == (30, PayoutStatus.PAID)
        assert (again(debt).payout, again(new).payout) == (payout, None)
        assert checking.problems() == []

    def test_a_second_run_pays_nothing_twice(self, payee):
        earn(payee, 50)

        assert (len(run()), len(run()), transfers().count()) == (1, 0, 1)

    def test_there_is_one_open_payout_for_each_tutor_and_currency(self, payee, admin):
        earn(payee, 50)
        [waiting] = payouts.run_payouts(actor=admin)
        payouts.hold(waiting.pk, actor=admin, reason="who is this?")
        earn(payee, 60)
        earn(payee, 70, "EUR")

        assert [payout.currency for payout in run()] == ["EUR"]

    def test_the_database_allows_one_open_payout_only(self, payee):
        PayoutFactory(tutor=payee)

        with pytest.raises(IntegrityError, match="payout_one_open|UNIQUE"), transaction.atomic():
            Payout.objects.create(tutor=payee, amount=1, currency="USD", period_end=timezone.now(), provider="sandbox")

    def test_only_admins_run_payouts(self, payee):
        earn(payee, 50)

        with pytest.raises(Forbidden):
            payouts.run_payouts(actor=payee.user)

        assert not Payout.objects.exists()


class TestOnesOwn:
    @pytest.fixture
    def own(self, admin):
        """An admin who teaches, too."""
        return PayoutAccountFactory(tutor__user=admin).tutor

    def test_waits_for_another_admin_in_a_run_over_everybody(self, own, payee, admin):
        mine, somebodys = earn(own, 50), earn(payee, 50)

        made = payouts.run_payouts(actor=admin)

        assert [list(payout.lines.all()) for payout in made] == [[somebodys]]
        assert again(mine).status == EarningStatus.AVAILABLE
        assert [payout.tutor for payout in payouts.run_payouts(actor=AdminFactory())] == [own]
        assert checking.problems() == []

    def test_is_paid_out_by_nobody_who_asks_for_it_alone(self, own, admin):
        earn(own, 50)

        with pytest.raises(Forbidden, match="party"):
            payouts.run_payouts(actor=admin, tutor_id=own.pk)

        assert not Payout.objects.exists()

    def test_is_paid_by_the_nightly_run(self, own):
        earn(own, 50)

        assert [payout.status for payout in run()] == [PayoutStatus.PAID]

    @pytest.mark.parametrize(
        ("deed", "status"),
        [(payouts.hold, "scheduled"), (payouts.let_go, "on_hold"), (payouts.call_off, "scheduled")],
    )
    def test_is_neither_held_nor_let_go_nor_called_off_by_its_tutor(self, own, admin, deed, status):
        payout = PayoutFactory(tutor=own, status=status)

        with pytest.raises(Forbidden, match="party"):
            deed(payout.pk, actor=admin, reason="mine")

        assert again(payout).status == status
        deed(payout.pk, actor=AdminFactory(), reason="somebody else's")
        assert again(payout).status != status


class TestRefundsAfterwards:
    def pay_for(self, tutor, gross):
        payment = PaymentFactory(tutor=tutor, amount=Decimal(gross))
        return EarningFactory(tutor=tutor, gross=Decimal(gross), payment=payment)

    def test_what_is_given_back_before_the_payout_is_not_paid_out(self, payee, admin):
        line = self.pay_for(payee, 100)

        refunds.refund_payment(line.payment_id, actor=admin, amount=Decimal(50), reason="half")

        [payout] = run()
        assert payout.amount == 40
        assert_agreed(payee)

    def test_what_was_paid_out_is_taken_from_what_comes_next(self, short, admin):
        line = self.pay_for(short, 100)
        run()

        refunds.refund_payment(line.payment_id, actor=admin, amount=Decimal(50), reason="half")
        work_off()

        correction = Earning.objects.get(kind=EarningKind.ADJUSTMENT)
        assert (correction.gross, correction.commission, correction.net) == (-50, -10, -40)
        assert ledger.owed_to(short, "USD") == -40
        assert_agreed(short)
        self.pay_for(short, 125)
        [payout] = run()
        assert payout.amount == 60
        assert_agreed(short)

    def test_a_debt_is_carried_forward_until_enough_was_earned(self, short, admin):
        line = self.pay_for(short, 100)
        run()
        refunds.refund_payment(line.payment_id, actor=admin, reason="all")
        work_off()
        self.pay_for(short, 50)

        assert (run(), ledger.owed_to(short, "USD")) == ([], -40)

        self.pay_for(short, 75)
        assert [payout.amount for payout in run()] == [20]
        assert_agreed(short)

    def test_of_a_currency_with_thousandths_leave_what_can_be_paid_out(self, payee, admin):
        payment = EarningFactory(tutor=payee, gross=Decimal("30.130"), currency="KWD").payment

        with pytest.raises(Invalid):
            refunds.refund_payment(payment.pk, actor=admin, amount=Decimal("2.565"), reason="half an hour")
        refunds.refund_payment(payment.pk, actor=admin, amount=Decimal("2.570"), reason="half an hour")
        [payout] = run()

        line = Earning.objects.get()
        assert (line.gross, line.commission, line.net) == (Decimal("27.560"), Decimal("5.510"), Decimal("22.050"))
        assert (payout.amount, payout.status) == (line.net, PayoutStatus.PAID)
        assert checking.problems() == []

    def test_while_the_money_is_on_its_way_it_counts_as_paid(self, payee, admin):
        line = self.pay_for(payee, 100)
        [payout] = payouts.run_payouts(actor=None)

        refunds.refund_payment(line.payment_id, actor=admin, amount=Decimal(25), reason="a quarter")

        assert again(payout).amount == 80
        assert sum(payout.lines.values_list("net", flat=True)) == 80
        assert ledger.owed_to(payee, "USD") == 60
        assert_agreed(payee)


class TestWhenItFails:
    def test_its_amounts_are_available_again_and_the_tutor_is_told(self):
        payee = PayoutAccountFactory(provider_id="acct_fails").tutor
        line = earn(payee, 50)

        [payout] = run()

        assert (payout.status, payout.failure) == (PayoutStatus.FAILED, "account_closed")
        assert (again(line).status, again(line).payout) == (EarningStatus.AVAILABLE, None)
        assert told(payee.user) == ["payout_failed"]
        assert balance(Account.TUTOR_PAYABLE) == -50
        assert_agreed(payee)
        PayoutAccount.objects.update(provider_id="acct_works")
        assert [payout.status for payout in run()] == [PayoutStatus.PAID]

    def test_a_refusal_is_a_failure(self, payee, monkeypatch):
        def refuse(*args, **kwargs):
            raise GatewayRefused("account_invalid", "No such account.")

        monkeypatch.setattr(SandboxGateway, "transfer", refuse)
        earn(payee, 50)

        [payout] = run()

        assert (payout.status, payout.failure) == (PayoutStatus.FAILED, "account_invalid")
        assert_agreed(payee)

    def test_no_answer_is_no_failure_and_is_asked_again_with_the_same_key(self, payee, monkeypatch):
        keys = []
        transfer = SandboxGateway.transfer

        def lose_the_first_answer(self, *args, key, **named):
            state = transfer(self, *args, key=key, **named)
            keys.append(key)
            if len(keys) == 1:
                raise GatewayUnavailable
            return state

        monkeypatch.setattr(SandboxGateway, "transfer", lose_the_first_answer)
        earn(payee, 50)
        [payout] = run()
        assert payout.status == PayoutStatus.PROCESSING
        ProviderCall.objects.update(due_at=timezone.now())

        work_off()

        assert again(payout).status == PayoutStatus.PAID
        assert keys == [keys[0]] * 2
        assert keys[0].startswith(f"payout:{payout.pk}:")
        assert transfers().count() == 1

    @pytest.mark.parametrize("step", ["gateway_of", "apply_transfer", "_paid"])
    def test_a_worker_that_is_killed_between_two_steps_pays_nothing_twice(self, payee, monkeypatch, step):
        earn(payee, 50)
        [payout] = payouts.run_payouts(actor=None)
        call = ProviderCall.objects.get()

        def die(*args, **kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(payouts, step, die)
            with pytest.raises(KeyboardInterrupt):
                work_off()
        assert again(payout).status == PayoutStatus.PROCESSING
        ProviderCall.objects.update(leased_until=None)  # another worker takes over when the lease is over
        work_off()

        assert (again(payout).status, again(call).state) == (PayoutStatus.PAID, "done")
        assert transfers().count() == 1
        assert balance(Account.TUTOR_PAYABLE) == 0
        assert told(payee.user) == ["payout_paid"]

    def test_money_that_the_tutors_bank_sends_back_is_owed_again(self, payee):
        line = earn(payee, 50)
        [payout] = run()

        SandboxGateway().return_transfer(payout.provider_id)
        work_off()

        assert again(payout).status == PayoutStatus.RETURNED
        assert again(line).status == EarningStatus.AVAILABLE
        assert (balance(Account.TUTOR_PAYABLE), balance(Account.PROCESSOR)) == (-50, 50)
        assert told(payee.user) == ["payout_paid", "payout_failed"]
        assert_agreed(payee)
        [second] = run()
        assert (second.status, list(second.lines.all())) == (PayoutStatus.PAID, [line])

    def test_that_it_came_back_is_noticed_without_an_event_too(self, payee):
        earn(payee, 50)
        [payout] = run()
        SandboxGateway().return_transfer(payout.provider_id)
        ProviderEvent.objects.all().delete()

        payouts.refresh(again(payout))

        assert again(payout).status == PayoutStatus.RETURNED

    def test_of_one_that_has_no_transfer_yet_there_is_nothing_to_ask(self, payee):
        payout = PayoutFactory(tutor=payee)

        assert payouts.refresh(payout).status == PayoutStatus.SCHEDULED

    def test_the_statement_of_what_was_paid_stays_as_it_was(self, payee):
        line = EarningFactory(tutor=payee)
        [payout] = run()
        expected = [
            {
                "earning_id": line.pk, "kind": "lesson", "source": line.source, "description": "Lesson of 1 June 2026",
                "gross": "45.00", "commission": "9.00", "net": "36.00", "currency": "USD",
            }
        ]  # fmt: skip
        assert payout.statement == expected

        payouts.apply_transfer(payout.pk, TransferState(payout.provider_id, PayoutStatus.RETURNED, "closed"))

        assert again(payout).statement == expected

    @pytest.mark.parametrize("held", sorted(PayoutStatus))
    @pytest.mark.parametrize(
        "said", [PayoutStatus.PROCESSING, PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED]
    )
    def test_what_the_provider_says_is_applied_only_where_the_machine_allows_it(self, held, said):
        payout = PayoutFactory(status=held)

        payouts.apply_transfer(payout.pk, TransferState("tr_1", said, ""))
        payouts.apply_transfer(payout.pk, TransferState("tr_1", said, ""))

        moves = said in PAYOUT_TRANSITIONS.get(held, ()) and said != PayoutStatus.PROCESSING
        assert again(payout).status == (said if moves else held)
        assert_agreed(payout.tutor)


class TestEventsOfTransfers:
    def deliver(self, kind, data):
        body = body_of(kind, data)
        event = webhooks.take_in("sandbox", body, {"Sandbox-Signature": sign(body)})
        work_off()
        return again(event)

    def test_are_applied_to_the_payout(self, payee):
        earn(payee, 50)
        [payout] = run()

        event = self.deliver("transfer.updated", {"id": payout.provider_id})

        assert (event.verdict, event.outcome) == (Verdict.APPLIED, f"payout {payout.pk}")

    def test_wait_for_a_payout_whose_answer_is_still_on_its_way(self):
        event = self.deliver("transfer.created", {"id": "tr_unknown"})
        assert (event.state, event.outcome) == ("due", "no such payout here yet")

        ProviderEvent.objects.update(created_at=timezone.now() - 25 * HOUR, due_at=timezone.now())
        work_off()

        assert (again(event).state, again(event).verdict) == ("done", Verdict.IGNORED)

    @pytest.mark.parametrize("data", [{"id": "po_1"}, {"id": ""}])
    def test_about_the_providers_own_payouts_are_ignored(self, data):
        PayoutFactory()

        event = self.deliver("payout.paid", data | {"payment_ref": ""})

        assert (event.state, event.verdict) == ("done", Verdict.IGNORED)


class TestOnHold:
    @pytest.fixture
    def scheduled(self, payee):
        earn(payee, 50)
        [payout] = payouts.run_payouts(actor=None)
        return payout

    def test_it_waits_and_is_sent_when_it_is_let_go(self, scheduled, admin):
        payouts.hold(scheduled.pk, actor=admin, reason="a new account")
        work_off()
        held = again(scheduled)
        assert (held.status, held.hold_reason, held.held_by) == (PayoutStatus.ON_HOLD, "a new account", admin)
        assert ProviderCall.objects.get().state == "due"

        payouts.let_go(scheduled.pk, actor=admin, reason="it is right")
        work_off()

        sent = again(scheduled)
        assert (sent.status, sent.hold_reason, sent.held_by) == (PayoutStatus.PAID, "", None)
        reasons = AuditEntry.objects.filter(action__in=["payout.held", "payout.released"]).order_by("pk")
        assert [entry.reason for entry in reasons] == ["a new account", "it is right"]

    def test_it_can_be_called_off_and_its_amounts_are_available_again(self, scheduled, admin):
        payouts.hold(scheduled.pk, actor=admin, reason="a new account")

        payouts.call_off(scheduled.pk, actor=admin, reason="a wrong account")
        work_off()

        assert (again(scheduled).status, again(scheduled).failure) == (PayoutStatus.FAILED, "a wrong account")
        assert not transfers().exists()
        assert [payout.amount for payout in run()] == [50]

    @pytest.mark.parametrize("deed", [payouts.hold, payouts.let_go, payouts.call_off])
    def test_it_needs_an_admin_a_reason_and_a_payout(self, scheduled, admin, deed):
        with pytest.raises(Forbidden):
            deed(scheduled.pk, actor=scheduled.tutor.user, reason="mine")
        with pytest.raises(Invalid):
            deed(scheduled.pk, actor=admin, reason=" ")
        with pytest.raises(NotFound):
            deed(0, actor=admin, reason="x")
        assert again(scheduled).status == PayoutStatus.SCHEDULED

    @pytest.mark.parametrize(
        ("deed", "status", "refusal"),
        [
            *((payouts.hold, status, InvalidTransition) for status in ("processing", "on_hold", "paid", "failed")),
            *((payouts.let_go, status, InvalidTransition) for status in ("scheduled", "processing", "paid", "failed")),
            *((payouts.call_off, status, Conflict) for status in ("processing", "paid", "failed", "returned")),
        ],
    )
    def test_what_is_not_possible_in_its_state_is_refused(self, admin, deed, status, refusal):
        payout = PayoutFactory(status=status)

        with pytest.raises(refusal):
            deed(payout.pk, actor=admin, reason="x")

        assert again(payout).status == status

    def test_a_tutor_who_is_suspended_in_the_meantime_has_to_wait(self, scheduled):
        type(scheduled.tutor).objects.update(status=TutorStatus.SUSPENDED)
        work_off()
        assert again(scheduled).status == PayoutStatus.SCHEDULED
        assert ProviderCall.objects.get().outcome == "the tutor is suspended"

        type(scheduled.tutor).objects.update(status=TutorStatus.APPROVED)
        ProviderCall.objects.update(due_at=timezone.now())
        work_off()

        assert again(scheduled).status == PayoutStatus.PAID

    def test_nothing_is_sent_to_an_account_that_was_disabled_in_the_meantime(self, scheduled):
        PayoutAccount.objects.update(is_enabled=False)

        work_off()

        assert again(scheduled).status == PayoutStatus.SCHEDULED
        assert not transfers().exists()


class TestDisputed:
    @pytest.fixture
    def line(self, payee):
        return EarningFactory(tutor=payee)

    def dispute(self, line):
        return disputes.open_dispute(line.payment_id, actor=line.payment.payer, reason="bad")

    def decide(self, dispute, admin, refund=0):
        disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(refund), reason="heard both")

    def test_a_payout_that_was_not_sent_is_kept_until_it_is_decided(self, line, admin):
        [payout] = payouts.run_payouts(actor=None)
        dispute = self.dispute(line)
        work_off()
        assert (again(payout).status, transfers().count()) == (PayoutStatus.ON_HOLD, 0)

        self.decide(dispute, admin)
        work_off()

        assert (again(payout).status, transfers().count()) == (PayoutStatus.PAID, 1)
        assert_agreed(line.tutor)

    def test_what_the_student_gets_back_is_never_sent_and_the_rest_is_in_the_next_payout(self, line, admin):
        EarningFactory(tutor=line.tutor)
        [payout] = payouts.run_payouts(actor=None)
        dispute = self.dispute(line)

        self.decide(dispute, admin, refund=25)
        work_off()

        assert (again(payout).status, transfers().count()) == (PayoutStatus.FAILED, 0)
        assert ledger.owed_to(line.tutor, "USD") == 36 + 36 - 20
        [second] = run()
        assert (second.amount, second.lines.count()) == (52, 3)
        assert_agreed(line.tutor)

    def test_nobody_sends_it_while_it_is_disputed(self, line, admin):
        [payout] = payouts.run_payouts(actor=None)
        self.dispute(line)

        with pytest.raises(DisputeOpen):
            payouts.let_go(payout.pk, actor=admin, reason="hurry")

        assert again(payout).status == PayoutStatus.ON_HOLD

    def test_the_other_lessons_are_paid_when_it_is_called_off(self, line, admin):
        other = EarningFactory(tutor=line.tutor)
        [payout] = payouts.run_payouts(actor=None)
        self.dispute(line)

        payouts.call_off(payout.pk, actor=admin, reason="the other lesson is not disputed")

        [second] = run()
        assert list(second.lines.all()) == [other]

    def test_what_an_admin_keeps_is_not_sent_because_a_dispute_is_over(self, line, admin):
        [payout] = payouts.run_payouts(actor=None)
        payouts.hold(payout.pk, actor=admin, reason="is this a person?")
        dispute = self.dispute(line)

        self.decide(dispute, admin)

        assert again(payout).status == PayoutStatus.ON_HOLD

    def test_it_waits_until_the_last_of_its_lessons_is_decided(self, line, admin):
        other = EarningFactory(tutor=line.tutor)
        [payout] = payouts.run_payouts(actor=None)
        first, second = self.dispute(line), self.dispute(other)

        self.decide(first, admin)
        assert again(payout).status == PayoutStatus.ON_HOLD
        self.decide(second, admin)

        assert again(payout).status == PayoutStatus.SCHEDULED

    def test_a_lesson_that_came_to_be_disputed_while_the_payout_was_made_keeps_it(self, line):
        [payout] = payouts.run_payouts(actor=None)
        Earning.objects.update(is_frozen=True)  # as by a dispute that did not see the payout yet
        DisputeFactory(payment=line.payment)

        work_off()

        assert (again(payout).status, transfers().count()) == (PayoutStatus.ON_HOLD, 0)
        assert again(payout).held_by is None


def test_a_lesson_that_is_disputed_as_a_lesson_too_stays_frozen(confirmed, pay, clock, admin):
    booking = confirmed(hours=72)
    payment = pay(booking)
    clock.shift(timedelta(hours=72, minutes=40))
    attendance.complete_booking(booking.pk, actor=booking.tutor.user)
    dispute = disputes.open_dispute(payment.pk, actor=booking.student, reason="bad")
    Booking.objects.filter(pk=booking.pk).update(dispute_state="open")

    disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(0), reason="of the payment")

    assert Earning.objects.get().is_frozen


@pytest.mark.parametrize(("back", "status"), [(0, PayoutStatus.SCHEDULED), (50, PayoutStatus.FAILED)])
def test_a_payout_goes_on_or_is_made_anew_when_payment_and_lesson_are_no_longer_disputed(
    confirmed, pay, clock, admin, back, status
):
    booking = confirmed(hours=72)
    payment = pay(booking)
    clock.shift(timedelta(hours=72, minutes=40))
    attendance.complete_booking(booking.pk, actor=booking.tutor.user)
    PayoutAccountFactory(tutor=booking.tutor)
    clock.shift(timedelta(hours=73))
    payouts.release_earnings(now=timezone.now())
    [payout] = payouts.run_payouts(actor=None)
    dispute = disputes.open_dispute(payment.pk, actor=booking.student, reason="bad")
    Booking.objects.filter(pk=booking.pk).update(dispute_state="open")
    disputes.decide_dispute(dispute.pk, actor=admin, refund=Decimal(0), reason="of the payment")
    assert again(payout).status == PayoutStatus.ON_HOLD

    resolve_dispute(booking.pk, actor=admin, result="completed", refund_percent=back, reason="of the lesson")

    assert again(payout).status == status
    assert not Earning.objects.filter(is_frozen=True).exists()


class TestSplitting:
    def test_conserves_every_cent_in_10_000_cases(self):
        chance = random.Random(7)
        for _ in range(10_000):
            currency, digits = chance.choice([("JPY", 0), ("USD", 2), ("KWD", 3)])
            gross = Decimal(chance.randint(1, 10**7)).scaleb(-digits)
            percent = Decimal(chance.randint(0, 10_000)).scaleb(-2)

            commission, net = split(gross, percent, currency)

            assert commission + net == gross
            assert 0 <= commission <= gross
            assert commission in (gross, commission.quantize(step_of(currency)))
            assert abs(commission - gross * percent / 100) <= step_of(currency) / 2

    @pytest.mark.parametrize(
        ("gross", "percent", "currency", "commission"),
        [("0.05", 50, "USD", "0.03"), ("5", 50, "JPY", "3"), ("0.030", 50, "KWD", "0.020"), ("45.00", 20, "USD", "9")],
    )
    def test_rounds_the_platforms_share_once_half_up(self, gross, percent, currency, commission):
        assert split(Decimal(gross), Decimal(percent), currency)[0] == Decimal(commission)

    def test_the_lessons_of_a_package_earn_exactly_its_price_in_10_000_cases(self, monkeypatch):
        chance = random.Random(8)
        for _ in range(10_000 // 20):
            currency, digits = chance.choice([("JPY", 0), ("USD", 2), ("KWD", 3)])
            price = Decimal(chance.randint(1, 10**6)).scaleb(-digits)
            shares = shares_of(monkeypatch, price, chance.randint(1, 40), currency)

            assert sum(shares) == price
            assert all(is_movable(share, currency) for share in shares[:-1])
            assert max(shares) - min(shares) <= step_of(currency) * (1 if is_movable(price, currency) else 2)


def shares_of(monkeypatch, price, lessons, currency):
    """What each lesson of a package earns, one after the other; counted here, not in the database."""
    earned: dict[str, Decimal] = {}

    class Purchase:
        pk, session_count = 1, lessons

    Purchase.price, Purchase.currency = price, currency
    monkeypatch.setattr(money, "_earned_by_source", lambda purchase: earned)
    for number in range(lessons):
        earned[f"booking:{number}"] = money._share(Purchase, f"booking:{number}")
    return list(earned.values())


def test_a_student_has_nothing_to_do_with_payouts():
    with pytest.raises(Forbidden):
        payouts.run_payouts(actor=StudentFactory())
