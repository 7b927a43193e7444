"""Tutor profiles."""

import json
from typing import Any

MATHEMATICS = {
    "id": 1,
    "name": "Mathematics",
    "category": "STEM",
    # What the client reads besides.
    "subject_id": 1,
    "subject_name": "Mathematics",
    "proficiency_level": "advanced",
    "years_experience": 10,
}
_ADDED = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "name": "Ada Lovelace",
    "subject_names": ["Mathematics"],
    "profile_photo_url": "https://api.valsa.solutions/api/avatars/10.jpg",
    "is_new": False,
    "total_sessions": 310,
    "accepts_bookings": True,
    "profile_status": "approved",
}
CARD = {
    "id": 5,
    "user_id": 10,
    "title": "Experienced Math Tutor",
    "headline": "10+ years teaching calculus and algebra",
    "bio": "Passionate about helping students excel...",
    "hourly_rate": 45.00,
    "currency": "USD",
    "experience_years": 10,
    "education": "Master's in Education",
    "languages": ["English", "Spanish"],
    "subjects": [MATHEMATICS],
    "avatar_url": "https://api.valsa.solutions/api/avatars/10.jpg",
    "average_rating": 4.8,
    "total_reviews": 42,
    "is_approved": True,
    "is_online": False,
} | (_ADDED | {"language_codes": ["en", "es"]})
_WAITING = dict(CARD)
CARD |= {
    "recent_review": "Excellent tutor! Very patient and knowledgeable.",
    "next_available_slots": ["2025-01-25T14:00:00Z", "2025-01-25T14:30:00Z", "2025-01-25T15:00:00Z"],
}
PAGE = {
    "items": [CARD | {"is_favorite": True}],
    "total": 150,
    "page": 1,
    "page_size": 20,
    "total_pages": 8,
    "pages": 8,
    "has_next": True,
    "has_prev": False,
}
ABOUT = {
    "title": "Expert Math & Physics Tutor",
    "headline": "15 years of teaching experience",
    "bio": "I specialize in making complex topics simple...",
    "teaching_philosophy": "I focus on building intuition first, then practice.",
    "experience_years": 12,
    "languages": ["en", "es"],
}
CERTIFICATION = {"title": "Certified Math Educator", "issuer": "National Board", "year": 2020}
DEGREE = {"degree": "Master of Education", "institution": "University of Example", "year": 2015}
_SCAN = {"id": 3, "file_url": None}
_OPTION = {"title": "Trial lesson", "description": "To meet.", "duration_minutes": 30, "price": 20.00}
PROFILE = (
    _ADDED
    | ABOUT
    | {
        "id": 10,
        "user_id": 5,
        "hourly_rate": 55.00,
        "experience_years": 15,
        "average_rating": 4.9,
        "total_reviews": 120,
        "currency": "USD",
        "language_names": ["English", "Spanish"],
        "subjects": [MATHEMATICS],
        "avatar_url": "https://api.valsa.solutions/api/avatars/10.jpg",
        "is_approved": True,
        "is_online": True,
        "is_favorite": False,
        "description": "",
        "video_url": "https://www.youtube.com/watch?v=2SUwOgmvzK4",
        "version": 4,
        "created_at": "2025-01-10T12:00:00Z",
        "updated_at": "2025-01-24T10:30:00Z",
        "certifications": [CERTIFICATION | _SCAN],
        "educations": [DEGREE | _SCAN],
        "education": [DEGREE | _SCAN],
        "pricing_options": [_OPTION | {"id": 7, "currency": "USD"}],
        "availabilities": [
            {
                "id": 1,
                "day_of_week": 1,
                "day_name": "monday",
                "day_number": 1,
                "start_time": "09:00",
                "end_time": "17:00",
                "is_recurring": True,
                "date": None,
            }
        ],
        "timezone": "America/New_York",
        "submitted_at": "2025-01-11T12:00:00Z",
        "submissions": 1,
        "decided_at": "2025-01-12T12:00:00Z",
        "rejection_reason": "",
        "requested_changes": [],
        "suspended_until": None,
        "revision": None,
    }
)
REVISION = {
    "id": 12,
    "state": "pending",
    "parts": ["bio", "title"],
    "submitted_at": "2025-01-24T10:30:00Z",
    "decided_at": None,
    "reason": "",
}
PENDING = {"profile_status": "pending_approval", "is_approved": False}
WAITING = (
    _WAITING
    | PENDING
    | {
        "email": "tutor@example.com",
        "version": 4,
        "submitted_at": "2025-01-11T12:00:00Z",
        "submissions": 1,
        "decided_at": None,
        "rejection_reason": "",
        "requested_changes": [],
        "suspended_until": None,
    }
)
CHANGES = {"reason": "Please say more about what you teach.", "fields": ["bio", "title"]}
REJECTION = {"rejection_reason": "Incomplete profile information"}
SUBJECTS = {"subject_ids": [1, 2, 5]}
PRICES = {"hourly_rate": 55.00, "currency": "USD"}
DESCRIPTION = {"description": "Calm, structured, and never without an example from daily life."}
VIDEO = {"video_url": "https://www.youtube.com/watch?v=2SUwOgmvzK4"}
_VERSION = {"version": 4}


