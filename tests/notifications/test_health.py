"""Readiness names what is broken of mail, push and the workers (goal R20)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import OutgoingMail
from notifications.models import Delivery
from notifications.services import health, push
from tests.factories import AnnouncementFactory, DeliveryFactory, DigestFactory, OutgoingMailFactory

pytestmark = pytest.mark.django_db

UP = {"mail": "up", "push": "up", "work": "up"}
State = Delivery.State


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-01-14T12:00:00Z", tick=False) as traveller:
        yield traveller


def states():
    return health.states(now=timezone.now())


def failed(**values):
    later = timezone.now() + timedelta(seconds=30)
    return DeliveryFactory(attempts=1, due_at=later, outcome="ConnectionRefusedError()", **values)


def test_with_nothing_to_do_everything_is_up():
    assert states() == UP


@pytest.mark.parametrize(("channel", "name"), [("email", "mail"), ("push", "push")])
def test_a_channel_whose_last_try_failed_is_down_until_something_goes_through(clock, channel, name):
    DeliveryFactory(channel=channel, state=State.DONE, outcome="sent")
    clock.shift(timedelta(seconds=1))
    failed(channel=channel)

    assert states() == UP | {name: "down"}

    clock.shift(timedelta(seconds=1))
    DeliveryFactory(channel=channel, state=State.DONE, outcome="sent")
    assert states() == UP


def test_what_was_given_up_counts_for_a_while(clock):
    DeliveryFactory(state=State.DEAD, attempts=5, outcome="TimeoutError()")

    now = states()
    clock.shift(timedelta(minutes=16))

    assert (now["mail"], states()["mail"]) == ("down", "up")


def test_an_address_that_the_server_does_not_want_is_not_the_servers_fault():
    DeliveryFactory(attempts=1, due_at=timezone.now() + timedelta(seconds=9), outcome="SMTPRecipientsRefused({})")

    assert states() == UP


def test_the_mails_of_accounts_count_too():
    OutgoingMailFactory(
        attempts=1, due_at=timezone.now() + timedelta(seconds=9), outcome="TimeoutError()", state=OutgoingMail.State.DUE
    )

    assert states() == UP | {"mail": "down"}


@pytest.mark.parametrize("factory", [DeliveryFactory, DigestFactory, AnnouncementFactory, OutgoingMailFactory])
def test_work_that_nobody_does_is_noticed(clock, factory):
    factory(state=State.DUE, due_at=timezone.now())
    clock.shift(timedelta(seconds=119))
    soon = states()["work"]
    clock.shift(timedelta(seconds=1))

    assert (soon, states()["work"]) == ("up", "down")


def test_what_somebody_is_at_or_what_waits_for_a_digest_is_not_overdue(clock):
    DeliveryFactory(leased_until=timezone.now() + timedelta(minutes=10))
    DeliveryFactory(digest=DigestFactory(due_at=timezone.now() + timedelta(days=1)))
    clock.shift(timedelta(minutes=5))

    assert states()["work"] == "up"


def test_a_site_without_the_library_pushes_nothing(monkeypatch):
    monkeypatch.setattr(push, "find_spec", lambda name: None)

    assert states()["push"] == "not_configured"
