"""What several groups of examples show."""

from typing import Any

VERIFIED: dict[str, Any] = {
    "message": "E-mail address verified",
    "user": {
        "id": 42,
        "email": "ada@example.com",
        "role": "STUDENT",
        "name": "Ada Lovelace",
        "isActive": True,
        "isVerified": True,
        "firstName": "Ada",
        "lastName": "Lovelace",
        "phone": "",
        "avatarUrl": "https://peerlearn.example/api/avatars/default.png",
        "currency": "USD",
        "timezone": "UTC",
        "createdAt": "2026-01-31T14:00:00Z",
        "updatedAt": "2026-01-31T14:05:00Z",
    },
}
PICTURE = "https://peerlearn.example/api/avatars/0123456789abcdef0123456789abcdef.jpg"
MENTOR = {
    "id": 5,
    "userId": 10,
    "firstName": "Grace",
    "lastName": "Hopper",
    "name": "Grace Hopper",
    "title": "Mathematics, step by step",
    "headline": "Ten years of calculus and algebra",
    "bio": "I begin with what you know already.",
    "hourlyRate": 45.0,
    "currency": "USD",
    "experienceYears": 10,
    "subjects": [
        {
            "id": 1,
            "subjectId": 1,
            "name": "Mathematics",
            "subjectName": "Mathematics",
            "category": "STEM",
            "proficiencyLevel": "advanced",
            "yearsExperience": 10,
        }
    ],
    "subjectNames": ["Mathematics"],
    "avatarUrl": PICTURE,
    "profilePhotoUrl": PICTURE,
    "averageRating": 4.8,
    "isNew": False,
    "totalReviews": 42,
    "totalSessions": 310,
    "acceptsBookings": True,
    "profileStatus": "approved",
    "isApproved": True,
    "isOnline": False,
}
MENTOR_CARD = MENTOR | {
    "education": "Master of Education",
    "languages": ["English", "Spanish"],
    "languageCodes": ["en", "es"],
    "recentReview": "Patient and clear.",
    "nextAvailableSlots": ["2026-02-02T14:00:00Z", "2026-02-02T14:30:00Z", "2026-02-02T15:00:00Z"],
}
ONE_PAGE = {"total": 1, "page": 1, "pageSize": 20, "totalPages": 1}
