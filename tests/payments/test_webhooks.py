"""What becomes of a provider's event, from its arrival to its end (R-PAY-5, R-PAY-7, goal R7)."""

import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import Conflict, Forbidden, NotFound
from payments.errors import AlreadyPaid, BadWebhook
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_events import HEADER, body_of, sign
from payments.models import PaymentStatus, Posting, ProviderEvent, Verdict
from payments.services import intents, webhooks
from payments.tasks import process_event, settle_due
from tests.factories import AdminFactory, StudentFactory
from tests.payments.conftest import told, work_off
from tests.payments.events import PAYABLES, begun, body_about, deliver, is_paid, paid_there
from tests.payments.plain import AMOUNT

pytestmark = pytest.mark.django_db

State = ProviderEvent.State


@pytest.fixture(autouse=True)
def _payables(settings, clock):
    settings.PAYABLES = PAYABLES


@pytest.fixture
def payment():
    return begun()


def run(event):
    """What a worker does with it now; returns it as it is afterwards."""
    process_event(event.pk)
    event.refresh_from_db()
    return event


class TestAnEventThatArrives:
    def test_is_kept_as_it_is_and_applied(self, payment):
        body = paid_there(payment)

        event = deliver(body)

        assert (event.provider, event.type, event.state) == ("sandbox", "payment_intent.succeeded", State.DUE)
        assert (event.object_id, event.payment_ref) == (payment.provider_id, str(payment.pk))
        assert event.payload["data"]["object"]["captured"] == "100.00"
        event = run(event)
        assert (event.state, event.verdict, event.outcome) == (State.DONE, Verdict.APPLIED, f"payment {payment.pk}")
        assert is_paid(payment)

    def test_again_and_again_is_one_event_with_one_effect(self, payment):
        body = paid_there(payment)

        events = [run(deliver(body)) for _ in range(5)]

        assert len({event.pk for event in events}) == 1
        assert ProviderEvent.objects.count() == 1
        assert set(Posting.objects.values_list("kind", flat=True)) == {"capture", "fee"}
        assert Posting.objects.count() == 2
        assert told(payment.payer) == ["payment_succeeded"]

    def test_with_another_id_and_the_same_news_has_no_second_effect(self, payment):
        paid_there(payment)

        for number in range(3):
            run(deliver(body_about(payment.provider_id, event_id=f"evt_{number}")))

        assert list(ProviderEvent.objects.values_list("verdict", flat=True)) == [Verdict.APPLIED] * 3
        assert set(Posting.objects.values_list("kind", flat=True)) == {"capture", "fee"}
        assert Posting.objects.count() == 2
        assert told(payment.payer) == ["payment_succeeded"]

    @pytest.mark.parametrize("kind", ["customer.created", "invoice.paid", "x", "payment_method.attached", "é" * 300])
    def test_of_a_type_that_nobody_here_knows_is_kept_and_ignored(self, payment, kind):
        event = run(deliver(body_of(kind, {"id": "cus_1"})))

        assert (event.state, event.verdict) == (State.DONE, Verdict.IGNORED)
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.REQUIRES_PAYMENT

    def test_says_only_that_something_happened_and_the_provider_says_what(self, payment):
        """A body that claims more than the provider confirms has no effect, however well it is signed."""
        claim = {"id": payment.provider_id, "payment_ref": str(payment.pk), "status": "succeeded", "captured": "100"}

        event = run(deliver(body_of("payment_intent.succeeded", claim)))

        assert event.verdict == Verdict.APPLIED
        payment.refresh_from_db()
        assert (payment.status, payment.captured_amount) == (PaymentStatus.REQUIRES_PAYMENT, 0)


def stale(body):
    return {HEADER: sign(body, at=time.time() - 301)}


def from_tomorrow(body):
    return {HEADER: sign(body, at=time.time() + 301)}


def of_another_body(body):
    return {HEADER: sign(body + b" ")}


def without_digest(body):
    return {HEADER: sign(body).partition(",")[0]}


def with_another_moment(body):
    return {HEADER: sign(body).replace(f"t={int(time.time())}", f"t={int(time.time()) - 1}")}


