"""Tutor profiles: everybody finds the approved ones, tutors edit their own, admins decide."""

from typing import Any

from tests.authorization.matrix import PEOPLE, Rule, everybody, signed_in
from tests.support.applications import application, scan
from tests.support.uploads import picture, upload

_NOT_TUTORS = {"student": 403, "stranger": 403, "admin": 403}


def tutors_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **_NOT_TUTORS | others)


def admins_only(status: int, body: Any = None) -> Rule:
    return signed_in(403, body, admin=status)


def _subjects(world: dict[str, Any]) -> dict[str, Any]:
    return {"subject_ids": [world["subject"].pk]}


def _photo(_: dict[str, Any]) -> dict[str, Any]:
    return {"profile_photo": upload(picture())}


def mentors_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, student=403, stranger=403, **others)


def _document(_: dict[str, Any]) -> dict[str, Any]:
    return {"documentType": "idProof", "file": scan()}


def _approval(world: dict[str, Any]) -> dict[str, Any]:
    return {"mentorId": world["waiting_tutor"].pk, "action": "approve"}


_WEEK = {"timezone": "UTC", "weeklySchedule": [{"dayOfWeek": "monday", "startTime": "09:00", "endTime": "12:00"}]}

# A student whose application is not decided on yet: elsewhere they are students like all others.
APPLICANTS = {
    "GET /api/mentors/verification": 200,
    "POST /api/mentors/verification": 201,
    "POST /api/uploads/verification-docs": 201,
}

RULES: dict[str, Rule] = {
    # An old token is told so, where none would do.
    "GET /api/tutors": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}),
    "GET /api/mentors": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}),
    "GET /api/mentors/<id:pk>": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}),
    "POST /api/mentors/search": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}, {"minRate": 10}),
    "GET /api/mentors/languages": Rule(dict.fromkeys(PEOPLE, 200) | {"deactivated": 401}),
    # Anybody may apply who is no admin, and no mentor already.
    "POST /api/mentors/apply": Rule(
        dict.fromkeys(PEOPLE, 409)
        | {"anonymous": 200, "draft_tutor": 200, "student": 200, "stranger": 200}
        | {"deactivated": 401, "admin": 403},
        application,
    ).as_multipart(),
    "GET /api/mentors/availability": mentors_only(200, admin=400),  # an admin says whose
    "PUT /api/mentors/availability": mentors_only(200, _WEEK, admin=403),
    "GET /api/mentors/performance": mentors_only(200, admin=400),
    "GET /api/mentors/verification": mentors_only(200, admin=400),
    "POST /api/mentors/verification": mentors_only(201, _document, admin=403).as_multipart(),
    "PUT /api/mentors/verification": mentors_only(403, _approval, admin=200),
    "GET /api/mentors/verification/documents/<id:pk>": signed_in(404, host=200, admin=200),
    "POST /api/uploads/verification-docs": tutors_only(201, _document).as_multipart(),
    "GET /api/tutors/<id:pk>/public": everybody(200),
    "GET /api/tutors/<id:pk>": signed_in(200),
    "GET /api/tutors/certifications/<id:pk>/file": signed_in(404, host=200, admin=200),
    "GET /api/tutors/education/<id:pk>/file": signed_in(404, host=200, admin=200),
    # One's own
    "GET /api/tutors/me/profile": tutors_only(200),
    "PATCH /api/tutors/me/about": tutors_only(200, {"headline": "Numbers are friends."}),
    "PUT /api/tutors/me/subjects": tutors_only(200, _subjects),
    "PATCH /api/tutors/me/pricing": tutors_only(200, {"hourly_rate": 50}),
    "PUT /api/tutors/me/certifications": tutors_only(200, {"certifications": []}),
    "PUT /api/tutors/me/education": tutors_only(200, {"education": []}),
    "PATCH /api/tutors/me/description": tutors_only(200, {"description": "Calm."}),
    "PATCH /api/tutors/me/video": tutors_only(200, {"video_url": "https://youtu.be/2SUwOgmvzK4"}),
    "PATCH /api/tutors/me/photo": tutors_only(200, _photo).as_multipart(),
    "POST /api/tutors/me/submit": tutors_only(409, draft_tutor=400),  # approved already; incomplete
    "POST /api/tutors/me/withdraw": tutors_only(409),  # not submitted
    "POST /api/tutors/me/pause": tutors_only(200, draft_tutor=409),
    "POST /api/tutors/me/resume": tutors_only(200, draft_tutor=409),
    "POST /api/tutors/me/close": tutors_only(200, host=409),  # who has lessons to come
    # Decisions
    "GET /api/admin/tutors/pending": admins_only(200),
    "GET /api/admin/tutors/approved": admins_only(200),
    "POST /api/admin/tutors/<id:pk>/approve": admins_only(200),
    "POST /api/admin/tutors/<id:pk>/reject": admins_only(200, {"rejection_reason": "Incomplete."}),
    "POST /api/admin/tutors/<id:pk>/request-changes": admins_only(200, {"reason": "Thin.", "fields": ["bio"]}),
}
