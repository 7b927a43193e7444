"""The mentor contract's payments: begun, confirmed, told of by the provider, given back, disputed, listed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from api.mentor.examples import payments as examples
from bookings.models import BookingStatus, CreditEntry
from bookings.services import purchases
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_events import body_of, sign
from payments.models import Dispute, Payment, PaymentStatus, ProviderEvent, Refund, SandboxObject
from tests.factories import (
    AdminFactory,
    BookingFactory,
    DisputeFactory,
    OpenTutorFactory,
    PackageFactory,
    PaymentFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.payments.conftest import work_off
from tests.support.clients import Api, queries_of

pytestmark = pytest.mark.django_db

INTENT, CONFIRM, WEBHOOK, REFUND, DISPUTE, HISTORY = (
    f"/api/payments/{name}" for name in ("create-intent", "confirm", "webhook", "refund", "dispute", "history")
)
CHANGING = [INTENT, CONFIRM, REFUND, DISPUTE]
VISA = "pm_card_visa"


@pytest.fixture
def ada():
    return StudentFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def mine(api, ada):
    return api.as_(ada)


@pytest.fixture
def desk(api):
    return api.as_(AdminFactory())


@pytest.fixture
def lesson(ada):
    """Confirmed, at 45 USD."""
    return BookingFactory(student=ada)


@pytest.fixture
def begun(mine, lesson):
    """The lesson's payment, for which nothing was paid yet."""
    return Payment.objects.get(pk=mine.post(INTENT, {"bookingId": lesson.pk}).json()["paymentId"])


@pytest.fixture
def paid(mine, begun):
    mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": VISA})
    work_off()
    begun.refresh_from_db()
    return begun


@pytest.fixture
def taught(ada):
    """The payment of a lesson of yesterday."""
    lesson = BookingFactory(
        student=ada, status=BookingStatus.COMPLETED, starts_at=timezone.now() - timedelta(days=1, hours=1)
    )
    return PaymentFactory(payable_id=lesson.pk, payer=ada, tutor=lesson.tutor)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def about(payment, **more):
    return {"paymentId": payment.pk, "reason": "Nobody came.", "description": "I waited for an hour."} | more


