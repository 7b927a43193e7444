"""One's own picture, settings and currency."""

from typing import Any

from api.edustream.examples.accounts import ME

SITE = "https://api.valsa.solutions"
# The document's are called after the user, such as 42.jpg; ours after nobody.
AVATAR = {
    "avatar_url": f"{SITE}/api/avatars/0f8fad5bd9cb469fa16570867728950e.jpg",
    "uploaded_at": "2025-01-24T10:30:00.000Z",
    "expires_at": None,
}
NO_AVATAR = {"avatar_url": f"{SITE}/api/avatars/default.png", "uploaded_at": None, "expires_at": None}
CHANNELS = {"email_notifications": True, "push_notifications": False, "sms_notifications": True}

FEED = {"is_open": True, "created_at": "2025-01-24T10:30:00Z", "last_used_at": "2025-01-25T08:00:00Z"}
FEED_URL = f"{SITE}/calendar/feed/q1Wm7cVb0ZkT3xYp9sRfUeGhJiKlMnOoPaBcDdEfGhI.ics"

ERASURE = {
    "id": 3,
    "state": "cooling_off",
    "requested_at": "2025-01-24T10:30:00Z",
    "begins_at": "2025-02-07T10:30:00Z",
    "due_at": "2025-02-23T10:30:00Z",
    "finished_at": None,
    "blockers": ["A lesson is to come, or not over yet."],
}
EXPORT = {
    "id": 7,
    "state": "ready",
    "requested_at": "2025-01-24T10:30:00Z",
    "ready_at": "2025-01-24T10:30:09Z",
    "expires_at": "2025-01-31T10:30:09Z",
    "size": 48213,
    "sha256": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
    "download_url": "/api/users/me/export/download",
}
_PREPARING = {"state": "preparing", "size": 0, "sha256": ""} | dict.fromkeys(("ready_at", "expires_at", "download_url"))
_CONFIRMED = {"password": "password123"}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/users/me/calendar-feed": {200: FEED},
    "POST /api/users/me/calendar-feed": {201: FEED | {"last_used_at": None, "url": FEED_URL}},
    "POST /api/users/me/avatar": {201: {"message": "Avatar uploaded successfully"} | AVATAR},
    "GET /api/users/me/avatar": {200: AVATAR},
    "DELETE /api/users/me/avatar": {200: {"message": "Avatar deleted successfully"} | NO_AVATAR},
    "GET /api/users/me/erasure": {200: ERASURE},
    "POST /api/users/me/erasure": {"request": _CONFIRMED, 202: ERASURE},
    "DELETE /api/users/me/erasure": {200: ERASURE | {"state": "withdrawn", "finished_at": "2025-01-25T08:00:00Z"}},
    "GET /api/users/me/export": {200: EXPORT},
    "POST /api/users/me/export": {"request": _CONFIRMED, 202: EXPORT | _PREPARING},
    "GET /api/users/me/export/download": {},
    "PATCH /api/users/preferences": {"request": CHANNELS, 200: ME | CHANNELS},
    "GET /api/users/currency/options": {
        200: [
            {"code": "USD", "symbol": "$", "name": "US Dollar"},
            {"code": "EUR", "symbol": "€", "name": "Euro"},
            {"code": "GBP", "symbol": "£", "name": "British Pound"},
        ]
    },
    "PATCH /api/users/currency": {"request": {"currency": "EUR"}, 200: ME | {"currency": "EUR"}},
}
