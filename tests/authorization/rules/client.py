"""What the learner_v1 client asks for besides its document: each side has its own door."""

from typing import Any

from tests.authorization.matrix import PEOPLE, Rule, everybody, signed_in
from tests.factories import PASSWORD
from tests.support.files import PDF, sent

_TUTORS = ("host", "other_tutor", "draft_tutor")


def learners_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **dict.fromkeys((*_TUTORS, "admin"), 403) | others)


def tutors_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **dict.fromkeys(("student", "stranger", "admin"), 403) | others)


def host_only(status: int, body: Any = None) -> Rule:
    """A tutor's own; another tutor's does not exist."""
    return tutors_only(status, body, other_tutor=404, draft_tutor=404)


def _registration(_: dict[str, Any]) -> dict[str, Any]:
    return {"email": "new@example.com", "password": "Password!23", "name": "New Tutor", "hourlyRate": 40}


def _tutors_credentials(world: dict[str, Any]) -> dict[str, str]:
    return {"email": world["other_tutor"].email, "password": PASSWORD}


def _refresh(world: dict[str, Any]) -> dict[str, str]:
    return {"refreshToken": world["refresh_token"]}


def _session(world: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Geometry", "startTime": world["lesson_day"].replace(hour=9), "maxParticipants": 4}


def _material(_: dict[str, Any]) -> dict[str, Any]:
    return {"file": sent(PDF, "homework.pdf"), "title": "Homework"}


NEW_PASSWORD = {"currentPassword": PASSWORD, "newPassword": "Quite-New-1!"}

RULES: dict[str, Rule] = {
    # Oneself
    "GET /api/v1/learner/me": learners_only(200),
    "PATCH /api/v1/learner/me": learners_only(200, {"major": "Mathematics"}),
    "GET /api/v1/learner/me/recommendations": learners_only(200),
    "GET /api/v1/tutor/me": tutors_only(200),
    "PATCH /api/v1/tutor/me": tutors_only(200, {"headline": "Numbers are friends."}),
    "PUT /api/v1/tutor/me": tutors_only(200, {"headline": "Numbers are friends."}),
    # The tutors' door
    "POST /api/v1/tutor/auth/register": everybody(201, _registration),
    "POST /api/v1/tutor/auth/login": everybody(200, _tutors_credentials),
    "POST /api/v1/tutor/auth/refresh": everybody(200, _refresh),
    "POST /api/v1/tutor/auth/logout": signed_in(200),
    "POST /api/v1/tutor/auth/change-password": tutors_only(200, NEW_PASSWORD),
    # Tutors and sessions. An old token is told so, where none would do.
    "GET /api/v1/tutors": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}),
    "GET /api/v1/sessions/<id:pk>": signed_in(200),
    "GET /api/v1/learner/sessions": learners_only(200),
    "POST /api/v1/learner/sessions": learners_only(201, _session),
    "GET /api/v1/learner/sessions/browse": learners_only(200),
    "GET /api/v1/learner/sessions/available": learners_only(200),
    "GET /api/v1/learner/sessions/<id:pk>": learners_only(200),
    "GET /api/v1/learner/sessions/<id:pk>/rate": learners_only(200),
    "POST /api/v1/learner/sessions/<id:pk>/rate": learners_only(201, {"rating": 5}, stranger=403),
    "GET /api/v1/tutor/sessions": tutors_only(200),
    "POST /api/v1/tutor/sessions": tutors_only(201, _session),
    "GET /api/v1/tutor/sessions/<id:pk>": host_only(200),
    "PATCH /api/v1/tutor/sessions/<id:pk>": host_only(200, {"title": "Better"}),
    "DELETE /api/v1/tutor/sessions/<id:pk>": host_only(204),
    # The tutor's desk
    "GET /api/v1/tutor/students": tutors_only(200),
    "GET /api/v1/tutor/students/search": tutors_only(200),
    "GET /api/v1/tutor/analytics/overview": tutors_only(200),
    "GET /api/v1/tutor/earnings": tutors_only(200),
    "GET /api/v1/tutor/reviews": tutors_only(200),
    "POST /api/v1/tutor/reviews/<id:pk>/response": host_only(201, {"text": "Thank you."}),
    "POST /api/v1/tutor/reviews/<id:pk>/respond": host_only(201, {"responseText": "Thank you."}),
    "GET /api/v1/tutor/materials": tutors_only(200),
    "POST /api/v1/tutor/materials": tutors_only(201, _material).as_multipart(),
    "DELETE /api/v1/tutor/materials/<id:pk>": host_only(204),
    "GET /api/v1/materials/<id:pk>/file": signed_in(404, host=200, student=200, admin=200),
    "GET /api/v1/tutor/google-meet/<path:rest>": tutors_only(501),
    "POST /api/v1/tutor/google-meet/<path:rest>": tutors_only(501),
    "DELETE /api/v1/tutor/google-meet/<path:rest>": tutors_only(501),
}
