"""Examples of the mentor contract's payments and payouts."""

from typing import Any

from api.mentor.examples.shared import ONE_PAGE

_WHEN = "2026-01-31T14:00:00Z"
INTENT = {
    "paymentId": 31,
    "clientSecret": "sandbox_secret_5f0c1a9b7e3d4c2f8a6b0d1e2f3a4b5c",
    "amount": 45.0,
    "currency": "USD",
    "status": "requires_payment",
    "provider": "sandbox",
}
PAYMENT = {
    "id": 31,
    "kind": "booking",
    "bookingId": 12,
    "purchaseId": None,
    "description": "the lesson with Grace Hopper on Monday 2 February 2026, 14:00",
    "amount": 45.0,
    "currency": "USD",
    "status": "succeeded",
    "provider": "sandbox",
    "capturedAmount": 45.0,
    "refundedAmount": 0.0,
    "pendingRefundAmount": 0.0,
    "isDisputed": False,
    "failureCode": "",
    "failureMessage": "",
    "hasReceipt": True,
    "payer": {"id": 42, "name": "Ada Lovelace"},
    "mentor": {"id": 5, "userId": 10, "name": "Grace Hopper"},
    "capturedAt": "2026-01-31T14:01:00Z",
    "createdAt": _WHEN,
    "updatedAt": "2026-01-31T14:01:00Z",
}
REFUND = {
    "id": 4,
    "paymentId": 31,
    "amount": 22.5,
    "currency": "USD",
    "status": "pending",
    "basis": "admin",
    "reason": "The lesson ended half an hour early.",
    "failureReason": "",
    "createdAt": "2026-02-03T09:00:00Z",
    "updatedAt": "2026-02-03T09:00:00Z",
}
DISPUTE = {
    "id": 2,
    "paymentId": 31,
    "kind": "internal",
    "status": "open",
    "amount": 45.0,
    "currency": "USD",
    "reason": "The mentor did not come.",
    "description": "I waited for half an hour, and nobody answered.",
    "decision": "",
    "decidedAt": None,
    "createdAt": "2026-02-02T15:00:00Z",
}
PAYOUT = {
    "id": 9,
    "amount": 36.0,
    "currency": "USD",
    "status": "paid",
    "lessons": 1,
    "periodEnd": "2026-02-06T00:00:00Z",
    "paidAt": "2026-02-06T00:05:00Z",
    "failureReason": "",
    "createdAt": "2026-02-06T00:00:00Z",
}
BALANCE = {"currency": "USD", "pending": 36.0, "available": 72.0, "inPayout": 0.0, "frozen": 0.0}
LINE = {
    "id": 51,
    "kind": "lesson",
    "description": "Lesson of 02 February 2026",
    "bookingId": 12,
    "purchaseId": None,
    "paymentId": 31,
    "gross": 45.0,
    "commission": 9.0,
    "net": 36.0,
    "earnedAt": "2026-02-02T15:00:00Z",
}
STATEMENT = PAYOUT | {"gross": 45.0, "commission": 9.0, "net": 36.0, "takenBack": 0.0, "lines": [LINE]}
ADMINS_PAYOUT = PAYOUT | {
    "status": "scheduled",
    "paidAt": None,
    "mentor": PAYMENT["mentor"],
    "provider": "sandbox",
    "holdReason": "",
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /api/payments/create-intent": {"request": {"bookingId": 12}, 201: INTENT},
    "POST /api/payments/confirm": {"request": {"paymentId": 31, "paymentMethod": "pm_card_visa"}, 200: PAYMENT},
    "POST /api/payments/webhook": {200: {"received": True}},
    "POST /api/payments/refund": {
        "request": {"paymentId": 31, "amount": 22.5, "reason": REFUND["reason"]},
        201: REFUND,
    },
    "POST /api/payments/dispute": {
        "request": {"paymentId": 31, "reason": DISPUTE["reason"], "description": DISPUTE["description"]},
        201: DISPUTE,
    },
    "GET /api/payments/history": {200: {"items": [PAYMENT]} | ONE_PAGE},
    "GET /api/mentors/payouts": {200: {"items": [PAYOUT]} | ONE_PAGE | {"balance": [BALANCE]}},
    "GET /api/mentors/payouts/{id}": {200: STATEMENT},
    "GET /api/admin/payouts": {200: {"items": [ADMINS_PAYOUT]} | ONE_PAGE},
    "POST /api/admin/payouts": {"request": {"mentorId": 5}, 201: {"items": [ADMINS_PAYOUT]}},
}
