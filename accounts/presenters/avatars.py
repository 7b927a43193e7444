"""Where a person's picture is found."""

from typing import Any

from django.conf import settings

from accounts.models import User

FOLDER = "avatars/"
DEFAULT = "default.png"


def avatar_url(key: str) -> str:
    """The absolute address of the picture that is stored under `key` (`User.avatar.name`); "" has the default's.

    Costs nothing, so that lists can call it for each row of a `values()` query.
    """
    return f"{settings.PUBLIC_URL}/api/avatars/{key.removeprefix(FOLDER) or DEFAULT}"


def avatar(user: User) -> dict[str, Any]:
    """The picture as the document and its client read it; it never expires."""
    return {
        "avatar_url": avatar_url(user.avatar.name or ""),
        "uploaded_at": user.avatar_changed_at if user.avatar else None,
        "expires_at": None,
    }
