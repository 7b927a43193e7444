"""The prices on a tutor's profile: the rate of an hour, and the options that are edited with it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import TutorProfile, User
from accounts.services.tutor_moves import close
from accounts.services.tutor_side import ANY, Expected, open_for_changes
from audit.services import record
from bookings.models import Package
from common.errors import Invalid
from common.money import round_money


class PricingOption(NamedTuple):
    """One lesson at its own price: a package of one that stands on the profile."""

    title: str
    description: str
    duration_minutes: int
    price: Decimal


def shown_options(tutor_id: Any) -> QuerySet[Package]:
    """What that tutor's profile offers now, the shortest and cheapest first."""
    shown = Package.objects.filter(tutor=tutor_id, on_profile=True, is_active=True)
    return shown.order_by("duration_minutes", "price", "id")


@transaction.atomic
def change_pricing(
    user: User,
    *,
    hourly_rate: Decimal | None = None,
    currency: str | None = None,
    options: Sequence[PricingOption] | None = None,
    expected: Expected = ANY,
) -> TutorProfile:
    """Write what is given; `options` are all that there are from now on. Amounts are rounded to the currency's digits.

    What was bought keeps its price (R-PKG-10), but options that are left out follow a new currency. Audited. Raises
    StaleVersion, StaleProfile, ProfileFrozen, or Invalid for a rate that rounds to nothing.
    """
    profile = open_for_changes(user, expected)
    before = _prices(profile)
    profile.currency = currency or profile.currency
    rate = hourly_rate if hourly_rate is not None else profile.hourly_rate
    profile.hourly_rate = None if rate is None else _worth_something(rate, profile.currency)
    if options is not None or before["currency"] != profile.currency:
        _replace(profile, options if options is not None else _present(profile))
    record("tutor.prices_changed", actor=user, obj=profile, before=before, after=_prices(profile))
    return close(profile, "hourly_rate", "currency")


def _worth_something(rate: Decimal, currency: str) -> Decimal:
    rounded = round_money(rate, currency)
    if rounded <= 0:
        raise Invalid(errors={"hourly_rate": [f"Must be at least the smallest amount of {currency}."]})
    return rounded


def _present(profile: TutorProfile) -> list[PricingOption]:
    return [_option(row) for row in shown_options(profile.pk)]


def _option(row: Package) -> PricingOption:
    return PricingOption(row.name, row.description, row.duration_minutes, row.price)


def _replace(profile: TutorProfile, options: Sequence[PricingOption]) -> None:
    """An option with the same words and price as before stays the same row; others are sold no more."""
    currency = profile.currency
    wanted = dict.fromkeys(option._replace(price=round_money(option.price, currency)) for option in options)
    known = {_option(row): row for row in shown_options(profile.pk) if row.currency == currency}
    gone = shown_options(profile.pk).exclude(pk__in=[row.pk for option, row in known.items() if option in wanted])
    gone.update(is_active=False, updated_at=timezone.now())
    Package.objects.bulk_create([_package(profile, option) for option in wanted if option not in known])


def _package(profile: TutorProfile, option: PricingOption) -> Package:
    return Package(
        tutor=profile,
        name=option.title,
        description=option.description,
        duration_minutes=option.duration_minutes,
        price=option.price,
        currency=profile.currency,
        on_profile=True,
    )


def _prices(profile: TutorProfile) -> Mapping[str, Any]:
    """For the log: without the titles, which are the tutor's words."""
    options = [f"{each.duration_minutes} minutes: {each.price}" for each in _present(profile)]
    return {"hourly_rate": profile.hourly_rate, "currency": profile.currency, "pricing_options": options}
