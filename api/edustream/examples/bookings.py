"""Bookings."""

from typing import Any

NEW = {
    "tutor_profile_id": 5,
    "start_at": "2025-01-25T14:00:00Z",
    "duration_minutes": 60,
    "lesson_type": "online",
    "subject_id": 1,
    "notes_student": "Need help with quadratic equations",
    "use_package_id": 10,
}
CARD = {
    "id": 123,
    "student_id": 42,
    "tutor_profile_id": 5,
    "tutor_name": "John Tutor",
    "student_name": "Jane Student",
    "start_time": "2025-01-25T14:00:00Z",
    "end_time": "2025-01-25T15:00:00Z",
    "status": "PENDING",
    "lesson_type": "online",
    "price": 45.0,
    "price_student": 45.0,
    "currency": "USD",
    "subject": {"id": 1, "name": "Mathematics"},
    "tutor": {
        "id": 5,
        "user_id": 10,
        "name": "John Tutor",
        "avatar_url": "https://api.valsa.solutions/api/avatars/10.jpg",
        "rating_avg": 4.8,
        "title": "Mathematics for everybody",
    },
    "created_at": "2025-01-24T10:30:00Z",
    # What the client reads, or the document does not show.
    "session_id": 77,
    "start_at": "2025-01-25T14:00:00Z",
    "end_at": "2025-01-25T15:00:00Z",
    "duration_minutes": 60,
    "session_status": "upcoming",
    "cancelled_by": None,
    "cancel_reason": "",
    "dispute_state": "none",
    "topic": "Mathematics",
    "subject_name": "Mathematics",
    "notes_student": "Need help with quadratic equations",
    "notes_tutor": "",
    "student_tz": "Europe/London",
    "tutor_tz": "America/New_York",
    "student": {
        "id": 42,
        "name": "Jane Student",
        "avatar_url": "https://api.valsa.solutions/api/avatars/default.png",
        "level": None,
    },
    "purchase_id": 31,
    "reschedule_count": 0,
    "expires_at": "2025-01-25T10:30:00Z",
    "ended_at": None,
    "uid": "6f1c2f4e-8a35-4f0e-9d4f-2f6d3d6c1a55",
    "sequence": 0,
    "version": 1,
    "join_url": None,
    "updated_at": "2025-01-24T10:30:00Z",
    "hourly_rate": 45.0,
    "rate_cents": 4500,
    "platform_fee_pct": 20.0,
    "platform_fee_cents": 900,
    "tutor_earnings_cents": 3600,
    "refund_percent": None,
    "refund_amount": None,
    "reschedule_request": None,
}
FULL = {
    "until": "2025-01-24T14:05:00Z",
    "student_local": "2025-01-24T14:05:00+00:00",
    "tutor_local": "2025-01-24T09:05:00-05:00",
}
HALF = {
    "until": "2025-01-25T02:05:00Z",
    "student_local": "2025-01-25T02:05:00+00:00",
    "tutor_local": "2025-01-24T21:05:00-05:00",
}
BOOKING = CARD | {
    "student_start_local": "2025-01-25T14:00:00+00:00",
    "tutor_start_local": "2025-01-25T09:00:00-05:00",
    "cancellation": {
        "policy": "standard",
        "text": "Standard: refund of 100 % until 24 hours before the start, 50 % until 12 hours before the start, "
        "nothing afterwards.",
        "non_refundable": False,
        "free_until": FULL,
        "tiers": [{"refund_percent": 100} | FULL, {"refund_percent": 50} | HALF],
    },
    "no_show_claims": [],
}
JOIN_URL = "https://valsa.solutions/sessions/77/room"
CONFIRMED = BOOKING | {"status": "CONFIRMED", "version": 2, "expires_at": None, "join_url": JOIN_URL}
ENDED = CONFIRMED | {"version": 3, "join_url": None, "ended_at": "2025-01-24T12:00:00Z"}
CANCELLED = ENDED | {
    "status": "CANCELLED",
    "session_status": "cancelled",
    "cancelled_by": "student",
    "cancel_reason": "Schedule conflict",
    "refund_percent": 100,
    "refund_amount": 0.0,
}
LATER = {
    "start_time": "2025-01-26T14:00:00Z",
    "end_time": "2025-01-26T15:00:00Z",
    "start_at": "2025-01-26T14:00:00Z",
    "end_at": "2025-01-26T15:00:00Z",
    "student_start_local": "2025-01-26T14:00:00+00:00",
    "tutor_start_local": "2025-01-26T09:00:00-05:00",
}
MOVED = CONFIRMED | LATER | {"version": 4, "sequence": 1, "reschedule_count": 1}
ASKED = CONFIRMED | {
    "version": 3,
    "reschedule_request": {
        "id": 3,
        "proposed_by": "student",
        "reason": "Emergency conflict",
        "lapses_at": "2025-01-25T11:00:00Z",
        "created_at": "2025-01-24T11:00:00Z",
        "options": [{"option": 1, "start_time": LATER["start_time"], "end_time": LATER["end_time"]}],
    },
}
CLAIM = {
    "state": "upheld",
    "created_at": "2025-01-25T14:15:00Z",
    "decided_at": "2025-01-25T14:15:00Z",
    "contest_until": "2025-01-28T14:15:00Z",
}