class TestAnEventThatNobodySigned:
    @pytest.mark.parametrize(
        "headers",
        [
            stale,
            from_tomorrow,
            of_another_body,
            without_digest,
            with_another_moment,
            lambda body: {},
            lambda body: {HEADER: ""},
            lambda body: {HEADER: "t=,v1="},
            lambda body: {HEADER: "t=" + "9" * 400 + ",v1=a"},
            lambda body: {HEADER: "t=٣,v1=a"},
            lambda body: {HEADER: "v1=" + "é" * 64},
            lambda body: {"Stripe-Signature": sign(body)},
        ],
    )
    def test_is_refused_and_leaves_nothing(self, payment, headers):
        body = paid_there(payment)

        with pytest.raises(BadWebhook):
            webhooks.take_in("sandbox", body, headers(body))

        work_off()
        assert not ProviderEvent.objects.exists()
        assert not is_paid(payment)

    def test_is_refused_when_a_byte_was_changed_on_its_way(self, payment):
        body = paid_there(payment)
        header = {HEADER: sign(body)}

        for place in range(0, len(body), 7):
            altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            with pytest.raises(BadWebhook):
                webhooks.take_in("sandbox", altered, header)

        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [b"", b"no json", b"[]", b"null", b"12", b"{}", b'{"id": "evt_1"}', b"\xff\xfe", b'{"id": 1, "type": 2}'],
    )
    def test_is_refused_when_it_is_signed_and_no_event(self, body):
        with pytest.raises(BadWebhook):
            deliver(body)

        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize("age", [0, 299, 300])
    def test_is_taken_for_five_minutes(self, payment, age):
        assert deliver(paid_there(payment), at=time.time() - age).pk


class TestAnOrphan:
    def test_waits_for_its_payment_without_counting_as_a_failure(self):
        event = run(deliver(body_about("sandbox_pi_of_nobody")))

        assert (event.state, event.verdict, event.attempts) == (State.DUE, Verdict.NONE, 0)
        assert event.due_at == timezone.now() + timedelta(minutes=10)
        assert event.outcome == "no such payment here yet"

    def test_is_given_up_after_a_day_and_somebody_is_told(self, clock, caplog):
        event = deliver(body_about("sandbox_pi_of_nobody"))
        clock.shift(timedelta(hours=24, seconds=-1))
        assert run(event).state == State.DUE

        clock.shift(timedelta(minutes=10))
        event = run(event)

        assert (event.state, event.verdict) == (State.DONE, Verdict.ORPHAN)
        assert "payment_event_orphaned" in caplog.text

    def test_finds_its_payment_by_its_number_when_the_answer_to_us_was_lost(self, payment):
        intent_id, payment.provider_id = payment.provider_id, ""
        payment.save()
        SandboxGateway().confirm(intent_id, payment_method="pm_card_visa", key="confirm")

        work_off()

        assert is_paid(payment)
        assert payment.provider_id == intent_id

    def test_is_applied_once_its_payment_appears(self, payment, clock):
        intent_id, number = payment.provider_id, payment.pk
        body = paid_there(payment)
        payment.delete()
        event = run(deliver(body))
        assert event.state == State.DUE
        payment.pk, payment.provider_id = number, intent_id
        payment.save(force_insert=True)

        clock.shift(timedelta(minutes=10))
        settle_due()

        event.refresh_from_db()
        assert (event.state, event.verdict) == (State.DONE, Verdict.APPLIED)
        assert is_paid(payment)

    def test_of_another_object_than_our_payments_is_no_business_of_ours(self, payment):
        event = run(deliver(body_about("sandbox_pi_of_another", ref=str(payment.pk))))

        assert (event.state, event.verdict) == (State.DONE, Verdict.IGNORED)

    def test_never_gives_a_payment_an_object_of_another_payment(self, payment):
        """As after a database was restored, when the provider still speaks of payments whose numbers come again."""
        other = begun(number=2)
        intent_id, other_id = payment.provider_id, other.provider_id
        other.delete()
        payment.provider_id = ""
        payment.save()

        event = run(deliver(body_about(other_id, ref=str(payment.pk))))

        payment.refresh_from_db()
        assert (event.state, event.attempts, payment.provider_id) == (State.DUE, 1, "")
        assert run(deliver(body_about(intent_id, ref=str(payment.pk)))).verdict == Verdict.APPLIED

    @pytest.mark.parametrize("ref", ["", "0", "-1", "٣", "9" * 40, "pi", "1.0", "99999999999999999999"])
    def test_may_name_any_nonsense(self, ref):
        assert run(deliver(body_about("sandbox_pi_of_nobody", ref=ref))).state == State.DUE

    def test_about_no_object_at_all_waits_as_well(self, payment):
        assert run(deliver(body_about("", ref=str(payment.pk)))).state == State.DUE


