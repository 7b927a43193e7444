"""What Stripe says and takes, in our words: everything of the gateway that needs no server."""

import json
import random
import socket
from contextlib import closing
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import get_args
from urllib.parse import parse_qsl

import pytest
import stripe
import time_machine
from django.utils import timezone

from bookings.cancellation import refund_of
from catalog.reference import currency_codes
from common.fuse import PAUSE
from common.money import digits_of, minor_units, round_part, step_of
from payments.gateways import stripe as gateway_module
from payments.gateways.base import FeeState, GatewayRefused, GatewayUnavailable
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_states import STATUSES, in_our_words, status_of
from payments.gateways.stripe_units import THOUSANDTHS, WHOLE, from_units, to_units
from payments.models import DisputeStatus, PaymentStatus, PayoutStatus, RefundStatus
from payments.services.earning import split
from tests.peerlearn.processes import free_port


def intent(**changes):
    fresh = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 4500,
        "amount_received": 0,
        "currency": "usd",
        "status": "requires_payment_method",
        "client_secret": "pi_1_secret",
        "last_payment_error": None,
        "latest_charge": "ch_1",
        "metadata": {"payment_ref": "12"},
    }
    return fresh | changes


def refund(**changes):
    fresh = {"id": "re_1", "object": "refund", "amount": 1000, "currency": "usd", "status": "succeeded"}
    fresh |= {"balance_transaction": movement(id="txn_of_re_1", amount=-1000, fee=0)}
    return fresh | {"metadata": {"refund_id": "7"}, "failure_reason": None} | changes


def charge(**changes):
    return {"id": "ch_1", "object": "charge", "balance_transaction": movement()} | changes


def movement(**changes):
    fresh = {"id": "txn_1", "object": "balance_transaction", "amount": 4500, "currency": "usd", "fee": 161}
    return fresh | changes


def dispute(**changes):
    fresh = {"id": "du_1", "object": "dispute", "amount": 4500, "currency": "usd", "status": "needs_response"}
    fresh |= {"balance_transactions": [movement(id="txn_of_du_1", amount=-4500, fee=1500)]}
    return fresh | {"reason": "fraudulent", "evidence_details": {"due_by": 1_800_000_000}, "metadata": {}} | changes


def transfer(**changes):
    return {"id": "tr_1", "object": "transfer", "reversed": False, "amount_reversed": 0} | changes


def reversal(**changes):
    fresh = {"id": "trr_1", "object": "transfer_reversal", "amount": 1200, "currency": "usd", "transfer": "tr_1"}
    return fresh | {"metadata": {"reversal_id": "5"}} | changes


REVERSALS = "transfers/tr_1/reversals"


class Answers(stripe.HTTPClient):
    """In the place of the network: answers by path, or by method and path, and remembers what was asked."""

    name = "answers"

    def __init__(self, **by_path):
        super().__init__()
        self.by_path, self.asked = by_path, []

    def request(self, method, url, headers, post_data=None):
        path = url.removeprefix("https://api.stripe.com/v1/").partition("?")[0]
        self.asked.append((method, path, dict(headers), dict(parse_qsl(post_data or ""))))
        name = path.partition("/")[0]
        known = (f"{method}_{path}", path, f"{method}_{name}", name)
        status, body = next(self.by_path[key] for key in known if key in self.by_path)
        return json.dumps(body), status, {}


def listed(*things):
    return (200, {"object": "list", "data": list(things), "has_more": False, "url": "/v1/things"})


@pytest.fixture
def stripe_says(monkeypatch):
    """`stripe_says(payment_intents=(200, {...}))` makes those the answers; returns who was asked."""

    def make(**answers):
        nothing = dict.fromkeys(("refunds", "disputes", "transfers"), listed())
        known = Answers(**(nothing | {"charges": (200, charge())} | answers))
        client = stripe.StripeClient("sk_test_1", http_client=known, max_network_retries=0)
        monkeypatch.setattr(gateway_module, "_client", lambda: client)
        return known

    return make


def a_new_intent(**changes):
    asked = {"amount": Decimal("45.00"), "currency": "USD", "is_manual": False, "payment_ref": "12"}
    return StripeGateway().create_intent(**(asked | {"description": "a lesson", "key": "intent:12"} | changes))


