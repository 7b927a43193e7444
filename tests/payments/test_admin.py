"""What moderators see of money in the back office, and do to it.

That each action is audited, asked for first and refused to who may not is in `tests.adminpanel`.
"""

from decimal import Decimal

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from payments.gateways.sandbox_events import body_of, sign
from payments.models import (
    Adjustment,
    AdjustmentStatus,
    Dispute,
    DisputeStatus,
    Earning,
    LedgerLine,
    Payment,
    PaymentStatus,
    Payout,
    PayoutAccount,
    PayoutStatus,
    Posting,
    ProviderEvent,
    Refund,
    RefundStatus,
)
from payments.services import adjustments, webhooks
from tests.adminpanel.conftest import office
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import act, again, edit, said, staff
from tests.factories import (
    AdjustmentFactory,
    AdminFactory,
    BookingFactory,
    DisputeFactory,
    EarningFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    ProviderCallFactory,
    ProviderEventFactory,
    RefundFactory,
    StudentFactory,
    TutorProfileFactory,
)
from tests.payments.conftest import work_off

__all__ = ["office"]

pytestmark = pytest.mark.django_db


def totals(client, model, **filters):
    """What is above a list: title and amount."""
    return [tuple(each) for each in client.get(url(model, "changelist"), filters).context["totals"]]


def page_of(client, row):
    response = client.get(url(type(row), "change", row.pk))
    assert response.status_code == 200
    return response.content.decode()


class TestRefunds:
    def test_a_moderator_gives_a_part_back(self, office, pay):
        payment = pay(BookingFactory())

        act(office, "refund_payment", payment, amount="12.50", reason="the tutor was late")
        work_off()

        assert (again(payment).status, again(payment).refunded_amount) == (PaymentStatus.PARTIALLY_REFUNDED, 12.5)
        refund = Refund.objects.get()
        assert (refund.basis, refund.actor.email, refund.reason) == ("admin", "boss@example.com", "the tutor was late")

    def test_without_an_amount_everything(self, office, pay):
        payment = pay(BookingFactory())

        act(office, "refund_payment", payment, reason="never came")
        work_off()

        assert again(payment).status == PaymentStatus.REFUNDED

    def test_more_than_there_is_is_refused_and_said(self, office):
        payment = PaymentFactory()

        response = act(office, "refund_payment", payment, amount="45.01", reason="x")

        assert said(office, response) == [f"payment {payment.pk}: That is more than is left of this payment."]
        assert not Refund.objects.exists()

    @pytest.mark.parametrize("amount", ["0", "-5", "x", "0.0001", "1e12", "NaN"])
    def test_an_amount_that_is_none_is_refused(self, office, amount):
        response = act(office, "refund_payment", PaymentFactory(), amount=amount, reason="x")

        assert response.context["form"].errors["amount"]
        assert not Refund.objects.exists()

    def test_it_needs_a_reason(self, office):
        response = act(office, "refund_payment", PaymentFactory(), reason="")

        assert response.context["form"].errors["reason"]


class TestDisputes:
    def test_a_moderator_gives_the_student_a_part(self, office):
        dispute = DisputeFactory()

        response = act(office, "decide_dispute", dispute, refund="20", reason="both were late")

        assert said(office, response) == ["Decide: done for 1."]
        assert (again(dispute).status, again(dispute).decision) == (DisputeStatus.LOST, "both were late")
        assert again(dispute).decided_by.email == "boss@example.com"
        assert Refund.objects.get().amount == 20

    def test_or_rejects_it(self, office):
        dispute = DisputeFactory()

        act(office, "decide_dispute", dispute, refund="0", reason="the log says otherwise")

        assert again(dispute).status == DisputeStatus.WON
        assert not Refund.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"kind": "chargeback"}, "Dispute not found"),
            ({"status": "won"}, "This dispute is decided already."),
        ],
    )
    def test_what_is_a_banks_or_over_is_not_decided(self, office, fields, words):
        dispute = DisputeFactory(**fields)

        response = act(office, "decide_dispute", dispute, refund="1", reason="x")

        assert said(office, response) == [f"internal of payment {dispute.payment_id}: {words}".replace(
            "internal", dispute.kind
        )]  # fmt: skip
        assert not Refund.objects.exists()

    def test_staff_who_may_only_look_decide_none(self, client):
        client.force_login(staff("view"))
        dispute = DisputeFactory()

        act(client, "decide_dispute", dispute, refund="45", reason="mine")

        assert again(dispute).status == DisputeStatus.OPEN

    def test_its_page_shows_what_speaks_for_the_lesson(self, office):
        dispute = DisputeFactory(evidence={"attendance": [{"who": "<b>student</b>"}]})

        page = page_of(office, dispute)

        assert "attendance" in page
        assert "<b>student" not in page