def missed(by: str, refund: int) -> dict[str, Any]:
    """The booking after one of the two did not come."""
    return ENDED | {
        "status": f"NO_SHOW_{by}".upper(),
        "session_status": "cancelled",
        "ended_at": "2025-01-25T14:15:00Z",
        "refund_percent": refund,
        "refund_amount": 0.0,
        "no_show_claims": [{"absent": by} | CLAIM],
    }


_ONE = "/api/bookings/{id}"
_TUTORS = "/api/tutor/bookings/{id}"

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /api/bookings": {"request": NEW, 201: BOOKING},
    "GET /api/bookings": {
        200: {
            "bookings": [CARD | {"status": "CONFIRMED", "version": 2, "expires_at": None, "join_url": JOIN_URL}],
            "total": 15,
            "page": 1,
            "page_size": 20,
            "total_pages": 1,
            "pages": 1,
            "has_next": False,
            "has_prev": False,
        }
    },
    f"GET {_ONE}": {200: BOOKING},
    f"GET {_ONE}/history": {
        200: [
            {
                "id": 501,
                "kind": "created",
                "party": "student",
                "actor_id": 42,
                "from_status": "",
                "to_status": "PENDING",
                "data": {},
                "created_at": "2025-01-24T10:30:00Z",
            }
        ]
    },
    f"GET {_ONE}/cancellation-quote": {
        200: {
            "quote_id": "0b7d8a52-3a0e-4c29-9d0c-5a5e0f9d3b1f",
            "booking_id": 123,
            "policy": "standard",
            "tier": "full",
            "refund_percent": 100,
            "refund_amount": 0.0,
            "currency": "USD",
            "credit": "released",
            "valid_until": "2025-01-24T12:02:00Z",
        }
    },
    f"POST {_ONE}/cancel": {"request": {"reason": "Schedule conflict"}, 200: CANCELLED},
    f"POST {_ONE}/reschedule": {
        "request": {"new_start_time": LATER["start_time"], "reason": "Emergency conflict"},
        200: ASKED,
    },
    f"POST {_ONE}/reschedule/accept": {"request": {"option": 1}, 200: MOVED},
    f"POST {_ONE}/reschedule/decline": {200: CONFIRMED | {"version": 4}},
    f"POST {_ONE}/reschedule/withdraw": {200: CONFIRMED | {"version": 4}},
    f"POST {_ONE}/join": {200: CONFIRMED | {"session_status": "ongoing", "version": 3}},
    f"POST {_ONE}/leave": {200: CONFIRMED | {"session_status": "ongoing", "version": 3}},
    f"POST {_ONE}/contest-no-show": {
        "request": {"notes": "I was there."},
        200: missed("student", 0)
        | {
            "dispute_state": "open",
            "version": 4,
            "no_show_claims": [{"absent": "student"} | CLAIM | {"state": "contested"}],
        },
    },
    f"POST {_TUTORS}/confirm": {
        "request": {"notes_tutor": "Bring a ruler."},
        200: CONFIRMED | {"notes_tutor": "Bring a ruler."},
    },
    f"POST {_TUTORS}/decline": {
        "request": {"reason": "Not available at this time"},
        200: ENDED
        | {
            "status": "DECLINED",
            "version": 2,
            "session_status": "cancelled",
            "cancel_reason": "Not available at this time",
            "refund_percent": 100,
            "refund_amount": 0.0,
        },
    },
    f"POST {_TUTORS}/complete": {
        200: ENDED | {"status": "COMPLETED", "session_status": "completed", "ended_at": "2025-01-25T15:00:00Z"}
    },
    f"POST {_TUTORS}/mark-no-show-student": {"request": {"notes": "I waited."}, 200: missed("student", 0)},
    f"POST {_TUTORS}/mark-no-show-tutor": {"request": {"notes": "Nobody came."}, 200: missed("tutor", 100)},
    f"POST {_TUTORS}/waive-late-cancel": {200: CANCELLED | {"version": 4}},
}
