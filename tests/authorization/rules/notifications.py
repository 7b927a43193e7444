"""Notifications: one's own, whoever asks, the admin too."""

from tests.authorization.matrix import Rule, signed_in
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT

RULES: dict[str, Rule] = {
    "GET /api/notifications": signed_in(200),
    "PUT /api/notifications/mark-read": signed_in(200, {"all": True}),
    "GET /api/notifications/preferences": signed_in(200),
    "PUT /api/notifications/preferences": signed_in(200, {"digests": {"reviews": "weekly"}}),
    "POST /api/notifications/push": signed_in(403, {"all": True, "title": "News", "message": "Hello."}, admin=202),
    "GET /api/notifications/push/key": signed_in(200),
    "GET /api/notifications/push/subscriptions": signed_in(200),
    "POST /api/notifications/push/subscriptions": signed_in(201, {"endpoint": PUBLIC_ENDPOINT, "keys": KEYS}),
    "DELETE /api/notifications/push/subscriptions/<id:pk>": signed_in(404, student=204),
    "GET /api/v1/notifications": signed_in(200),
    "DELETE /api/v1/notifications": signed_in(200),
    "GET /api/v1/notifications/unread-count": signed_in(200),
    "PATCH /api/v1/notifications/read-all": signed_in(200),
    "PATCH /api/v1/notifications/<id:pk>/read": signed_in(404, student=200),
    "PATCH /api/notifications/mark-all-read": signed_in(200),
    "PATCH /api/notifications/<id:pk>/read": signed_in(404, student=200),
    "DELETE /api/notifications/<id:pk>": signed_in(404, student=204),
}
