"""People as those see them who may write to them."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.presenters.avatars import avatar_url

# What is left of the name of who left.
FORMER = "Former user"
COLUMNS = ("id", "first_name", "last_name", "role", "avatar", "deleted_at")


def people(page: QuerySet) -> list[dict[str, Any]]:
    """Of one page of users."""
    return [person(row) for row in page.values(*COLUMNS)]


def person(row: dict[str, Any]) -> dict[str, Any]:
    """From a row of `COLUMNS`. The address is nobody else's business."""
    is_gone = row["deleted_at"] is not None
    picture = avatar_url("" if is_gone else row["avatar"])
    return {
        "id": row["id"],
        "first_name": "" if is_gone else row["first_name"],
        "last_name": "" if is_gone else row["last_name"],
        "name": name_of(row),
        "email": None,
        "role": row["role"],
        "avatar": picture,
        "avatar_url": picture,
    }


def name_of(row: dict[str, Any], prefix: str = "") -> str:
    """As `User.display_name`, from a row whose columns have that prefix."""
    if row[f"{prefix}deleted_at"] is not None:
        return FORMER
    full = f"{row[f'{prefix}first_name']} {row[f'{prefix}last_name']}".strip()
    return full or f"User {row[f'{prefix}id']}"


def row_of(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in COLUMNS if name != "avatar"} | {"avatar": user.avatar.name or ""}
