"""The sessions document's own examples, with what we answer besides."""

from typing import Any

HOST = {"id": 1, "first_name": "John", "last_name": "Doe", "email": "john@example.com", "role": "instructor"}
ALICE = {"id": 2, "first_name": "Alice", "last_name": "Smith", "email": "alice@example.com", "role": "student"}
CALLER = {"id": 3, "first_name": "Current", "last_name": "User", "email": "current@example.com", "role": "student"}

SESSION = {
    "id": 1,
    "title": "Advanced JavaScript Concepts",
    "description": "Deep dive into closures, promises, and async/await patterns",
    "date": "2024-01-15T14:00:00Z",
    "max_participants": 8,
    "creator": HOST,
    "status": "upcoming",
    "created_at": "2024-01-05T09:00:00Z",
    "updated_at": "2024-01-05T09:00:00Z",
    "participant_count": 3,
    "is_full": False,
    "available_spots": 5,
    "can_join": True,
    # What the document does not have.
    "kind": "group",
    "duration_minutes": 60,
    "subject": {"id": 4, "name": "Programming"},
    "level": "advanced",
    "version": 4,
    "my_role": None,
    "join_refusal": None,
    "needs_approval": False,
    "min_participants": 1,
    "runs_anyway": False,
    "waitlist_count": 0,
    "my_waitlist": None,
}
PAGE = {"count": 1, "next": None, "previous": None, "results": [SESSION]}
ALICES_SEAT = {"id": 1, "user": ALICE, "joined_at": "2024-01-10T10:00:00Z", "role": "student"}
CALLERS_SEAT = {"id": 2, "user": CALLER, "joined_at": "2024-01-12T15:30:00Z", "role": "student"}