class TestBeginning:
    def test_answers_what_a_browser_needs_to_pay(self, mine, ada, lesson):
        answer = mine.post(INTENT, {"bookingId": lesson.pk})

        payment, shown = Payment.objects.get(), answer.json()
        assert (answer.status_code, set(shown)) == (201, set(examples.INTENT)), shown
        assert shown == {
            "paymentId": payment.pk,
            "clientSecret": payment.client_secret,
            "amount": 45,
            "currency": "USD",
            "status": "requires_payment",
            "provider": "sandbox",
        }
        assert (payment.payer, payment.tutor, payment.payable_kind) == (ada, lesson.tutor, "booking")
        assert (payment.payable_id, payment.amount, payment.status) == (lesson.pk, Decimal(45), "requires_payment")

    def test_again_goes_on_with_the_same_payment(self, mine, lesson):
        first, second = (mine.post(INTENT, {"booking_id": lesson.pk}) for _ in range(2))

        assert first.json() == second.json()
        assert Payment.objects.count() == 1

    def test_of_a_private_session_is_of_its_lesson(self, mine, lesson):
        of_session = mine.post(INTENT, {"sessionId": lesson.session_id}).json()

        assert of_session == mine.post(INTENT, {"bookingId": lesson.pk}).json()

    def test_of_a_package_hands_its_credits_out_once_it_is_paid(self, mine, ada, settings):
        settings.PACKAGES_NEED_PAYMENT = True
        purchase = purchases.buy(PackageFactory(tutor=OpenTutorFactory()).pk, student=ada)

        shown = mine.post(INTENT, {"purchaseId": purchase.pk}).json()
        mine.post(CONFIRM, {"paymentId": shown["paymentId"], "paymentMethod": VISA})

        purchase.refresh_from_db()
        assert (shown["amount"], purchase.status, purchase.available) == (200, "active", 5)

    @pytest.mark.parametrize(("currency", "price", "amount"), [("JPY", "4500", 4500), ("KWD", "12.345", 12.345)])
    def test_speaks_in_the_digits_of_the_currency(self, mine, ada, currency, price, amount):
        lesson = BookingFactory(student=ada, price=Decimal(price), currency=currency)

        shown = mine.post(INTENT, {"bookingId": lesson.pk, "amount": amount, "currency": currency.lower()}).json()

        assert (shown["amount"], shown["currency"]) == (amount, currency)

    @pytest.mark.parametrize("sent", [{}, {"bookingId": 1, "purchaseId": 1}, {"sessionId": None}])
    def test_needs_exactly_one_thing_to_pay_for(self, mine, sent):
        assert refusal(mine.post(INTENT, sent)) == (400, "EXACTLY_ONE")

    @pytest.mark.parametrize(
        "sent",
        [
            {"bookingId": 0},
            {"sessionId": "x"},
            {"amount": "much"},
            {"amount": 10**11},
            {"amount": -45},
            {"amount": -(10**15)},
            {"currency": "US"},
        ],
    )
    def test_with_what_makes_no_sense_is_400(self, mine, lesson, sent):
        answer = mine.post(INTENT, {"bookingId": lesson.pk} | sent)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(sent))
        assert not Payment.objects.exists()

    @pytest.mark.parametrize("believed", [{"amount": 1}, {"amount": 0}, {"amount": 44.999}, {"currency": "JPY"}])
    def test_with_another_amount_than_ours_is_refused(self, mine, lesson, believed):
        answer = mine.post(INTENT, {"bookingId": lesson.pk} | believed)

        assert refusal(answer) == (400, "AMOUNT_MISMATCH")
        assert list(answer.json()["errors"]) == list(believed)
        assert not Payment.objects.exists()

    @pytest.mark.parametrize("who", ["stranger", "tutor", "admin"])
    def test_is_for_nobody_else(self, api, lesson, who):
        person = {"stranger": StudentFactory, "tutor": lambda: lesson.tutor.user, "admin": AdminFactory}[who]()
        client = api.as_(person)

        for sent in ({"bookingId": lesson.pk}, {"bookingId": 10**9}, {"sessionId": lesson.session_id}):
            assert client.post(INTENT, sent).status_code == 404
        assert not Payment.objects.exists()

    def test_of_a_session_that_one_cannot_see_is_as_of_one_that_does_not_exist(self, mine):
        answers = [mine.post(INTENT, {"sessionId": pk}) for pk in (BookingFactory().session_id, 10**9)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Session not found"

    def test_of_a_group_session_is_not_needed(self, mine):
        assert refusal(mine.post(INTENT, {"sessionId": SessionFactory().pk})) == (409, "NOTHING_TO_PAY")

    def test_of_a_lesson_that_was_cancelled_is_not_needed(self, mine, ada):
        lesson = BookingFactory(student=ada, status=BookingStatus.CANCELLED)

        assert refusal(mine.post(INTENT, {"bookingId": lesson.pk})) == (409, "NOTHING_TO_PAY")

    def test_of_what_is_paid_is_refused(self, mine, lesson, paid):
        assert refusal(mine.post(INTENT, {"bookingId": lesson.pk})) == (409, "ALREADY_PAID")

    def test_while_the_provider_is_away_can_be_tried_again(self, mine, lesson, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(SandboxGateway, "create_intent", away)
            answer = mine.post(INTENT, {"bookingId": lesson.pk}, headers={"Idempotency-Key": "k-1"})

        again = mine.post(INTENT, {"bookingId": lesson.pk}, headers={"Idempotency-Key": "k-1"})
        assert refusal(answer) == (503, "PAYMENT_PROVIDER_UNAVAILABLE")
        assert int(answer["Retry-After"]) >= 1
        assert (again.status_code, Payment.objects.count()) == (201, 1)

    def test_twice_with_one_key_has_one_answer(self, mine, ada, lesson):
        first, second = (mine.post(INTENT, {"bookingId": lesson.pk}, headers={"Idempotency-Key": "k"}) for _ in "ab")
        other = BookingFactory(student=ada, starts_at=lesson.ends_at)
        reused = mine.post(INTENT, {"bookingId": other.pk}, headers={"Idempotency-Key": "k"})

        assert (first.content, second["Idempotent-Replay"]) == (second.content, "true")
        assert refusal(reused) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert Payment.objects.count() == 1

    def test_at_once_with_one_key_has_the_answer_that_was_kept_first(self, mine, lesson, monkeypatch):
        original, others = SandboxGateway.create_intent, []

        def begin():
            return mine.post(INTENT, {"bookingId": lesson.pk}, headers={"Idempotency-Key": "k-1"})

        def meanwhile(gateway, **asked):
            monkeypatch.setattr(SandboxGateway, "create_intent", original)
            others.append(begin())
            return original(gateway, **asked)

        monkeypatch.setattr(SandboxGateway, "create_intent", meanwhile)
        first = begin()

        assert (first.status_code, first.content) == (201, others[0].content)
        assert (first["Idempotent-Replay"], Payment.objects.count()) == ("true", 1)


def away(*args, **kwargs):
    raise GatewayUnavailable("no answer")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}])
