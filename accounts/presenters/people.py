"""Accounts as admins see them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.presenters.avatars import avatar_url

_OWN = (
    *("id", "email", "role", "first_name", "last_name", "phone", "timezone", "currency"),
    *("is_active", "is_verified", "last_login", "created_at", "updated_at", "deleted_at"),
)
_COLUMNS = (*_OWN, "birth_date", "avatar", "tutor_profile__id", "tutor_profile__status")


def accounts(page: QuerySet[User]) -> list[dict[str, Any]]:
    """The accounts of one page, in its order, with the tutor side of those who have one."""
    return _shown(page.values(*_COLUMNS))


def account(user: User) -> dict[str, Any]:
    (shown,) = _shown(User.objects.filter(pk=user.pk).values(*_COLUMNS))
    return shown


def _shown(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in _OWN},
            "name": f"{row['first_name']} {row['last_name']}".strip(),
            "date_of_birth": row["birth_date"],
            "avatar_url": avatar_url(row["avatar"]),
            "tutor_profile_id": row["tutor_profile__id"],
            "profile_status": row["tutor_profile__status"],
        }
        for row in rows
    ]