class TestAnAmount:
    @pytest.mark.parametrize(
        ("amount", "currency", "units"),
        [
            ("45.00", "USD", 4500),
            ("0.01", "EUR", 1),
            ("500", "JPY", 500),
            ("5.120", "KWD", 5120),
            ("5", "UGX", 500),  # no digits, and hundredths at Stripe all the same
            ("5", "ISK", 500),
            ("2500", "RSD", 250000),
            ("99999999999.99", "USD", 9999999999999),
        ],
    )
    def test_goes_there_and_comes_back_the_same(self, amount, currency, units):
        assert to_units(Decimal(amount), currency) == units
        assert from_units(units, currency) == Decimal(amount)

    @pytest.mark.parametrize(("amount", "currency"), [("5.125", "KWD"), ("0.5", "JPY"), ("0.001", "USD")])
    def test_that_stripe_cannot_take_exactly_is_refused_and_not_rounded(self, amount, currency):
        with pytest.raises(GatewayRefused) as refusal:
            to_units(Decimal(amount), currency)

        assert refusal.value.code == "invalid_amount"

    def test_is_in_the_currencys_own_minor_units_wherever_stripe_counts_in_them(self):
        for currency in sorted(currency_codes()):
            amount = Decimal(120)
            stripes_digits = 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
            if digits_of(currency) == stripes_digits:
                assert to_units(amount, currency) == minor_units(amount, currency)
            assert from_units(to_units(amount, currency), currency) == amount

    def test_whose_whole_stripe_takes_is_taken_in_parts_too_in_10_000_cases(self):
        chance = random.Random(9)
        currencies = sorted(currency_codes())
        for _ in range(10_000):
            currency = chance.choice(currencies)
            whole = chance.randint(1, 10**6) * step_of(currency)
            percent, lessons = chance.randint(0, 100), chance.randint(1, 40)

            back = refund_of(whole, percent, currency)
            parts = [back, whole - back, *split(whole - back, Decimal(percent), currency)]
            parts.append(round_part(whole / lessons, currency, of=whole))

            assert sum(from_units(to_units(part, currency), currency) for part in parts) == sum(parts)

    @pytest.mark.parametrize("units", [45.0, "45", Decimal(45), None])
    def test_is_never_made_of_anything_but_whole_units(self, units):
        with pytest.raises(TypeError):
            from_units(units, "USD")

    def test_is_never_a_float_in_what_is_asked_or_understood(self, stripe_says):
        paid = intent(status="succeeded", amount_received=4500)
        asked = stripe_says(
            payment_intents=(200, paid),
            refunds=listed(refund()),
            post_refunds=(200, refund(id="re_2")),
            disputes=listed(dispute()),
            post_transfers=(200, transfer()),
        )
        gateway = StripeGateway()

        states = [
            a_new_intent(),
            gateway.capture("pi_1", amount=Decimal("45.00"), currency="USD", key="capture:12"),
            gateway.refund("pi_1", amount=Decimal("10.00"), currency="USD", our_id=8, key="refund:8"),
        ]
        gateway.transfer("acct_1", amount=Decimal("20.10"), currency="EUR", our_id=3, key="payout:3")

        amounts = [one for state in states for one in numbers_of(state)]
        assert len(amounts) == 13
        assert {type(amount) for amount in amounts} == {Decimal}
        sent = [value for *_, data in asked.asked for name, value in data.items() if "amount" in name]
        assert sent == ["4500", "4500", "1000", "2010"]


def numbers_of(state):
    """All numbers in a state and in what hangs on it, but for ids of ours."""
    for part in fields(state):
        value = getattr(state, part.name)
        for one in value if isinstance(value, tuple) else (value,):
            if is_dataclass(one):
                yield from numbers_of(one)
            elif isinstance(one, float | Decimal | int) and part.name != "our_id":
                yield one


