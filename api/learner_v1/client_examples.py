"""Examples of what the learner_v1 client asks for besides its document."""

from typing import Any

from api.learner_v1.envelopes import AVATAR, data, page

START, END = "2026-01-31T14:00:00Z", "2026-01-31T15:00:00Z"
WHEN = "2026-01-20T09:00:00Z"
LINK = "https://meet.example.com/abc"
HOST = {
    "_id": "12",
    "id": "12",
    "userId": "12",
    "profileId": "4",
    "name": "Ada Lovelace",
    "avatar": AVATAR,
    "rating": 4.8,
    "reviewCount": 12,
    "hourlyRate": 45,
}
SESSION: dict[str, Any] = {
    "_id": "5",
    "id": "5",
    "kind": "group",
    "title": "Optics",
    "description": "Lenses and mirrors.",
    "level": "beginner",
    "status": "upcoming",
    "version": 1,
    "subject": "Physics",
    "subjectId": "3",
    "startTime": START,
    "endTime": END,
    "duration": 60,
    "maxParticipants": 6,
    "studentIds": ["7"],
    "studentCount": 1,
    "availableSpots": 5,
    "modules": ["Light", "Lenses"],
    "creatorId": "12",
    "tutor": HOST,
    "needsApproval": False,
    "waitlistCount": 0,
    "enrollmentStatus": "enrolled",
    "meetingLink": LINK,
    "meetingProvider": "Jitsi",
    "meetingId": "abc",
    "createdAt": WHEN,
}
MATERIAL = {
    "_id": "2",
    "id": "2",
    "title": "Homework",
    "description": "For Monday",
    "sessionId": "5",
    "sessionTitle": "Optics",
    "name": "homework.pdf",
    "fileName": "homework.pdf",
    "mediaType": "application/pdf",
    "size": 20480,
    "fileUrl": "https://peerlearn.example/api/v1/materials/2/file",
    "createdAt": WHEN,
}
DETAIL = SESSION | {"rating": {"average": None, "count": 0}, "materials": [MATERIAL]}
HOSTED = DETAIL | {"enrollmentStatus": "host"}
OUTSIDE = SESSION | {
    "studentIds": [],
    "studentCount": 0,
    "availableSpots": 6,
    "enrollmentStatus": None,
    **dict.fromkeys(("meetingLink", "meetingProvider", "meetingId")),
}
PEER = HOSTED | {
    "kind": "peer",
    "title": "Exam fears",
    "creatorId": "7",
    "materials": [],
    "tutor": HOST
    | {"_id": "7", "id": "7", "userId": "7", "profileId": None, "name": "Grace Hopper"}
    | {"rating": 0, "reviewCount": 0, "hourlyRate": None},
}
SENT = {
    "title": "Optics",
    "description": "Lenses and mirrors.",
    "subject": "Physics",
    "level": "beginner",
    "startTime": START,
    "endTime": END,
    "maxParticipants": 6,
    "meetingLink": LINK,
    "meetingProvider": "Jitsi",
    "meetingId": "abc",
    "modules": ["Light", "Lenses"],
}
RATING = {"rating": 5, "comment": "Clear.", "sessionId": "5", "createdAt": "2026-02-01T09:00:00Z", "editedAt": None}


def _person(pk: str, name: str, role: str) -> dict[str, Any]:
    first, last = name.split()
    return {
        "_id": pk,
        "id": pk,
        "firstName": first,
        "lastName": last,
        "name": name,
        "email": f"{first.lower()}@example.com",
        "role": role,
        "avatar": AVATAR,
        "isVerified": True,
        "createdAt": WHEN,
    }


