"""Examples of what admins see of mentors, sessions and languages, and decide about them."""

from typing import Any

from api.mentor.examples.mentors import DOCUMENT, MENTOR_PROFILE
from api.mentor.examples.sessions import CARD
from api.mentor.examples.shared import MENTOR_CARD, ONE_PAGE

_SUBMITTED = "2026-01-20T12:05:00Z"
_APPROVAL = {
    "submittedAt": _SUBMITTED,
    "submissions": 1,
    "decidedAt": None,
    "rejectionReason": "",
    "requestedChanges": [],
    "suspendedUntil": None,
}
_NOT_SHOWN = ("recentReview", "nextAvailableSlots")
MENTOR = (
    {name: value for name, value in MENTOR_CARD.items() if name not in _NOT_SHOWN}
    | _APPROVAL
    | {
        "email": "grace@example.com",
        "version": 2,
        "decidedAt": "2026-01-21T09:00:00Z",
        "status": "APPROVED",
        "isListed": True,
        "isActive": True,
        "createdAt": "2026-01-19T08:00:00Z",
    }
)
WAITING = MENTOR | {
    "profileStatus": "pending_approval",
    "isApproved": False,
    "decidedAt": None,
    "status": "DOCUMENTS_UNDER_REVIEW",
    "isListed": False,
    "mentorId": 5,
    "documents": [DOCUMENT],
    "application": {
        "id": 3,
        "appliedAt": _SUBMITTED,
        "answers": {"city": "New York", "subjectsToTeach": ["Mathematics"]},
    },
    "dueAt": "2026-01-23T12:05:00Z",
    "isOverdue": False,
}
SUSPENSION = {"mentorId": 5, "reason": "Three lessons without a word.", "until": "2026-02-28T00:00:00Z"}
SUSPENDED = (
    MENTOR_PROFILE
    | _APPROVAL
    | {
        "revision": None,
        "profileStatus": "suspended",
        "isApproved": False,
        "decidedAt": "2026-01-21T09:00:00Z",
        "suspendedUntil": SUSPENSION["until"],
        "message": "Mentor suspended",
        "tutorId": 5,
        "mentorId": 5,
        "status": "suspended",
    }
)
REVIEW = {
    "id": 4,
    "sessionId": 5,
    "reviewer": {"id": 1, "name": "Annie Easley"},
    "score": 4,
    "outcome": "commended",
    "notes": "Clear goals, and the learner spoke most of the time.",
    "createdAt": "2026-02-03T09:00:00Z",
    "updatedAt": "2026-02-03T09:00:00Z",
}
SESSION = CARD | {
    "status": "completed",
    "version": 3,
    "myRole": None,
    "joinRefusal": "INVALID_TRANSITION",
    "endReason": "",
    "undecidedConflicts": 0,
    "qualityReviews": [REVIEW],
}
CONFLICT = {
    "id": 8,
    "sessionId": 5,
    "sessionTitle": "Mathematics lesson",
    "type": "late",
    "description": "Half an hour.",
    "userId": 10,
    "status": "open",
    "outcome": None,
    "resolutionNote": "",
    "decidedAt": None,
    "createdAt": "2026-02-02T15:10:00Z",
    "sessionKind": "private",
    "sessionDate": "2026-02-02T14:00:00Z",
    "host": {"id": 10, "name": "Grace Hopper", "email": "grace@example.com"},
    "reporter": {"id": 42, "name": "Ada Lovelace", "email": "ada@example.com"},
    "reported": {"id": 10, "name": "Grace Hopper", "email": "grace@example.com"},
    "reviewer": None,
    "dueAt": "2026-02-05T15:10:00Z",
    "isOverdue": False,
}
RESOLVED = CONFLICT | {
    "status": "resolved",
    "outcome": "reminded",
    "resolutionNote": "Thank you for telling us.",
    "decidedAt": "2026-02-03T09:00:00Z",
    "reviewer": {"id": 1, "name": "Annie Easley", "email": "annie@example.com"},
}
LANGUAGE = {"code": "la", "name": "Latin", "defaultName": "Latin", "isActive": False, "isChanged": True}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/admin/mentors": {200: {"items": [MENTOR]} | ONE_PAGE},
    "GET /api/admin/mentors/verification": {200: {"items": [WAITING]} | ONE_PAGE},
    "PUT /api/admin/mentors/suspend": {"request": SUSPENSION, 200: SUSPENDED},
    "GET /api/admin/sessions": {200: {"items": [SESSION]} | ONE_PAGE},
    "GET /api/admin/sessions/conflicts": {200: {"items": [CONFLICT]} | ONE_PAGE},
    "PUT /api/admin/sessions/conflicts": {
        "request": {"reportId": 8, "action": "resolve", "outcome": "reminded", "note": RESOLVED["resolutionNote"]},
        200: RESOLVED,
    },
    "POST /api/admin/sessions/quality-review": {
        "request": {name: REVIEW[name] for name in ("sessionId", "score", "outcome", "notes")},
        200: REVIEW,
        201: REVIEW,
    },
    "GET /api/admin/languages": {200: {"items": [LANGUAGE]} | ONE_PAGE},
    "POST /api/admin/languages": {"request": {"code": "la", "isActive": False}, 200: LANGUAGE, 201: LANGUAGE},
}
