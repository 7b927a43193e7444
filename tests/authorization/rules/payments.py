"""Payments are the payer's; the tutor who earns them and admins see them. Payouts are the tutor's and the admins'."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in

MENTORS = ("other_tutor", "draft_tutor")


def mentors_only(status: int, **others: int) -> Rule:
    return signed_in(403, None, **dict.fromkeys((*MENTORS, "host", "admin"), status) | others)


def _intent(world: dict[str, Any]) -> dict[str, Any]:
    return {"bookingId": world["booking"].pk}


def _of_payment(world: dict[str, Any]) -> dict[str, Any]:
    return {"paymentId": world["payment"].pk, "reason": "Nobody came.", "description": "I waited for an hour."}


RULES: dict[str, Rule] = {
    "POST /api/payments/create-intent": signed_in(404, _intent, student=201),
    "POST /api/payments/confirm": signed_in(404, _of_payment, student=200),
    # The lesson took place: its terms give nothing back. An admin may all the same.
    "POST /api/payments/refund": signed_in(404, _of_payment, student=409, host=403, admin=201),
    "POST /api/payments/dispute": signed_in(404, _of_payment, student=201, host=403, admin=403),
    "POST /api/payments/webhook": everybody(400),  # nobody of these can sign
    "GET /api/payments/history": signed_in(200),
    "GET /api/payments/<id:pk>/receipt": signed_in(404, student=200, host=200, admin=200),
    "GET /api/mentors/payouts": mentors_only(200, admin=400),  # who must say whose
    "GET /api/mentors/payouts/<id:pk>": mentors_only(404, host=200, admin=200),
    "GET /api/admin/payouts": signed_in(403, admin=200),
    "POST /api/admin/payouts": signed_in(403, admin=201),
}
