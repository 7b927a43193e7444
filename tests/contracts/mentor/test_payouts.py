"""The mentor contract's payouts: what mentors have earned and been paid, and the admins' runs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from api.mentor.examples import payments as examples
from payments.models import Earning, EarningStatus, Payout, PayoutStatus
from payments.services import payouts, refunds
from tests.factories import (
    AdminFactory,
    BookingFactory,
    EarningFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    StudentFactory,
    TutorFactory,
)
from tests.payments.conftest import work_off
from tests.support.clients import Api, queries_of

pytestmark = pytest.mark.django_db

OWN, ALL = "/api/mentors/payouts", "/api/admin/payouts"


@pytest.fixture
def grace():
    """A mentor to whose account money can be sent."""
    user = TutorFactory(first_name="Grace", last_name="Hopper")
    PayoutAccountFactory(tutor=user.tutor_profile)
    return user


@pytest.fixture
def mine(api, grace):
    return api.as_(grace)


@pytest.fixture
def desk(api):
    return api.as_(AdminFactory())


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def earn(mentor, gross=45, *, hours=2, **fields):
    """What a mentor has earned with one lesson, in the hour so many hours ago."""
    lesson = BookingFactory(
        tutor=mentor.tutor_profile, status="completed", starts_at=timezone.now() - timedelta(days=4, hours=hours)
    )
    amount = {"amount": Decimal(gross), "currency": fields.get("currency", "USD")}
    payment = PaymentFactory(payable_id=lesson.pk, payer=lesson.student, tutor=lesson.tutor, **amount)
    return EarningFactory(tutor=lesson.tutor, payment=payment, gross=Decimal(gross), **fields)


def paid_out(mentor, *, hours=2, gross=45):
    """A payout of one lesson that has arrived."""
    earn(mentor, gross, hours=hours)
    [payout] = payouts.run_payouts(actor=None, tutor_id=mentor.tutor_profile.pk)
    work_off()
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    return payout


class TestAMentorsPayouts:
    def test_are_listed_in_pages_the_newest_first_beside_the_balance(self, mine, grace):
        first, second = paid_out(grace), paid_out(grace, hours=4, gross=100)

        page = mine.get(OWN).json()

        assert set(page) == {"items", "total", "page", "pageSize", "totalPages", "balance"}
        assert [item["id"] for item in page["items"]] == [second.pk, first.pk]
        shown = page["items"][0]
        assert set(shown) == set(examples.PAYOUT)
        assert (shown["amount"], shown["currency"], shown["status"], shown["lessons"]) == (80, "USD", "paid", 1)
        assert shown["paidAt"] is not None
        assert mine.get(OWN, {"page": 2, "pageSize": 1}).json()["items"] == page["items"][1:]
        assert page["balance"] == []

    def test_say_why_one_did_not_arrive(self, mine, grace):
        grace.tutor_profile.payout_account.delete()
        PayoutAccountFactory(tutor=grace.tutor_profile, provider_id="acct_fails")
        earn(grace)
        payouts.run_payouts(actor=None)
        work_off()

        shown = mine.get(OWN).json()

        assert (shown["items"][0]["status"], shown["items"][0]["failureReason"]) == ("failed", "account_closed")
        assert shown["items"][0]["lessons"] == 0
        assert shown["balance"][0]["available"] == 36

    def test_come_with_what_is_earned_and_not_paid_yet_by_currency(self, mine, grace):
        later = timezone.now() + timedelta(hours=1)
        earn(grace, 10, hours=2, status=EarningStatus.PENDING, available_at=later)
        earn(grace, 20, hours=4, status=EarningStatus.PENDING)  # ripe, though nobody has moved it yet
        earn(grace, 30, hours=6)
        earn(grace, 40, hours=8, is_frozen=True)
        earn(grace, 500, hours=10, currency="JPY")
        earn(TutorFactory(), 1000)
        PayoutFactory(tutor=grace.tutor_profile)

        assert mine.get(OWN).json()["balance"] == [
            {"currency": "JPY", "pending": 0, "available": 400, "inPayout": 0, "frozen": 0},
            {"currency": "USD", "pending": 8, "available": 40, "inPayout": 36, "frozen": 32},
        ]

    def test_are_nobody_elses(self, mine, api, desk, grace):
        PayoutFactory(tutor=grace.tutor_profile)
        other = api.as_(TutorFactory())

        assert other.get(OWN).json()["items"] == []
        assert other.get(OWN, {"mentorId": grace.tutor_profile.pk}).status_code == 404
        assert refusal(api.as_(StudentFactory()).get(OWN)) == (403, "TUTORS_ONLY")
        assert refusal(Api().get(OWN)) == (401, "NO_TOKEN")
        assert mine.get(OWN, {"mentorId": grace.tutor_profile.pk}).json()["total"] == 1

    def test_are_an_admins_to_read_who_says_whose(self, desk, grace):
        payout = PayoutFactory(tutor=grace.tutor_profile)

        answer = desk.get(OWN)
        shown = desk.get(OWN, {"mentorId": grace.tutor_profile.pk}).json()

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["mentorId"])
        assert [item["id"] for item in shown["items"]] == [payout.pk]
        assert desk.get(OWN, {"mentorId": 10**9}).status_code == 404
        assert [desk.get(OWN, {"mentorId": word}).status_code for word in ("x", 0)] == [400, 400]

    def test_cost_the_same_however_many_there_are(self, mine, grace):
        paid_out(grace)
        queries_of(mine, OWN)
        at_one = queries_of(mine, OWN)
        paid_out(grace, hours=4)
        paid_out(grace, hours=6)

        assert queries_of(mine, OWN) == at_one <= 6


class TestAStatement:
    def test_has_every_lesson_with_its_parts(self, mine, grace):
        lessons = [earn(grace, 45, hours=2), earn(grace, 33, hours=4)]
        [payout] = payouts.run_payouts(actor=None)
        work_off()

        shown = mine.get(f"{OWN}/{payout.pk}").json()

        assert set(shown) == set(examples.STATEMENT)
        assert (shown["amount"], shown["gross"], shown["commission"], shown["net"]) == (62.4, 78, 15.6, 62.4)
        assert (shown["lessons"], [set(line) for line in shown["lines"]]) == (2, [set(examples.LINE)] * 2)
        assert [
            {name: line[name] for name in ("id", "kind", "bookingId", "purchaseId", "paymentId", "gross", "net")}
            for line in shown["lines"]
        ] == [
            {
                "id": line.pk,
                "kind": "lesson",
                "bookingId": line.payment.payable_id,
                "purchaseId": None,
                "paymentId": line.payment_id,
                "gross": float(line.gross),
                "net": float(line.net),
            }
            for line in lessons
        ]

    def test_stays_what_it_was_when_it_was_paid(self, mine, grace):
        payout = paid_out(grace)
        before = mine.get(f"{OWN}/{payout.pk}").json()
        Earning.objects.filter(payout=payout).update(gross=1, commission=0, net=1, description="changed")

        assert mine.get(f"{OWN}/{payout.pk}").json() == before

    def test_says_beside_it_what_was_taken_back_of_it_since(self, mine, grace):
        earn(grace, 45, hours=2)
        [payout] = payouts.run_payouts(actor=None)
        work_off()
        before = mine.get(f"{OWN}/{payout.pk}").json()
        assert before["takenBack"] == 0

        line = payout.lines.get()
        for _ in range(2):
            refunds.refund_payment(line.payment_id, actor=AdminFactory(), amount=Decimal(10), reason="ill")
        work_off()

        assert mine.get(f"{OWN}/{payout.pk}").json() == before | {"takenBack": 16}

    def test_names_the_package_that_a_lesson_was_paid_with_and_no_lesson_for_an_adjustment(self, mine, grace):
        payment = PaymentFactory(tutor=grace.tutor_profile, payable_kind="purchase", payable_id=5)
        payout = PayoutFactory(tutor=grace.tutor_profile)
        EarningFactory(payment=payment, tutor=payment.tutor, payout=payout, source="booking:7#1", status="in_payout")
        EarningFactory(
            payment=None, tutor=payment.tutor, payout=payout, source="adjustment:3", status="in_payout",
            kind="adjustment", percent=0,
        )  # fmt: skip

        _, by_credit, adjustment = mine.get(f"{OWN}/{payout.pk}").json()["lines"]

        assert (by_credit["bookingId"], by_credit["purchaseId"]) == (7, payment.payable_id)
        assert (adjustment["bookingId"], adjustment["purchaseId"], adjustment["paymentId"]) == (None, None, None)
        assert (adjustment["kind"], adjustment["gross"], adjustment["commission"]) == ("adjustment", 45, 0)

    def test_is_its_mentors_and_the_admins(self, api, desk, mine, grace):
        payout = PayoutFactory(tutor=grace.tutor_profile)
        stranger = api.as_(TutorFactory())
        hidden, missing = (stranger.get(f"{OWN}/{pk}") for pk in (payout.pk, 10**9))

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["error"] == missing.json()["error"] == "Payout not found"
        assert refusal(api.as_(StudentFactory()).get(f"{OWN}/{payout.pk}")) == (403, "TUTORS_ONLY")
        assert refusal(Api().get(f"{OWN}/{payout.pk}")) == (401, "NO_TOKEN")
        assert desk.get(f"{OWN}/{payout.pk}").json() == mine.get(f"{OWN}/{payout.pk}").json()

    def test_costs_the_same_however_many_lines_it_has(self, mine, grace):
        short = paid_out(grace)
        earn(grace, hours=4)
        earn(grace, hours=6)
        long = paid_out(grace, hours=8)
        queries_of(mine, f"{OWN}/{short.pk}")

        assert mine.get(f"{OWN}/{long.pk}").json()["lessons"] == 3
        assert queries_of(mine, f"{OWN}/{short.pk}") == queries_of(mine, f"{OWN}/{long.pk}") <= 4


class TestAllPayouts:
    def test_are_the_admins_to_see(self, desk, api, mine, grace):
        payout = PayoutFactory(tutor=grace.tutor_profile, status=PayoutStatus.ON_HOLD, hold_reason="A dispute.")

        page = desk.get(ALL).json()

        shown = page["items"][0]
        assert set(shown) == set(examples.ADMINS_PAYOUT)
        assert (shown["id"], shown["status"], shown["holdReason"]) == (payout.pk, "on_hold", "A dispute.")
        assert shown["mentor"] == {"id": grace.tutor_profile.pk, "userId": grace.pk, "name": "Grace Hopper"}
        assert (page["total"], page["page"], page["pageSize"], page["totalPages"]) == (1, 1, 20, 1)
        assert refusal(mine.get(ALL)) == (403, "ADMINS_ONLY")
        assert refusal(api.as_(StudentFactory()).get(ALL)) == (403, "ADMINS_ONLY")
        assert refusal(Api().get(ALL)) == (401, "NO_TOKEN")

    def test_can_be_narrowed_down(self, desk, grace):
        waiting = PayoutFactory(tutor=grace.tutor_profile)
        paid = PayoutFactory(status=PayoutStatus.PAID)

        def found(**query):
            return [item["id"] for item in desk.get(ALL, query).json()["items"]]

        assert found() == [paid.pk, waiting.pk]
        assert (found(status="paid"), found(mentorId=grace.tutor_profile.pk)) == ([paid.pk], [waiting.pk])
        assert found(status="paid", mentorId=grace.tutor_profile.pk) == found(mentorId=10**9) == []
        assert [desk.get(ALL, query).status_code for query in ({"status": "lost"}, {"mentorId": "x"})] == [400, 400]

    def test_cost_the_same_however_many_there_are(self, desk):
        PayoutFactory()
        queries_of(desk, ALL)
        at_one = queries_of(desk, ALL)
        PayoutFactory.create_batch(2)

        assert queries_of(desk, ALL) == at_one <= 5


class TestARun:
    def test_pays_every_mentor_what_is_available(self, desk, grace):
        earn(grace)
        other = TutorFactory()
        earn(other, 100)

        answer = desk.post(ALL, {})
        made = answer.json()["items"]
        work_off()

        assert (answer.status_code, set(answer.json())) == (201, {"items"})
        assert {item["mentor"]["id"]: (item["amount"], item["status"], item["lessons"]) for item in made} == {
            grace.tutor_profile.pk: (36, "scheduled", 1),
            other.tutor_profile.pk: (80, "scheduled", 1),
        }
        assert set(made[0]) == set(examples.ADMINS_PAYOUT)
        assert set(Payout.objects.values_list("status", flat=True)) == {"paid"}

    def test_can_be_for_one_mentor_and_up_to_a_moment(self, desk, grace):
        earn(grace)
        earn(TutorFactory(), 100)
        body = {"mentorId": grace.tutor_profile.pk}

        too_early = desk.post(ALL, body | {"periodEnd": timezone.now() - timedelta(hours=2)})
        made = desk.post(ALL, body | {"period_end": timezone.now()}).json()["items"]

        assert (too_early.status_code, too_early.json()) == (201, {"items": []})
        assert [item["mentor"]["id"] for item in made] == [grace.tutor_profile.pk]

    def test_leaves_what_is_too_little(self, desk, grace):
        earn(grace, 20)

        assert desk.post(ALL, {}).json() == {"items": []}
        assert Earning.objects.get().status == EarningStatus.AVAILABLE

    def test_twice_with_one_key_is_one_run(self, desk, grace):
        earn(grace)
        first = desk.post(ALL, {}, headers={"Idempotency-Key": "k-1"})
        work_off()
        earn(grace, hours=4)
        second = desk.post(ALL, {}, headers={"Idempotency-Key": "k-1"})

        assert (first.content, second["Idempotent-Replay"]) == (second.content, "true")
        assert Payout.objects.count() == 1

    def test_is_an_admins(self, api, mine, grace):
        earn(grace)

        assert refusal(mine.post(ALL, {})) == (403, "ADMINS_ONLY")
        assert refusal(api.as_(StudentFactory()).post(ALL, {})) == (403, "ADMINS_ONLY")
        assert refusal(Api().post(ALL, {})) == (401, "NO_TOKEN")
        assert not Payout.objects.exists()

    def test_for_oneself_is_for_another_admin(self, api):
        admin = AdminFactory()
        PayoutAccountFactory(tutor__user=admin)
        earn(admin)
        own = api.as_(admin)

        assert refusal(own.post(ALL, {"mentorId": admin.tutor_profile.pk})) == (403, "FORBIDDEN")
        assert own.post(ALL, {}).json() == {"items": []}
        assert not Payout.objects.exists()

    def test_for_somebody_who_is_no_mentor_is_404(self, desk):
        assert refusal(desk.post(ALL, {"mentorId": 10**9})) == (404, "NOT_FOUND")

    @pytest.mark.parametrize(("sent", "code"), [
        ({"mentorId": 0}, "VALIDATION_ERROR"), ({"periodEnd": "soon"}, "VALIDATION_ERROR"),
        ({"periodEnd": "2026-01-01T00:00:00"}, "NAIVE_DATETIME"),
    ])  # fmt: skip
    def test_with_what_makes_no_sense_is_400(self, desk, sent, code):
        answer = desk.post(ALL, sent)

        assert refusal(answer) == (400, code)
        assert list(answer.json()["errors"]) == list(sent)
