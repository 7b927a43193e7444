"""More time for a package: one side asks, the other answers, silence is a yes (R-PKG-5)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from bookings.models import PurchaseStatus
from bookings.services import credits, expiry, extensions, refunds
from bookings.tasks import expire_packages
from notifications.models import Notification
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackageFactory,
    PackagePurchaseFactory,
    StudentFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def purchase():
    """With 20 days to go; the buyer lives in New York."""
    buyer = StudentFactory(timezone="America/New_York")
    ends = expiry.end_of_day(timezone.now(), days=20, zone=buyer.timezone)
    return PackagePurchaseFactory(student=buyer, expires_at=ends)


def post(api, user, purchase, path="", **body):
    return api.as_(user).post(f"/api/packages/{purchase.pk}/extension{path}", body)


def local(moment):
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("America/New_York"))


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("id").values_list("type", flat=True))


def test_the_other_side_is_asked_and_grants_it(api, purchase):
    asked = post(api, purchase.student, purchase, days=30)

    assert asked.status_code == 201
    assert {name: asked.json()["extension"][name] for name in ("asked_by", "days")} == {
        "asked_by": "student",
        "days": 30,
    }
    assert told(purchase.tutor.user) == ["package_extension_asked"]
    granted = post(api, purchase.tutor.user, purchase, "/accept")

    assert (granted.status_code, granted.json()["extension"]) == (200, None)
    before, after = local(asked.json()["expires_at"]), local(granted.json()["expires_at"])
    assert after.date() - before.date() == 30 * DAY
    assert (after.hour, after.minute) == (0, 0)
    assert told(purchase.student) == ["package_extension_answered"]


def test_the_other_side_may_refuse_and_one_may_ask_again(api, purchase):
    post(api, purchase.tutor.user, purchase, days=10)

    refused = post(api, purchase.student, purchase, "/decline")

    assert (refused.status_code, refused.json()["extension"]) == (200, None)
    purchase.refresh_from_db()
    assert refused.json()["expires_at"] == purchase.expires_at.isoformat().replace("+00:00", "Z")
    assert post(api, purchase.tutor.user, purchase, days=5).status_code == 201


def test_each_side_is_granted_it_once(api, purchase):
    parties = (purchase.student, purchase.tutor.user)
    for asker, other in (parties, parties[::-1]):
        assert post(api, asker, purchase, days=1).status_code == 201
        assert post(api, other, purchase, days=1).status_code == 409
        assert post(api, other, purchase, "/accept").status_code == 200

    assert [post(api, party, purchase, days=1).status_code for party in parties] == [409, 409]


def test_nobody_answers_for_themselves(api, purchase):
    post(api, purchase.student, purchase, days=1)

    response = post(api, purchase.student, purchase, "/accept")

    assert (response.status_code, response.json()["code"]) == (409, "EXTENSION_REFUSED")


@pytest.mark.parametrize(
    "state", [{"expires_at": 31}, {"expires_at": -1}, {"status": PurchaseStatus.REFUNDED}], ids=str
)
def test_it_can_be_asked_for_in_the_last_30_days_of_a_good_package(api, purchase, state):
    if "expires_at" in state:
        state = {"expires_at": timezone.now() + state["expires_at"] * DAY}
    type(purchase).objects.update(**state)

    assert post(api, purchase.student, purchase, days=1).status_code == 409


@pytest.mark.parametrize("days", [0, 31, None, "x"])
def test_it_is_1_to_30_days(api, purchase, days):
    assert post(api, purchase.student, purchase, days=days).status_code == 400


def test_it_is_the_parties_business(api, purchase):
    people = (StudentFactory(), AdminFactory())

    assert [post(api, person, purchase, days=1).status_code for person in people] == [404, 403]


def test_silence_for_a_week_is_a_yes(api, purchase):
    post(api, purchase.student, purchase, days=10)
    before = purchase.expires_at

    with time_machine.travel(timezone.now() + 6 * DAY):
        expire_packages()
        purchase.refresh_from_db()
        assert purchase.expires_at == before
    with time_machine.travel(timezone.now() + 7 * DAY + timedelta(minutes=1)):
        expire_packages()

    purchase.refresh_from_db()
    assert purchase.expires_at > before + 9 * DAY
    assert told(purchase.student) == ["package_extension_answered"]


@pytest.fixture
def asked_on_the_last_day(purchase):
    with time_machine.travel(purchase.expires_at - timedelta(hours=5)):
        extensions.ask(purchase.pk, 10, actor=purchase.student)
    return purchase


def test_a_package_waits_for_the_answer_before_it_expires(asked_on_the_last_day):
    purchase = asked_on_the_last_day
    later = purchase.expires_at + DAY

    assert expiry.expire_overdue(now=later) == 0
    assert expiry.expire_overdue(now=later + 7 * DAY) == 0  # silence was a yes

    purchase.refresh_from_db()
    assert (purchase.status, purchase.available) == (PurchaseStatus.ACTIVE, 5)
    assert purchase.expires_at > later + 7 * DAY


def test_a_refusal_after_the_last_day_lets_it_expire_at_once(asked_on_the_last_day):
    purchase = asked_on_the_last_day

    with time_machine.travel(purchase.expires_at + DAY):
        extensions.answer(purchase.pk, accept=False, actor=purchase.tutor.user)

    purchase.refresh_from_db()
    assert (purchase.status, purchase.available) == (PurchaseStatus.EXPIRED, 0)


def test_a_credit_that_comes_back_meanwhile_is_good_for_14_days(asked_on_the_last_day):
    purchase = asked_on_the_last_day
    booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)
    credits.reserve(booking, actor=None, now=timezone.now())
    later = purchase.expires_at + DAY

    credits.release(booking, actor=None, now=later)

    purchase.refresh_from_db()
    assert purchase.expires_at >= later + 14 * DAY


def test_a_refund_ends_the_asking(asked_on_the_last_day):
    refunds.refund_unused(asked_on_the_last_day.pk, cause="tutor", reason="", actor=AdminFactory())

    assert extensions.accept_unanswered(now=timezone.now() + 90 * DAY) == 0


def test_an_offer_has_no_extension(api):
    offer = PackageFactory()

    assert "extension" not in api.as_(offer.tutor.user).get(f"/api/packages/{offer.pk}").json()