class TestPayouts:
    def test_a_moderator_pays_out_what_is_available(self, office):
        account = PayoutAccountFactory()
        EarningFactory(tutor=account.tutor)

        response = act(office, "run_payouts", account)
        work_off()

        assert said(office, response) == ["Pay out what is available: done for 1."]
        payout = Payout.objects.get()
        assert (payout.status, payout.requested_by.email) == (PayoutStatus.PAID, "boss@example.com")

    def test_where_there_is_nothing_it_says_so(self, office):
        account = PayoutAccountFactory(provider_id="acct_7")

        response = act(office, "run_payouts", account)

        assert "There is nothing to pay out now." in said(office, response)[0]

    def test_staff_who_may_only_look_run_none(self, client):
        client.force_login(staff("view"))
        account = PayoutAccountFactory()
        EarningFactory(tutor=account.tutor)

        act(client, "run_payouts", account)

        assert not Payout.objects.exists()

    def test_one_that_is_held_is_not_sent(self, office):
        payout = PayoutFactory()

        act(office, "hold_payout", payout, reason="a new account")
        work_off()

        assert (again(payout).status, again(payout).held_by.email) == (PayoutStatus.ON_HOLD, "boss@example.com")

    def test_its_page_shows_its_lines(self, office):
        payout = PayoutFactory()

        page = page_of(office, payout)

        assert Earning.objects.get().source in page
        assert "Lesson of 1 June 2026" in page

    def test_an_account_is_entered_and_changed(self, office):
        tutor = TutorProfileFactory()

        added = office.post(url(PayoutAccount, "add"), {"tutor": tutor.pk, "provider_id": "acct_1"})
        account = PayoutAccount.objects.get()
        assert (added.status_code, account.tutor, account.provider_id) == (302, tutor, "acct_1")
        edit(office, account, provider_id="acct_2", provider="stripe", is_enabled="")

        account = again(account)
        assert (account.provider_id, account.provider, account.is_enabled) == ("acct_2", "sandbox", True)

    def test_an_account_to_which_money_is_on_its_way_stays(self, office):
        payout = PayoutFactory()
        account = payout.tutor.payout_account

        response = edit(office, account, provider_id="acct_other")

        assert "on its way" in said(office, response)[0]
        assert again(account).provider_id == account.provider_id

    def test_a_tutor_has_one_account(self, office):
        account = PayoutAccountFactory()

        response = office.post(url(PayoutAccount, "add"), {"tutor": account.tutor_id, "provider_id": "acct_1"})

        assert response.status_code == 200
        assert PayoutAccount.objects.get().provider_id == account.provider_id


class TestAdjustments:
    def propose(self, client, tutor, **changes):
        entered = {"tutor": tutor.pk, "amount": "25.00", "currency": "USD", "reason": "a prize"}
        return client.post(url(Adjustment, "add"), entered | changes)

    def test_a_moderator_gives_a_tutor_something(self, office):
        tutor = TutorProfileFactory()

        response = self.propose(office, tutor)

        adjustment = Adjustment.objects.get()
        assert response.status_code == 302
        assert (adjustment.status, adjustment.requested_by.email) == (AdjustmentStatus.APPROVED, "boss@example.com")
        assert Earning.objects.get().net == 25

    def test_beyond_the_limit_the_same_moderator_cannot_approve_it(self, office):
        self.propose(office, TutorProfileFactory(), amount="-500")
        adjustment = Adjustment.objects.get()

        response = act(office, "approve_adjustment", adjustment, reason="mine")

        assert "Another admin" in said(office, response)[-1]
        assert again(adjustment).status == AdjustmentStatus.PENDING
        adjustments.approve(adjustment.pk, actor=AdminFactory())
        assert again(adjustment).status == AdjustmentStatus.APPROVED

    @pytest.mark.parametrize("changes", [{"currency": "XXZ"}, {"amount": "0"}, {"reason": ""}, {"amount": "0.001"}])
    def test_what_makes_no_sense_is_refused(self, office, changes):
        self.propose(office, TutorProfileFactory(), **changes)

        assert not Adjustment.objects.exists()

    def test_it_cannot_be_edited(self, office):
        adjustment = AdjustmentFactory()

        response = office.post(url(Adjustment, "change", adjustment.pk), {"amount": "9999", "status": "approved"})

        assert response.status_code == 403
        assert again(adjustment).amount == 150


