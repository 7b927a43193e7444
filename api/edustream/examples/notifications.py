"""Notifications."""

from typing import Any

NOTIFICATION = {
    "id": 1,
    "type": "booking_confirmed",
    "title": "Booking Confirmed",
    "message": "Your session with John Tutor is confirmed",
    "is_read": False,
    "created_at": "2025-01-24T10:30:00Z",
    "data": {"booking_id": 123},
    "link": "/bookings/123",
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/notifications": {200: [NOTIFICATION]},
    "PATCH /api/notifications/{id}/read": {200: NOTIFICATION | {"is_read": True}},
    "PATCH /api/notifications/mark-all-read": {200: {"message": "All notifications marked as read", "updated": 3}},
}
