"""Students and their favourite tutors."""

from typing import Any

from api.edustream.examples.tutors import CARD

PROFILE = {
    "id": 1,
    "user_id": 42,
    "phone": "+15551234567",
    "bio": "Busy high-schooler prepping for SAT math.",
    "grade_level": "High School",
    "school_name": "Roosevelt High",
    "learning_goals": "Improve calculus skills for college entrance",
    "interests": "Math club, robotics",
    "preferred_language": "en",
    "timezone": "America/New_York",
    "total_sessions": 12,
    "created_at": "2025-01-10T12:00:00Z",
    "updated_at": "2025-01-24T09:15:00Z",
}
CHANGES = {
    "learning_goals": "Master linear algebra",
    "grade_level": "Undergraduate",
    "preferred_language": "en",
    "timezone": "America/Los_Angeles",
}
ABOUT_ME = {"phone": "+15551234567", "bio": "I like numbers.", "timezone": "America/New_York"}
FAVOURITE = {"id": 7, "student_id": 42, "tutor_profile_id": 5, "created_at": "2025-01-24T10:30:00Z"}
EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/profile/student/me": {200: PROFILE},
    "PATCH /api/profile/student/me": {"request": CHANGES, 200: PROFILE | CHANGES},
    "GET /api/profile/me": {200: PROFILE},
    "PUT /api/profile/me": {"request": ABOUT_ME, 200: PROFILE | ABOUT_ME},
    "GET /api/students/favorites": {200: [CARD | {"is_favorite": True}]},
    "POST /api/students/favorites/{id}": {201: {"message": "Tutor added to favorites"}},
    "GET /api/favorites": {200: [FAVOURITE]},
    "POST /api/favorites": {"request": {"tutor_profile_id": 5}, 200: FAVOURITE},
    "GET /api/favorites/{id}": {200: FAVOURITE},
    "DELETE /api/favorites/{id}": {200: {"success": True, "message": "Tutor removed from favorites"}},
}
