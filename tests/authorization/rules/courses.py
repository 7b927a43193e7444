"""Courses: everybody finds them, learners come into them, and their tutor alone changes them."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in

COURSE = {"title": "Algebra"}


def _tutors(status: int, body: Any = None) -> Rule:
    """Of any tutor, for themselves."""
    return signed_in(403, body, host=status, other_tutor=status, draft_tutor=status)


def _hosts(status: int, body: Any = None) -> Rule:
    """Of the course's tutor; for other tutors it is not there, for other roles it is none of their business."""
    return signed_in(403, body, host=status, other_tutor=404, draft_tutor=404)


def _order(world: dict[str, Any]) -> dict[str, Any]:
    return {"order": [world["module"].pk]}


def _session(world: dict[str, Any]) -> dict[str, Any]:
    return {"session_id": world["session"].pk}


def _with_token(status: int) -> Rule:
    """For everybody; but a token that is no good is told."""
    return Rule(everybody(status).answers | {"deactivated": 401})


RULES: dict[str, Rule] = {
    **{
        route: rule
        for courses in ("/api/v1/courses", "/api/v1/learner/courses")
        for route, rule in {
            f"GET {courses}": _with_token(200),
            f"GET {courses}/<id:pk>": _with_token(200),
            f"GET {courses}/<id:pk>/sessions": signed_in(200),
            f"GET {courses}/<id:pk>/leaderboard": signed_in(404, student=200, host=200, admin=200),
            f"POST {courses}/<id:pk>/enroll": signed_in(403, student=409, stranger=201),
            f"DELETE {courses}/<id:pk>/enroll": signed_in(403, student=204, stranger=409),
        }.items()
    },
    "GET /api/v1/tutor/courses": _tutors(200),
    "POST /api/v1/tutor/courses": _tutors(201, COURSE),
    "GET /api/v1/tutor/courses/<id:pk>": _hosts(200),
    "PATCH /api/v1/tutor/courses/<id:pk>": _hosts(200, {"title": "Better"}),
    "DELETE /api/v1/tutor/courses/<id:pk>": _hosts(409),  # somebody is in it
    "POST /api/v1/tutor/courses/<id:pk>/publish": _hosts(409),  # it is published
    "POST /api/v1/tutor/courses/<id:pk>/archive": _hosts(200),
    "GET /api/v1/tutor/courses/<id:pk>/modules": _hosts(200),
    "POST /api/v1/tutor/courses/<id:pk>/modules": _hosts(201, {"title": "Equations"}),
    "PUT /api/v1/tutor/courses/<id:pk>/modules/order": _hosts(200, _order),
    "PATCH /api/v1/tutor/courses/<id:course_id>/modules/<id:pk>": _hosts(200, {"title": "Equations"}),
    "DELETE /api/v1/tutor/courses/<id:course_id>/modules/<id:pk>": _hosts(204),
    "GET /api/v1/tutor/courses/<id:pk>/assessments": _hosts(200),
    "POST /api/v1/tutor/courses/<id:pk>/assessments": _hosts(201, {"title": "Ten equations"}),
    "GET /api/v1/tutor/courses/<id:course_id>/assessments/<id:pk>": _hosts(200),
    "PATCH /api/v1/tutor/courses/<id:course_id>/assessments/<id:pk>": _hosts(200, {"title": "Nine equations"}),
    "DELETE /api/v1/tutor/courses/<id:course_id>/assessments/<id:pk>": _hosts(204),
    "GET /api/v1/tutor/courses/<id:pk>/sessions": _hosts(200),
    "POST /api/v1/tutor/courses/<id:pk>/sessions": _hosts(201, _session),
    "DELETE /api/v1/tutor/courses/<id:course_id>/sessions/<id:pk>": _hosts(204),
    "GET /api/v1/tutor/courses/<id:pk>/learners": _hosts(200),
    "POST /api/v1/tutor/courses/<id:course_id>/learners/<id:pk>/reset": _hosts(200),
}
