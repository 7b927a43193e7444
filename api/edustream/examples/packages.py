"""Packages."""

from typing import Any

OFFER_INPUT = {
    "name": "5-Session Math Package",
    "description": "5 one-hour sessions at discounted rate",
    "session_count": 5,
    "price": 200.0,
    "duration_minutes": 60,
    "validity_days": 90,
}
OFFER = {
    "id": 10,
    "tutor_profile_id": 5,
    "name": "5-Session Math Package",
    "session_count": 5,
    "price": 200.0,
    "price_per_session": 40.0,
    "is_active": True,
    # What the document does not show.
    "kind": "offer",
    "tutor_name": "Jane Smith",
    "description": "5 one-hour sessions at discounted rate",
    "currency": "USD",
    "duration_minutes": 60,
    "validity_days": 90,
    "subject": None,
    "subject_id": None,
    "status": "active",
    "created_at": "2025-01-24T10:30:00Z",
    "updated_at": "2025-01-24T10:30:00Z",
}
PURCHASE = OFFER | {
    "id": 31,
    "kind": "purchase",
    "package_id": 10,
    "pricing_option_id": 10,
    "student_id": 42,
    "student_name": "John Doe",
    "sessions_purchased": 5,
    "sessions_remaining": 4,
    "sessions_used": 1,
    "sessions_reserved": 0,
    "purchase_price": 200.0,
    "purchased_at": "2025-01-24T10:30:00Z",
    "expires_at": "2025-04-25T00:00:00Z",
    "refunded_amount": 0.0,
    "extension": None,
}
EXTENSION = {"asked_by": "student", "days": 30, "lapses_at": "2025-04-20T10:30:00Z"}
LEDGER = [
    {
        "id": 1,
        "kind": "purchase",
        "change": 5,
        "balance": 5,
        "booking_id": None,
        "actor_id": 42,
        "reason": "",
        "created_at": "2025-01-24T10:30:00Z",
    },
    {
        "id": 2,
        "kind": "reserve",
        "change": -1,
        "balance": 4,
        "booking_id": 123,
        "actor_id": 42,
        "reason": "",
        "created_at": "2025-01-25T09:00:00Z",
    },
]

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/packages": {200: [OFFER]},
    "POST /api/packages": {"request": OFFER_INPUT, 201: OFFER},
    "GET /api/packages/{id}": {200: PURCHASE},
    "PATCH /api/packages/{id}": {"request": {"price": 180.0}, 200: OFFER | {"price": 180.0, "price_per_session": 36.0}},
    "PATCH /api/packages/{id}/use-credit": {"request": {"booking_id": 123}, 200: PURCHASE},
    "POST /api/packages/{id}/extension": {"request": {"days": 30}, 201: PURCHASE | {"extension": EXTENSION}},
    "POST /api/packages/{id}/extension/accept": {200: PURCHASE | {"expires_at": "2025-05-25T00:00:00Z"}},
    "POST /api/packages/{id}/extension/decline": {200: PURCHASE},
    "GET /api/packages/{id}/credits": {200: LEDGER},
}