class TestAState:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("requires_payment_method", PaymentStatus.REQUIRES_PAYMENT),
            ("requires_confirmation", PaymentStatus.REQUIRES_PAYMENT),
            ("requires_action", PaymentStatus.REQUIRES_ACTION),
            ("processing", PaymentStatus.PROCESSING),
            ("requires_capture", PaymentStatus.AUTHORIZED),
            ("succeeded", PaymentStatus.SUCCEEDED),
            ("canceled", PaymentStatus.CANCELED),
        ],
    )
    def test_of_an_intent(self, theirs, ours):
        assert status_of(stripe.PaymentIntent.construct_from(intent(status=theirs), "")) == ours

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            ({"code": "card_declined", "message": "No."}, "card_declined"),
            ({"code": "card_declined", "decline_code": "generic_decline", "message": "No."}, "card_declined"),
            ({"code": "card_declined", "decline_code": "insufficient_funds", "message": "No."}, "insufficient_funds"),
            ({"code": None, "message": None}, ""),
        ],
    )
    def test_of_an_attempt_that_failed_says_why(self, stripe_says, error, code):
        stripe_says(payment_intents=(200, intent(last_payment_error=error)))

        state = StripeGateway().fetch_intent("pi_1")

        message = error["message"] or ""
        assert (state.status, state.failure_code, state.failure_message) == (PaymentStatus.FAILED, code, message)

    def test_that_is_paid_after_a_failure_has_none(self, stripe_says):
        paid = intent(status="succeeded", amount_received=4500, last_payment_error={"code": "card_declined"})
        stripe_says(payment_intents=(200, paid))

        state = StripeGateway().fetch_intent("pi_1")

        assert (state.status, state.captured, state.failure_code) == (PaymentStatus.SUCCEEDED, Decimal("45.00"), "")

    def test_that_is_only_set_aside_has_taken_nothing(self, stripe_says):
        stripe_says(payment_intents=(200, intent(status="requires_capture", amount_capturable=4500)))

        state = StripeGateway().fetch_intent("pi_1")

        assert (state.status, state.captured, state.amount) == (PaymentStatus.AUTHORIZED, 0, Decimal("45.00"))

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("pending", RefundStatus.PENDING),
            ("requires_action", RefundStatus.PENDING),
            (None, RefundStatus.PENDING),
            ("succeeded", RefundStatus.SUCCEEDED),
            ("failed", RefundStatus.FAILED),
            ("canceled", RefundStatus.FAILED),
        ],
    )
    def test_of_a_refund(self, stripe_says, theirs, ours):
        failure = "expired_or_canceled_card" if theirs == "failed" else None
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            refunds=listed(refund(status=theirs, failure_reason=failure)),
        )

        (state,) = StripeGateway().fetch_intent("pi_1").refunds

        assert (state.status, state.amount, state.our_id) == (ours, Decimal("10.00"), 7)
        assert state.failure == (failure or "")

    @pytest.mark.parametrize("metadata", [{}, None, {"refund_id": ""}, {"refund_id": "seven"}, {"refund_id": "٧"}])
    def test_of_a_refund_that_was_made_in_stripes_pages_names_none_of_ours(self, stripe_says, metadata):
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            refunds=listed(refund(metadata=metadata)),
        )

        (state,) = StripeGateway().fetch_intent("pi_1").refunds

        assert state.our_id is None

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("won", DisputeStatus.WON),
            ("warning_closed", DisputeStatus.WON),
            ("lost", DisputeStatus.LOST),
            ("needs_response", DisputeStatus.OPEN),
            ("under_review", DisputeStatus.OPEN),
            ("warning_needs_response", DisputeStatus.OPEN),
            ("warning_under_review", DisputeStatus.OPEN),
        ],
    )
    def test_of_a_dispute(self, stripe_says, theirs, ours):
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            disputes=listed(dispute(status=theirs)),
        )

        (state,) = StripeGateway().fetch_intent("pi_1").disputes

        assert (state.status, state.amount, state.reason) == (ours, Decimal("45.00"), "fraudulent")
        assert state.evidence_due_by.timestamp() == 1_800_000_000

    @pytest.mark.parametrize(
        ("moved", "ours"),
        [
            ([], DisputeStatus.WON),
            ([-4500], DisputeStatus.LOST),
            ([-4500, 4500], DisputeStatus.WON),
        ],
    )
    def test_of_a_dispute_that_was_prevented_is_whose_the_money_is(self, stripe_says, moved, ours):
        movements = [movement(id=f"txn_{number}", amount=amount) for number, amount in enumerate(moved)]
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            disputes=listed(dispute(status="prevented", balance_transactions=movements)),
        )

        (state,) = StripeGateway().fetch_intent("pi_1").disputes

        assert state.status == ours

    def test_of_a_dispute_that_waits_for_no_evidence_has_no_deadline(self, stripe_says):
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            disputes=listed(dispute(evidence_details={"due_by": None})),
        )

        (state,) = StripeGateway().fetch_intent("pi_1").disputes

        assert state.evidence_due_by is None

    def test_of_what_stripe_keeps_is_of_every_movement_that_cost_something(self, stripe_says):
        won = [movement(id="txn_2", fee=1500), movement(id="txn_3", fee=-1500)]
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            charges=(200, charge(balance_transaction=movement(fee=161, currency="eur"))),
            refunds=listed(refund(), refund(id="re_2", balance_transaction=movement(id="txn_1b", fee=25))),
            disputes=listed(dispute(status="won", balance_transactions=won)),
        )

        assert StripeGateway().fetch_intent("pi_1").fees == (
            FeeState("txn_1", Decimal("1.61"), "EUR"),
            FeeState("txn_1b", Decimal("0.25"), "USD"),
            FeeState("txn_2", Decimal("15.00"), "USD"),
            FeeState("txn_3", Decimal("-15.00"), "USD"),
        )

    def test_of_what_stripe_keeps_is_also_of_a_refund_that_came_back(self, stripe_says):
        back = refund(status="failed", failure_balance_transaction=movement(id="txn_2", amount=1000, fee=-25))
        stripe_says(
            payment_intents=(200, intent(status="succeeded", amount_received=4500)),
            charges=(200, charge(balance_transaction=None)),
            refunds=listed(back),
        )

        assert StripeGateway().fetch_intent("pi_1").fees == (FeeState("txn_2", Decimal("-0.25"), "USD"),)

    @pytest.mark.parametrize("status", [400, 403, 404])
    def test_whose_fees_the_key_may_not_see_is_a_state_all_the_same(self, stripe_says, status):
        no = (status, {"error": {"type": "invalid_request_error", "message": "No."}})
        stripe_says(payment_intents=(200, intent(status="succeeded", amount_received=4500)), charges=no)

        state = StripeGateway().capture("pi_1", amount=Decimal("45.00"), currency="USD", key="capture:12")

        assert (state.status, state.captured, state.fees) == (PaymentStatus.SUCCEEDED, Decimal("45.00"), None)

    @pytest.mark.parametrize("status", [429, 500])
    def test_whose_fees_stripe_cannot_say_just_now_is_asked_for_again(self, stripe_says, status):
        no = (status, {"error": {"type": "api_error", "message": "Later."}})
        stripe_says(payment_intents=(200, intent(status="succeeded", amount_received=4500)), charges=no)

        with pytest.raises(GatewayUnavailable):
            StripeGateway().fetch_intent("pi_1")

    @pytest.mark.parametrize("movement", [None, "txn_1"])
    def test_of_what_stripe_keeps_waits_until_stripe_says_it(self, stripe_says, movement):
        paid = intent(status="succeeded", amount_received=4500, latest_charge=charge())
        stripe_says(payment_intents=(200, paid), charges=(200, charge(balance_transaction=movement)))

        assert StripeGateway().fetch_intent("pi_1").fees == ()

    @pytest.mark.parametrize(("is_back", "ours"), [(False, PayoutStatus.PAID), (True, PayoutStatus.RETURNED)])
    def test_of_a_transfer(self, stripe_says, is_back, ours):
        back = {REVERSALS: listed(reversal(metadata={}))}
        stripe_says(transfers=(200, transfer(reversed=is_back, amount_reversed=1200 if is_back else 0)), **back)

        assert StripeGateway().fetch_transfer("tr_1").status == ours

    @pytest.mark.parametrize(
        ("is_reversed", "theirs", "ours"),
        [
            (False, [{}], PayoutStatus.PAID),
            (True, [{}], PayoutStatus.PAID),
            (True, [{}, {"id": "trr_2", "metadata": {}}], PayoutStatus.RETURNED),
            (True, [{}, {"id": "trr_2", "metadata": {"reversal_id": "five"}}], PayoutStatus.RETURNED),
        ],
    )
    def test_of_a_transfer_that_we_took_something_back_of_is_not_that_it_came_back(
        self, stripe_says, is_reversed, theirs, ours
    ):
        made = {REVERSALS: listed(*(reversal(**changes) for changes in theirs))}
        stripe_says(transfers=(200, transfer(reversed=is_reversed, amount_reversed=1200)), **made)

        state = StripeGateway().fetch_transfer("tr_1")

        assert state.status == ours
        assert (state.reversals[0].id, state.reversals[0].amount, state.reversals[0].our_id) == (
            *("trr_1", Decimal("12.00")),
            5,
        )


