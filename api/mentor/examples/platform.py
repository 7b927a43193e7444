"""Examples of health and notifications."""

from typing import Any

from api.mentor.examples.shared import ONE_PAGE

HEALTHY = {"status": "healthy", "timestamp": "2026-01-31T14:00:00Z", "database": "connected"}
UNHEALTHY = {
    "status": "unhealthy",
    "timestamp": "2026-01-31T14:00:00Z",
    "database": "disconnected",
    "error": "The database does not answer",
}
CHOICES = {
    "email": True,
    "push": True,
    "sms": False,
    "types": {"bookingConfirmed": {"email": False}},
    "quietHours": {"start": "22:00", "end": "07:00", "days": ["friday", "saturday"]},
    "digests": {"reviews": "weekly"},
}
CHOSEN = CHOICES | {
    "categories": {},
    "digestHour": 8,
    "effective": {
        "bookingConfirmed": {
            "category": "bookings",
            "label": "A lesson is booked or confirmed",
            "mandatory": False,
            "channels": {"inApp": True, "ws": True, "email": False, "push": True, "sms": False},
        }
    },
}
BROWSER = {
    "endpoint": "https://push.example.com/wpush/v2/gAAAAABkq1Xo9Rj0",
    "keys": {
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
    },
}
SUBSCRIBED = {
    "id": 3,
    "endpoint": BROWSER["endpoint"],
    "userAgent": "Mozilla/5.0",
    "createdAt": "2026-01-31T14:00:00Z",
    "lastUsedAt": None,
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "PUT /api/notifications/mark-read": {"request": {"ids": [1, 2, 3]}, 200: {"updated": 3}},
    "GET /api/notifications/preferences": {200: CHOSEN},
    "PUT /api/notifications/preferences": {"request": CHOICES, 200: CHOSEN},
    "POST /api/notifications/push": {
        "request": {"role": "STUDENT", "title": "Maintenance", "message": "We are away on Sunday at 4:00 UTC."},
        202: {"queued": 1200},
    },
    "GET /api/notifications/push/key": {
        200: {"publicKey": "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"}
    },
    "GET /api/notifications/push/subscriptions": {200: {"items": [SUBSCRIBED]} | ONE_PAGE},
    "POST /api/notifications/push/subscriptions": {"request": BROWSER, 201: SUBSCRIBED},
    "GET /api/health": {200: HEALTHY, 503: UNHEALTHY},
    "GET /api/health/database": {200: HEALTHY, 503: UNHEALTHY},
    "GET /api/health/services": {
        200: HEALTHY
        | {
            "services": {
                "database": "up",
                "redis": "not_configured",
                "mail": "up",
                "push": "up",
                "payments": "up",
                "storage": "up",
                "work": "up",
            }
        },
        503: UNHEALTHY | {"services": {"database": "down", "redis": "up"}},
    },
}