def detail(*participants: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The session with these people in it."""
    seats = {"participant_count": len(participants), "available_spots": 8 - len(participants)}
    return SESSION | seats | changes | {"participants": list(participants)}


def moved(message: str, **changes: Any) -> dict[str, Any]:
    """What its creator's actions answer."""
    closed = {"can_join": False, "my_role": "creator", "join_refusal": "CANNOT_JOIN", "version": 5}
    return {"message": message, "session": detail(**(closed | changes))}


NEW = {
    "title": "React Hooks Workshop",
    "description": "Learn useState, useEffect, and custom hooks",
    "date": "2024-01-20T16:00:00Z",
    "max_participants": 6,
}
CREATED = detail(
    **NEW,
    id=4,
    creator=CALLER | {"id": 1, "role": "instructor"},
    created_at="2024-01-12T10:00:00Z",
    updated_at="2024-01-12T10:00:00Z",
    available_spots=6,
    subject=None,
    level="",
    version=1,
    my_role="creator",
    join_refusal="OWN_SESSION",
)
CHANGES = {
    "title": "Updated React Hooks Workshop",
    "description": "Updated description with more details",
    "date": "2024-01-25T16:00:00Z",
    "max_participants": 8,
}
CANCELLED = moved("Session cancelled successfully", status="cancelled", updated_at="2024-01-12T16:00:00Z")
JOINED = detail(ALICES_SEAT, CALLERS_SEAT, version=5, my_role="participant", join_refusal="ALREADY_JOINED")

PLACE = {
    "state": "waiting",
    "position": 1,
    "ask_first": False,
    "joined_at": "2024-01-12T15:30:00Z",
    "offer_expires_at": None,
}
FULL = {"is_full": True, "available_spots": 0, "can_join": False, "max_participants": 2, "participant_count": 2}
BOB = CALLER | {"id": 4, "first_name": "Bob", "last_name": "Johnson", "email": None}
SEATS = [ALICES_SEAT | {"user": ALICE | {"email": None}}, CALLERS_SEAT | {"user": BOB}]
WAITING = detail(*SEATS) | FULL | {"waitlist_count": 1, "my_waitlist": PLACE, "join_refusal": "ALREADY_WAITING"}
QUEUED = {"message": "You are on the waiting list", "session": WAITING, "conflicts": []}
NOT_WAITING = detail(*SEATS) | FULL | {"join_refusal": "SESSION_FULL", "version": 6}
SEATED = detail(ALICES_SEAT, CALLERS_SEAT) | FULL | {"my_role": "participant", "join_refusal": "ALREADY_JOINED"}
REMOVED = detail(ALICES_SEAT, version=6, my_role="creator", join_refusal="OWN_SESSION")
ATTENDANCE = [{"user": ALICE, "state": "attended"}, {"user": CALLER, "state": "absent"}]
REQUEST = {
    "id": 3,
    "request_id": 3,
    "session_id": 1,
    "session_title": SESSION["title"],
    "learner_id": 2,
    "learner_name": "Alice Smith",
    "status": "pending",
    "created_at": "2024-01-10T10:00:00Z",
    "decided_at": None,
}
DECISIONS: dict[str, dict[Any, Any]] = {
    f"POST /api/sessions/{{id}}/requests/{{join_request_id}}/{verb}": {
        200: REQUEST | {"status": word, "decided_at": "2024-01-10T11:00:00Z"}
    }
    for verb, word in (("approve", "approved"), ("reject", "rejected"))
}

EXAMPLES: dict[str, dict[Any, Any]] = DECISIONS | {
    "GET /api/sessions": {200: PAGE},
    "GET /api/sessions/my_sessions": {200: PAGE},
    "GET /api/sessions/created_sessions": {200: PAGE},
    "GET /api/sessions/joined_sessions": {200: PAGE},
    "POST /api/sessions": {"request": NEW, 201: CREATED},
    "GET /api/sessions/{id}": {200: detail(ALICES_SEAT)},
    "PUT /api/sessions/{id}": {"request": CHANGES, 200: CREATED | CHANGES | {"available_spots": 8, "version": 2}},
    "DELETE /api/sessions/{id}": {200: {"success": True, "message": "Session deleted successfully"}},
    "POST /api/sessions/{id}/join": {
        "request": {"waitlist": True, "ask_first": False},
        201: {"message": "Successfully joined the session", "session": JOINED, "conflicts": []},
        202: QUEUED | {"position": 1, "request_id": None},
    },
    "GET /api/sessions/{id}/waitlist": {200: {"waitlist_count": 1, "my_waitlist": PLACE, "entries": None}},
    "DELETE /api/sessions/{id}/waitlist": {200: {"message": "You no longer wait for a seat", "session": NOT_WAITING}},
    "POST /api/sessions/{id}/waitlist/accept": {200: {"message": "Successfully joined the session", "session": SEATED}},
    "POST /api/sessions/{id}/waitlist/decline": {
        200: {"message": "The seat is offered to the next person", "session": NOT_WAITING}
    },
    "DELETE /api/sessions/{id}/participants/{user_id}": {200: {"message": "Participant removed", "session": REMOVED}},
    "GET /api/sessions/{id}/requests": {200: [REQUEST]},
    "GET /api/sessions/{id}/attendance": {200: ATTENDANCE},
    "PUT /api/sessions/{id}/attendance": {
        "request": {"attendance": [{"user_id": 2, "state": "attended"}, {"user_id": 3, "state": "absent"}]},
        200: ATTENDANCE,
    },
    "POST /api/sessions/{id}/leave": {
        200: {"message": "Successfully left the session", "session": detail(ALICES_SEAT, version=6)}
    },
    "POST /api/sessions/{id}/cancel": {"request": {"reason": "The host is ill"}, 200: CANCELLED},
    "PUT /api/sessions/{id}/cancel": {"request": {"reason": "The host is ill"}, 200: CANCELLED},
    "POST /api/sessions/{id}/start": {
        200: moved("Session started successfully", status="ongoing", updated_at="2024-01-15T14:00:00Z")
    },
    "POST /api/sessions/{id}/complete": {
        200: moved("Session completed successfully", status="completed", updated_at="2024-01-15T16:00:00Z")
    },
    "GET /api/sessions/{id}/participants": {200: [ALICES_SEAT]},
}
