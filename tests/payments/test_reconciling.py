"""`manage.py reconcile_payments`: each difference in one sentence, and the provider's word taken where that helps."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import (
    Payment,
    PaymentStatus,
    Payout,
    PayoutStatus,
    ProviderCall,
    ProviderEvent,
    Refund,
    RefundStatus,
    SandboxObject,
)
from payments.services import calls, intents, payouts, refunds
from tests.factories import (
    AdminFactory,
    BookingFactory,
    EarningFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
)
from tests.payments.conftest import work_off

pytestmark = pytest.mark.django_db


def reconcile(*options):
    """What is written, and what it ends with."""
    out, err = StringIO(), StringIO()
    try:
        call_command("reconcile_payments", *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def again(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def paid(pay):
    return pay(BookingFactory())


def lose_events():
    """What the provider said never came."""
    ProviderEvent.objects.all().delete()


def change_there(payment, **changes):
    row = SandboxObject.objects.get(pk=payment.provider_id)
    row.data |= changes
    row.save()


def test_where_nothing_differs_it_says_so(paid):
    refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
    SandboxGateway().open_dispute(paid.provider_id)
    EarningFactory(tutor=PayoutAccountFactory().tutor)
    payouts.run_payouts(actor=None)
    work_off()
    Payment.objects.exclude(pk=paid.pk).update(provider_id="", status="canceled", captured_amount=0)

    assert reconcile() == (["Nothing differs, 0 differences were taken over"], "")


def test_a_payment_whose_events_were_lost_is_explained_and_taken_over():
    booking = BookingFactory()
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)
    SandboxGateway().confirm(payment.provider_id, payment_method="pm_card_visa", key="x")
    lose_events()
    sentences = [
        f"Payment {payment.pk} is requires payment here and succeeded there.",
        f"Of payment {payment.pk} 0.00 USD were taken by what is known here, 45.00 USD there.",
        f"Of payment {payment.pk} the provider has kept 1.31 USD, of which nothing here says.",
    ]

    assert reconcile() == (sentences, "3 differences are left, 0 were taken over")
    assert again(payment).status == PaymentStatus.REQUIRES_PAYMENT

    lines, error = reconcile("--apply")

    # With the first the provider's whole word is taken over, the fee with it.
    assert lines == [f"{sentence} Taken over." for sentence in sentences[:2]] + [
        "Nothing differs, 2 differences were taken over"
    ]
    assert error == ""
    assert (again(payment).status, again(payment).captured_amount) == (PaymentStatus.SUCCEEDED, 45)
    assert reconcile()[1] == ""


def test_a_payment_whose_answer_was_lost_is_found_by_the_number_that_it_carries():
    booking = BookingFactory()
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)
    Payment.objects.filter(pk=payment.pk).update(provider_id="")

    [line], _ = reconcile()
    assert line == f"Payment {payment.pk} is {payment.provider_id} there, and nothing here says so."
    reconcile("--apply")

    assert again(payment).provider_id == payment.provider_id
    assert reconcile()[1] == ""


def test_what_is_there_and_not_here_is_named():
    state = SandboxGateway().create_intent(
        amount=Decimal(30), currency="USD", is_manual=False, payment_ref="999999", description="", key="k"
    )

    assert reconcile("--apply") == (
        [f"{state.id} of 30.00 USD, requires payment there, is unknown here."],
        "1 differences are left, 0 were taken over",
    )


def test_what_is_here_and_not_there_is_named():
    payment, never_sent = PaymentFactory(), PaymentFactory(provider_id="")
    PaymentFactory(provider_id="", status=PaymentStatus.REQUIRES_PAYMENT)

    assert reconcile("--apply")[0] == [
        f"Payment {payment.pk} is succeeded here and unknown there (resource_missing).",
        f"Payment {never_sent.pk} is succeeded here and never reached the provider.",
    ]


def test_another_amount_is_named_and_never_taken_over(paid):
    change_there(paid, amount="50")

    assert reconcile("--apply") == (
        [f"Payment {paid.pk} is of 45.00 USD here and of 50.00 USD there."],
        "1 differences are left, 0 were taken over",
    )


def test_a_refund_of_the_providers_own_pages_is_taken_over(paid):
    SandboxGateway().refund(paid.provider_id, amount=Decimal(12), currency="USD", our_id=0, key="r")
    lose_events()
    [there] = SandboxGateway().fetch_intent(paid.provider_id).refunds

    assert reconcile("--apply")[0][0] == (
        f"Refund {there.id} of 12.00 USD of payment {paid.pk} is unknown here. Taken over."
    )
    assert again(paid).refunded_amount == 12


def test_a_refund_that_has_arrived_meanwhile_is_taken_over(pay):
    payment = pay(BookingFactory(), method="pm_card_pendingRefund")
    refund = refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
    work_off()
    SandboxGateway().finish_refund(payment.provider_id, again(refund).provider_id, succeeds=True)
    lose_events()

    assert reconcile("--apply")[0][0] == (
        f"Refund {refund.pk} of payment {payment.pk} is pending here and succeeded there. Taken over."
    )
    assert again(refund).status == RefundStatus.SUCCEEDED


def test_another_amount_of_a_refund_is_named(paid):
    refund = refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
    work_off()
    there = SandboxObject.objects.get(pk=paid.provider_id).data["refunds"]
    change_there(paid, refunds=[there[0] | {"amount": "6"}])

    assert reconcile()[0] == [f"Refund {refund.pk} of payment {paid.pk} is of 5.00 USD here and of 6.00 USD there."]


def test_a_refund_that_is_not_there_yet_says_how_far_it_has_come(paid):
    refund = refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")

    assert reconcile()[0] == [
        f"Refund {refund.pk} of payment {paid.pk} is pending here and unknown there: it was asked for 0 times, now due."
    ]
    ProviderCall.objects.all().delete()
    assert reconcile()[0] == [
        f"Refund {refund.pk} of payment {paid.pk} is pending here and unknown there: nobody has asked for it."
    ]


def test_a_dispute_that_nobody_here_knows_of_is_taken_over(paid):
    SandboxGateway().open_dispute(paid.provider_id)
    lose_events()
    [there] = SandboxGateway().fetch_intent(paid.provider_id).disputes

    assert reconcile("--apply")[0][0] == (
        f"Dispute {there.id} of payment {paid.pk} is unknown here and open there. Taken over."
    )
    SandboxGateway().close_dispute(paid.provider_id, there.id, is_won=True)
    lose_events()
    assert f"Dispute {there.id} of payment {paid.pk} is open here and won there." in reconcile()[0]


def test_a_payout_that_came_back_is_taken_over():
    EarningFactory(tutor=PayoutAccountFactory().tutor)
    [payout] = payouts.run_payouts(actor=None)
    work_off()
    SandboxGateway().return_transfer(again(payout).provider_id)
    lose_events()

    lines, _ = reconcile("--apply")

    assert f"Payout {payout.pk} is paid here and returned there. Taken over." in lines
    assert again(payout).status == PayoutStatus.RETURNED


def test_a_payout_that_is_not_there_is_named():
    payout = PayoutFactory(status=PayoutStatus.PAID, provider_id="tr_nowhere")

    assert f"Payout {payout.pk} is paid here and unknown there (resource_missing)." in reconcile("--apply")[0]


def test_what_is_older_is_left_alone_unless_it_was_changed(paid):
    long_ago = timezone.now() - timedelta(days=30)
    SandboxObject.objects.update(created_at=long_ago)
    Payment.objects.update(created_at=long_ago, updated_at=long_ago)
    change_there(paid, amount="50")
    assert reconcile()[1] == ""

    assert len(reconcile("--since", "60")[0]) == 1
    Payment.objects.update(updated_at=timezone.now())
    assert len(reconcile()[0]) == 1


@pytest.mark.parametrize("days", ["0", "-1", "99999"])
def test_days_that_make_no_sense_are_refused(days):
    assert "--since" in reconcile("--since", days)[1]


def test_a_provider_that_does_not_answer_is_no_difference(paid, monkeypatch):
    def away(self, *args, **named):
        raise GatewayUnavailable

    monkeypatch.setattr(SandboxGateway, "intents_since", away)

    assert reconcile() == ([], "The payment provider does not answer. Try again later.")


def test_what_the_provider_will_not_say_is_left(paid, monkeypatch):
    change_there(paid, captured="40")

    def refuse(self, intent_id):
        raise GatewayRefused("resource_missing", "No such intent.")

    monkeypatch.setattr(SandboxGateway, "fetch_intent", refuse)

    assert reconcile("--apply")[1] == "1 differences are left, 0 were taken over"


class TestCallsThatWereGivenUp:
    def give_up(self):
        ProviderCall.objects.filter(state="due").update(state="dead", attempts=12, outcome="GatewayUnavailable()")

    def test_one_that_had_its_effect_is_done(self, paid, monkeypatch):
        refund = refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
        SandboxGateway().refund(paid.provider_id, amount=Decimal(5), currency="USD", our_id=refund.pk, key="lost")
        lose_events()
        self.give_up()

        lines, _ = reconcile()
        assert lines[-1] == (f"The call refund:{refund.pk} was given up after 12 attempts: GatewayUnavailable()")
        reconcile("--apply")

        call = ProviderCall.objects.get()
        assert (call.state, call.outcome) == ("done", "found at the provider")
        assert again(refund).status == RefundStatus.SUCCEEDED

    def test_one_that_had_none_is_made_again_with_the_same_key(self, paid):
        refund = refunds.refund_payment(paid.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
        key = ProviderCall.objects.get().key
        self.give_up()

        reconcile("--apply")
        call = ProviderCall.objects.get()
        assert (call.state, call.attempts, call.key) == ("due", 0, key)
        work_off()

        assert again(refund).status == RefundStatus.SUCCEEDED
        assert len(SandboxGateway().fetch_intent(paid.provider_id).refunds) == 1

    def test_a_payout_whose_answer_was_lost_is_made_once(self):
        EarningFactory(tutor=PayoutAccountFactory().tutor)
        [payout] = payouts.run_payouts(actor=None)
        Payout.objects.update(status=PayoutStatus.PROCESSING)
        SandboxGateway().transfer(
            payout.tutor.payout_account.provider_id,
            amount=payout.amount, currency="USD", our_id=payout.pk, key=calls._key(ProviderCall.objects.get()),
        )  # fmt: skip
        self.give_up()

        reconcile("--apply")
        work_off()

        assert again(payout).status == PayoutStatus.PAID
        assert SandboxObject.objects.filter(kind="transfer").count() == 1

    def test_one_about_something_that_is_over_is_done(self, book, pay):
        payment = pay(book())
        SandboxGateway().void(payment.provider_id, key="elsewhere")
        lose_events()
        ProviderCall.objects.create(
            kind="void", key=f"void:{payment.pk}", payment=payment, state="dead", due_at=timezone.now()
        )

        reconcile("--apply")

        assert ProviderCall.objects.get().state == "done"
        assert again(payment).status == PaymentStatus.CANCELED

    def test_a_payout_that_is_over_needs_no_call(self):
        payout = PayoutFactory(status=PayoutStatus.PAID)
        ProviderCall.objects.create(kind="transfer", key="payout:1", payout=payout, state="dead", due_at=timezone.now())

        reconcile("--apply")

        assert ProviderCall.objects.get().state == "done"
        assert not Refund.objects.exists()
