"""One's own picture, settings and currency; students and their favourites; subjects and reference data."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in
from tests.factories import PASSWORD
from tests.support.uploads import picture, upload

_NOT_STUDENTS = {"host": 403, "other_tutor": 403, "draft_tutor": 403, "admin": 403}
_STUDIES = {"academicLevel": "school", "schoolName": "Hill", "classGrade": "9", "subjects": ["Sums", "Art", "Sport"]}


def students_only(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **_NOT_STUDENTS | others)


def admins_only(status: int, body: Any = None) -> Rule:
    return signed_in(403, body, admin=status)


def _picture(_: dict[str, Any]) -> dict[str, Any]:
    return {"file": upload(picture())}


def _tutor(world: dict[str, Any]) -> dict[str, Any]:
    return {"tutor_profile_id": world["favourite_tutor"].pk}


RULES: dict[str, Rule] = {
    # Oneself
    "GET /api/users/me/avatar": signed_in(200),
    "GET /api/users/<id:pk>": admins_only(200),
    "GET /api/users/profile": signed_in(200),
    "PUT /api/users/profile": signed_in(200, {"preferences": {"theme": "dark"}}),
    "POST /api/users/complete-onboarding": signed_in(200),
    "GET /api/users/academic-details": students_only(200),
    "PUT /api/users/academic-details": students_only(200, _STUDIES),
    "GET /api/users/language-preferences": students_only(200),
    "PUT /api/users/language-preferences": students_only(200, {"languagePreferences": ["en"]}),
    "POST /api/users/language-preferences": students_only(200, {"languagePreferences": ["en"]}),
    "POST /api/users/goals": students_only(200, {"goals": ["Sums"]}),
    "POST /api/users/user-type": students_only(200, {"userType": "PARENT"}),
    "POST /api/users/deactivate": signed_in(200, admin=403),
    "GET /api/users/progress": students_only(200),
    "POST /api/uploads/profile-images": signed_in(200, lambda _: {"image": upload(picture())}).as_multipart(),
    "POST /api/users/me/avatar": signed_in(201, _picture).as_multipart(),
    "DELETE /api/users/me/avatar": signed_in(200),
    "GET /api/users/me/calendar-feed": signed_in(200),
    "POST /api/users/me/calendar-feed": signed_in(201),
    "DELETE /api/users/me/calendar-feed": signed_in(204),
    "GET /api/users/me/erasure": signed_in(404),  # nobody of these has asked for one
    "POST /api/users/me/erasure": signed_in(202, {"password": PASSWORD}),
    "DELETE /api/users/me/erasure": signed_in(409),
    "GET /api/users/me/export": signed_in(404),
    "POST /api/users/me/export": signed_in(202, {"password": PASSWORD}),
    "GET /api/users/me/export/download": signed_in(404),
    "PATCH /api/users/preferences": signed_in(200, {"push_notifications": False}),
    "GET /api/users/currency/options": signed_in(200),
    "PATCH /api/users/currency": signed_in(200, {"currency": "EUR"}),
    # Students; `student` has a favourite
    "GET /api/profile/student/me": students_only(200),
    "PATCH /api/profile/student/me": students_only(200, {"grade_level": "Undergraduate"}),
    "GET /api/profile/me": students_only(200),
    "PUT /api/profile/me": students_only(200, {"bio": "Hello."}),
    "GET /api/students/favorites": students_only(200),
    "POST /api/students/favorites/<id:pk>": students_only(201),
    "DELETE /api/students/favorites/<id:pk>": students_only(404, student=204),
    "GET /api/favorites": students_only(200),
    "POST /api/favorites": students_only(200, _tutor),
    "GET /api/favorites/<id:pk>": students_only(404, student=200),
    "DELETE /api/favorites/<id:pk>": students_only(404, student=200),
    # The catalogue
    "GET /api/subjects": everybody(200),
    "POST /api/subjects": admins_only(201, {"name": "Astronomy"}),
    "PUT /api/subjects/<id:pk>": admins_only(200, {"name": "Astronomy"}),
    "DELETE /api/subjects/<id:pk>": admins_only(204),
    "GET /api/utils/countries": everybody(200),
    "GET /api/utils/languages": everybody(200),
    "GET /api/utils/proficiency-levels": everybody(200),
    "GET /api/utils/phone-codes": everybody(200),
}
