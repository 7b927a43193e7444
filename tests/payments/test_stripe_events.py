"""Stripe's events: who signed them, how old they are, what they are about (R-PAY-5). Signed as the SDK does."""

import json
import time

import pytest
import stripe

from payments.gateways.base import BadSignature
from payments.gateways.stripe import StripeGateway

SECRET = "whsec_of_the_tests"


class TestAnEvent:
    @pytest.fixture(autouse=True)
    def _secret(self, settings):
        settings.STRIPE_WEBHOOK_SECRET = SECRET

    def test_of_an_intent_names_it_and_our_payment(self):
        event = parsed("payment_intent.succeeded", {"id": "pi_1", "metadata": {"payment_ref": "12"}})

        assert (event.id, event.type) == ("evt_1", "payment_intent.succeeded")
        assert (event.object_id, event.payment_ref) == ("pi_1", "12")
        assert event.happened_at.timestamp() == 1_790_000_000
        assert event.payload["data"]["object"]["id"] == "pi_1"

    @pytest.mark.parametrize(
        "kind", ["charge.refunded", "charge.succeeded", "refund.updated", "refund.created", "charge.dispute.created"]
    )
    def test_of_what_hangs_on_an_intent_names_the_intent(self, kind):
        event = parsed(kind, {"id": "ch_1", "payment_intent": "pi_1", "metadata": {}})

        assert (event.object_id, event.payment_ref) == ("pi_1", "")

    @pytest.mark.parametrize("thing", [{"id": "ch_1", "payment_intent": None, "metadata": None}, {"id": "cus_1"}])
    def test_of_anything_else_names_none(self, thing):
        event = parsed("charge.succeeded", thing)

        assert (event.object_id, event.payment_ref) == ("", "")

    def test_is_refused_without_a_signature(self):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(body(), {})

    @pytest.mark.parametrize("header", ["", "nonsense", "t=1", "v1=abc", "t=x,v1=abc", "t=1,v0=abc", ",=,="])
    def test_is_refused_with_a_header_that_is_none(self, header):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(body(), {"Stripe-Signature": header})

    def test_is_refused_when_another_secret_signed_it(self):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(body(), signed(body(), secret="whsec_of_somebody_else"))

    def test_is_refused_when_a_byte_of_it_was_changed(self):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(body().replace(b"pi_1", b"pi_2"), signed(body()))

    @pytest.mark.parametrize(("age", "is_taken"), [(0, True), (300, True), (301, False), (86400, False)])
    def test_is_refused_when_it_is_older_than_five_minutes(self, age, is_taken, clock):
        header = signed(body(), age=age)

        if is_taken:
            assert StripeGateway().parse_event(body(), header).id == "evt_1"
        else:
            with pytest.raises(BadSignature):
                StripeGateway().parse_event(body(), header)

    @pytest.mark.parametrize("secret", ["", " "])
    def test_is_refused_where_no_secret_is_configured(self, settings, secret):
        settings.STRIPE_WEBHOOK_SECRET = secret

        with pytest.raises(BadSignature):
            StripeGateway().parse_event(body(), signed(body(), secret=secret))

    @pytest.mark.parametrize(
        "text", ["", "no json", "[]", "12", "null", "{}", '{"id": "evt_1"}', '{"id":1,"type":2,"created":3,"data":{}}']
    )
    def test_is_refused_when_it_is_signed_and_no_event(self, text):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(text.encode(), signed(text.encode()))

    def test_is_refused_when_it_is_no_text(self):
        with pytest.raises(BadSignature):
            StripeGateway().parse_event(b"\xff\xfe", signed(body()))


def body(kind="payment_intent.succeeded", thing=None):
    thing = thing or {"id": "pi_1", "metadata": {"payment_ref": "12"}}
    event = {"id": "evt_1", "object": "event", "type": kind, "created": 1_790_000_000, "data": {"object": thing}}
    return json.dumps(event).encode()


def signed(content, *, secret=SECRET, age=0):
    signature = stripe.WebhookSignature.generate_signature_header(content.decode(), secret, int(time.time()) - age)
    return {"Stripe-Signature": signature}


def parsed(kind, thing):
    content = body(kind, thing)
    return StripeGateway().parse_event(content, signed(content))
