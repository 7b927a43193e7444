"""Tutors' hours, free times and holds."""

from typing import Any

from api.edustream.examples import tutors

SLOT = {
    "start_time": "2025-01-25T09:00:00Z",
    "end_time": "2025-01-25T10:00:00Z",
    "is_available": True,
    "duration_minutes": 60,
}
MONDAY = {
    "id": 1,
    "day_of_week": "monday",
    "day_number": 1,
    "start_time": "09:00",
    "end_time": "17:00",
    "is_recurring": True,
    "date": None,
}
NEW_WINDOW = {"day_of_week": "tuesday", "start_time": "14:00", "end_time": "18:00", "is_recurring": True}
TUESDAY = NEW_WINDOW | {"id": 2, "day_number": 2, "date": None}
BULK = {
    "slots": [
        {"day_of_week": "monday", "start_time": "09:00", "end_time": "12:00"},
        {"day_of_week": "wednesday", "start_time": "14:00", "end_time": "17:00"},
    ]
}
ADDED = [
    MONDAY | {"id": 3, "end_time": "12:00"},
    MONDAY | {"id": 4, "day_of_week": "wednesday", "day_number": 3, "start_time": "14:00"},
]
WEEK = {
    "timezone": "America/New_York",
    "weekly_schedule": [{"day_of_week": "monday", "start_time": "09:00", "end_time": "17:00"}],
}
TERMS = {
    "slot_step_minutes": 30,
    "durations": [30, 45, 60, 90, 120],
    "min_notice_hours": 2,
    "max_advance_days": 60,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 15,
    "bookings_per_day": 6,
    "bookings_per_week": None,
    "minutes_per_day": None,
    "minutes_per_week": 1200,
    "cancellation_policy": "standard",
    "instant_booking": False,
    "auto_accept_reschedule": False,
    "timezone": "America/New_York",
}
NEW_OVERRIDE = {"date": "2025-12-24", "slots": [{"start_time": "09:00", "end_time": "12:00"}]}
OVERRIDE = NEW_OVERRIDE | {"id": 7, "is_day_off": False}
NEW_TIME_OFF = {"starts_at": "2025-07-01T00:00:00Z", "ends_at": "2025-07-15T00:00:00Z", "reason": "Summer"}
TIME_OFF = NEW_TIME_OFF | {"id": 8}
NEW_HOLD = {"tutor_profile_id": 10, "start_at": "2025-01-25T14:00:00Z", "duration_minutes": 60}
HOLD = NEW_HOLD | {
    "id": 9,
    "end_at": "2025-01-25T15:00:00Z",
    "expires_at": "2025-01-24T10:40:00Z",
    "extended": False,
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/tutors/{id}/available-slots": {200: [SLOT]},
    "GET /api/tutors/availability": {200: [MONDAY]},
    "POST /api/tutors/availability": {"request": NEW_WINDOW, 201: TUESDAY | {"next_day": None}},
    "POST /api/tutors/availability/bulk": {"request": BULK, 201: ADDED},
    "PUT /api/tutors/me/availability": {"request": WEEK, 200: tutors.PROFILE},
    "GET /api/tutors/me/booking-terms": {200: TERMS},
    "PATCH /api/tutors/me/booking-terms": {
        "request": {"buffer_after_minutes": 15, "bookings_per_day": 6, "minutes_per_week": 1200},
        200: TERMS,
    },
    "GET /api/tutors/availability/overrides": {200: [OVERRIDE]},
    "POST /api/tutors/availability/overrides": {"request": NEW_OVERRIDE, 201: OVERRIDE},
    "GET /api/tutors/availability/time-off": {200: [TIME_OFF]},
    "POST /api/tutors/availability/time-off": {"request": NEW_TIME_OFF, 201: TIME_OFF},
    "POST /api/bookings/holds": {"request": NEW_HOLD, 201: HOLD},
    "POST /api/bookings/holds/{id}/extend": {200: HOLD | {"expires_at": "2025-01-24T10:45:00Z", "extended": True}},
}
