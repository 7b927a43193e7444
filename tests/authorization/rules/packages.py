"""Packages: what is on offer is everybody's to see, a purchase only its parties'."""

from typing import Any

from tests.authorization.matrix import Rule, signed_in

OFFER = {"name": "Ten lessons", "session_count": 10, "price": 300}


def _tutors_own(status: int, body: Any = None) -> Rule:
    """Of the tutor who offers it; for other tutors it is not there, for other roles it is none of their business."""
    return signed_in(403, body, host=status, other_tutor=404, draft_tutor=404)


def _parties(status: int, body: Any = None, *, admin: int) -> Rule:
    return signed_in(404, body, student=status, host=status, admin=admin)


RULES: dict[str, Rule] = {
    "GET /api/packages": signed_in(200),
    "POST /api/packages": signed_in(403, OFFER, host=201, other_tutor=201, draft_tutor=201),
    "GET /api/packages/<id:pk>": signed_in(200),
    "PATCH /api/packages/<id:pk>": _tutors_own(200, {"price": 180}),
    "DELETE /api/packages/<id:pk>": _tutors_own(204),
    "PATCH /api/packages/<id:pk>/use-credit": _parties(200, admin=200),
    # Too early to ask, and nothing to answer.
    "POST /api/packages/<id:pk>/extension": _parties(409, {"days": 10}, admin=403),
    "POST /api/packages/<id:pk>/extension/accept": _parties(409, admin=403),
    "POST /api/packages/<id:pk>/extension/decline": _parties(409, admin=403),
    "GET /api/packages/<id:pk>/credits": _parties(200, admin=200),
}
