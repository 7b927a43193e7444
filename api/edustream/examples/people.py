"""Accounts, as admins see and change them."""

from typing import Any

from api.edustream.examples.users import AVATAR, SITE

ACCOUNT = {
    "id": 42,
    "email": "user@example.com",
    "role": "student",
    "is_active": True,
    "created_at": "2025-01-20T10:00:00Z",
    "name": "John Doe",
    "first_name": "John",
    "last_name": "Doe",
    "phone": "",
    "date_of_birth": None,
    "timezone": "UTC",
    "currency": "USD",
    "avatar_url": f"{SITE}/api/avatars/default.png",
    "is_verified": True,
    "tutor_profile_id": None,
    "profile_status": None,
    "last_login": "2025-01-24T10:30:00Z",
    "updated_at": "2025-01-24T10:30:00Z",
    "deleted_at": None,
}
PAGE = {
    "items": [ACCOUNT],
    "total": 500,
    "page": 1,
    "page_size": 100,
    "total_pages": 5,
    "pages": 5,
    "has_next": True,
    "has_prev": False,
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/admin/users": {200: PAGE},
    "PUT /api/admin/users/{id}": {
        "request": {"role": "tutor", "is_active": True},
        200: ACCOUNT | {"role": "tutor", "tutor_profile_id": 5, "profile_status": "draft"},
    },
    "PATCH /api/admin/users/{id}/avatar": {
        "multipart": {"file": "portrait.jpg"},
        200: {"message": "Avatar updated successfully"} | AVATAR,
    },
}