def _page_of(item: dict[str, Any]) -> dict[str, Any]:
    return PAGE | {"items": [item], "total": 1, "total_pages": 1, "pages": 1, "has_next": False}


def _moved(message: str, **changes: Any) -> dict[Any, Any]:
    profile = PROFILE | changes
    return {"request": _VERSION, 200: profile | {"message": message, "status": profile["profile_status"]}}


def _decided(message: str, **changes: Any) -> dict[str, Any]:
    profile = PROFILE | changes
    return profile | {"message": message, "tutor_id": profile["id"], "status": profile["profile_status"]}


EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/tutors": {200: PAGE},
    "GET /api/tutors/{id}/public": {200: CARD},
    "GET /api/tutors/{id}": {200: PROFILE},
    "GET /api/tutors/me/profile": {200: PROFILE},
    "PATCH /api/tutors/me/about": {"request": ABOUT, 200: PROFILE | ABOUT | {"revision": REVISION}},
    "PUT /api/tutors/me/subjects": {"request": SUBJECTS, 200: PROFILE},
    "PATCH /api/tutors/me/pricing": {"request": PRICES | {"pricing_options": [_OPTION]}, 200: PROFILE},
    "PUT /api/tutors/me/certifications": {
        "request": {"certifications": [CERTIFICATION]},
        "multipart": {"certifications": json.dumps([CERTIFICATION])},
        200: PROFILE,
    },
    "PUT /api/tutors/me/education": {
        "request": {"education": [DEGREE]},
        "multipart": {"education": json.dumps([DEGREE])},
        200: PROFILE,
    },
    "PATCH /api/tutors/me/description": {"request": DESCRIPTION, 200: PROFILE | DESCRIPTION},
    "PATCH /api/tutors/me/video": {"request": VIDEO, 200: PROFILE},
    "PATCH /api/tutors/me/photo": {200: PROFILE},
    "POST /api/tutors/me/submit": _moved("Profile submitted for review", **PENDING),
    "POST /api/tutors/me/withdraw": _moved("Profile withdrawn", profile_status="draft", is_approved=False),
    "POST /api/tutors/me/pause": _moved("Bookings paused", accepts_bookings=False),
    "POST /api/tutors/me/resume": _moved("Bookings resumed"),
    "POST /api/tutors/me/close": _moved("Profile closed", profile_status="closed", is_approved=False),
    "GET /api/admin/tutors/pending": {200: _page_of(WAITING)},
    "GET /api/admin/tutors/approved": {200: _page_of(WAITING | {"profile_status": "approved", "is_approved": True})},
    "POST /api/admin/tutors/{id}/approve": {200: _decided("Tutor approved successfully")},
    "POST /api/admin/tutors/{id}/reject": {
        "request": REJECTION,
        200: _decided("Tutor rejected", profile_status="rejected", is_approved=False, **REJECTION),
    },
    "POST /api/admin/tutors/{id}/request-changes": {
        "request": CHANGES,
        200: _decided(
            "Changes requested",
            profile_status="changes_requested",
            is_approved=False,
            rejection_reason=CHANGES["reason"],
            requested_changes=CHANGES["fields"],
        ),
    },
}
