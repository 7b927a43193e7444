"""What tutors offer: several lessons at one price. Edits never touch what was bought (R-PKG-10)."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import TutorProfile, User
from audit.services import record
from bookings.models import Package
from catalog.models import Subject
from common.errors import NotFound
from common.money import round_money

DEFAULT_MINUTES = 60
DEFAULT_VALIDITY_DAYS = 90
_AUDITED = ("price", "session_count", "duration_minutes", "validity_days", "is_active")


def create_offer(
    *,
    actor: User,
    name: str,
    session_count: int,
    price: Decimal,
    description: str = "",
    duration_minutes: int = DEFAULT_MINUTES,
    validity_days: int = DEFAULT_VALIDITY_DAYS,
    subject: Subject | None = None,
) -> Package:
    """Offer `session_count` lessons for `price` in the tutor's currency. Raises NotFound for who is no tutor."""
    tutor = TutorProfile.objects.filter(user=actor).first()
    if tutor is None:
        raise NotFound("Tutor not found")
    with transaction.atomic():
        package = Package.objects.create(
            tutor=tutor,
            name=name,
            description=description,
            session_count=session_count,
            price=round_money(price, tutor.currency),
            currency=tutor.currency,
            duration_minutes=duration_minutes,
            validity_days=validity_days,
            subject=subject,
        )
        record("package.created", actor=actor, obj=package, after=_audited(package))
    return package


@transaction.atomic
def update_offer(package_id: int, changes: dict[str, Any], *, actor: User) -> Package:
    """Change one's own offer, price and all; an admin may change any. Raises NotFound."""
    package = _lock(package_id, actor)
    before = _audited(package)
    for field, value in changes.items():
        setattr(package, field, value)
    package.price = round_money(package.price, package.currency)
    package.save(update_fields=[*changes, "updated_at"])
    if (after := _audited(package)) != before:
        record("package.updated", actor=actor, obj=package, before=before, after=after)
    return package


def withdraw_offer(package_id: int, *, actor: User) -> None:
    """Sell it no more; what was bought stays good. Safe to repeat. Raises NotFound."""
    update_offer(package_id, {"is_active": False}, actor=actor)


def _lock(package_id: int, actor: User) -> Package:
    own = Package.objects.all() if actor.is_admin else Package.objects.filter(tutor__user=actor)
    package = own.select_for_update(of=("self",), no_key=True).filter(pk=package_id).first()
    if package is None:
        raise NotFound("Package not found")
    return package


def _audited(package: Package) -> dict[str, Any]:
    return {"title": package.name, **{name: getattr(package, name) for name in _AUDITED}}
