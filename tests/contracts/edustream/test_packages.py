"""The chapter on packages of the edustream document, and what its client sends."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import TutorStatus
from bookings.models import CreditKind, Package, PackagePurchase, PurchaseStatus
from bookings.services import credits
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackageFactory,
    PackagePurchaseFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
)
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

REQUEST = {
    "name": "5-Session Math Package",
    "description": "5 one-hour sessions at discounted rate",
    "session_count": 5,
    "price": 200.00,
    "duration_minutes": 60,
    "validity_days": 90,
}
ANSWER = {
    "name": "5-Session Math Package",
    "session_count": 5,
    "price": 200.00,
    "price_per_session": 40.00,
    "is_active": True,
}
DAY = timedelta(days=1)


@pytest.fixture
def tutor():
    return TutorFactory()


@pytest.fixture
def student():
    return StudentFactory(first_name="John", last_name="Doe", timezone="America/New_York")


def ids(response):
    assert response.status_code == 200, response.json()
    return [item["id"] for item in response.json()]


class TestOffering:
    @pytest.mark.parametrize("path", ["/api/packages", "/api/packages/"])
    def test_the_documents_example(self, api, tutor, path):
        response = api.as_(tutor).post(path, REQUEST)

        assert response.status_code == 201
        package = Package.objects.get()
        assert (
            differences(response.json(), ANSWER | {"id": package.pk, "tutor_profile_id": tutor.tutor_profile.pk}) == []
        )
        assert (package.currency, package.duration_minutes, package.validity_days) == ("USD", 60, 90)

    def test_needs_a_name_a_number_and_a_price_only(self, api, tutor):
        response = api.as_(tutor).post("/api/packages", {"name": "Ten", "sessionCount": 10, "price": 300})

        assert response.status_code == 201
        assert (response.json()["duration_minutes"], response.json()["validity_days"]) == (60, 90)

    def test_can_be_for_one_subject(self, api, tutor):
        algebra = SubjectFactory(name="Algebra")

        response = api.as_(tutor).post("/api/packages", REQUEST | {"subject_id": algebra.pk})

        assert response.json()["subject"] == {"id": algebra.pk, "name": "Algebra"}

    def test_rounds_the_price_to_the_currencys_digits(self, api):
        japanese = TutorFactory(profile__currency="JPY")

        response = api.as_(japanese).post("/api/packages", REQUEST | {"price": 2000.5})

        assert (response.json()["price"], response.json()["price_per_session"]) == (2001, 400)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 201),
            ("session_count", 0),
            ("session_count", 101),
            ("price", -1),
            ("price", "NaN"),
            ("price", 100_000_000),
            ("duration_minutes", 10),
            ("duration_minutes", 61),
            ("duration_minutes", 245),
            ("validity_days", 0),
            ("validity_days", 731),
            ("subject_id", 999_999),
        ],
    )
    def test_refuses_what_cannot_be(self, api, tutor, field, value):
        response = api.as_(tutor).post("/api/packages", REQUEST | {field: value})

        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
        assert not Package.objects.exists()

    @pytest.mark.parametrize("make", [StudentFactory, AdminFactory])
    def test_is_for_tutors(self, api, make):
        response = api.as_(make()).post("/api/packages", REQUEST)

        assert (response.status_code, response.json()["code"]) == (403, "TUTORS_ONLY")

    def test_twice_with_one_key_makes_one(self, api, tutor):
        client = api.as_(tutor)

        answers = [client.post("/api/packages", REQUEST, headers={"Idempotency-Key": "a"}) for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert answers[1]["Idempotent-Replay"] == "true"
        assert Package.objects.count() == 1


class TestBuying:
    @pytest.mark.parametrize("name", ["package_id", "pricing_option_id", "packageId"])
    def test_makes_the_offer_ones_own_at_once(self, api, student, name):
        offer = PackageFactory()

        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            response = api.as_(student).post("/api/packages", {name: offer.pk})

        assert response.status_code == 201
        expected = {
            "kind": "purchase",
            "package_id": offer.pk,
            "pricing_option_id": offer.pk,
            "tutor_profile_id": offer.tutor_id,
            "student_id": student.pk,
            "student_name": "John Doe",
            "sessions_purchased": 5,
            "sessions_remaining": 5,
            "sessions_used": 0,
            "sessions_reserved": 0,
            "purchase_price": 200,
            "purchased_at": "2025-01-24T10:30:00Z",
            "expires_at": "2025-04-25T04:00:00Z",  # the end of April 24th in New York
            "status": "active",
            "is_active": True,
        }
        assert differences(response.json(), ANSWER | expected) == []

    def test_takes_what_the_client_sends(self, api, student):
        offer = PackageFactory()
        body = {
            "tutor_profile_id": offer.tutor_id,
            "pricing_option_id": offer.pk,
            "payment_intent_id": "pi_123",
            "agreed_terms": True,
        }

        assert api.as_(student).post("/api/packages", body).status_code == 201

    def test_freezes_price_and_terms(self, api, student):
        offer = PackageFactory()
        bought = api.as_(student).post("/api/packages", {"package_id": offer.pk}).json()

        api.as_(offer.tutor.user).patch(
            f"/api/packages/{offer.pk}", {"price": 999, "session_count": 2, "duration_minutes": 30, "name": "New"}
        )
        api.as_(offer.tutor.user).delete(f"/api/packages/{offer.pk}")

        again = api.as_(student).get(f"/api/packages/{bought['id']}?kind=purchase").json()
        assert again == bought

    def test_remembers_what_a_lesson_cost_without_the_package(self, api, student):
        offer = PackageFactory(duration_minutes=90, tutor__hourly_rate=45)

        api.as_(student).post("/api/packages", {"package_id": offer.pk})

        assert PackagePurchase.objects.get().lesson_price == 67.5

    @pytest.mark.parametrize(
        "make",
        [
            lambda: PackageFactory(is_active=False).pk,
            lambda: PackageFactory(tutor__status=TutorStatus.SUSPENDED).pk,
            lambda: PackageFactory(tutor__status=TutorStatus.DRAFT).pk,
            lambda: 999_999,
        ],
        ids=["inactive", "suspended tutor", "draft tutor", "missing"],
    )
    def test_finds_only_what_is_on_offer(self, api, student, make):
        response = api.as_(student).post("/api/packages", {"package_id": make()})

        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
        assert not PackagePurchase.objects.exists()

    def test_of_another_tutor_than_one_believes_finds_nothing(self, api, student):
        body = {"package_id": PackageFactory().pk, "tutor_profile_id": TutorProfileFactory().pk}

        assert api.as_(student).post("/api/packages", body).status_code == 404

    def test_of_oneself_is_refused(self, api):
        offer = PackageFactory()
        was_a_tutor = offer.tutor.user
        was_a_tutor.role = "student"
        was_a_tutor.save()

        response = api.as_(was_a_tutor).post("/api/packages", {"package_id": offer.pk})

        assert (response.status_code, response.json()["code"]) == (403, "OWN_PACKAGE")

    @pytest.mark.parametrize("make", [TutorFactory, AdminFactory])
    def test_is_for_students(self, api, make):
        response = api.as_(make()).post("/api/packages", {"package_id": PackageFactory().pk})

        assert (response.status_code, response.json()["code"]) == (403, "STUDENTS_ONLY")

    def test_needs_the_terms_where_they_are_asked_about(self, api, student):
        body = {"package_id": PackageFactory().pk, "agreed_terms": False}

        response = api.as_(student).post("/api/packages", body)

        assert (response.status_code, response.json()["code"]) == (400, "TERMS_NOT_AGREED")

    def test_twice_with_one_key_buys_one(self, api, student):
        body, client = {"package_id": PackageFactory().pk}, api.as_(student)

        answers = [client.post("/api/packages", body, headers={"Idempotency-Key": "a"}) for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert PackagePurchase.objects.count() == 1

    def test_waits_for_the_money_with_another_provider(self, api, student, settings):
        settings.PACKAGES_NEED_PAYMENT = True

        bought = api.as_(student).post("/api/packages", {"package_id": PackageFactory().pk}).json()

        assert (bought["status"], bought["sessions_remaining"], bought["expires_at"]) == ("pending", 0, None)


class TestTheList:
    def test_of_a_tutor_is_what_is_on_offer(self, api, student):
        first, second = PackageFactory.create_batch(2, tutor=TutorProfileFactory())
        second.tutor_id = first.tutor_id
        second.save()
        PackageFactory(tutor=first.tutor, is_active=False)
        PackageFactory()

        for reader in (student, first.tutor.user, AdminFactory()):
            assert ids(api.as_(reader).get(f"/api/packages?tutor_id={first.tutor_id}")) == [second.pk, first.pk]

    def test_of_a_student_is_what_they_own(self, api, student):
        PackagePurchaseFactory()
        mine = PackagePurchaseFactory(student=student)

        response = api.as_(student).get("/api/packages")

        assert ids(response) == [mine.pk]
        assert response["X-Total-Count"] == "1"

    def test_of_a_tutor_is_what_they_offer_and_with_kind_what_they_sold(self, api, tutor):
        offer = PackageFactory(tutor=tutor.tutor_profile, is_active=False)
        sold = PackagePurchaseFactory(package=offer)
        PackagePurchaseFactory()

        assert ids(api.as_(tutor).get("/api/packages")) == [offer.pk]
        assert ids(api.as_(tutor).get("/api/packages?kind=purchase")) == [sold.pk]

    def test_of_an_admin_is_everything(self, api):
        sold = PackagePurchaseFactory(package__is_active=False)

        admin = api.as_(AdminFactory())

        assert ids(admin.get("/api/packages")) == [sold.package_id]
        assert ids(admin.get("/api/packages?kind=purchase")) == [sold.pk]

    def test_shows_a_student_what_is_on_offer_anywhere(self, api, student):
        offer = PackageFactory()
        PackageFactory(tutor__status=TutorStatus.DRAFT)

        assert ids(api.as_(student).get("/api/packages?kind=offer")) == [offer.pk]

    def test_narrows_by_state_as_it_is_shown(self, api, student):
        active = PackagePurchaseFactory(student=student)
        run_out = PackagePurchaseFactory(student=student, expires_at=timezone.now() - DAY)
        expired = PackagePurchaseFactory(student=student, status=PurchaseStatus.EXPIRED, available=0)
        pending = PackagePurchaseFactory(student=student, status=PurchaseStatus.PENDING, available=0, expires_at=None)
        client = api.as_(student)

        found = {
            state: ids(client.get(f"/api/packages?status_filter={state}"))
            for state in ("active", "expired", "pending", "refunded", "inactive")
        }

        assert found == {
            "active": [active.pk],
            "expired": [expired.pk, run_out.pk],
            "pending": [pending.pk],
            "refunded": [],
            "inactive": [],
        }
        shown = {
            item["id"]: (item["status"], item["sessions_remaining"]) for item in client.get("/api/packages").json()
        }
        assert shown[run_out.pk] == ("expired", 0)

    def test_narrows_offers_by_state(self, api, tutor):
        sold = PackageFactory(tutor=tutor.tutor_profile)
        gone = PackageFactory(tutor=tutor.tutor_profile, is_active=False)
        client = api.as_(tutor)

        assert ids(client.get("/api/packages?status_filter=active")) == [sold.pk]
        assert ids(client.get("/api/packages?status_filter=inactive")) == [gone.pk]
        assert ids(client.get("/api/packages?status_filter=expired")) == []

    @pytest.mark.parametrize("query", ["tutor_id=x", "tutor_id=-1", "kind=x", "status_filter=x", "page=x"])
    def test_refuses_a_bad_question(self, api, student, query):
        assert api.as_(student).get(f"/api/packages?{query}").status_code == 400

    def test_comes_in_pages(self, api, student):
        PackagePurchaseFactory.create_batch(3, student=student)

        response = api.as_(student).get("/api/packages?page=2&page_size=2")

        assert (len(response.json()), response["X-Total-Count"]) == (1, "3")

    @pytest.mark.parametrize("count", [1, 30])
    def test_of_purchases_costs_the_same_however_long_it_is(self, api, student, count, django_assert_num_queries):
        PackagePurchaseFactory.create_batch(count, student=student)
        client = api.as_(student)

        with django_assert_num_queries(5):  # who asks, how many, which, their credits, what more time is asked for
            assert len(client.get("/api/packages?page_size=100").json()) == count

    @pytest.mark.parametrize("count", [1, 30])
    def test_of_offers_costs_the_same_however_long_it_is(self, api, student, count, django_assert_num_queries):
        tutor = TutorProfileFactory()
        PackageFactory.create_batch(count, tutor=tutor)
        client = api.as_(student)

        with django_assert_num_queries(3):
            assert len(client.get(f"/api/packages?tutor_id={tutor.pk}&page_size=100").json()) == count

    def test_is_for_who_is_signed_in(self, api):
        assert api.get("/api/packages").status_code == 401


class TestOne:
    def test_is_the_purchase_to_a_student_and_the_offer_to_a_tutor(self, api):
        offer = PackageFactory(pk=7_000)
        sold = PackagePurchaseFactory(pk=7_000, package=offer)

        kinds = {
            who: api.as_(user).get("/api/packages/7000").json()["kind"]
            for who, user in {"student": sold.student, "stranger": StudentFactory(), "tutor": offer.tutor.user}.items()
        }

        assert kinds == {"student": "purchase", "stranger": "offer", "tutor": "offer"}
        as_tutor = api.as_(offer.tutor.user)
        assert as_tutor.get("/api/packages/7000?kind=purchase").json()["student_id"] == sold.student_id

    def test_that_one_may_not_see_is_as_one_that_is_not_there(self, api, student):
        sold = PackagePurchaseFactory(pk=7_001)
        hidden = PackageFactory(pk=7_002, is_active=False)
        client = api.as_(student)

        answers = [client.get(f"/api/packages/{pk}") for pk in (sold.pk, hidden.pk, 999_999)]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert len({answer.json()["message"] for answer in answers}) == 1

    def test_refuses_an_unknown_kind(self, api, student):
        assert api.as_(student).get("/api/packages/1?kind=x").status_code == 400


class TestChanging:
    def test_changes_ones_own_offer(self, api, tutor):
        offer = PackageFactory(tutor=tutor.tutor_profile)

        response = api.as_(tutor).patch(f"/api/packages/{offer.pk}", {"price": 180, "is_active": False})

        assert response.status_code == 200
        shown = {name: response.json()[name] for name in ("price", "price_per_session", "is_active", "status", "name")}
        assert shown == {
            "price": 180, "price_per_session": 36, "is_active": False, "status": "inactive", "name": offer.name
        }  # fmt: skip

    def test_withdraws_ones_own_offer_for_good_and_may_be_repeated(self, api, tutor):
        offer = PackageFactory(tutor=tutor.tutor_profile)

        answers = [api.as_(tutor).delete(f"/api/packages/{offer.pk}") for _ in range(2)]

        assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
        offer.refresh_from_db()
        assert not offer.is_active

    @pytest.mark.parametrize("method", ["patch", "delete"])
    def test_does_not_know_another_tutors_offer(self, api, tutor, method):
        offer = PackageFactory()

        response = getattr(api.as_(tutor), method)(f"/api/packages/{offer.pk}", {"price": 1})

        assert response.status_code == 404
        offer.refresh_from_db()
        assert (offer.price, offer.is_active) == (200, True)


class TestUsingACredit:
    def use(self, api, user, purchase, **body):
        return api.as_(user).patch(f"/api/packages/{purchase.pk}/use-credit", body)

    def test_answers_the_package_with_what_is_left(self, api):
        purchase = PackagePurchaseFactory()

        response = self.use(api, purchase.student, purchase)

        assert response.status_code == 200
        assert (response.json()["sessions_remaining"], response.json()["sessions_used"]) == (4, 1)

    def test_is_for_its_owner_its_tutor_and_admins(self, api):
        purchase = PackagePurchaseFactory()
        people = (purchase.student, purchase.tutor.user, AdminFactory(), StudentFactory(), TutorFactory())

        assert [self.use(api, user, purchase).status_code for user in people] == [200, 200, 200, 404, 404]

    def test_without_a_credit_asks_for_payment(self, api):
        purchase = PackagePurchaseFactory(available=0)

        response = self.use(api, purchase.student, purchase)

        assert (response.status_code, response.json()["code"]) == (402, "INSUFFICIENT_CREDITS")

    @pytest.mark.parametrize(
        "state",
        [{"status": PurchaseStatus.PENDING}, {"status": PurchaseStatus.REFUNDED}, {"validity_days": -1}],
        ids=str,
    )
    def test_of_a_package_that_is_not_good_asks_for_payment(self, api, state):
        purchase = PackagePurchaseFactory(**{k: v for k, v in state.items() if k == "status"})
        if "validity_days" in state:
            PackagePurchase.objects.update(expires_at=timezone.now() - DAY)

        assert self.use(api, purchase.student, purchase).status_code == 402

    def test_with_a_booking_happens_once(self, api):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor)

        answers = [self.use(api, purchase.tutor.user, purchase, booking_id=booking.pk) for _ in range(3)]

        assert [(a.status_code, a.json()["sessions_remaining"]) for a in answers] == [(200, 4)] * 3

    def test_uses_the_credit_that_the_booking_has_reserved(self, api):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)
        credits.reserve(booking, actor=None, now=timezone.now())

        response = self.use(api, purchase.tutor.user, purchase, bookingId=booking.pk)

        shown = {n: response.json()[n] for n in ("sessions_remaining", "sessions_used", "sessions_reserved")}
        assert shown == {"sessions_remaining": 4, "sessions_used": 1, "sessions_reserved": 0}

    def test_that_the_booking_gave_back_is_refused(self, api):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)
        credits.reserve(booking, actor=None, now=timezone.now())
        credits.release(booking, actor=None, now=timezone.now())

        response = self.use(api, purchase.student, purchase, booking_id=booking.pk)

        assert (response.status_code, response.json()["code"]) == (409, "CREDIT_NOT_OPEN")

    def test_for_a_booking_with_another_packages_credit_is_refused(self, api):
        purchase = PackagePurchaseFactory()
        other = PackagePurchaseFactory(student=purchase.student, package__tutor=purchase.tutor)
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=other)
        credits.reserve(booking, actor=None, now=timezone.now())

        assert self.use(api, purchase.student, purchase, booking_id=booking.pk).status_code == 409

    def test_for_a_cancelled_booking_is_refused(self, api):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, status="cancelled")

        assert self.use(api, purchase.student, purchase, booking_id=booking.pk).status_code == 409

    def test_for_a_lesson_of_another_length_asks_for_payment(self, api):
        purchase = PackagePurchaseFactory(duration_minutes=30)
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor)

        assert self.use(api, purchase.student, purchase, booking_id=booking.pk).status_code == 402

    def test_does_not_know_somebody_elses_booking(self, api):
        purchase = PackagePurchaseFactory()

        response = self.use(api, purchase.student, purchase, booking_id=BookingFactory(tutor=purchase.tutor).pk)

        assert (response.status_code, response.json()["message"]) == (404, "Booking not found")


class TestTheLedger:
    def test_is_every_line_with_the_balance_after_it(self, api):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)
        credits.reserve(booking, actor=booking.student, now=timezone.now())
        credits.release(booking, actor=None, now=timezone.now())

        response = api.as_(purchase.student).get(f"/api/packages/{purchase.pk}/credits")

        lines = [(e["kind"], e["change"], e["balance"], e["booking_id"], e["actor_id"]) for e in response.json()]
        assert lines == [
            (CreditKind.PURCHASE, 5, 5, None, None),
            (CreditKind.RESERVE, -1, 4, booking.pk, booking.student_id),
            (CreditKind.RELEASE, 1, 5, booking.pk, None),
        ]
        assert response["X-Total-Count"] == "3"

    def test_keeps_its_balances_on_every_page(self, api):
        purchase = PackagePurchaseFactory()
        for _ in range(2):
            api.as_(purchase.student).patch(f"/api/packages/{purchase.pk}/use-credit")

        response = api.as_(purchase.student).get(f"/api/packages/{purchase.pk}/credits?page=2&page_size=2")

        assert [entry["balance"] for entry in response.json()] == [3]

    def test_is_not_there_for_strangers(self, api, student):
        purchase = PackagePurchaseFactory()

        assert api.as_(student).get(f"/api/packages/{purchase.pk}/credits").status_code == 404
        assert api.as_(purchase.tutor.user).get(f"/api/packages/{purchase.pk}/credits").status_code == 200


def test_of_a_tutor_who_has_closed_their_account_what_was_bought_has_no_name(api):
    purchase = PackagePurchaseFactory()
    person = purchase.tutor.user
    person.deleted_at, person.is_active = timezone.now(), False
    person.save()

    shown = api.as_(purchase.student).get(f"/api/packages/{purchase.pk}?kind=purchase").json()

    assert shown["tutor_name"] == "Former user"