def test_no_transaction_is_open_while_the_provider_is_asked(mine, lesson, monkeypatch, headers):
    asked = []

    def watched(name):
        original = getattr(SandboxGateway, name)

        def call(*args, **kwargs):
            asked.append((name, connection.in_atomic_block))
            return original(*args, **kwargs)

        monkeypatch.setattr(SandboxGateway, name, call)

    watched("create_intent")
    watched("confirm")
    made = mine.post(INTENT, {"bookingId": lesson.pk}, headers=headers).json()
    body = {"paymentId": made["paymentId"], "paymentMethod": VISA}
    mine.post(CONFIRM, body, headers=headers and {"Idempotency-Key": "k-2"})

    assert asked == [("create_intent", False), ("confirm", False)]


class TestConfirming:
    def test_pays_with_a_method_of_the_providers(self, mine, begun):
        answer = mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": VISA})

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (200, set(examples.PAYMENT)), shown
        assert (shown["status"], shown["capturedAmount"], shown["hasReceipt"]) == ("succeeded", 45, True)
        assert (shown["kind"], shown["bookingId"], shown["purchaseId"]) == ("booking", begun.payable_id, None)
        assert shown["payer"] == {"id": begun.payer_id, "name": "Ada Lovelace"}
        assert shown["mentor"]["id"] == begun.tutor_id

    def test_sets_the_money_of_a_request_aside(self, mine, ada):
        request = BookingFactory(student=ada, status=BookingStatus.PENDING)
        begun = mine.post(INTENT, {"bookingId": request.pk}).json()

        shown = mine.post(CONFIRM, {"paymentId": begun["paymentId"], "paymentMethod": VISA}).json()

        assert (shown["status"], shown["capturedAmount"], shown["capturedAt"]) == ("authorized", 0, None)

    def test_with_a_card_that_is_refused_is_a_payment_that_failed_and_may_be_tried_again(self, mine, begun):
        first = mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": "pm_card_chargeDeclined"})
        second = mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": VISA})

        assert (first.status_code, first.json()["status"]) == (200, "failed")
        assert (first.json()["failureCode"], first.json()["failureMessage"]) == (
            "card_declined",
            "The card was declined.",
        )
        assert second.json()["status"] == "succeeded"

    def test_believes_nobody_but_the_provider(self, mine, begun):
        assert mine.post(CONFIRM, {"paymentId": begun.pk}).json()["status"] == "requires_payment"

        SandboxGateway().confirm(begun.provider_id, payment_method=VISA, key="k")

        assert mine.post(CONFIRM, {"paymentId": begun.pk}).json()["status"] == "succeeded"

    def test_with_a_method_that_the_provider_does_not_know_is_402(self, mine, begun):
        answer = mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": "4242424242424242"})

        assert refusal(answer) == (402, "PAYMENT_REFUSED")
        assert answer.json()["providerCode"] == "payment_method_unknown"

    def test_while_the_provider_is_away_is_503(self, mine, begun, monkeypatch):
        monkeypatch.setattr(SandboxGateway, "confirm", away)

        answer = mine.post(CONFIRM, {"paymentId": begun.pk, "paymentMethod": VISA})

        assert refusal(answer) == (503, "PAYMENT_PROVIDER_UNAVAILABLE")

    def test_twice_with_one_key_is_one_attempt(self, mine, begun):
        body = {"paymentId": begun.pk, "paymentMethod": "pm_card_chargeDeclined"}
        first, second = (mine.post(CONFIRM, body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))

        assert (first.content, second["Idempotent-Replay"]) == (second.content, "true")
        assert ProviderEvent.objects.filter(type="payment_intent.payment_failed").count() == 1

    @pytest.mark.parametrize("who", ["stranger", "tutor", "admin"])
    def test_is_the_payers_alone(self, api, begun, who):
        person = {"stranger": StudentFactory, "tutor": lambda: begun.tutor.user, "admin": AdminFactory}[who]()
        answers = [api.as_(person).post(CONFIRM, {"paymentId": pk, "paymentMethod": VISA}) for pk in (begun.pk, 10**9)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Payment not found"
        begun.refresh_from_db()
        assert begun.status == PaymentStatus.REQUIRES_PAYMENT

    @pytest.mark.parametrize("sent", [{"paymentId": 0}, {"paymentMethod": "x" * 101}, {"paymentMethod": "a\x00"}])
    def test_with_what_makes_no_sense_is_400(self, mine, begun, sent):
        answer = mine.post(CONFIRM, {"paymentId": begun.pk} | sent)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(sent))


