"""Reviews: everybody reads them; their student writes, their tutor answers."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in


def _review(world: dict[str, Any]) -> dict[str, Any]:
    return {"booking_id": world["taken_lesson"].pk, "rating": 5}


ANSWER = {"response": "Thank you for the kind words!"}

RULES: dict[str, Rule] = {
    "GET /api/reviews/tutors/<id:pk>": everybody(200),
    "GET /api/tutors/<id:pk>/reviews": everybody(200),
    "POST /api/reviews": signed_in(403, _review, student=201, stranger=404),
    "PATCH /api/reviews/<id:pk>": signed_in(403, {"rating": 4}, student=200, stranger=404),
    "POST /api/reviews/<id:pk>/response": signed_in(403, ANSWER, host=201, other_tutor=404, draft_tutor=404),
    # Nobody has answered it yet.
    "PATCH /api/reviews/<id:pk>/response": signed_in(403, ANSWER, host=409, other_tutor=404, draft_tutor=404),
    "POST /api/reviews/<id:pk>/report": signed_in(201, {"reason": "It is about somebody else."}),
}
