"""Examples of sessions in the mentor contract."""

from typing import Any

WHEN = "2026-01-31T14:00:00Z"
_MENTOR = {"id": 10, "firstName": "Grace", "lastName": "Hopper", "email": "grace@example.com", "role": "MENTOR"}
_STUDENT = {"id": 42, "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "role": "STUDENT"}
CARD: dict[str, Any] = {
    "id": 5,
    "kind": "private",
    "title": "Mathematics lesson",
    "description": "",
    "date": "2026-02-02T14:00:00Z",
    "durationMinutes": 60,
    "maxParticipants": 1,
    "subject": {"id": 1, "name": "Mathematics"},
    "level": "",
    "creator": _MENTOR,
    "status": "upcoming",
    "version": 1,
    "createdAt": WHEN,
    "updatedAt": WHEN,
    "participantCount": 1,
    "isFull": True,
    "availableSpots": 0,
    "canJoin": False,
    "myRole": "participant",
    "joinRefusal": "ALREADY_JOINED",
    "needsApproval": False,
    "minParticipants": 1,
    "runsAnyway": False,
    "waitlistCount": 0,
    "myWaitlist": None,
}
SEAT = {"id": 12, "user": _STUDENT, "joinedAt": WHEN, "participantRole": "student"}
MOVED = CARD | {
    "participants": [SEAT],
    "bookingId": 123,
    "rescheduleRequest": {
        "id": 3,
        "proposedBy": "student",
        "reason": "I am ill.",
        "lapsesAt": "2026-02-01T14:00:00Z",
        "createdAt": WHEN,
        "options": [{"option": 1, "startTime": "2026-02-03T14:00:00Z", "endTime": "2026-02-03T15:00:00Z"}],
    },
}
NOTE = {
    "id": 7,
    "sessionId": 5,
    "author": {"id": 42, "name": "Ada Lovelace"},
    "content": "Ask about the chain rule.",
    "visibility": "shared",
    "createdAt": WHEN,
    "updatedAt": WHEN,
}
RECORDING = {
    "id": 9,
    "sessionId": 5,
    "sessionTitle": "Mathematics lesson",
    "title": "Week 3",
    "source": "upload",
    "fileName": "lesson.mp4",
    "mediaType": "video/mp4",
    "size": 48211930,
    "url": "https://peerlearn.example/api/uploads/session-recordings/9/file?signature=WzksNDJd:1vqX2a:Zm9v",
    "expiresAt": "2026-01-31T15:00:00Z",
    "createdAt": WHEN,
}
AT_ZOOM = RECORDING | {"source": "zoom", "fileName": None, "mediaType": None, "size": None}
CONSENT = {
    "sessionId": 5,
    "textVersion": 1,
    "text": "This session may be recorded, with your voice, your picture and what you show.",
    "consent": True,
    "agreedVersion": 1,
    "givenAt": WHEN,
    "withdrawnAt": None,
    "guardian": {"needsGuardian": True, "guardianAgreedAt": WHEN, "guardianRefusedAt": None},
    "everybodyAgrees": True,
    "people": None,
}
CONFLICT = {
    "id": 3,
    "sessionId": 5,
    "sessionTitle": "Mathematics lesson",
    "type": "no_show",
    "description": "Nobody came for twenty minutes.",
    "userId": 10,
    "status": "open",
    "outcome": None,
    "resolutionNote": "",
    "decidedAt": None,
    "createdAt": WHEN,
}
ONE_PAGE = {"total": 1, "page": 1, "pageSize": 20, "totalPages": 1}
_PAST = CARD | {"status": "completed", "joinRefusal": "CANNOT_JOIN", "version": 3}
_SAID = {"content": NOTE["content"], "visibility": "shared"}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/sessions/upcoming": {200: {"items": [CARD]} | ONE_PAGE},
    "GET /api/sessions/history": {200: {"items": [_PAST]} | ONE_PAGE},
    "PUT /api/sessions/{id}/reschedule": {
        "request": {"newStartAt": "2026-02-03T14:00:00Z", "reason": "I am ill."},
        200: MOVED,
    },
    "GET /api/sessions/{id}/notes": {200: {"items": [NOTE]} | ONE_PAGE},
    "POST /api/sessions/{id}/notes": {"request": _SAID, 201: NOTE},
    "PUT /api/sessions/{id}/notes/{note_id}": {
        "request": {"visibility": "private"},
        200: NOTE | {"visibility": "private"},
    },
    "GET /api/sessions/{id}/recording": {200: RECORDING},
    "POST /api/sessions/{id}/recording": {
        "request": {"url": "https://us02web.zoom.us/rec/share/abc", "title": "Week 3"},
        201: AT_ZOOM,
    },
    "GET /api/sessions/{id}/recording/consent": {200: CONSENT},
    "PUT /api/sessions/{id}/recording/consent": {"request": {"consent": True, "textVersion": 1}, 200: CONSENT},
    "GET /api/uploads/session-recordings": {200: {"items": [RECORDING]} | ONE_PAGE},
    "GET /api/sessions/conflicts": {200: {"items": [CONFLICT]} | ONE_PAGE},
    "POST /api/sessions/conflicts": {
        "request": {"sessionId": 5, "type": "no_show", "description": CONFLICT["description"]},
        201: CONFLICT,
    },
}
