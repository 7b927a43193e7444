"""Stripe through its own SDK, over HTTP, against a real server that speaks its interface (`stripe_server`)."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread

import httpx
import pytest

from bookings.services import answering, cancelling
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused
from payments.gateways.stripe import StripeGateway, _client
from payments.models import (
    Account,
    DisputeStatus,
    Payment,
    PaymentStatus,
    PayoutStatus,
    ProviderCall,
    ProviderEvent,
    RefundStatus,
    Verdict,
)
from payments.services import intents, refunds, truth, webhooks
from tests.factories import AdminFactory
from tests.payments.conftest import balance, held, told, work_off
from tests.peerlearn.processes import environment, free_port
from tests.support.patience import PATIENCE

# All of them together take more than a few seconds: a server is started, and every test goes there by HTTP.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("stripe")]

SECRET = "whsec_of_the_tests"


@pytest.fixture(scope="module")
def address():
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.payments.stripe_server", str(port)]
    server = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL)
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(server, port):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    pytest.fail("The server did not start.")


@pytest.fixture(autouse=True)
def _provider(settings, address):
    settings.STRIPE_SECRET_KEY = "sk_test_of_the_tests"
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_API_BASE = address
    settings.PAYMENT_PROVIDER = "stripe"
    # What it remembers of the test before would answer: ids and moments are the same again.
    httpx.delete(f"{address}/_config/data").raise_for_status()


@pytest.fixture
def gateway():
    return gateway_of("stripe")


_keys = iter(range(10**6))


def new_key():
    return f"key:{next(_keys)}"


@pytest.fixture
def make(gateway):
    """`make(amount="45.00", pay="pm_card_visa")`: an intent, paid if a method is named."""

    def create(*, amount="45.00", currency="USD", is_manual=False, pay="", ref="12"):
        state = gateway.create_intent(
            amount=Decimal(amount),
            currency=currency,
            is_manual=is_manual,
            payment_ref=ref,
            description="a lesson",
            key=new_key(),
        )
        return gateway.confirm(state.id, payment_method=pay, key=new_key()) if pay else state

    return create


class TestAnIntent:
    @pytest.mark.parametrize(("amount", "currency"), [("45.00", "USD"), ("500", "JPY"), ("5.120", "KWD")])
    def test_is_made_and_found_again(self, make, gateway, amount, currency):
        made = make(amount=amount, currency=currency)

        assert gateway.fetch_intent(made.id) == made
        assert (made.status, made.amount, made.currency) == (PaymentStatus.REQUIRES_PAYMENT, Decimal(amount), currency)
        assert (made.captured, made.payment_ref) == (0, "12")
        assert made.client_secret.startswith(made.id)

    def test_is_made_once_for_a_key(self, gateway):
        asked = {"amount": Decimal("45.00"), "currency": "USD", "is_manual": False, "payment_ref": "12"}
        asked |= {"description": "a lesson", "key": new_key()}

        assert gateway.create_intent(**asked) == gateway.create_intent(**asked)
        with pytest.raises(GatewayRefused) as refusal:
            gateway.create_intent(**(asked | {"amount": Decimal("45.01")}))
        assert refusal.value.code == "idempotency_error"

    def test_is_paid(self, make):
        state = make(pay="pm_card_visa")

        assert (state.status, state.captured) == (PaymentStatus.SUCCEEDED, Decimal("45.00"))

    def test_that_is_paid_cannot_be_paid_again(self, make, gateway):
        state = make(pay="pm_card_visa")

        with pytest.raises(GatewayRefused) as refusal:
            gateway.confirm(state.id, payment_method="pm_card_visa", key=new_key())

        assert refusal.value.code == "payment_intent_unexpected_state"

    def test_whose_card_is_declined_has_failed_and_may_be_paid_with_another(self, make, gateway):
        state = make(pay="pm_card_chargeDeclined")
        assert (state.status, state.failure_code) == (PaymentStatus.FAILED, "card_declined")
        assert state.failure_message == "Your card was declined."

        state = gateway.confirm(state.id, payment_method="pm_card_visa", key=new_key())

        assert (state.status, state.failure_code) == (PaymentStatus.SUCCEEDED, "")

    def test_whose_bank_asks_for_more_waits_for_its_payer(self, make):
        assert make(pay="pm_card_authenticationRequired").status == PaymentStatus.REQUIRES_ACTION

    def test_with_a_method_that_nobody_knows_is_refused(self, make):
        with pytest.raises(GatewayRefused):
            make(pay="pm_of_nobody")

    def test_that_nobody_knows_is_refused(self, gateway):
        with pytest.raises(GatewayRefused):
            gateway.fetch_intent("pi_of_nobody")

    def test_is_among_those_since_a_moment_however_many_there_are(self, make, gateway, monkeypatch):
        monkeypatch.setattr("payments.gateways.stripe.PAGE", 2)
        made = {make().id for _ in range(5)}
        now = datetime.now(UTC)

        since_an_hour = [state.id for state in gateway.intents_since(now - timedelta(hours=1))]

        assert made <= set(since_an_hour)
        assert len(since_an_hour) == len(set(since_an_hour))
        assert list(gateway.intents_since(now + timedelta(hours=1))) == []


class TestMoneyThatIsSetAside:
    def test_is_taken(self, make, gateway):
        state = make(is_manual=True, pay="pm_card_visa")
        assert (state.status, state.captured) == (PaymentStatus.AUTHORIZED, 0)

        state = gateway.capture(state.id, amount=Decimal("45.00"), currency="USD", key=new_key())

        assert (state.status, state.captured) == (PaymentStatus.SUCCEEDED, Decimal("45.00"))

    def test_is_taken_in_part_and_the_rest_is_no_refund(self, make, gateway):
        state = make(is_manual=True, pay="pm_card_visa")

        state = gateway.capture(state.id, amount=Decimal("20.50"), currency="USD", key=new_key())

        assert (state.amount, state.captured, state.refunds) == (Decimal("45.00"), Decimal("20.50"), ())

    def test_is_taken_once_for_a_key_and_not_again_by_another(self, make, gateway):
        state, key = make(is_manual=True, pay="pm_card_visa"), new_key()
        first = gateway.capture(state.id, amount=Decimal("20.00"), currency="USD", key=key)

        assert gateway.capture(state.id, amount=Decimal("20.00"), currency="USD", key=key) == first
        with pytest.raises(GatewayRefused):
            gateway.capture(state.id, amount=Decimal("45.00"), currency="USD", key=new_key())

    def test_is_let_go(self, make, gateway):
        state = make(is_manual=True, pay="pm_card_visa")

        state = gateway.void(state.id, key=new_key())

        assert (state.status, state.captured) == (PaymentStatus.CANCELED, 0)

    def test_that_was_taken_cannot_be_let_go(self, make, gateway):
        with pytest.raises(GatewayRefused):
            gateway.void(make(pay="pm_card_visa").id, key=new_key())


class TestARefund:
    def test_of_everything_or_of_a_part_is_seen_with_the_intent(self, make, gateway):
        state = make(pay="pm_card_visa")

        part = gateway.refund(state.id, amount=Decimal("10.00"), currency="USD", our_id=1, key=new_key())
        rest = gateway.refund(state.id, amount=Decimal("35.00"), currency="USD", our_id=2, key=new_key())

        assert (part.status, part.amount, part.our_id) == (RefundStatus.SUCCEEDED, Decimal("10.00"), 1)
        assert set(gateway.fetch_intent(state.id).refunds) == {part, rest}

    def test_is_made_once_by_the_same_key_and_by_another(self, make, gateway):
        state, key = make(pay="pm_card_visa"), new_key()

        made = [
            gateway.refund(state.id, amount=Decimal("10.00"), currency="USD", our_id=1, key=each)
            for each in (key, key, new_key())
        ]

        assert gateway.fetch_intent(state.id).refunds == (made[0],)
        assert made == [made[0]] * 3

    def test_of_more_than_was_taken_is_refused(self, make, gateway):
        state = make(pay="pm_card_visa")
        gateway.refund(state.id, amount=Decimal("10.00"), currency="USD", our_id=1, key=new_key())

        with pytest.raises(GatewayRefused):
            gateway.refund(state.id, amount=Decimal("35.01"), currency="USD", our_id=2, key=new_key())

        assert len(gateway.fetch_intent(state.id).refunds) == 1


@pytest.mark.parametrize(
    ("evidence", "status"), [("winning_evidence", DisputeStatus.WON), ("losing_evidence", DisputeStatus.LOST)]
)
def test_a_dispute_is_seen_with_its_intent(make, gateway, evidence, status):
    state = make(pay="pm_card_createDispute")
    (dispute,) = state.disputes
    assert (dispute.status, dispute.amount, dispute.reason) == (DisputeStatus.OPEN, Decimal("45.00"), "fraudulent")

    _client().v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})

    assert gateway.fetch_intent(state.id).disputes[0].status == status


class TestATransfer:
    def test_is_made_once_and_may_come_back(self, gateway):
        asked = {"amount": Decimal("20.00"), "currency": "USD", "our_id": 1, "key": new_key()}

        made = [gateway.transfer("acct_1", **asked) for _ in range(2)]
        assert made[0] == made[1]
        assert made[0].status == PayoutStatus.PAID

        _client().v1.transfers.reversals.create(made[0].id)
        assert gateway.fetch_transfer(made[0].id).status == PayoutStatus.RETURNED

    def test_is_taken_back_in_parts_each_once_and_has_not_come_back_for_that(self, gateway):
        key = new_key()
        made = gateway.transfer("acct_1", amount=Decimal("20.00"), currency="USD", our_id=1, key=key)
        for number, amount in ((7, Decimal("5.00")), (8, Decimal("15.00"))):
            asked = {"amount": amount, "currency": "USD", "our_id": number}
            gateway.reverse_transfer(made.id, **asked, key=new_key())
            gateway.reverse_transfer(made.id, **asked, key=new_key())  # its first key is forgotten by now

        state = gateway.fetch_transfer(made.id)

        assert state.status == PayoutStatus.PAID
        assert sorted((each.our_id, each.amount) for each in state.reversals) == [(7, 5), (8, 15)]
        assert gateway.transfer("acct_1", amount=Decimal("20.00"), currency="USD", our_id=1, key=key) == state

    def test_of_which_the_rest_is_brought_back_by_somebody_else_has_come_back(self, gateway):
        made = gateway.transfer("acct_1", amount=Decimal("20.00"), currency="USD", our_id=1, key=new_key())
        gateway.reverse_transfer(made.id, amount=Decimal("5.00"), currency="USD", our_id=7, key=new_key())

        _client().v1.transfers.reversals.create(made.id)

        assert gateway.fetch_transfer(made.id).status == PayoutStatus.RETURNED

    @pytest.mark.parametrize(("account", "amount"), [("acct_short", 5), ("acct_1", 21)])
    def test_is_not_taken_back_where_there_is_not_so_much(self, gateway, account, amount):
        made = gateway.transfer(account, amount=Decimal("20.00"), currency="USD", our_id=1, key=new_key())

        with pytest.raises(GatewayRefused):
            gateway.reverse_transfer(made.id, amount=Decimal(amount), currency="USD", our_id=7, key=new_key())

        assert gateway.fetch_transfer(made.id).reversals == ()

    def test_to_an_account_that_is_none_is_refused(self, gateway):
        with pytest.raises(GatewayRefused):
            gateway.transfer("nowhere", amount=Decimal(20), currency="USD", our_id=1, key=new_key())


class TestALesson:
    """The whole way, through our own services."""

    def test_is_paid_taken_and_given_back(self, confirmed, pay):
        booking = confirmed()
        payment = pay(booking)
        assert payment.provider == "stripe"
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)
        assert held() == booking.price

        assert [fee.amount for fee in payment.fees.all()] == [Decimal("1.60")]  # 2.9 % and 0.30 of 45.00, to the cent

        cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.REFUNDED, booking.price)
        assert held() == 0
        (refund,) = StripeGateway().fetch_intent(payment.provider_id).refunds
        assert refund.our_id == payment.refunds.get().pk
        assert told(booking.student).count("payment_refunded") == 1

    def test_is_set_aside_and_taken_when_the_tutor_confirms(self, book, pay):
        booking = book()
        payment = pay(booking)
        assert (payment.status, payment.captured_amount) == (PaymentStatus.AUTHORIZED, 0)

        answering.confirm_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, booking.price)

    def test_that_is_declined_costs_nothing(self, book, pay):
        booking = book()
        payment = pay(booking)

        answering.decline_booking(booking.pk, actor=booking.tutor.user)
        work_off()

        payment.refresh_from_db()
        assert payment.status == PaymentStatus.CANCELED
        assert StripeGateway().fetch_intent(payment.provider_id).status == PaymentStatus.CANCELED

    def test_is_paid_with_another_card_after_one_was_declined(self, confirmed, pay):
        booking = confirmed()
        payment = pay(booking, method="pm_card_chargeDeclined")
        assert (payment.status, payment.failure_code) == (PaymentStatus.FAILED, "card_declined")

        again = pay(booking)

        assert (again.pk, again.status, again.failure_code) == (payment.pk, PaymentStatus.SUCCEEDED, "")

    def test_is_begun_once_however_often_the_payer_asks(self, confirmed):
        booking = confirmed()

        begun = [intents.create_intent("booking", booking.pk, payer=booking.student) for _ in range(2)]

        assert begun[0] == begun[1]
        assert begun[0].client_secret.startswith(begun[0].provider_id)

    def test_is_given_back_in_part_by_an_admin(self, confirmed, pay):
        payment = pay(confirmed())

        refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=Decimal("5.00"), reason="goodwill")
        work_off()

        payment.refresh_from_db()
        assert (payment.status, payment.refunded_amount) == (PaymentStatus.PARTIALLY_REFUNDED, Decimal("5.00"))
        assert ProviderCall.objects.get().outcome == "done"

    def test_that_its_payers_bank_disputes_is_frozen_until_the_bank_decides(self, confirmed, pay):
        payment = pay(confirmed(), method="pm_card_createDispute")
        dispute = payment.disputes.get()
        assert (dispute.status, dispute.kind) == (DisputeStatus.OPEN, "chargeback")
        assert balance(Account.DISPUTES) == payment.captured_amount

        _client().v1.disputes.update(dispute.provider_id, {"evidence": {"uncategorized_text": "winning_evidence"}})
        truth.refresh(payment)

        dispute.refresh_from_db()
        assert dispute.status == DisputeStatus.WON
        assert balance(Account.DISPUTES) == 0
        assert held() == payment.captured_amount
        assert sorted(fee.amount for fee in payment.fees.all()) == [-15, Decimal("1.60"), 15]


@pytest.fixture
def delivered(address):
    """What the server delivers by HTTP: a queue of `(body, headers)`."""
    arrived = Queue()

    class Inbox(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.put((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Inbox) as inbox:
        thread = Thread(target=inbox.serve_forever)
        thread.start()
        hook = {"url": f"http://127.0.0.1:{inbox.server_port}/", "secret": SECRET}
        httpx.post(f"{address}/_config/webhooks/ours", json=hook).raise_for_status()
        yield arrived
        # There is no way to take a hook back: from now on it leads nowhere.
        inbox.shutdown()
        thread.join()


def next_about(payment, delivered):
    """The next event of this payment: those of the tests before may still be on their way."""
    while True:
        body, headers = delivered.get(timeout=PATIENCE)
        if payment.provider_id.encode() in body:
            return body, headers


def test_a_payment_that_is_made_in_the_payers_browser_is_learnt_from_stripes_signed_events(confirmed, delivered):
    booking = confirmed()
    payment = intents.create_intent("booking", booking.pk, payer=booking.student)
    # As the payer's browser does, without anybody here.
    StripeGateway().confirm(payment.provider_id, payment_method="pm_card_visa", key=new_key())

    event = webhooks.take_in("stripe", *next_about(payment, delivered))
    work_off()

    event.refresh_from_db()
    assert (event.type, event.object_id) == ("payment_intent.succeeded", payment.provider_id)
    assert (event.payment_ref, event.verdict) == (str(payment.pk), Verdict.APPLIED)
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED
    assert ProviderEvent.objects.count() == 1

    refunds.refund_payment(payment.pk, actor=AdminFactory())
    work_off()
    event = webhooks.take_in("stripe", *next_about(payment, delivered))
    work_off()

    event.refresh_from_db()
    assert (event.type, event.object_id, event.verdict) == ("refund.created", payment.provider_id, Verdict.APPLIED)
    assert Payment.objects.get().status == PaymentStatus.REFUNDED
