"""Examples of accounts: one's own, and any for admins."""

from typing import Any

from api.mentor.examples.shared import PICTURE, VERIFIED

PERSON = VERIFIED["user"]
IMAGE = {
    "success": True,
    "message": "Profile image uploaded",
    "imageUrl": "https://peerlearn.example/api/avatars/0123456789abcdef0123456789abcdef.jpg",
}
_OWN_PROFILE = {
    "user": {
        "id": 42,
        "email": "ada@example.com",
        "role": "STUDENT",
        "firstName": "Ada",
        "lastName": "Lovelace",
        "phone": "+14155550123",
        "timezone": "Europe/London",
        "currency": "GBP",
        "isVerified": True,
        "name": "Ada Lovelace",
        "profileImage": PICTURE,
        "onboardingCompleted": True,
        "dateOfBirth": "2010-02-28",
        "guardian": {"name": "Annabella Byron", "email": "annabella@example.com"},
        "preferences": {"theme": "dark"},
        "student": {
            "userType": "STUDENT",
            "bio": "I like machines.",
            "goals": ["Pass the exam"],
            "interests": ["Chess"],
            "primaryLanguage": "en",
        },
        "createdAt": "2026-01-31T14:00:00Z",
        "updatedAt": "2026-01-31T14:05:00Z",
    }
}
_AT_COLLEGE = {
    "academicLevel": "college",
    "universityName": "University of London",
    "degreeType": "BSc",
    "major": "Mathematics",
    "semester": 4,
    "cgpa": 8.5,
}
_STUDIES = {"academicDetails": {"schoolName": "", "classGrade": "", "subjects": []} | _AT_COLLEGE}
_CHOOSE_LANGUAGES = {"languagePreferences": [{"language": "English", "level": "native"}, "es"]}
_LANGUAGES = {
    "primaryLanguage": "en",
    "languagePreferences": [
        {"code": "en", "name": "English", "level": "native"},
        {"code": "es", "name": "Spanish", "level": "intermediate"},
    ],
    "user": {"id": 42, "primaryLanguage": "en", "languagesSpoken": ["English", "Spanish"]},
}
_PROGRESS = {
    "sessions": {"upcomingCount": 2, "hostedCount": 0, "completedCount": 9},
    "courses": {
        "activeCount": 1,
        "completedCount": 0,
        "courses": [
            {
                "courseId": 4,
                "title": "Calculus",
                "completionPercentage": 50,
                "modulesDone": 2,
                "modulesRequired": 4,
                "nextModule": {"id": 9, "title": "Integrals"},
                "nextAssessment": None,
                "assessmentDeadline": None,
                "lastAccessedAt": "2026-01-31T14:00:00Z",
                "enrolledAt": "2026-01-10T12:00:00Z",
            }
        ],
    },
    "points": {"total": 140, "level": 2, "nextLevelAt": 250},
    "goals": ["Pass the exam"],
    "studyMinutes": 540,
    "studyHours": 9.0,
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/users/{id}": {200: PERSON},
    "GET /api/users/profile": {200: _OWN_PROFILE},
    "PUT /api/users/profile": {
        "request": {
            "profileImage": PICTURE,
            "preferences": {"theme": "dark"},
            "onboardingCompleted": True,
            **{name: _OWN_PROFILE["user"][name] for name in ("dateOfBirth", "guardian")},
        },
        200: _OWN_PROFILE,
    },
    "POST /api/users/complete-onboarding": {
        "request": {},
        200: {"success": True, "message": "Onboarding completed"} | _OWN_PROFILE,
    },
    "GET /api/users/academic-details": {200: _STUDIES},
    "PUT /api/users/academic-details": {"request": _AT_COLLEGE, 200: _STUDIES},
    "GET /api/users/language-preferences": {200: _LANGUAGES},
    "PUT /api/users/language-preferences": {"request": _CHOOSE_LANGUAGES, 200: _LANGUAGES},
    "POST /api/users/language-preferences": {"request": _CHOOSE_LANGUAGES, 200: _LANGUAGES},
    "POST /api/users/goals": {
        "request": {"goals": ["Pass the exam"]},
        200: {"success": True, "goals": ["Pass the exam"]},
    },
    "POST /api/users/user-type": {
        "request": {"userType": "PARENT"},
        200: {"success": True, "user": {"id": 42, "userType": "PARENT"}},
    },
    "POST /api/users/deactivate": {
        "request": {"reason": "I have passed.", "password": "password123"},
        200: {"success": True, "message": "Account deactivated", "restorableUntil": "2026-03-02T14:00:00Z"},
    },
    "GET /api/users/progress": {200: _PROGRESS},
    "POST /api/uploads/profile-images": {200: IMAGE},
}
