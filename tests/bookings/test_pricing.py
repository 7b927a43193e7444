"""The prices on a profile: exact, replaced as a whole, and nothing that was bought is touched."""

from decimal import Decimal

import pytest

from accounts.models import TutorProfile, TutorStatus
from audit.models import AuditEntry
from bookings.models import Package
from bookings.services.pricing import PricingOption, change_pricing, shown_options
from common.errors import Invalid
from tests.factories import PackageFactory, PackagePurchaseFactory, TutorFactory

pytestmark = pytest.mark.django_db

SHORT = PricingOption("Trial", "To meet.", 30, Decimal("20.00"))
LONG = PricingOption("Lesson", "", 60, Decimal("45.50"))


@pytest.fixture
def tutor():
    return TutorFactory(profile__status=TutorStatus.DRAFT)


def of(tutor):
    return TutorProfile.objects.get(user=tutor)


def shown(tutor):
    return [(row.name, row.duration_minutes, row.price, row.currency) for row in shown_options(of(tutor))]


def test_options_are_packages_of_one_lesson_on_the_profile(tutor):
    change_pricing(tutor, options=[LONG, SHORT])

    assert shown(tutor) == [("Trial", 30, 20, "USD"), ("Lesson", 60, Decimal("45.50"), "USD")]
    package = Package.objects.get(name="Trial")
    assert (package.session_count, package.on_profile, package.is_active) == (1, True, True)


def test_what_is_left_out_stays(tutor):
    change_pricing(tutor, hourly_rate=Decimal(50), options=[SHORT])
    change_pricing(tutor, options=[SHORT])
    change_pricing(tutor, hourly_rate=Decimal(55))

    assert (of(tutor).hourly_rate, of(tutor).currency) == (55, "USD")
    assert len(shown(tutor)) == 1


def test_an_option_that_stays_the_same_stays_the_same_row(tutor):
    change_pricing(tutor, options=[SHORT, LONG])
    before = set(Package.objects.values_list("pk", flat=True))

    change_pricing(tutor, options=[SHORT, SHORT, LONG._replace(price=Decimal(50))])

    rows = {row.name: row.pk for row in shown_options(of(tutor))}
    assert rows["Trial"] in before
    assert rows["Lesson"] not in before
    assert len(rows) == 2


def test_what_was_bought_and_other_packages_are_left_alone(tutor):
    offer = PackageFactory(tutor=tutor.tutor_profile)
    change_pricing(tutor, options=[SHORT])
    bought = PackagePurchaseFactory(package=Package.objects.get(name="Trial"))

    change_pricing(tutor, options=[])

    assert shown(tutor) == []
    bought.refresh_from_db()
    offer.refresh_from_db()
    assert (bought.price, bought.available, offer.is_active) == (20, 1, True)


def test_amounts_have_the_digits_of_their_currency(tutor):
    change_pricing(
        tutor, hourly_rate=Decimal("5000.5"), currency="JPY", options=[SHORT._replace(price=Decimal("99.5"))]
    )
    assert of(tutor).hourly_rate == 5001
    assert shown(tutor) == [("Trial", 30, 100, "JPY")]

    change_pricing(tutor, hourly_rate=Decimal("12.3456"), currency="KWD", options=[])
    assert of(tutor).hourly_rate == Decimal("12.346")


def test_options_that_are_left_out_follow_a_new_currency(tutor):
    change_pricing(tutor, hourly_rate=Decimal("45.50"), options=[LONG])

    change_pricing(tutor, currency="JPY")

    assert of(tutor).hourly_rate == 46
    assert shown(tutor) == [("Lesson", 60, 46, "JPY")]


def test_a_rate_that_rounds_to_nothing_is_refused(tutor):
    with pytest.raises(Invalid) as caught:
        change_pricing(tutor, hourly_rate=Decimal("0.4"), currency="JPY")

    assert list(caught.value.errors) == ["hourly_rate"]
    assert of(tutor).currency == "USD"


def test_a_tutor_without_a_rate_can_choose_the_currency():
    tutor = TutorFactory(profile__status=TutorStatus.DRAFT, profile__hourly_rate=None)

    assert change_pricing(tutor, currency="EUR").hourly_rate is None


def test_prices_are_audited_with_what_they_were(tutor):
    change_pricing(tutor, hourly_rate=Decimal(50), options=[SHORT])

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("tutor.prices_changed", tutor.pk)
    assert entry.before == {"hourly_rate": "45.000", "pricing_options": []}
    assert entry.after == {"hourly_rate": "50.00", "pricing_options": ["30 minutes: 20.000"]}
