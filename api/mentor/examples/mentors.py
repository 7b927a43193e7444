"""Examples of mentors: how they are found, and their own pages."""

from typing import Any

from api.mentor.examples.shared import MENTOR, MENTOR_CARD, ONE_PAGE

_DEGREE = {"id": 3, "degree": "Master of Education", "institution": "Yale", "year": 2015}
MENTOR_PROFILE = MENTOR | {
    "languages": ["en", "es"],
    "languageNames": ["English", "Spanish"],
    "teachingPhilosophy": "Intuition first, then practice.",
    "description": "",
    "videoUrl": "https://www.youtube.com/watch?v=2SUwOgmvzK4",
    "version": 4,
    "createdAt": "2026-01-10T12:00:00Z",
    "updatedAt": "2026-01-24T10:30:00Z",
    "certifications": [{"id": 3, "title": "Certified teacher", "issuer": "National Board", "year": 2020}],
    "educations": [_DEGREE],
    "education": [_DEGREE],
    "pricingOptions": [
        {
            "id": 7,
            "title": "Trial lesson",
            "description": "To meet.",
            "durationMinutes": 30,
            "price": 20.0,
            "currency": "USD",
        }
    ],
    "availabilities": [
        {
            "id": 1,
            "dayOfWeek": 1,
            "dayName": "monday",
            "dayNumber": 1,
            "startTime": "09:00",
            "endTime": "17:00",
            "isRecurring": True,
            "date": None,
        }
    ],
    "timezone": "America/New_York",
}
_SEARCH = {
    "query": "calculus",
    "subjects": ["Mathematics"],
    "languages": ["en"],
    "minRate": 20,
    "maxRate": 60,
    "minRating": 4,
    "availableFrom": "2026-02-02T14:00:00Z",
    "availableTo": "2026-02-02T18:00:00Z",
    "sort": "rating",
    "page": 1,
    "pageSize": 20,
}
_WEEK = {
    "timezone": "America/New_York",
    "weeklySchedule": [{"dayOfWeek": "monday", "startTime": "09:00", "endTime": "17:00"}],
    "overrides": [{"date": "2026-07-04", "slots": []}],
}
_TIMETABLE = _WEEK | {
    "mentorId": 5,
    "version": 4,
    "weeklySchedule": [
        {"dayOfWeek": "monday", "startTime": "09:00", "endTime": "17:00", "isRecurring": True, "date": None}
    ],
}
_PERFORMANCE = {
    "mentorId": 5,
    "periodStart": "2026-01-01T05:00:00Z",
    "periodEnd": "2026-02-01T05:00:00Z",
    "requests": 20,
    "accepted": 17,
    "declined": 2,
    "unanswered": 1,
    "responseMinutes": 42.5,
    "completed": 30,
    "cancelledByMentor": 1,
    "cancelledByStudent": 2,
    "missedByMentor": 0,
    "missedByStudent": 1,
    "minutesTaught": 1800,
    "students": 12,
    "repeatStudents": 9,
    "reviews": 8,
    "acceptanceRate": 85.0,
    "completionRate": 96.8,
    "cancellationRate": 2.9,
    "noShowRate": 0.0,
    "repeatRate": 75.0,
    "averageRating": 4.88,
}
DOCUMENT = {
    "id": 7,
    "documentType": "id_proof",
    "fileName": "passport.pdf",
    "size": 204800,
    "uploadedAt": "2026-01-20T12:00:00Z",
    "url": "/api/mentors/verification/documents/7",
}
_VERIFICATION = {
    "mentorId": 5,
    "status": "DOCUMENTS_UNDER_REVIEW",
    "profileStatus": "pending_approval",
    "submittedAt": "2026-01-20T12:05:00Z",
    "decidedAt": None,
    "reason": "",
    "requestedChanges": [],
    "suspendedUntil": None,
    "missing": [],
    "documents": [DOCUMENT],
    "application": {
        "id": 3,
        "appliedAt": "2026-01-20T12:05:00Z",
        "answers": {"city": "New York", "subjectsToTeach": ["Mathematics"]},
    },
    "history": [
        {"event": "submitted", "status": "pending_approval", "reason": "", "createdAt": "2026-01-20T12:05:00Z"}
    ],
    "version": 2,
}
_DECIDED = _VERIFICATION | {"status": "APPROVED", "profileStatus": "approved", "decidedAt": "2026-01-21T09:00:00Z"}
_SPEAKER = MENTOR_CARD | {"spokenLanguages": [{"code": "es", "name": "Spanish", "level": "native"}]}
_APPLICATION = {
    "firstName": "Grace",
    "lastName": "Hopper",
    "email": "grace@example.com",
    "phone": "+14155550123",
    "currentTitle": "Engineer",
    "university": "Yale",
    "degree": "PhD",
    "experienceYears": "3-5",
    "bio": "I have taught people to talk to machines for years.",
    "subjectsToTeach": ["Mathematics"],
    "languagesSpoken": ["English"],
    "hourlyRate": "45-60",
    "agreeToTerms": True,
    "agreeToBackground": True,
    "resume": "resume.pdf",
    "degreeProof": "degree.pdf",
    "idProof": "passport.pdf",
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/mentors": {200: {"items": [MENTOR_CARD]} | ONE_PAGE},
    "GET /api/mentors/{id}": {200: MENTOR_PROFILE},
    "POST /api/mentors/search": {"request": _SEARCH, 200: {"items": [MENTOR_CARD]} | ONE_PAGE},
    "GET /api/mentors/languages": {200: {"items": [_SPEAKER]} | ONE_PAGE},
    "GET /api/mentors/availability": {200: _TIMETABLE},
    "PUT /api/mentors/availability": {"request": _WEEK, 200: _TIMETABLE},
    "GET /api/mentors/performance": {200: _PERFORMANCE},
    "POST /api/mentors/apply": {
        "multipart": _APPLICATION,
        200: {"success": True, "message": "Application submitted", "applicationId": 3, "userId": 42},
    },
    "GET /api/mentors/verification": {200: _VERIFICATION},
    "POST /api/mentors/verification": {
        "multipart": {"documentType": "id_proof", "file": "passport.pdf"},
        201: _VERIFICATION,
    },
    "PUT /api/mentors/verification": {"request": {"mentorId": 5, "action": "approve"}, 200: _DECIDED},
    "POST /api/uploads/verification-docs": {
        "multipart": {"documentType": "id_proof", "file": "passport.pdf"},
        201: {"success": True, "message": "Document uploaded", "document": DOCUMENT},
    },
}