class TestTheProvider:
    def test_the_fate_of_each_event_is_shown_without_its_secrets(self, office):
        payload = {"data": {"object": {"id": "pi_1", "client_secret": "hush", "list": [{"secret": "hush"}]}}}
        event = ProviderEventFactory(payload=payload, outcome="not about a payment", attempts=2)

        page = page_of(office, event)

        for words in ("not about a payment", "Ignored", "pi_1", event.event_id):
            assert words in page
        assert "hush" not in page

    def test_a_moderator_has_an_event_processed_again(self, office, pay):
        payment = pay(BookingFactory())
        body = body_of("payment_intent.succeeded", {"id": payment.provider_id})
        event = webhooks.take_in("sandbox", body, {"Sandbox-Signature": sign(body)})
        ProviderEvent.objects.update(state="dead", outcome="GatewayUnavailable()", attempts=12)

        act(office, "retry_event", event)
        work_off()

        assert (again(event).state, again(event).outcome) == ("done", f"payment {payment.pk}")

    def test_one_that_is_being_processed_is_not_asked_for_again(self, office):
        event = ProviderEventFactory(state="due")

        response = act(office, "retry_event", event)

        assert "being processed" in said(office, response)[0]

    def test_the_calls_that_were_given_up_are_found_with_why(self, office):
        call = ProviderCallFactory(state="dead", outcome="GatewayUnavailable()")
        ProviderCallFactory()

        response = office.get(url(type(call), "changelist"), {"state__exact": "dead"})

        assert list(response.context["cl"].result_list) == [call]
        assert "GatewayUnavailable()" in response.content.decode()


class TestTotals:
    def test_payments_say_what_was_taken_and_given_back_in_each_currency(self, office):
        PaymentFactory()
        RefundFactory(payment=PaymentFactory(amount=Decimal("5.50")), amount=Decimal(1))
        PaymentFactory(amount=Decimal(4500), currency="JPY")
        PaymentFactory(status=PaymentStatus.CANCELED)
        Payment.objects.filter(amount=45, status=PaymentStatus.SUCCEEDED).update(refunds_claimed=7, refunded_amount=7)

        assert totals(office, Payment) == [
            ("taken", "4500 JPY"), ("given back", "0 JPY"), ("taken", "50.50 USD"), ("given back", "7.00 USD"),
        ]  # fmt: skip

    def test_they_are_of_what_the_filters_show(self, office):
        RefundFactory(amount=Decimal(3))
        RefundFactory(amount=Decimal(4), status=RefundStatus.FAILED)
        PayoutFactory()
        PayoutFactory(status=PayoutStatus.PAID)
        found = PaymentFactory(payer=StudentFactory(email="ada@example.com"), amount=Decimal(9))

        assert totals(office, Refund, status__exact="failed") == [("refunds", "4.00 USD")]
        assert totals(office, Refund, payment__currency="USD") == [("refunds", "7.00 USD")]
        assert totals(office, Payout, status__exact="paid") == [("payouts", "36.00 USD")]
        assert totals(office, Payout) == [("payouts", "72.00 USD")]
        assert totals(office, Payment, q=found.payer.email)[0] == ("taken", "9.00 USD")
        assert totals(office, Dispute) == []

    def test_they_are_shown(self, office):
        PaymentFactory(amount=Decimal("12345.67"))

        assert "12345.67 USD" in office.get(url(Payment, "changelist")).content.decode()

    def test_the_ledger_shows_the_balance_of_each_account(self, office):
        EarningFactory()

        assert totals(office, LedgerLine) == [
            ("platform_revenue: balance", "-9.00 USD"),
            ("processor: balance", "45.00 USD"),
            ("student_credit: balance", "0.00 USD"),
            ("tutor_payable: balance", "-36.00 USD"),
        ]

    def test_the_ledger_can_only_be_read(self, office):
        EarningFactory()
        posting, line = Posting.objects.first(), LedgerLine.objects.first()

        for row in (posting, line):
            assert office.post(url(type(row), "change", row.pk), {"amount": "1"}).status_code == 403
            assert office.get(url(type(row), "add")).status_code == 403
            assert office.post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        office.post(url(LedgerLine, "changelist"), {"action": "delete_selected", ACTION_CHECKBOX_NAME: [line.pk]})

        assert again(line).amount == line.amount


def test_a_payments_page_shows_all_that_hangs_on_it_but_not_with_what_it_can_be_paid(office, pay):
    payment = pay(BookingFactory())
    DisputeFactory(payment=payment, reason="He never came.")
    RefundFactory(payment=payment, reason="a part of it")
    EarningFactory(payment=payment, tutor=payment.tutor, gross=Decimal(30))

    page = page_of(office, payment)

    for words in ("He never came.", "a part of it", f"capture:{payment.pk}", "processor 45.00 USD"):
        assert words in page
    assert payment.client_secret
    assert payment.client_secret not in page


def test_a_student_gets_nowhere(client):
    payment = PaymentFactory()
    client.force_login(payment.payer)

    response = act(client, "refund_payment", payment, reason="mine")

    assert response["Location"].startswith("/admin/login/")
    assert not Refund.objects.exists()