@pytest.fixture
def outage():
    """The provider does not answer; `outage.stop()` ends that."""
    no_answer = patch.object(SandboxGateway, "fetch_intent", side_effect=GatewayUnavailable("no answer"))
    no_answer.start()
    yield no_answer
    no_answer.stop()


class TestAnEventThatFails:
    @pytest.fixture
    def event(self, payment, outage):
        return run(deliver(paid_there(payment)))

    def test_is_due_again_with_growing_pauses_and_given_up_in_the_end(self, event, clock):
        pauses = []
        for _ in range(ProviderEvent.MAX_ATTEMPTS - 1):
            assert (event.state, event.verdict) == (State.DUE, Verdict.NONE)
            pauses.append((event.due_at - timezone.now()).total_seconds())
            clock.move_to(event.due_at)
            event = run(event)

        assert pauses == [30 * 2**number for number in range(11)]
        assert sum(pauses) > timedelta(hours=17).total_seconds()
        assert (event.state, event.attempts) == (State.DEAD, 12)
        assert "no answer" in event.outcome

    def test_is_not_tried_before_its_time(self, event):
        settle_due()

        event.refresh_from_db()
        assert event.attempts == 1

    def test_is_applied_as_soon_as_it_can_be(self, event, outage, clock, payment):
        outage.stop()
        clock.move_to(event.due_at)

        settle_due()

        event.refresh_from_db()
        assert (event.state, event.verdict) == (State.DONE, Verdict.APPLIED)
        assert is_paid(payment)

    def test_is_retried_at_once_when_an_admin_says_so(self, event, outage, payment):
        outage.stop()
        admin = AdminFactory()

        webhooks.retry(event.pk, actor=admin)
        work_off()

        assert is_paid(payment)
        entry = AuditEntry.objects.filter(action="payment.event_retried").get()
        assert entry.actor_id == admin.pk

    def test_that_was_given_up_gets_all_its_attempts_again(self, event):
        ProviderEvent.objects.update(state=State.DEAD, attempts=12)

        event = webhooks.retry(event.pk, actor=AdminFactory())

        assert (event.state, event.attempts, event.due_at) == (State.DUE, 0, timezone.now())

    def test_cannot_be_retried_while_it_is_being_processed(self, event):
        ProviderEvent.objects.update(due_at=timezone.now())

        with pytest.raises(Conflict):
            webhooks.retry(event.pk, actor=AdminFactory())

    def test_is_retried_by_admins_only(self, event):
        with pytest.raises(Forbidden):
            webhooks.retry(event.pk, actor=StudentFactory())

        event.refresh_from_db()
        assert event.attempts == 1

    def test_cannot_be_retried_if_there_is_none(self):
        with pytest.raises(NotFound):
            webhooks.retry(10**9, actor=AdminFactory())


def test_an_event_that_was_applied_may_be_processed_again_without_a_second_effect(payment):
    event = run(deliver(paid_there(payment)))

    webhooks.retry(event.pk, actor=AdminFactory())
    event = run(event)

    assert (event.state, event.verdict) == (State.DONE, Verdict.APPLIED)
    assert set(Posting.objects.values_list("kind", flat=True)) == {"capture", "fee"}
    assert Posting.objects.count() == 2
    assert told(payment.payer) == ["payment_succeeded"]


def test_a_refund_that_bounces_after_the_thing_was_paid_for_again_is_still_told(payment):
    """Then one thing has two payments: the money of the first is here, and an admin has to find another way."""
    gateway = SandboxGateway()
    deliver(paid_there(payment))
    refund = gateway.refund(payment.provider_id, amount=AMOUNT, currency="USD", our_id=10**9, key="refund")
    work_off()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REFUNDED
    second = intents.create_intent("plain", payment.payable_id, payer=payment.payer)
    intents.confirm(second.pk, payer=payment.payer, payment_method="pm_card_visa")
    work_off()

    gateway.finish_refund(payment.provider_id, refund.id, succeeds=False)
    work_off()

    assert set(ProviderEvent.objects.values_list("verdict", flat=True)) == {Verdict.APPLIED}
    assert is_paid(payment)
    assert is_paid(second)
    assert second.pk != payment.pk
    with pytest.raises(AlreadyPaid):
        intents.create_intent("plain", payment.payable_id, payer=payment.payer)
