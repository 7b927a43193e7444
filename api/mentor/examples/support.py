"""Examples of the mentor contract's support."""

from typing import Any

_WHEN = "2026-01-31T14:00:00Z"
_REQUESTER = {"id": 42, "name": "Ada Lovelace"}
_AGENT = {"id": 2, "name": "Maria Mitchell"}
CARD = {
    "id": 7,
    "subject": "The camera stays black",
    "category": "technical",
    "priority": "normal",
    "status": "in_progress",
    "isEmergency": False,
    "requester": _REQUESTER,
    "assignee": _AGENT,
    "bookingId": 12,
    "sessionId": None,
    "previousTicketId": None,
    "mergedIntoTicketId": None,
    "canEscalate": True,
    "reopenedCount": 0,
    "resolution": "",
    "closeReason": "",
    "lastMessageAt": "2026-01-31T14:20:00Z",
    "resolvedAt": None,
    "closedAt": None,
    "createdAt": _WHEN,
    "updatedAt": "2026-01-31T14:20:00Z",
    "version": 2,
}
_QUESTION = {
    "id": 31,
    "author": _REQUESTER,
    "isStaff": False,
    "isInternal": False,
    "text": "In every lesson since yesterday.",
    "createdAt": _WHEN,
}
_ANSWER = {
    "id": 32,
    "author": _AGENT,
    "isStaff": True,
    "isInternal": False,
    "text": "Which browser do you use?",
    "createdAt": "2026-01-31T14:20:00Z",
}
TICKET = CARD | {
    "description": _QUESTION["text"],
    "messages": [_QUESTION, _ANSWER],
    "messageCount": 2,
    "satisfaction": None,
}
NEW = CARD | {
    "status": "open",
    "assignee": None,
    "lastMessageAt": _WHEN,
    "updatedAt": _WHEN,
    "version": 1,
    "description": _QUESTION["text"],
    "messages": [_QUESTION],
    "messageCount": 1,
    "satisfaction": None,
}
ESCALATED = TICKET | {"status": "escalated", "priority": "high", "canEscalate": False, "version": 3}
CLOSED = TICKET | {
    "status": "closed",
    "canEscalate": False,
    "closeReason": "It works again.",
    "closedAt": "2026-01-31T15:00:00Z",
    "updatedAt": "2026-01-31T15:00:00Z",
    "version": 3,
}
_HELP = {
    "request": {"sessionId": 3, "message": "Somebody in this session threatens me.", "phone": "+14155550123"},
    201: {
        "ticketId": 8,
        "message": "Those on call have been told. Somebody reads this now.",
        "guidance": "If anybody is in immediate danger, call 911 now. Leave the lesson or session, go to people you "
        "trust, and keep messages as they are. We read this now.",
    },
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/support/tickets": {200: {"items": [CARD], "total": 1, "page": 1, "pageSize": 20, "totalPages": 1}},
    "POST /api/support/tickets": {
        "request": {
            "subject": "The camera stays black",
            "description": "In every lesson since yesterday.",
            "category": "technical",
            "priority": "normal",
            "bookingId": 12,
        },
        201: NEW,
    },
    "GET /api/support/tickets/{id}": {200: TICKET},
    "PUT /api/support/tickets/{id}": {"request": {"message": "Firefox, the latest."}, 200: TICKET},
    "PUT /api/support/tickets/escalate": {
        "request": {"ticketId": 7, "reason": "My next lesson is in an hour."},
        200: ESCALATED,
    },
    "PUT /api/support/tickets/close": {"request": {"ticketId": 7, "reason": "It works again."}, 200: CLOSED},
    "POST /api/support/chat": {
        "request": {"ticketId": 7, "message": "In every lesson since yesterday."},
        201: {"ticketId": 7, "message": _QUESTION},
    },
    "POST /api/support/emergency": _HELP,
    "POST /api/sessions/emergency": _HELP,
    "POST /api/support/feedback": {
        "request": {"rating": 5, "comment": "I found a tutor in a minute.", "category": "praise"},
        201: {"message": "Thank you for telling us", "id": 3},
    },
}
