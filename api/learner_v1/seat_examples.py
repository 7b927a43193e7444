"""Examples of seats in the learner_v1 contract."""

from typing import Any

from api.learner_v1.envelopes import data, page

WHEN = "2026-01-31T14:00:00Z"
ENROLLED: dict[str, Any] = {
    "status": "enrolled",
    "sessionId": "5",
    "learnerId": "7",
    "requestId": None,
    "position": None,
    "conflicts": [],
}
LEFT = ENROLLED | {"status": "left"}
PENDING = ENROLLED | {"status": "pending", "requestId": "3"}
REQUEST = {
    "_id": "3",
    "id": "3",
    "requestId": "3",
    "sessionId": "5",
    "sessionTitle": "Compilers for everybody",
    "learnerId": "7",
    "learnerName": "Grace Hopper",
    "status": "pending",
    "createdAt": WHEN,
    "decidedAt": None,
}
APPROVED = REQUEST | {"status": "approved", "decidedAt": "2026-01-31T15:00:00Z"}
STUDENT = {"sessionId": "5", "studentId": "7"}
DECISIONS: dict[str, dict[Any, Any]] = {
    f"POST /api/v1/tutor/{prefix}/{{id}}/{verb}": {200: data(APPROVED | {"status": word})}
    for prefix in ("sessions/requests", "requests", "enrollments/requests")
    for verb, word in (("approve", "approved"), ("reject", "rejected"))
}

EXAMPLES: dict[str, dict[Any, Any]] = DECISIONS | {
    "POST /api/v1/learner/sessions/{id}/join": {
        "request": {"waitlist": True, "askFirst": False},
        201: data(ENROLLED),
        202: data(PENDING),
    },
    "POST /api/v1/learner/sessions/{id}/leave": {200: data(LEFT)},
    "GET /api/v1/tutor/sessions/requests": {200: page(REQUEST, limit=50)},
    "GET /api/v1/tutor/sessions/{id}/requests": {200: page(REQUEST, limit=50)},
    "POST /api/v1/tutor/sessions/{id}/students/add": {
        "request": {"studentId": 7},
        201: data({"message": "Student added"} | STUDENT),
    },
    "DELETE /api/v1/tutor/sessions/{id}/students/{student_id}": {200: data({"message": "Student removed"} | STUDENT)},
}
