"""Progress, assessments, peers, points: a learner's own, and the grading of the course's tutor."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in

WORK = {"submissionUrl": "https://github.com/grace/compiler"}


def _learners(status: int, body: Any = None, **others: int) -> Rule:
    """On the learner's side: `others` names what not every student gets."""
    refused = dict.fromkeys(("host", "other_tutor", "draft_tutor", "admin"), 403)
    return signed_in(status, body, **refused | others)


def _module(world: dict[str, Any]) -> dict[str, Any]:
    return {"moduleId": str(world["module"].pk)}


RULES: dict[str, Rule] = {
    "GET /api/v1/learner/me/progress": _learners(200),
    "GET /api/v1/learner/me/progress/<id:pk>": _learners(404, student=200),
    "PATCH /api/v1/learner/me/progress/<id:pk>": _learners(404, _module, student=200),
    "GET /api/v1/assessments/<id:pk>": signed_in(404, student=200, host=200, admin=200),
    "POST /api/v1/assessments/<id:pk>/submit": _learners(404, WORK, student=201),
    "GET /api/v1/learner/assessments/<id:pk>": _learners(404, student=200),
    "POST /api/v1/learner/assessments/<id:pk>": _learners(404, WORK, student=201),
    "GET /api/v1/tutor/assessments/<id:pk>/submissions": signed_in(404, host=200, admin=200, student=403, stranger=403),
    "PATCH /api/v1/tutor/submissions/<id:pk>": signed_in(
        404, {"grade": 80}, host=200, admin=200, student=403, stranger=403
    ),
    "GET /api/v1/learner/peers": _learners(200),
    "GET /api/v1/learner/me/points": _learners(200),
    "GET /api/v1/learner/me/certificates": _learners(200),
    "GET /api/v1/certificates/<str:code>": everybody(404),  # nothing has that code
}