class TestTakingATransferBack:
    ASKED = {"amount": Decimal("12.00"), "currency": "USD", "our_id": 5, "key": "reversal:5"}

    def test_is_asked_for_in_minor_units_with_its_key_and_our_number(self, stripe_says):
        known = stripe_says(
            transfers=(200, transfer(amount_reversed=1200)),
            **{REVERSALS: listed(), f"post_{REVERSALS}": (200, reversal())},
        )

        StripeGateway().reverse_transfer("tr_1", **self.ASKED)

        [(path, headers, body)] = [asked for method, *asked in known.asked if method == "post"]
        assert (path, headers["Idempotency-Key"]) == (REVERSALS, "reversal:5")
        assert body == {"amount": "1200", "metadata[reversal_id]": "5"}

    def test_is_not_asked_for_again_once_stripe_has_it(self, stripe_says):
        known = stripe_says(transfers=(200, transfer(amount_reversed=1200)), **{REVERSALS: listed(reversal())})

        state = StripeGateway().reverse_transfer("tr_1", **self.ASKED)

        assert [each.our_id for each in state.reversals] == [5]
        assert {method for method, *_ in known.asked} == {"get"}

    def test_is_refused_where_the_account_does_not_hold_so_much(self, stripe_says):
        error = {"type": "invalid_request_error", "code": "balance_insufficient", "message": "Insufficient funds."}
        stripe_says(**{REVERSALS: listed(), f"post_{REVERSALS}": (400, {"error": error})})

        with pytest.raises(GatewayRefused) as refusal:
            StripeGateway().reverse_transfer("tr_1", **self.ASKED)

        assert refusal.value.code == "balance_insufficient"


