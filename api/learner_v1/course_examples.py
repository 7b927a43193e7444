"""Examples of courses in the learner_v1 contract."""

from typing import Any

from api.learner_v1.client_examples import SESSION
from api.learner_v1.envelopes import AVATAR, data, page

WHEN = "2026-01-31T14:00:00Z"
CARD: dict[str, Any] = {
    "_id": "5",
    "id": "5",
    "title": "Algebra from the start",
    "description": "From equations to functions, at your own pace.",
    "subjectId": "2",
    "level": "beginner",
    "status": "published",
    "capacity": 20,
    "timezone": "Europe/London",
    "publishedAt": WHEN,
    "version": 3,
    "createdAt": "2026-01-30T09:00:00Z",
    "updatedAt": WHEN,
    "subject": "Mathematics",
    "enrolledCount": 7,
    "availableSpots": 13,
    "isFull": False,
    "moduleCount": 1,
    "tutor": {
        "_id": "12",
        "id": "12",
        "userId": "12",
        "profileId": "3",
        "name": "Tessa Hart",
        "avatar": AVATAR,
        "rating": 4.8,
        "reviewCount": 12,
    },
    "enrollmentStatus": "active",
    "completionPercentage": 50,
}
MODULE = {
    "_id": "17",
    "id": "17",
    "position": 1,
    "title": "Equations",
    "isRequired": True,
    "retiredAt": None,
    "content": "Read the first chapter.",
}
ASSESSMENT = {
    "_id": "4",
    "id": "4",
    "courseId": "5",
    "title": "Ten equations",
    "description": "Solve them and explain how.",
    "deadline": "2026-02-28T23:59:59Z",
    "maxAttempts": 3,
    "passGrade": 60,
    "isRequired": True,
    "isPublished": True,
}
DETAIL = CARD | {"waitlistPosition": None, "modules": [MODULE], "assessments": [ASSESSMENT]}
OWN = {"enrollmentStatus": None, "completionPercentage": None}
ENROLMENT = {
    "_id": "9",
    "id": "9",
    "learnerId": "7",
    "courseId": "5",
    "status": "active",
    "attempt": 1,
    "completionPercentage": 0,
    "enrolledAt": WHEN,
    "completedAt": None,
    "droppedAt": None,
    "waitlistPosition": None,
}
LEARNER = {
    "_id": "7",
    "id": "7",
    "learnerId": "7",
    "status": "active",
    "attempt": 1,
    "completionPercentage": 50,
    "enrolledAt": WHEN,
    "completedAt": None,
    "droppedAt": None,
    "enrollmentId": "9",
    "name": "Grace Hopper",
    "avatar": AVATAR,
    "lastAccessedAt": WHEN,
    "waitingSince": None,
}
COURSE_INPUT = {
    "title": "Algebra from the start",
    "description": "From equations to functions, at your own pace.",
    "subjectId": 2,
    "level": "beginner",
    "capacity": 20,
    "timezone": "Europe/London",
}
MODULE_INPUT = {"title": "Equations", "content": "Read the first chapter.", "isRequired": True, "position": 1}
ASSESSMENT_INPUT = {
    "title": "Ten equations",
    "description": "Solve them and explain how.",
    "deadline": "2026-02-28T23:59:59Z",
    "maxAttempts": 3,
    "passGrade": 60,
    "isRequired": True,
    "isPublished": True,
}


def _learners_side(prefix: str) -> dict[str, dict[Any, Any]]:
    waiting = ENROLMENT | {"status": "waitlisted", "waitlistPosition": 2}
    return {
        f"GET {prefix}": {200: page(CARD)},
        f"GET {prefix}/{{id}}": {200: data(DETAIL)},
        f"POST {prefix}/{{id}}/enroll": {
            "request": {"waitlist": False, "fresh": False},
            201: data(ENROLMENT),
            202: data(waiting),
        },
        f"GET {prefix}/{{id}}/sessions": {200: page(SESSION)},
    }


def _tutors_side(prefix: str) -> dict[str, dict[Any, Any]]:
    one, part = f"{prefix}/{{id}}", f"{prefix}/{{course_id}}"
    draft = {"status": "draft", "publishedAt": None, "version": 1, "enrolledCount": 0, "availableSpots": 20}
    mine = DETAIL | OWN
    return {
        f"GET {prefix}": {200: page(CARD | OWN)},
        f"POST {prefix}": {
            "request": COURSE_INPUT,
            201: data(mine | draft | {"moduleCount": 0, "modules": [], "assessments": []}),
        },
        f"GET {one}": {200: data(mine)},
        f"PATCH {one}": {"request": {"capacity": 25}, 200: data(mine | {"capacity": 25, "availableSpots": 18})},
        f"POST {one}/publish": {200: data(mine)},
        f"POST {one}/archive": {200: data(mine | {"status": "archived"})},
        f"GET {one}/modules": {200: data([MODULE])},
        f"POST {one}/modules": {"request": MODULE_INPUT, 201: data(MODULE)},
        f"PUT {one}/modules/order": {"request": {"order": [17]}, 200: data([MODULE])},
        f"PATCH {part}/modules/{{id}}": {"request": {"title": "Equations"}, 200: data(MODULE)},
        f"GET {one}/assessments": {200: page(ASSESSMENT)},
        f"POST {one}/assessments": {"request": ASSESSMENT_INPUT, 201: data(ASSESSMENT)},
        f"GET {part}/assessments/{{id}}": {200: data(ASSESSMENT)},
        f"PATCH {part}/assessments/{{id}}": {"request": {"isPublished": True}, 200: data(ASSESSMENT)},
        f"GET {one}/sessions": {200: page(SESSION)},
        f"POST {one}/sessions": {"request": {"sessionId": 8}, 201: data(SESSION)},
        f"GET {one}/learners": {200: page(LEARNER)},
        f"POST {part}/learners/{{id}}/reset": {200: data(LEARNER | {"attempt": 2, "completionPercentage": 0})},
    }


EXAMPLES: dict[str, dict[Any, Any]] = (
    _learners_side("/api/v1/courses")
    | _learners_side("/api/v1/learner/courses")
    | _tutors_side("/api/v1/tutor/courses")
)