def deliver(body, signature=None, *, header="Sandbox-Signature", content_type="application/json"):
    headers = {} if signature is None else {header: signature}
    return Api().generic("POST", WEBHOOK, body, content_type=content_type, headers=headers)


EVENT = body_of("customer.created", {"id": "cus_1"}, event_id="evt_1")


class TestTheWebhook:
    def test_carries_a_payment_on(self, begun):
        SandboxGateway().confirm(begun.provider_id, payment_method=VISA, key="k")
        ProviderEvent.objects.all().delete()  # lost on its way
        body = body_of("payment_intent.succeeded", SandboxObject.objects.get(pk=begun.provider_id).data)

        answer = deliver(body, sign(body))
        work_off()

        begun.refresh_from_db()
        assert (answer.status_code, answer.json()) == (200, {"received": True})
        assert (begun.status, begun.captured_amount) == (PaymentStatus.SUCCEEDED, Decimal(45))
        assert ProviderEvent.objects.get().verdict == "applied"

    def test_takes_an_event_once_however_often_it_is_delivered(self):
        answers = [deliver(EVENT, sign(EVENT)) for _ in range(3)]

        assert [answer.json() for answer in answers] == [{"received": True}] * 3
        assert ProviderEvent.objects.get().event_id == "evt_1"

    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
    )
    def test_reads_what_was_signed_whatever_its_type(self, content_type):
        answer = deliver(EVENT, sign(EVENT), content_type=content_type)

        assert answer.status_code == 200, answer.content
        assert ProviderEvent.objects.count() == 1

    @pytest.mark.parametrize(
        "made_up",
        [
            lambda: None,
            lambda: "",
            lambda: "nonsense",
            lambda: "t=1,v1=",
            lambda: "t=²,v1=ab",
            lambda: f"t=9999999999999,v1={'0' * 64}",
            lambda: sign(b"another body"),
            lambda: sign(EVENT).replace("v1=", "v1=0"),
            lambda: sign(EVENT) + "0",
        ],
    )
    def test_refuses_what_the_provider_has_not_signed(self, made_up):
        signature = made_up()

        assert refusal(deliver(EVENT, signature and signature.encode().decode("latin-1"))) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_refuses_what_was_signed_at_another_time(self, minutes):
        stale = sign(EVENT, at=(timezone.now() + timedelta(minutes=minutes)).timestamp())

        assert refusal(deliver(EVENT, stale)) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    def test_refuses_what_somebody_changed_on_its_way(self):
        changed = EVENT.replace(b"cus_1", b"cus_2")

        assert refusal(deliver(changed, sign(EVENT))) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    def test_refuses_what_is_signed_with_another_secret(self, settings):
        signature = sign(EVENT)
        settings.SANDBOX_WEBHOOK_SECRET = "another"

        assert refusal(deliver(EVENT, signature)) == (400, "BAD_SIGNATURE")

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff\xfe", b'{"id": 1'])
    def test_refuses_what_is_signed_but_no_event(self, body):
        assert refusal(deliver(body, sign(body))) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    def test_takes_nothing_of_the_sandbox_once_there_is_a_provider(self, settings):
        settings.PAYMENT_PROVIDER = "stripe"

        assert refusal(deliver(EVENT, sign(EVENT))) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    def test_takes_nothing_of_a_provider_that_is_not_set_up(self, settings):
        settings.STRIPE_WEBHOOK_SECRET = ""

        assert refusal(deliver(EVENT, sign(EVENT), header="Stripe-Signature")) == (400, "BAD_SIGNATURE")
        assert not ProviderEvent.objects.exists()

    def test_reads_no_more_than_other_routes(self, settings):
        body = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

        assert refusal(deliver(body, sign(body))) == (413, "BODY_TOO_LARGE")

    def test_is_never_told_to_come_more_slowly(self, settings):
        settings.THROTTLING = True

        assert {deliver(EVENT, sign(EVENT)).status_code for _ in range(120)} == {200}

    def test_looks_at_no_sign_in(self, mine):
        answer = mine.generic("POST", WEBHOOK, EVENT, headers={"Sandbox-Signature": sign(EVENT)})

        assert (answer.status_code, Api(token="nonsense").post(WEBHOOK, {}).status_code) == (200, 400)

    def test_is_for_posts_only(self):
        assert Api().get(WEBHOOK).status_code == 405


