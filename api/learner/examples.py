"""Examples of the learner contract; its document leaves the fields of nearly every body open."""

from typing import Any

ACCESS = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
TOKENS = {
    "token": ACCESS,
    "access_token": ACCESS,
    "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6InJlZnJlc2gifQ...",
    "token_type": "bearer",
    "expires_in": 3600,
    "user": {
        "id": 7,
        "email": "student@example.com",
        "role": "student",
        "name": "Grace Hopper",
        "is_active": True,
        "is_verified": True,
        "first_name": "Grace",
        "last_name": "Hopper",
        "phone": "",
        "avatar_url": "https://peerlearn.example/api/avatars/default.png",
        "currency": "USD",
        "timezone": "UTC",
        "created_at": "2026-01-31T14:00:00Z",
        "updated_at": "2026-01-31T14:00:00Z",
    },
}

LEARNER = {
    "id": 7,
    "role": "student",
    "email": "student@example.com",
    "name": "Grace Hopper",
    "firstName": "Grace",
    "lastName": "Hopper",
    "phone": "+14155550123",
    "avatarUrl": "https://peerlearn.example/api/avatars/default.png",
    "timezone": "Europe/Berlin",
    "isVerified": True,
    "bio": "I like compilers.",
    "gradeLevel": "10",
    "schoolName": "Vassar",
    "interests": ["Compilers", "Chess"],
    "learningGoals": ["Pass the exam"],
    "preferredLanguage": "en",
    "totalSessions": 12,
    "enrolledCourses": 1,
    "completedCourses": 2,
    "points": {"total": 130, "level": 2, "nextLevelAt": 150},
    "studyMinutes": 750,
    "studyHours": 12.5,
    "createdAt": "2026-01-31T14:00:00Z",
    "updatedAt": "2026-02-01T09:30:00Z",
}
CHANGES = {
    "name": "Grace Hopper",
    "bio": "I like compilers.",
    "interests": ["Compilers", "Chess"],
    "learningGoals": ["Pass the exam"],
    "gradeLevel": "10",
    "schoolName": "Vassar",
    "preferredLanguage": "en",
}
SETTINGS = {
    "language": "en",
    "theme": "dark",
    "timezone": "Europe/Berlin",
    "emailNotifications": True,
    "pushNotifications": False,
    "showToPeers": True,
    "shareInterests": False,
    "showOnLeaderboards": False,
    "matchWithPeers": False,
}
NOTIFICATION = {
    "id": 31,
    "type": "session_updated",
    "title": "Session moved",
    "message": "Compilers together now begins at 2026-02-03 16:00 UTC.",
    "link": "/sessions/5",
    "data": {"sessionId": 5, "status": "upcoming"},
    "isRead": False,
    "createdAt": "2026-02-01T09:30:00Z",
    "read": False,
}
READ = NOTIFICATION | {"isRead": True, "read": True}
ME = {"id": 7, "firstName": "Grace", "lastName": "Hopper", "email": "student@example.com", "role": "student"}
TUTOR = {"id": 3, "firstName": "Ada", "lastName": "Lovelace", "email": "tutor@example.com", "role": "tutor"}
SESSION = {
    "id": 5,
    "kind": "peer",
    "title": "Compilers together",
    "description": "Bring your questions.",
    "date": "2026-02-03T16:00:00Z",
    "durationMinutes": 60,
    "maxParticipants": 6,
    "subject": {"id": 4, "name": "Programming"},
    "level": "beginner",
    "creator": ME,
    "status": "upcoming",
    "version": 1,
    "createdAt": "2026-02-01T09:00:00Z",
    "updatedAt": "2026-02-01T09:00:00Z",
    "participantCount": 0,
    "isFull": False,
    "availableSpots": 6,
    "canJoin": True,
    "myRole": "creator",
    "joinRefusal": "OWN_SESSION",
    "needsApproval": False,
    "minParticipants": 1,
    "runsAnyway": False,
    "waitlistCount": 0,
    "myWaitlist": None,
}
NEW = {
    "title": "Compilers together",
    "description": "Bring your questions.",
    "date": "2026-02-03T16:00:00Z",
    "maxParticipants": 6,
    "durationMinutes": 60,
    "subjectId": 4,
    "level": "beginner",
}
HOSTED = SESSION | {"participants": []}
OFFERED = HOSTED | {"id": 9, "kind": "group", "title": "Algebra together", "creator": TUTOR, "version": 3}
PLACE = {
    "state": "waiting",
    "position": 1,
    "askFirst": False,
    "joinedAt": "2026-02-02T09:00:00Z",
    "offerExpiresAt": None,
}
FULL = OFFERED | {
    "participantCount": 6,
    "isFull": True,
    "availableSpots": 0,
    "canJoin": False,
    "myRole": None,
    "joinRefusal": "ALREADY_WAITING",
    "waitlistCount": 1,
    "myWaitlist": PLACE,
}
MY_SEAT = {"id": 12, "user": ME, "joinedAt": "2026-02-01T10:00:00Z", "participantRole": "student"}
TAKEN = {"participantCount": 1, "availableSpots": 5, "myRole": "participant", "joinRefusal": "ALREADY_JOINED"}
JOINED = OFFERED | TAKEN | {"participants": [MY_SEAT]}
LEFT = OFFERED | {"myRole": None, "joinRefusal": None, "version": 4}
DASHBOARD = {
    "sessions": {"upcomingCount": 1, "hostedCount": 1, "completedCount": 12, "upcoming": [SESSION]},
    "progress": {
        "activeCount": 1,
        "completedCount": 2,
        "courses": [
            {
                "courseId": 2,
                "title": "Compilers",
                "completionPercentage": 40,
                "modulesDone": 2,
                "modulesRequired": 5,
                "nextModule": {"id": 17, "title": "Parsing"},
                "nextAssessment": {"id": 6, "title": "A scanner"},
                "assessmentDeadline": "2026-02-10T23:00:00Z",
                "lastAccessedAt": "2026-01-31T18:00:00Z",
                "enrolledAt": "2026-01-20T08:00:00Z",
            }
        ],
    },
    "notifications": {"unreadCount": 1, "latest": [NOTIFICATION]},
    "points": LEARNER["points"],
    "studyMinutes": 750,
    "studyHours": 12.5,
    "nextSteps": [
        {
            "kind": "upcoming_session",
            "title": "Your next session: Compilers together",
            "link": "/sessions/5",
            "objectId": 5,
            "dueAt": "2026-02-03T16:00:00Z",
            "isOverdue": False,
        },
        {
            "kind": "assessment",
            "title": "Hand in A scanner",
            "link": "/assessments/6",
            "objectId": 6,
            "dueAt": "2026-02-10T23:00:00Z",
            "isOverdue": False,
        },
    ],
}
OF_LEARNER = "/api/learners/{learner_id}"

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /api/auth/login": {
        "request": {"email": "student@example.com", "password": "Student123!"},
        "form": {"username": "student@example.com", "password": "Student123!"},
        200: TOKENS,
    },
    f"GET {OF_LEARNER}": {200: LEARNER},
    f"PUT {OF_LEARNER}": {"request": CHANGES, 200: LEARNER},
    f"GET {OF_LEARNER}/profile": {200: LEARNER},
    f"PUT {OF_LEARNER}/profile": {"request": CHANGES, 200: LEARNER},
    f"GET {OF_LEARNER}/dashboard": {200: DASHBOARD},
    f"GET {OF_LEARNER}/settings": {200: SETTINGS},
    f"PUT {OF_LEARNER}/settings": {"request": {"theme": "dark", "pushNotifications": False}, 200: SETTINGS},
    f"GET {OF_LEARNER}/notifications": {200: [NOTIFICATION]},
    f"PUT {OF_LEARNER}/notifications/{{id}}": {
        200: READ | {"success": True, "message": "Notification marked as read", "notification": READ}
    },
    f"GET {OF_LEARNER}/sessions": {200: [SESSION]},
    f"POST {OF_LEARNER}/sessions": {"request": NEW, 201: HOSTED},
    f"PUT {OF_LEARNER}/sessions/{{id}}": {"request": {"maxParticipants": 8}, 200: HOSTED | {"maxParticipants": 8}},
    f"DELETE {OF_LEARNER}/sessions/{{id}}": {200: {"success": True, "message": "Session deleted successfully"}},
    f"POST {OF_LEARNER}/sessions/{{id}}/book": {
        "request": {"learnerId": 7},
        201: {"success": True, "message": "Session booked successfully", "session": JOINED, "conflicts": []},
        202: {
            "success": True,
            "message": "You are on the waiting list",
            "session": FULL,
            "conflicts": [],
            "position": 1,
            "requestId": None,
        },
    },
    f"DELETE {OF_LEARNER}/sessions/{{id}}/book": {
        200: {"success": True, "message": "Booking cancelled successfully", "session": LEFT}
    },
}