GRACE, ADA = _person("7", "Grace Hopper", "student"), _person("12", "Ada Lovelace", "tutor")
_SHOWN = ("name", "firstName", "lastName", "email", "role", "avatar")
_ABOUT: dict[str, Any] = {
    "bio": "I find bugs.",
    "major": "Mathematics",
    "university": "Yale",
    "year": "4",
    "skills": ["COBOL"],
    "interests": ["compilers"],
    "learningGoals": [],
    "gradeLevel": "",
    "schoolName": "",
    "preferredLanguage": "en",
    "badges": [{"_id": "1", "id": "1", "name": "Compilers", "code": "3f9a", "earnedAt": WHEN}],
}
LEARNER = {
    "_id": "3",
    "id": "3",
    **{name: GRACE[name] for name in _SHOWN},
    **_ABOUT,
    "phone": "",
    "timezone": "UTC",
    "totalSessions": 3,
    "createdAt": WHEN,
    "updatedAt": WHEN,
    "userId": GRACE | _ABOUT,
    "user": GRACE | _ABOUT,
}
TUTOR = {
    "_id": "4",
    "id": "4",
    **{name: ADA[name] for name in _SHOWN},
    "phone": "",
    "timezone": "UTC",
    "title": "Engines for everybody",
    "headline": "Numbers are friends.",
    "bio": "I teach numbers and engines.",
    "experienceYears": 12,
    "languages": ["en"],
    "subjects": ["Physics"],
    "hourlyRate": 45,
    "currency": "USD",
    "rating": 4.8,
    "reviewCount": 12,
    "totalSessions": 40,
    "status": "approved",
    "version": 3,
    "createdAt": WHEN,
    "userId": ADA,
    "user": ADA,
}
BRIEF = {
    "_id": "12",
    "id": "12",
    "userId": "12",
    "profileId": "4",
    **{name: TUTOR[name] for name in ("name", "title", "headline", "bio", "hourlyRate", "currency", "subjects")},
    "avatar": AVATAR,
    "rating": 4.8,
    "reviewCount": 12,
    "totalSessions": 40,
    "isOnline": False,
    "totalStudents": 17,
}
SHARED = {"sessionId": "5", "title": "Optics", "status": "upcoming", "startTime": START, "endTime": END}
STUDENT = {
    "_id": "7",
    "id": "7",
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "avatar": AVATAR,
    "sessions": [SHARED],
    "totalSessions": 1,
    "completedSessions": 0,
    "upcomingSessions": 1,
}
FOUND = {name: STUDENT[name] for name in ("_id", "id", "name", "email", "avatar")} | {"isOwnStudent": True}
OVERVIEW = {
    "totalEarnings": 1440,
    "currency": "USD",
    "activeSessions": 2,
    "completedSessions": 40,
    "totalStudents": 17,
    "avgRating": 4.8,
    "reviewCount": 12,
    "hoursTaught": 41.5,
}
SUMS = {"thisMonth": 72, "lastMonth": 180, "pending": 36}
EARNINGS = {
    "transactions": [
        {
            "_id": "21",
            "id": "21",
            "bookingId": "21",
            "sessionId": "9",
            "studentId": "7",
            "student": "Grace Hopper",
            "session": "Physics",
            "date": START,
            "gross": 45,
            "commission": 9,
            "amount": 36,
            "currency": "USD",
            "status": "pending",
        }
    ],
    "pagination": {"page": 1, "limit": 100, "total": 1},
    "currency": "USD",
    "totalEarnings": 36,
    **SUMS,
    "byCurrency": [{"currency": "USD", "total": 36, "disputed": 0, "lessons": 1} | SUMS],
}
REVIEW: dict[str, Any] = {
    "_id": "6",
    "id": "6",
    "bookingId": "21",
    "tutorId": "4",
    "studentId": "7",
    "studentName": "Grace Hopper",
    "kind": "lesson",
    "rating": 5,
    **dict.fromkeys(("clarity", "progress", "preparation", "reassurance")),
    "comment": "Very clear.",
    "createdAt": WHEN,
    "edited": False,
    "editedAt": None,
    "tutorResponse": None,
    "respondedAt": None,
    "responseEditedAt": None,
    "student": {"_id": "7", "id": "7", "name": "Grace Hopper"},
    "response": None,
}
ANSWERED = REVIEW | {"tutorResponse": "Thank you.", "response": "Thank you.", "respondedAt": WHEN}
CHANGED_TUTOR = {"request": {"headline": "Numbers are friends.", "hourlyRate": 45, "subjects": ["Physics"]}}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/v1/learner/me": {200: data(LEARNER)},
    "PATCH /api/v1/learner/me": {
        "request": {"name": "Grace Hopper", "major": "Mathematics", "skills": ["COBOL"]},
        200: data(LEARNER),
    },
    "GET /api/v1/learner/me/recommendations": {
        200: data([{"session": OUTSIDE, "tutor": HOST, "reason": "interest"}]),
    },
    "GET /api/v1/tutors": {200: page(BRIEF)},
    "GET /api/v1/sessions/{id}": {200: data(DETAIL)},
    "GET /api/v1/learner/sessions": {
        200: page({"session": SESSION, "enrollmentStatus": "enrolled"}, limit=100),
    },
    "POST /api/v1/learner/sessions": {"request": SENT | {"title": "Exam fears"}, 201: data(PEER)},
    "GET /api/v1/learner/sessions/browse": {200: page(OUTSIDE)},
    "GET /api/v1/learner/sessions/available": {200: page(OUTSIDE)},
    "GET /api/v1/learner/sessions/{id}": {200: data(DETAIL)},
    "GET /api/v1/learner/sessions/{id}/rate": {200: data(RATING)},
    "POST /api/v1/learner/sessions/{id}/rate": {
        "request": {"rating": 5, "comment": "Clear."},
        200: data(RATING | {"editedAt": "2026-02-01T10:00:00Z"}),
        201: data(RATING),
    },
    "GET /api/v1/tutor/me": {200: data(TUTOR)},
    "PATCH /api/v1/tutor/me": CHANGED_TUTOR | {200: data(TUTOR)},
    "PUT /api/v1/tutor/me": CHANGED_TUTOR | {200: data(TUTOR)},
    "GET /api/v1/tutor/sessions": {
        200: page(SESSION | {"enrollmentStatus": "host"}, limit=100),
    },
    "POST /api/v1/tutor/sessions": {"request": SENT, 201: data(HOSTED | {"studentIds": [], "studentCount": 0})},
    "GET /api/v1/tutor/sessions/{id}": {200: data(HOSTED)},
    "PATCH /api/v1/tutor/sessions/{id}": {
        "request": {"title": "Optics and light", "status": "cancelled"},
        200: data(HOSTED | {"title": "Optics and light", "status": "cancelled", "version": 3}),
    },
    "GET /api/v1/tutor/students": {200: page(STUDENT, limit=100)},
    "GET /api/v1/tutor/students/search": {200: page(FOUND, limit=100)},
    "GET /api/v1/tutor/analytics/overview": {200: data(OVERVIEW)},
    "GET /api/v1/tutor/earnings": {200: data(EARNINGS)},
    "GET /api/v1/tutor/reviews": {200: page(REVIEW, limit=100)},
    "POST /api/v1/tutor/reviews/{id}/response": {"request": {"response": "Thank you."}, 201: data(ANSWERED)},
    "POST /api/v1/tutor/reviews/{id}/respond": {"request": {"response": "Thank you."}, 201: data(ANSWERED)},
    "GET /api/v1/tutor/materials": {200: page(MATERIAL, limit=100)},
    "POST /api/v1/tutor/materials": {201: data(MATERIAL)},
}
