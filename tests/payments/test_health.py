"""Readiness names a provider that cannot be reached (goal R20)."""

from datetime import timedelta

import pytest
import stripe
import time_machine

from common import fuse
from payments.gateways.base import GatewayUnavailable
from payments.gateways.stripe_states import in_our_words
from payments.services import health


@pytest.fixture
def clock(settings):
    settings.PAYMENT_PROVIDER = "stripe"
    with time_machine.travel("2026-01-14T12:00:00Z", tick=False) as traveller:
        yield traveller


def fail():
    with pytest.raises(GatewayUnavailable), in_our_words():
        raise stripe.APIConnectionError("It does not answer.")


def test_the_sandbox_is_a_part_of_us():
    assert health.state() == "not_configured"


def test_a_provider_that_could_not_be_reached_is_down_until_it_answers(clock):
    assert health.state() == "up"
    fail()
    assert health.state() == "down"

    clock.shift(fuse.PAUSE + timedelta(seconds=1))
    with in_our_words():
        """It answers."""

    assert health.state() == "up"


def test_what_nobody_has_tried_for_a_while_counts_as_up(clock):
    fail()
    clock.shift(fuse.KNOWN_FOR + timedelta(seconds=1))

    assert health.state() == "up"


def test_the_public_reads_it(api, clock, db):
    fail()

    answer = api.get("/api/health/services").json()

    assert (answer["status"], answer["services"]["payments"]) == ("degraded", "down")