class TestAnError:
    @pytest.mark.parametrize(
        ("status", "error", "code"),
        [
            (400, {"type": "invalid_request_error", "code": "amount_too_small", "message": "Too small."}, None),
            (400, {"type": "invalid_request_error", "message": "No such thing."}, "invalid_request_error"),
            (400, {"type": "idempotency_error", "message": "Another request."}, "idempotency_error"),
            (404, {"type": "invalid_request_error", "code": "resource_missing", "message": "None."}, None),
            (402, {"type": "card_error", "code": "card_declined", "message": "Declined."}, None),
        ],
    )
    def test_that_says_no_is_a_refusal_in_stripes_words(self, stripe_says, status, error, code):
        stripe_says(payment_intents=(status, {"error": error}))

        with pytest.raises(GatewayRefused) as refusal:
            a_new_intent()

        assert (refusal.value.code, str(refusal.value)) == (code or error["code"], error["message"])

    @pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 502, 503, 504])
    def test_that_does_not_say_whether_anything_was_done_is_an_outage(self, stripe_says, status):
        stripe_says(payment_intents=(status, {"error": {"type": "api_error", "message": "Later."}}))

        with pytest.raises(GatewayUnavailable):
            a_new_intent()

    def test_for_too_many_requests_in_its_old_form_is_an_outage(self, stripe_says):
        stripe_says(payment_intents=(400, {"error": {"code": "rate_limit", "message": "Slowly."}}))

        with pytest.raises(GatewayUnavailable):
            a_new_intent()

    def test_without_any_words_still_has_a_code(self):
        with pytest.raises(GatewayRefused) as refusal, in_our_words():
            raise stripe.InvalidRequestError(None, None, http_status=400)

        assert (refusal.value.code, str(refusal.value)) == ("refused", "Stripe refuses this.")

    def test_of_our_own_is_not_taken_for_one_of_stripes(self):
        with pytest.raises(ZeroDivisionError), in_our_words():
            raise ZeroDivisionError

    def test_in_an_answer_that_is_no_json_is_an_outage(self, stripe_says, monkeypatch):
        stripe_says()
        monkeypatch.setattr(Answers, "request", lambda *_, **__: ("<html>", 200, {}))

        with pytest.raises(GatewayUnavailable):
            StripeGateway().fetch_intent("pi_1")

    def test_while_asking_for_many_intents_is_in_our_words_too(self, stripe_says):
        stripe_says(payment_intents=(503, {"error": {"message": "Later."}}))

        with pytest.raises(GatewayUnavailable):
            list(StripeGateway().intents_since(datetime(2026, 1, 1, tzinfo=UTC)))