class TestGivingBack:
    def test_is_an_admins_in_any_amount_that_is_left(self, desk, paid):
        first = desk.post(REFUND, about(paid, amount=12.5))
        second = desk.post(REFUND, about(paid))
        work_off()
        third = desk.post(REFUND, about(paid))

        paid.refresh_from_db()
        shown = first.json()
        assert (first.status_code, set(shown)) == (201, set(examples.REFUND)), shown
        assert (shown["amount"], shown["currency"], shown["status"]) == (12.5, "USD", "pending")
        assert (shown["basis"], shown["reason"], shown["paymentId"]) == ("admin", "Nobody came.", paid.pk)
        assert second.json()["amount"] == 32.5
        assert refusal(third) == (409, "NOT_REFUNDABLE")
        assert (paid.status, paid.refunded_amount) == (PaymentStatus.REFUNDED, Decimal(45))

    def test_beyond_what_is_left_says_how_much_is(self, desk, paid):
        desk.post(REFUND, about(paid, amount=40))

        answer = desk.post(REFUND, about(paid, amount=5.01))

        assert refusal(answer) == (409, "REFUND_TOO_LARGE")
        assert (answer.json()["refundable"], answer.json()["currency"]) == (5, "USD")
        assert Refund.objects.count() == 1

    def test_twice_with_one_key_is_one_refund(self, desk, paid):
        first, second = (
            desk.post(REFUND, about(paid, amount=10), headers={"Idempotency-Key": "k-1"}) for _ in range(2)
        )

        assert (first.content, second["Idempotent-Replay"]) == (second.content, "true")
        assert Refund.objects.count() == 1

    def test_to_who_paid_is_what_the_terms_give(self, mine, ada, settings):
        settings.PACKAGES_NEED_PAYMENT = True
        purchase = purchases.buy(PackageFactory(tutor=OpenTutorFactory()).pk, student=ada)
        begun = mine.post(INTENT, {"purchaseId": purchase.pk}).json()
        mine.post(CONFIRM, {"paymentId": begun["paymentId"], "paymentMethod": VISA})
        work_off()

        answer = mine.post(REFUND, {"paymentId": begun["paymentId"], "reason": "I have passed."})

        purchase.refresh_from_db()
        assert (answer.status_code, answer.json()["amount"], answer.json()["basis"]) == (201, 200, "policy")
        assert (purchase.status, purchase.available) == ("refunded", 0)
        assert CreditEntry.objects.filter(purchase=purchase).latest("pk").kind == "refund"

    def test_to_who_paid_is_nothing_while_the_lesson_is_on(self, mine, paid):
        assert refusal(mine.post(REFUND, about(paid))) == (409, "LESSON_STILL_ON")

    def test_to_who_paid_is_nothing_of_a_lesson_that_took_place(self, mine, taught):
        assert refusal(mine.post(REFUND, about(taught))) == (409, "NOT_REFUNDABLE")
        assert not Refund.objects.exists()

    def test_is_not_possible_before_anything_was_paid(self, desk, begun):
        assert refusal(desk.post(REFUND, about(begun))) == (409, "NOT_REFUNDABLE")

    def test_in_an_amount_of_ones_own_is_not_for_who_paid(self, mine, paid):
        assert refusal(mine.post(REFUND, about(paid, amount=45))) == (403, "FORBIDDEN")
        assert not Refund.objects.exists()

    def test_is_not_the_tutors_to_ask_for_and_not_there_for_strangers(self, api, paid):
        by_tutor = api.as_(paid.tutor.user).post(REFUND, about(paid))
        stranger = api.as_(TutorFactory())
        answers = [stranger.post(REFUND, {"paymentId": pk, "reason": "x"}) for pk in (paid.pk, 10**9)]

        assert by_tutor.status_code == 403
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Payment not found"
        assert not Refund.objects.exists()

    @pytest.mark.parametrize(
        "sent",
        [{"amount": 0}, {"amount": -1}, {"amount": 0.001}, {"amount": 10**11}, {"reason": ""}, {"reason": "x" * 501}],
    )
    def test_of_what_makes_no_sense_is_400(self, desk, paid, sent):
        answer = desk.post(REFUND, about(paid) | sent)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(sent))
        assert not Refund.objects.exists()


