"""One's own data."""

from typing import Any

from django.db import transaction

from accounts.errors import EmailChangeRefused
from accounts.models import User
from accounts.models.user import normalise_email
from accounts.services import listing

EDITABLE = frozenset({"first_name", "last_name", "phone", "timezone", "currency"})
# What admins correct. A date of birth people tell themselves once (`guardians`).
CORRECTABLE = EDITABLE | {"birth_date"}


def require_own_email(user: User, email: str | None) -> None:
    """Raises EmailChangeRefused for another address than the user's own; whatever its case, and None, is no change."""
    if email is not None and normalise_email(email) != user.email:
        raise EmailChangeRefused(errors={"email": [EmailChangeRefused.message]})


@transaction.atomic
def update_own(user: User, changes: dict[str, Any]) -> User:
    """Write the valid `changes` to those fields that people may edit themselves; anything else is left alone."""
    fields = sorted(EDITABLE & changes.keys())
    for field in fields:
        setattr(user, field, changes[field])
    if fields:
        user.save(update_fields=[*fields, "updated_at"])
    if {"first_name", "last_name"} & set(fields):
        listing.refresh_of(user)
    return user
