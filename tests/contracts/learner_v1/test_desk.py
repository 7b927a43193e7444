"""A tutor's figures, earnings and reviews, as the learner_v1 client reads them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from bookings.models import BookingStatus
from bookings.services import ratings
from tests.factories import (
    BookingFactory,
    PackagePurchaseFactory,
    ParticipantFactory,
    PastSessionFactory,
    ReviewFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

TUTOR = "/api/v1/tutor"
MID_MARCH = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def ada():
    return TutorFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def lesson(ada):
    """Makes one that is over, an hour long, each at a time of its own."""

    def make(starts_at=None, **facts):
        make.hours += 2
        start = starts_at or timezone.now() - timedelta(hours=make.hours)
        facts = {"status": BookingStatus.COMPLETED, "student__first_name": "Grace"} | facts
        return BookingFactory(tutor=ada.tutor_profile, starts_at=start, **facts)

    make.hours = 0
    return make


def earnings(api, ada, query=""):
    return api.as_(ada).get(f"{TUTOR}/earnings{query}").json()["data"]


class TestEarnings:
    def test_have_what_the_client_reads(self, api, ada, lesson):
        booking = lesson(student__first_name="Grace", student__last_name="Hopper")

        data = earnings(api, ada)

        (row,) = data["transactions"]
        assert (row["student"], row["session"], row["status"]) == ("Grace Hopper", "Lesson", "pending")
        assert (row["gross"], row["commission"], row["amount"], row["currency"]) == (45, 9, 36, "USD")
        assert (row["bookingId"], row["sessionId"]) == (str(booking.pk), str(booking.session_id))
        assert (data["totalEarnings"], data["pending"], data["currency"]) == (36, 36, "USD")
        assert data["pagination"] == {"page": 1, "limit": 100, "total": 1}

    @pytest.mark.parametrize(
        ("facts", "amount", "status"),
        [
            ({}, 36, "pending"),
            ({"commission_percent": "33.33"}, 30, "pending"),
            ({"price": "10.01", "commission_percent": "50"}, 5, "pending"),  # half a cent of the share goes up
            ({"price": "0"}, 0, "pending"),
            ({"refund_percent": 50, "refund_amount": "22.50"}, 18, "pending"),
            ({"refund_percent": 100, "refund_amount": "45"}, 0, "refunded"),
            ({"dispute_state": "open"}, 36, "disputed"),
            ({"status": "no_show_student", "refund_percent": 0}, 36, "pending"),
            ({"status": "cancelled", "refund_percent": 50, "refund_amount": "22.50"}, 18, "pending"),
        ],
    )
    def test_are_exact_after_refunds_and_the_platforms_share(self, api, ada, lesson, facts, amount, status):
        lesson(**facts)

        data = earnings(api, ada)

        assert [(row["amount"], row["status"]) for row in data["transactions"]] == [(amount, status)]
        assert data["totalEarnings"] == amount
        assert data["pending"] == (0 if status == "disputed" else amount)

    def test_count_a_lesson_that_was_paid_by_a_credit(self, api, ada, lesson):
        purchase = PackagePurchaseFactory(package__tutor=ada.tutor_profile)
        lesson(purchase=purchase, student=purchase.student, price="40", refund_percent=0, refund_amount="0")

        assert earnings(api, ada)["totalEarnings"] == 32

    @pytest.mark.parametrize(
        "facts",
        [
            {"status": "confirmed"},
            {"status": "pending"},
            {"status": "declined"},
            {"status": "expired"},
            {"status": "cancelled", "refund_percent": 100, "refund_amount": "45"},
            {"status": "no_show_student", "refund_percent": 100},
            {"status": "no_show_tutor", "refund_percent": 100},
        ],
    )
    def test_leave_out_what_nobody_pays_for(self, api, ada, lesson, facts):
        lesson(**facts)

        data = earnings(api, ada)

        assert (data["transactions"], data["totalEarnings"], data["byCurrency"]) == ([], 0, [])

    def test_are_summed_by_currency_and_by_month_on_the_tutors_wall(self, api, ada, lesson):
        ada.timezone = "Pacific/Auckland"  # where the first of the month begins 13 hours earlier
        ada.save()
        with time_machine.travel(MID_MARCH, tick=False):
            lesson(datetime(2026, 2, 28, 12, tzinfo=UTC))  # the first of March over there
            lesson(datetime(2026, 2, 28, 8, tzinfo=UTC))
            lesson(datetime(2026, 1, 20, 8, tzinfo=UTC))
            lesson(datetime(2026, 3, 2, 8, tzinfo=UTC), currency="JPY", price="1001")
            data = earnings(api, ada)

        assert (data["totalEarnings"], data["thisMonth"], data["lastMonth"]) == (108, 36, 36)
        dollars, yen = data["byCurrency"]
        assert (dollars["currency"], dollars["total"], dollars["lessons"]) == ("USD", 108, 3)
        assert (yen["currency"], yen["total"], yen["thisMonth"]) == ("JPY", 801, 801)

    def test_come_in_pages(self, api, ada, lesson):
        first, second = lesson(), lesson()

        pages = [earnings(api, ada, f"?limit=1&page={number}") for number in (1, 2, 3)]

        assert [[row["id"] for row in page["transactions"]] for page in pages] == [
            [str(first.pk)],
            [str(second.pk)],
            [],
        ]
        assert {page["totalEarnings"] for page in pages} == {72}

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, api, ada, lesson, count, django_assert_num_queries):
        for _ in range(count):
            lesson()

        mine = api.as_(ada)
        with django_assert_num_queries(5):  # who asks, how many, all sums, the profile, the page
            assert len(mine.get(f"{TUTOR}/earnings").json()["data"]["transactions"]) == count

    def test_are_ones_own_and_a_tutors(self, api, lesson):
        lesson()

        assert earnings(api, TutorFactory())["transactions"] == []
        assert api.as_(StudentFactory()).get(f"{TUTOR}/earnings").json()["code"] == "TUTOR_ONLY"


class TestTheOverview:
    def test_has_what_the_client_reads(self, api, ada, lesson):
        booking = lesson()
        past = PastSessionFactory(creator=ada, starts_at=timezone.now() - timedelta(days=9))
        past.ends_at = past.starts_at + timedelta(minutes=90)
        past.save()
        ParticipantFactory(session=past, user=booking.student)
        ParticipantFactory(session=SessionFactory(creator=ada))
        SessionFactory(creator=ada, starts_at=timezone.now() + timedelta(days=9), status="cancelled")

        data = api.as_(ada).get(f"{TUTOR}/analytics/overview").json()["data"]

        assert data == {
            "totalEarnings": 36,
            "currency": "USD",
            "activeSessions": 1,
            "completedSessions": 2,
            "totalStudents": 2,
            "avgRating": 0,
            "reviewCount": 0,
            "hoursTaught": 2.5,
        }

    def test_of_who_has_done_nothing_is_noughts(self, api, ada):
        data = api.as_(ada).get(f"{TUTOR}/analytics/overview").json()["data"]

        assert {value for name, value in data.items() if name != "currency"} == {0}

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_much_there_is(self, api, ada, lesson, count, django_assert_num_queries):
        for _ in range(count):
            lesson()

        mine = api.as_(ada)
        with django_assert_num_queries(7):  # who asks, sums, profile, hours, active, completed, students
            mine.get(f"{TUTOR}/analytics/overview")


class TestReviews:
    @pytest.fixture
    def review(self, ada, lesson):
        review = ReviewFactory(booking=lesson(), rating=4, comment="Clear.")
        ratings.recompute(ada.tutor_profile.pk, now=timezone.now())
        return review

    def test_are_ones_own_the_latest_first(self, api, ada, review, lesson):
        ReviewFactory()
        hidden = ReviewFactory(booking=lesson(), state="hidden")

        body = api.as_(ada).get(f"{TUTOR}/reviews").json()

        (row,) = body["data"]
        assert (row["_id"], row["rating"], row["comment"]) == (str(review.pk), 4, "Clear.")
        assert (row["student"]["name"], row["response"]) == (review.student.full_name, None)
        assert row["createdAt"]
        assert (body["pagination"]["total"], hidden.state) == (1, "hidden")

    @pytest.mark.parametrize(
        ("path", "sent"), [("response", {"text": "Thank you."}), ("respond", {"responseText": "Thank you."})]
    )
    def test_are_answered_once_by_either_name(self, api, ada, review, path, sent):
        mine = api.as_(ada)

        answer = mine.post(f"{TUTOR}/reviews/{review.pk}/{path}", sent)
        again = mine.post(f"{TUTOR}/reviews/{review.pk}/respond", sent)

        assert (answer.status_code, answer.json()["data"]["response"]) == (201, "Thank you.")
        assert (again.status_code, again.json()["code"]) == (409, "ALREADY_ANSWERED")
        assert mine.get(f"{TUTOR}/reviews").json()["data"][0]["response"] == "Thank you."

    def test_of_others_are_not_there(self, api, review):
        answer = api.as_(TutorFactory()).post(f"{TUTOR}/reviews/{review.pk}/response", {"text": "No."})

        assert answer.status_code == 404
        review.refresh_from_db()
        assert review.response == ""

    @pytest.mark.parametrize("sent", [{}, {"text": ""}, {"text": "x" * 1001}])
    def test_need_a_text(self, api, ada, review, sent):
        assert api.as_(ada).post(f"{TUTOR}/reviews/{review.pk}/respond", sent).status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, api, ada, lesson, count, django_assert_num_queries):
        for _ in range(count):
            ReviewFactory(booking=lesson())

        mine = api.as_(ada)
        with django_assert_num_queries(3):  # who asks, how many, which
            assert len(mine.get(f"{TUTOR}/reviews").json()["data"]) == count
