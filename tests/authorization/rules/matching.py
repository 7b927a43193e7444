"""Recommendations are students'; working them out ahead is admins'."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in

TUTORS = ("host", "other_tutor", "draft_tutor")


def students_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **dict.fromkeys((*TUTORS, "admin"), 403) | others)


def _pair(world: dict[str, Any]) -> dict[str, Any]:
    return {"mentorId": world["tutor"].pk}


def _word(world: dict[str, Any]) -> dict[str, Any]:
    return {"mentorId": world["tutor"].pk, "action": "dismiss"}


RULES: dict[str, Rule] = {
    "GET /api/matching/recommendations": students_only(200),
    "GET /api/matching/language-match": students_only(200),
    "GET /api/matching/peers": students_only(403),  # who have not switched it on
    "GET /api/matching/filters": everybody(200),
    # An admin must say which student.
    "POST /api/matching/compatibility": students_only(200, _pair, admin=400),
    "GET /api/matching/feedback": students_only(200),
    "POST /api/matching/feedback": students_only(200, _word),
    "DELETE /api/matching/feedback/<id:pk>": students_only(204, stranger=404),
    "POST /api/matching/precompute": signed_in(403, {"scope": "all"}, admin=202),
    "GET /api/matching/precompute/<id:pk>": signed_in(403, admin=200),
}