class TestDisputing:
    def test_freezes_what_was_paid_until_it_is_decided(self, mine, ada, taught):
        answer = mine.post(DISPUTE, about(taught))

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (201, set(examples.DISPUTE)), shown
        assert (shown["paymentId"], shown["kind"], shown["status"]) == (taught.pk, "internal", "open")
        assert (shown["amount"], shown["currency"]) == (45, "USD")
        assert (shown["reason"], shown["description"]) == ("Nobody came.", "I waited for an hour.")
        assert Dispute.objects.get().opened_by == ada
        assert mine.get(HISTORY).json()["items"][0]["isDisputed"] is True

    def test_twice_is_refused_but_for_the_same_key(self, mine, taught):
        first, second = (mine.post(DISPUTE, about(taught), headers={"Idempotency-Key": "k-1"}) for _ in range(2))
        third = mine.post(DISPUTE, about(taught))

        assert first.content == second.content
        assert refusal(third) == (409, "DISPUTE_OPEN")
        assert Dispute.objects.count() == 1

    def test_before_anything_was_paid_is_refused(self, mine, begun):
        answer = mine.post(DISPUTE, about(begun))

        assert refusal(answer) == (409, "DISPUTE_REFUSED")
        assert answer.json()["reason"] == "not_paid"

    def test_more_than_thirty_days_after_the_lesson_is_refused(self, mine, ada):
        lesson = BookingFactory(
            student=ada, status=BookingStatus.COMPLETED, starts_at=timezone.now() - timedelta(days=30, hours=2)
        )
        answer = mine.post(DISPUTE, about(PaymentFactory(payable_id=lesson.pk, payer=ada, tutor=lesson.tutor)))

        assert refusal(answer) == (409, "DISPUTE_REFUSED")
        assert answer.json()["reason"] == "too_late"

    def test_is_not_for_tutors_and_admins_and_not_there_for_strangers(self, api, desk, taught):
        by_tutor = api.as_(taught.tutor.user).post(DISPUTE, about(taught))
        stranger = api.as_(StudentFactory())
        answers = [stranger.post(DISPUTE, about(taught) | {"paymentId": pk}) for pk in (taught.pk, 10**9)]

        assert (by_tutor.status_code, desk.post(DISPUTE, about(taught)).status_code) == (403, 403)
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Payment not found"
        assert not Dispute.objects.exists()

    @pytest.mark.parametrize(
        "sent", [{"reason": ""}, {"reason": "x" * 101}, {"description": " "}, {"description": "x" * 5001}]
    )
    def test_without_words_or_with_too_many_is_400(self, mine, taught, sent):
        answer = mine.post(DISPUTE, about(taught) | sent)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(sent))


