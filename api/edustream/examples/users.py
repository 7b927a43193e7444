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

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/users/me/calendar-feed": {200: FEED},
    "POST /api/users/me/calendar-feed": {201: FEED | {"last_used_at": None, "url": FEED_URL}},
    "POST /api/users/me/avatar": {201: {"message": "Avatar uploaded successfully"} | AVATAR},
    "GET /api/users/me/avatar": {200: AVATAR},
    "DELETE /api/users/me/avatar": {200: {"message": "Avatar deleted successfully"} | NO_AVATAR},
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
