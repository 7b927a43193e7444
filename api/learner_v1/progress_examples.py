"""Examples of progress, assessments, peers and points."""

from typing import Any

from api.learner_v1.envelopes import AVATAR, NUMBERS, data, page

LINK = "https://github.com/grace/compiler"
CODE = "0123456789abcdef0123456789abcdef"
PAGE = f"https://peerlearn.example/certificates/{CODE}"
PROGRESS = {
    "_id": "31",
    "id": "31",
    "learnerId": "7",
    "courseId": {
        "_id": "4",
        "id": "4",
        "title": "Algebra",
        "subject": "Mathematics",
        "subjectId": "2",
        "level": "beginner",
        "status": "published",
        "tutor": {"_id": "12", "id": "12", "profileId": "5", "name": "Ada Lovelace"},
        "modules": [
            {
                "_id": "11",
                "id": "11",
                "title": "Equations",
                "position": 1,
                "isRequired": True,
                "completed": True,
                "completedAt": "2026-01-31T14:00:00Z",
            },
            {
                "_id": "12",
                "id": "12",
                "title": "Inequalities",
                "position": 2,
                "isRequired": True,
                "completed": False,
                "completedAt": None,
            },
        ],
    },
    "status": "active",
    "attempt": 1,
    "completionPercentage": 50,
    "completedModules": ["11"],
    "newModules": [],
    "lastAccessed": "2026-01-31T14:00:00Z",
    "enrolledAt": "2026-01-30T09:00:00Z",
    "completedAt": None,
    "droppedAt": None,
    "certificate": None,
}
SUBMISSION: dict[str, Any] = {
    "_id": "21",
    "id": "21",
    "assessmentId": "8",
    "learnerId": "7",
    "attempt": 1,
    "submissionUrl": LINK,
    "status": "submitted",
    "submittedAt": "2026-01-31T14:00:00Z",
    "late": False,
    "grade": None,
    "feedback": "",
    "gradedAt": None,
    "passed": None,
}
GRADED = SUBMISSION | {
    "status": "graded",
    "grade": 80,
    "feedback": "Well done.",
    "gradedAt": "2026-02-01T09:00:00Z",
    "passed": True,
}
FOR_THE_TUTOR = GRADED | {
    "learner": {"_id": "7", "id": "7", "name": "Grace Hopper", "avatar": AVATAR},
    "formerGrades": [{"grade": 70, "feedback": "", "replacedAt": "2026-02-01T09:00:00Z"}],
}
ASSESSMENT = {
    "_id": "8",
    "id": "8",
    "courseId": "4",
    "course": {"_id": "4", "id": "4", "title": "Algebra"},
    "title": "Ten equations",
    "description": "Solve them.",
    "deadline": "2026-02-01T22:59:00Z",
    "timezone": "Europe/Berlin",
    "isRequired": True,
    "isPublished": True,
    "maxAttempts": 3,
    "passGrade": 60,
    "attemptsUsed": 1,
    "attemptsLeft": 3,
    "passed": False,
    "grade": None,
    "feedback": "",
    "submissions": [SUBMISSION],
}
PEER = {
    "_id": "12",
    "id": "12",
    "name": "Alan Turing",
    "avatar": AVATAR,
    "interests": ["chess"],
    "courses": [{"_id": "4", "id": "4", "title": "Algebra"}],
}
LEADERBOARD = {
    "weekOf": "2026-01-26",
    "learners": [
        {"_id": "7", "rank": 1, "id": "7", "name": "Grace Hopper", "avatar": AVATAR, "points": 75},
        {"_id": "9", "rank": 2, "id": "9", "name": "Alan Turing", "avatar": AVATAR, "points": 25},
    ],
    "you": {"points": 25, "isShown": True},
}
POINTS = {
    "totalPoints": 55,
    "level": 2,
    "nextLevelAt": 150,
    "studyMinutes": 90,
    "entries": [
        {
            "_id": "3",
            "id": "3",
            "reason": "course",
            "source": "course:4",
            "points": 50,
            "createdAt": "2026-01-31T14:00:00Z",
        }
    ],
    "pagination": NUMBERS,
}
CERTIFICATE = {
    "code": CODE,
    "url": PAGE,
    "learnerName": "Grace Hopper",
    "courseTitle": "Algebra",
    "tutorName": "Ada Lovelace",
    "issuedAt": "2026-01-31T14:00:00Z",
}
HANDED_IN = {"request": {"submissionUrl": LINK}, 201: data(SUBMISSION)}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/v1/learner/me/progress": {200: page(PROGRESS, limit=100)},
    "GET /api/v1/learner/me/progress/{id}": {200: data(PROGRESS)},
    "PATCH /api/v1/learner/me/progress/{id}": {"request": {"moduleId": 11}, 200: data(PROGRESS)},
    "GET /api/v1/assessments/{id}": {200: data(ASSESSMENT)},
    "POST /api/v1/assessments/{id}/submit": HANDED_IN,
    "GET /api/v1/learner/assessments/{id}": {200: data(ASSESSMENT)},
    "POST /api/v1/learner/assessments/{id}": HANDED_IN,
    "GET /api/v1/tutor/assessments/{id}/submissions": {200: page(FOR_THE_TUTOR)},
    "PATCH /api/v1/tutor/submissions/{id}": {
        "request": {"grade": 80, "feedback": "Well done."},
        200: data(FOR_THE_TUTOR),
    },
    "GET /api/v1/learner/peers": {200: page(PEER)},
    "GET /api/v1/learner/me/points": {200: data(POINTS)},
    **{
        f"GET /api/v1/{courses}/{{id}}/leaderboard": {200: data(LEADERBOARD)}
        for courses in ("courses", "learner/courses")
    },
    "GET /api/v1/learner/me/certificates": {200: page(CERTIFICATE | {"courseId": "4"})},
    "GET /api/v1/certificates/{code}": {200: data(CERTIFICATE)},
}
