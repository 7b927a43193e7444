"""People, mentors, sessions and languages as admins see them and decide about them: nobody else's."""

from typing import Any

from tests.authorization.matrix import Rule
from tests.authorization.rules.users import admins_only
from tests.support.uploads import picture, upload


def _picture(_: dict[str, Any]) -> dict[str, Any]:
    return {"file": upload(picture())}


def _suspension(world: dict[str, Any]) -> dict[str, Any]:
    return {"mentorId": world["tutor"].pk, "reason": "No-shows."}


def _quality(world: dict[str, Any]) -> dict[str, Any]:
    return {"sessionId": world["past_session"].pk, "score": 4, "outcome": "accepted", "notes": "Calm."}


def _decision(world: dict[str, Any]) -> dict[str, Any]:
    return {"reportId": world["conflict"].pk, "action": "dismiss"}


RULES: dict[str, Rule] = {
    "GET /api/admin/users": admins_only(200),
    "PUT /api/admin/users/<id:pk>": admins_only(200, {"role": "tutor", "is_active": True}),
    "PATCH /api/admin/users/<id:pk>/avatar": admins_only(200, _picture).as_multipart(),
    "GET /api/admin/mentors": admins_only(200),
    "GET /api/admin/mentors/verification": admins_only(200),
    "PUT /api/admin/mentors/suspend": admins_only(200, _suspension),
    "GET /api/admin/sessions": admins_only(200),
    "GET /api/admin/sessions/conflicts": admins_only(200),
    "PUT /api/admin/sessions/conflicts": admins_only(200, _decision),
    "POST /api/admin/sessions/quality-review": admins_only(201, _quality),
    "GET /api/admin/languages": admins_only(200),
    "POST /api/admin/languages": admins_only(201, {"code": "la", "isActive": False}),
}