class TestTheHistory:
    def test_is_of_what_one_paid_or_earns_and_of_all_for_admins(self, api, mine, desk, taught):
        other = PaymentFactory()

        assert found(mine) == found(api.as_(taught.tutor.user)) == [taught.pk]
        assert found(api.as_(StudentFactory())) == found(api.as_(TutorFactory())) == []
        assert found(desk) == [other.pk, taught.pk]

    def test_comes_in_pages_the_newest_first(self, mine, ada, taught):
        newer = PaymentFactory(payer=ada)

        page = mine.get(HISTORY, {"page": 2, "pageSize": 1}).json()

        assert found(mine) == [newer.pk, taught.pk]
        assert set(page["items"][0]) == set(examples.PAYMENT)
        assert (page["items"][0]["id"], page["total"], page["page"], page["pageSize"], page["totalPages"]) == (
            taught.pk, 2, 2, 1, 2,
        )  # fmt: skip

    def test_can_be_narrowed_down(self, mine, ada):
        now = timezone.now()
        old, new = PaymentFactory(payer=ada, status="failed"), PaymentFactory(payer=ada)
        Payment.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=10), payable_kind="purchase")
        day = (now - timedelta(days=5)).date().isoformat()

        of_new = [{"status": "succeeded"}, {"kind": "booking"}, {"bookingId": new.payable_id}, {"from": day}]
        assert [found(mine, **query) for query in of_new] == [[new.pk]] * len(of_new)
        of_old = [{"status": "failed"}, {"kind": "purchase"}, {"to": day}, {"to": f"{day}T00:00:00Z"}]
        assert [found(mine, **query) for query in of_old] == [[old.pk]] * len(of_old)
        assert found(mine, bookingId=old.payable_id) == found(mine, **{"from": day, "to": day}) == []

    def test_counts_days_on_the_wall_of_who_asks(self, api):
        student = StudentFactory(timezone="Asia/Tokyo")
        payment = PaymentFactory(payer=student)
        Payment.objects.filter(pk=payment.pk).update(created_at="2026-03-01T16:00:00Z")
        client = api.as_(student)

        assert found(client, **{"from": "2026-03-02", "to": "2026-03-02"}) == [payment.pk]
        assert found(client, to="2026-03-01") == []

    @pytest.mark.parametrize("query", [
        {"status": "lost"}, {"kind": "gift"}, {"bookingId": 0}, {"from": "yesterday"}, {"to": "2026-13-01"},
        {"from": "2026-01-01T10:00:00"}, {"page": "x"},
    ])  # fmt: skip
    def test_narrowed_down_by_nonsense_is_400(self, mine, query):
        assert mine.get(HISTORY, query).status_code == 400

    def test_tells_why_a_card_was_refused_to_its_owner_and_admins_only(self, api, mine, desk, ada):
        failed = PaymentFactory(payer=ada, status="failed", failure_code="expired_card", failure_message="Expired.")

        shown = [client.get(HISTORY).json()["items"][0] for client in (mine, desk, api.as_(failed.tutor.user))]

        assert [item["failureCode"] for item in shown] == ["expired_card", "expired_card", ""]
        assert [item["failureMessage"] for item in shown] == ["Expired.", "Expired.", ""]

    def test_shows_what_is_on_its_way_back(self, mine, desk, paid):
        desk.post(REFUND, about(paid, amount=12.5))
        under_way = mine.get(HISTORY).json()["items"][0]
        work_off()
        arrived = mine.get(HISTORY).json()["items"][0]

        assert (under_way["pendingRefundAmount"], under_way["refundedAmount"]) == (12.5, 0)
        assert (arrived["pendingRefundAmount"], arrived["refundedAmount"]) == (0, 12.5)
        assert arrived["status"] == "partially_refunded"

    @pytest.mark.parametrize("who", ["mine", "tutors", "desk"])
    def test_costs_the_same_however_long_it_is(self, api, mine, desk, ada, who):
        tutor = TutorFactory()
        client = {"mine": mine, "desk": desk, "tutors": api.as_(tutor)}[who]

        def one(hour):
            lesson = BookingFactory(student=ada, tutor=tutor.tutor_profile, starts_at=hour)
            DisputeFactory(payment=PaymentFactory(payable_id=lesson.pk, payer=ada, tutor=lesson.tutor))

        first = timezone.now() + timedelta(days=2)
        one(first)
        queries_of(client, HISTORY)
        at_one = queries_of(client, HISTORY)
        one(first + timedelta(hours=2))
        one(first + timedelta(hours=4))

        assert queries_of(client, HISTORY) == at_one <= 5


