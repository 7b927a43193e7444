"""Support: one's own tickets, and all of them for the staff."""

from typing import Any

from tests.authorization.matrix import Rule, signed_in

HELP = {"message": "I am threatened."}


def _of_ticket(world: dict[str, Any]) -> dict[str, Any]:
    return {"ticket_id": world["ticket"].pk, "reason": "It takes too long."}


RULES: dict[str, Rule] = {
    "GET /api/support/tickets": signed_in(200),
    "POST /api/support/tickets": signed_in(201, {"subject": "A question", "description": "How does it work?"}),
    "GET /api/support/tickets/<id:pk>": signed_in(404, student=200, admin=200),
    "PUT /api/support/tickets/<id:pk>": signed_in(404, {"message": "Still so."}, student=200, admin=200),
    "PUT /api/support/tickets/escalate": signed_in(404, _of_ticket, student=200, admin=200),
    "PUT /api/support/tickets/close": signed_in(404, _of_ticket, student=200, admin=200),
    "POST /api/support/chat": signed_in(201, {"message": "Hello!"}),
    "POST /api/support/emergency": signed_in(201, HELP),
    "POST /api/sessions/emergency": signed_in(201, HELP),
    "POST /api/support/feedback": signed_in(201, {"rating": 5, "comment": "Very good."}),
}
