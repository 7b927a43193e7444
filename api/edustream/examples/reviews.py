"""Reviews."""

from typing import Any

REVIEW_INPUT = {"booking_id": 123, "rating": 5, "comment": "Excellent session! Very helpful and patient."}
REVIEW = {
    "id": 1,
    "booking_id": 123,
    "tutor_id": 5,
    "student_id": 42,
    "rating": 5,
    "comment": "Excellent session!",
    "created_at": "2025-01-24T10:30:00Z",
    # What the document has elsewhere, or not at all.
    "student_name": "Jane Doe",
    "kind": "lesson",
    "clarity": 5,
    "progress": None,
    "preparation": None,
    "reassurance": None,
    "edited": False,
    "edited_at": None,
    "tutor_response": None,
    "responded_at": None,
    "response_edited_at": None,
}
ANSWERED = REVIEW | {
    "comment": "Excellent tutor! Very patient and knowledgeable.",
    "tutor_response": "Thank you for the kind words!",
    "responded_at": "2025-01-25T08:00:00Z",
}
EDITED = {"rating": 4, "comment": "Very good session."}
ANSWER = {"response": "Thank you for the kind words!"}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /api/reviews": {"request": REVIEW_INPUT, 201: REVIEW},
    "PATCH /api/reviews/{id}": {
        "request": EDITED,
        200: REVIEW | EDITED | {"edited": True, "edited_at": "2025-01-24T12:00:00Z"},
    },
    "POST /api/reviews/{id}/response": {"request": ANSWER, 201: ANSWERED},
    "PATCH /api/reviews/{id}/response": {
        "request": ANSWER,
        200: ANSWERED | {"response_edited_at": "2025-01-25T09:00:00Z"},
    },
    "POST /api/reviews/{id}/report": {
        "request": {"reason": "It names my child's school."},
        201: {"message": "Review reported", "id": 7, "review_id": 1, "state": "open"},
    },
    "GET /api/reviews/tutors/{id}": {200: [ANSWERED]},
    "GET /api/tutors/{id}/reviews": {200: [ANSWERED]},
}