class TestAnOutage:
    """One who waited for Stripe in vain is enough (goal R20)."""

    def test_is_asked_about_once_and_then_left_alone_for_a_while(self, stripe_says, monkeypatch):
        stripe_says()
        asked = []

        def hangs(*args, **named):
            asked.append(1)
            raise stripe.APIConnectionError("timed out")

        with monkeypatch.context() as away:
            away.setattr(Answers, "request", hangs)
            for _ in range(3):
                with pytest.raises(GatewayUnavailable):
                    StripeGateway().fetch_intent("pi_1")
        assert len(asked) == 1

    def test_is_over_when_it_is_asked_again_and_answers(self, stripe_says):
        with pytest.raises(GatewayUnavailable), in_our_words():
            raise stripe.APIConnectionError("timed out")
        stripe_says(payment_intents=(200, intent()))

        with time_machine.travel(timezone.now() + PAUSE):
            assert StripeGateway().fetch_intent("pi_1").id == "pi_1"

    def test_is_not_what_a_refusal_says(self, stripe_says):
        stripe_says(payment_intents=(402, {"error": {"code": "card_declined", "message": "No."}}))

        for _ in range(2):
            with pytest.raises(GatewayRefused):
                a_new_intent()


class TestAServerThatDoesNotAnswer:
    @pytest.fixture(autouse=True)
    def _at(self, settings, monkeypatch):
        settings.STRIPE_SECRET_KEY = "sk_test_1"
        monkeypatch.setattr(gateway_module, "READ_SECONDS", 0.2)
        gateway_module._client_of.cache_clear()
        yield
        gateway_module._client_of.cache_clear()

    def test_is_an_outage_and_is_asked_once(self, settings):
        calls = []
        with closing(socket.create_server(("127.0.0.1", 0))) as server:
            settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.getsockname()[1]}"
            listener = Thread(target=accept_until_closed, args=(server, calls))
            listener.start()

            with pytest.raises(GatewayUnavailable):
                StripeGateway().fetch_intent("pi_1")

            server.shutdown(socket.SHUT_RDWR)
            listener.join()
        assert len(calls) == 1

    def test_because_nobody_listens_is_an_outage(self, settings):
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"

        with pytest.raises(GatewayUnavailable):
            StripeGateway().fetch_intent("pi_1")


def accept_until_closed(server, calls):
    while True:
        try:
            calls.append(server.accept()[0])
        except OSError:
            break
    for call in calls:
        call.close()


def test_what_changes_something_carries_its_key_and_what_asks_does_not(stripe_says):
    known = stripe_says(payment_intents=(200, intent()), post_refunds=(200, refund()), post_transfers=(200, transfer()))
    gateway = StripeGateway()

    a_new_intent()
    gateway.confirm("pi_1", payment_method="pm_card_visa", key="confirm:1")
    gateway.confirm("pi_1", payment_method="", key="confirm:2")
    gateway.capture("pi_1", amount=Decimal(45), currency="USD", key="capture:12")
    gateway.void("pi_1", key="void:12")
    gateway.refund("pi_1", amount=Decimal(10), currency="USD", our_id=7, key="refund:7")
    gateway.transfer("acct_1", amount=Decimal(20), currency="USD", our_id=3, key="payout:3")
    gateway.fetch_intent("pi_1")

    changes = [headers.get("Idempotency-Key") for method, _, headers, _ in known.asked if method == "post"]
    assert changes == ["intent:12", "confirm:1", "confirm:2", "capture:12", "void:12", "refund:7", "payout:3"]
    assert not any("Idempotency-Key" in headers for method, _, headers, _ in known.asked if method == "get")


def test_a_refund_or_a_transfer_that_stripe_has_already_is_not_made_again(stripe_says):
    known = stripe_says(refunds=listed(refund(id="re_0", metadata={}), refund()), transfers=listed(transfer()))
    gateway = StripeGateway()

    made = gateway.refund("pi_1", amount=Decimal(10), currency="USD", our_id=7, key="refund:7")
    sent = gateway.transfer("acct_1", amount=Decimal(20), currency="USD", our_id=3, key="payout:3")

    assert (made.id, sent.id) == ("re_1", "tr_1")
    assert [method for method, *_ in known.asked] == ["get", "get"]


def test_every_status_that_the_sdk_knows_has_a_word_of_ours():
    words, _ = get_args(stripe.PaymentIntent.__annotations__["status"])

    assert set(get_args(words)) == set(STATUSES)