def found(client, **query):
    return [item["id"] for item in client.get(HISTORY, query).json()["items"]]


class TestAReceipt:
    @pytest.mark.parametrize("who", ["payer", "tutor", "admin"])
    def test_is_a_pdf_for_the_two_people_of_it_and_for_admins(self, api, taught, who):
        people = {"payer": taught.payer, "tutor": taught.tutor.user, "admin": AdminFactory()}

        answer = api.as_(people[who]).get(f"/api/payments/{taught.pk}/receipt")

        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == f'attachment; filename="receipt-{taught.pk}.pdf"'
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")

    def test_of_somebody_else_is_as_one_that_does_not_exist(self, api, taught):
        stranger = api.as_(TutorFactory())
        answers = [stranger.get(f"/api/payments/{pk}/receipt") for pk in (taught.pk, 10**9)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["error"] == answers[1].json()["error"] == "Payment not found"

    def test_is_not_there_before_anything_was_taken(self, mine, begun):
        assert refusal(mine.get(f"/api/payments/{begun.pk}/receipt")) == (409, "CONFLICT")
        assert mine.get(HISTORY).json()["items"][0]["hasReceipt"] is False

    def test_needs_a_sign_in(self, taught):
        assert refusal(Api().get(f"/api/payments/{taught.pk}/receipt")) == (401, "NO_TOKEN")


class TestTheLimit:
    def test_of_what_changes_payments_is_ten_in_five_minutes_for_all_of_it(self, mine, settings):
        settings.THROTTLING = True

        answers = [mine.post(CHANGING[number % 4], {}) for number in range(11)]

        assert [answer.status_code for answer in answers] == [400] * 10 + [429]
        assert answers[0]["X-RateLimit-Limit"] == "10"
        assert 1 <= int(answers[-1]["Retry-After"]) <= 300
        assert mine.get(HISTORY).status_code == 200

    @pytest.mark.parametrize("path", CHANGING)
    def test_and_a_sign_in_come_before_everything_else(self, path):
        assert refusal(Api().post(path, {})) == (401, "NO_TOKEN")
