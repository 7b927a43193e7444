"""Reminding people of what they began to pay: R-REM-6."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from bookings.services import cancelling
from notifications.models import Notification
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, PaymentStatus
from payments.services import intents, nudging
from payments.tasks import remind_payers
from tests.factories import BookingFactory, PackagePurchaseFactory, PaymentFactory
from tests.payments.conftest import told
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

NUDGE = "payment_reminder"


def begin(booking, *, kind="booking"):
    return intents.create_intent(kind, booking.pk, payer=booking.student)


def pays(payment, method):
    return partial(intents.confirm, payment.pk, payer=payment.payer, payment_method=method)


def reminders():
    return Notification.objects.filter(type=NUDGE)


def test_who_began_five_minutes_ago_and_has_not_paid_is_told_once_where_to_go_on():
    payment = begin(BookingFactory())
    begun = payment.nudge_at - timedelta(minutes=5)
    assert timezone.now() - begun < timedelta(minutes=1)
    assert nudging.nudge_due(now=payment.nudge_at - timedelta(seconds=1)) == 0

    counts = [nudging.nudge_due(now=payment.nudge_at), nudging.nudge_due(now=payment.nudge_at + timedelta(days=1))]

    assert counts == [1, 0]
    row = reminders().get()
    assert (row.recipient, row.link) == (payment.payer, f"/payments/{payment.pk}")
    assert row.message.startswith(f"You began to pay 45.00 USD for {payment.description}")
    payment.refresh_from_db()
    assert (payment.status, payment.nudge_at) == (PaymentStatus.REQUIRES_PAYMENT, None)


def test_who_buys_a_package_is_reminded_too():
    bought = PackagePurchaseFactory(status="pending", available=0, purchased_at=None, expires_at=None)
    payment = begin(bought, kind="purchase")

    assert nudging.nudge_due(now=payment.nudge_at) == 1
    assert told(bought.student) == [NUDGE]


def test_who_still_has_to_ask_their_bank_is_reminded():
    payment = begin(BookingFactory())
    pays(payment, "pm_card_authenticationRequired")()

    assert nudging.nudge_due(now=payment.nudge_at) == 1


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("pm_card_visa", PaymentStatus.SUCCEEDED),
        ("pm_card_chargeDeclined", PaymentStatus.FAILED),
        ("pm_card_processing", PaymentStatus.PROCESSING),
    ],
)
def test_what_was_paid_or_failed_or_is_on_its_way_is_not_reminded_of(method, status):
    payment = begin(BookingFactory())
    assert pays(payment, method)().status == status

    assert nudging.nudge_due(now=payment.nudge_at) == 0
    assert not reminders().exists()


@pytest.mark.parametrize("status", [PaymentStatus.AUTHORIZED, PaymentStatus.CANCELED])
def test_neither_is_what_was_set_aside_or_given_up(status):
    PaymentFactory(status=status, nudge_at=timezone.now())

    assert nudging.nudge_due(now=timezone.now()) == 0
    assert not reminders().exists()


def test_who_pays_again_after_a_failure_is_not_reminded_of_the_first_try():
    payment = begin(BookingFactory())
    pays(payment, "pm_card_chargeDeclined")()
    nudging.nudge_due(now=payment.nudge_at)
    Payment.objects.update(status=PaymentStatus.REQUIRES_PAYMENT)

    assert nudging.nudge_due(now=payment.nudge_at + timedelta(minutes=5)) == 0


def test_nobody_is_reminded_to_pay_for_a_lesson_that_is_off():
    """Even while the provider has not been told to give the payment up."""
    booking = BookingFactory()
    payment = begin(booking)
    cancelling.cancel_booking(booking.pk, actor=booking.tutor.user)

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REQUIRES_PAYMENT
    assert nudging.nudge_due(now=payment.nudge_at) == 0
    assert NUDGE not in told(booking.student)


def test_nobody_is_reminded_to_pay_for_a_request_that_lapses_at_this_very_moment(book):
    booking = book()
    payment = begin(booking)
    Payment.objects.update(nudge_at=booking.expires_at)

    with time_machine.travel(booking.expires_at, tick=False):
        assert nudging.nudge_due(now=timezone.now()) == 0

    booking.refresh_from_db()
    assert booking.status == "expired"
    assert NUDGE not in told(payment.payer)


def test_the_time_runs_from_when_the_provider_has_it_and_not_anew_with_each_look(monkeypatch):
    booking = BookingFactory()
    with monkeypatch.context() as down:
        down.setattr(SandboxGateway, "create_intent", _does_not_answer)
        with pytest.raises(intents.ProviderUnavailable):
            begin(booking)
    assert Payment.objects.get().nudge_at is None

    first = begin(booking).nudge_at

    assert first is not None
    assert begin(booking).nudge_at == first


def _does_not_answer(self, **_):
    raise GatewayUnavailable


def test_one_that_cannot_be_looked_at_does_not_hold_up_the_others():
    lost = PaymentFactory(status=PaymentStatus.REQUIRES_PAYMENT, payable_id=987654321, nudge_at=timezone.now())
    payment = begin(BookingFactory())

    assert nudging.nudge_due(now=payment.nudge_at) == 1

    assert reminders().get().recipient == payment.payer
    lost.refresh_from_db()
    assert lost.nudge_at is not None


@pytest.mark.parametrize(
    "run", [remind_payers, lambda: call_command("settle_payments")], ids=["the task", "the command"]
)
def test_the_clock_sees_to_it(run):
    payment = begin(BookingFactory())

    with time_machine.travel(payment.nudge_at, tick=False):
        run()
        run()

    assert reminders().count() == 1


def test_a_run_that_finds_nothing_asks_once_and_one_that_finds_some_takes_so_many(django_assert_num_queries):
    with django_assert_num_queries(1):
        nudging.nudge_due(now=timezone.now())
    payments = [begin(BookingFactory()) for _ in range(3)]
    now = payments[-1].nudge_at

    assert [nudging.nudge_due(now=now, limit=2) for _ in range(3)] == [2, 1, 0]


def test_each_reminder_costs_the_same_however_many_there_are(django_assert_max_num_queries):
    counts = []
    for people in (1, 4):
        now = [begin(BookingFactory()) for _ in range(people)][-1].nudge_at
        with django_assert_max_num_queries(50 * people) as queries:
            assert nudging.nudge_due(now=now) == people
        counts.append((len(queries) - 1) / people)

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_many_runs_at_once_one_reminds():
    payment = begin(BookingFactory())

    results = at_once([partial(nudging.nudge_due, now=payment.nudge_at)] * 10)

    assert sorted(results) == [0] * 9 + [1]
    assert reminders().count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_calls_the_lesson_off_at_the_same_moment_is_reminded_before_or_not_at_all():
    booking = BookingFactory()
    payment = begin(booking)
    cancel = partial(cancelling.cancel_booking, booking.pk, actor=booking.student)

    results = at_once([partial(nudging.nudge_due, now=payment.nudge_at), cancel] * 2)

    assert results[0] + results[2] == reminders().count() <= 1
    booking.refresh_from_db()
    assert booking.status == "cancelled"
