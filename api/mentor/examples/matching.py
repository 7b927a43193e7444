"""Examples of matching, in the mentor contract's words."""

from typing import Any

from api.mentor.examples.shared import MENTOR_CARD, ONE_PAGE


def _factor(name: str, weight: int, value: float, contribution: float, reason: str) -> dict[str, Any]:
    return {"name": name, "weight": weight, "value": value, "contribution": contribution, "reason": reason}


_FACTORS = [
    _factor("subject", 25, 1, 25, "Teaches Mathematics at your level."),
    _factor("availability", 20, 1, 20, "61.5 hours of lessons in the next 14 days when you are free, too."),
    _factor("language", 15, 0.75, 11.25, "You both speak English."),
    _factor("price", 10, 0.5, 5, "A little above your budget."),
    _factor("quality", 15, 0.9, 13.5, "Rated 4.8 of 5."),
    _factor("reliability", 10, 1, 10, "Keeps what is booked: 100 %."),
    _factor("goals", 5, 0.05, 0.25, "2 of your words about goals and interests in the profile."),
    _factor("new_tutor", 5, 0, 0, "Not a new tutor."),
]
_SCORE = {
    "mentorId": 5,
    "score": 85,
    "factors": _FACTORS,
    "isNewTutor": False,
    "label": None,
    "algorithmVersion": "1",
    "computedAt": "2026-01-31T14:00:00Z",
}
_COMMON = {"code": "en", "name": "English", "studentLevel": "advanced", "mentorLevel": "native", "level": "advanced"}
_PEER = {
    "studentId": 43,
    "name": "Alan Turing",
    "avatar": "https://peerlearn.example/api/avatars/default.png",
    "sharedCourses": [{"id": 4, "title": "Calculus"}],
    "score": 80,
    "factors": [
        _factor("courses", 40, 0.5, 20, "You have one course in common."),
        _factor("strengths", 40, 1, 40, "Each of you is good at what the other wants to learn."),
        _factor("free_time", 20, 1, 20, "61.5 hours in the next 14 days when you are both free."),
    ],
    "algorithmVersion": "1",
    "computedAt": "2026-01-31T14:00:00Z",
}
_OPTIONS = {
    "subjects": [{"id": 1, "name": "Mathematics", "category": "STEM"}],
    "languages": [{"code": "en", "name": "English"}],
    "levels": ["beginner", "intermediate", "advanced", "native"],
    "priceRanges": [{"currency": "USD", "min": 20, "max": 80}],
    "days": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    "factors": [{"name": "price", "weight": 10, "description": "1 inside the budget, falling to 0 at 120 % of it."}],
    "neverUsed": ["gender", "age", "ethnicity", "photo", "payments to the platform"],
    "algorithmVersion": "1",
}
_ACCEPTED = {"jobId": 12, "statusUrl": "/api/matching/precompute/12"}
_JOB = _ACCEPTED | {
    "scope": "all",
    "studentId": None,
    "status": "running",
    "done": 400,
    "total": 1000,
    "percent": 40,
    "requestedAt": "2026-01-31T14:00:00Z",
    "startedAt": "2026-01-31T14:00:01Z",
    "finishedAt": None,
}
_DISMISSED = {"mentorId": 5, "action": "dismiss"}
_FEEDBACK = _DISMISSED | {"until": "2026-05-01T14:00:00Z", "updatedAt": "2026-01-31T14:00:00Z"}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/matching/recommendations": {
        200: {"items": [_SCORE | {"saved": False, "mentor": MENTOR_CARD}]} | ONE_PAGE
    },
    "GET /api/matching/language-match": {200: {"items": [MENTOR_CARD | {"commonLanguages": [_COMMON]}]} | ONE_PAGE},
    "POST /api/matching/compatibility": {
        "request": {"mentorId": 5},
        200: _SCORE
        | {
            "studentId": 42,
            "isEligible": False,
            "excludedBecause": [{"code": "no_free_slot", "reason": "No lesson is to be had within 14 days."}],
        },
    },
    "GET /api/matching/peers": {200: {"items": [_PEER]} | ONE_PAGE},
    "GET /api/matching/filters": {200: _OPTIONS},
    "POST /api/matching/precompute": {"request": {"scope": "all"}, 202: _ACCEPTED},
    "GET /api/matching/precompute/{id}": {200: _JOB},
    "GET /api/matching/feedback": {200: {"items": [_FEEDBACK]} | ONE_PAGE},
    "POST /api/matching/feedback": {"request": _DISMISSED, 200: _FEEDBACK},
}
