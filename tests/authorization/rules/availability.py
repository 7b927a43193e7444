"""Hours are their tutor's own, free times everybody's who is signed in, a hold its student's."""

from datetime import timedelta
from typing import Any

from bookings.presenters.availability import day_name
from tests.authorization.matrix import Rule, signed_in

_NOT_TUTORS = {"student": 403, "stranger": 403, "admin": 403}
_NOT_STUDENTS = {"host": 403, "other_tutor": 403, "draft_tutor": 403, "admin": 403}


def tutors(status: int, body: Any = None) -> Rule:
    """Every tutor, about themselves."""
    return signed_in(status, body, **_NOT_TUTORS)


def host_alone(status: int) -> Rule:
    """It is the host's: to other tutors it is not there."""
    return signed_in(404, host=status, **_NOT_TUTORS)


def students(status: int, body: Any = None, **others: int) -> Rule:
    return signed_in(status, body, **_NOT_STUDENTS | others)


def _next_week(world: dict[str, Any]) -> dict[str, str]:
    day = world["next_week"].date().isoformat()
    return {"start_date": day, "end_date": day}


def _window(world: dict[str, Any]) -> dict[str, Any]:
    """On the day after that on which the host has hours already."""
    tomorrow = (world["window"].weekday + 1) % 7
    return {"day_of_week": day_name(tomorrow), "start_time": "09:00", "end_time": "12:00"}


def _slots(world: dict[str, Any]) -> dict[str, Any]:
    return {"slots": [_window(world)]}


def _week(world: dict[str, Any]) -> dict[str, Any]:
    return {"timezone": "Europe/London", "weekly_schedule": [_window(world)]}


def _hold(world: dict[str, Any]) -> dict[str, Any]:
    noon = world["next_week"].replace(hour=12, minute=0, second=0, microsecond=0)
    return {"tutor_profile_id": world["tutor"].pk, "start_at": noon, "duration_minutes": 60}


def _time_off(world: dict[str, Any]) -> dict[str, Any]:
    return {"starts_at": world["next_week"], "ends_at": world["next_week"] + timedelta(days=1)}


RULES: dict[str, Rule] = {
    "GET /api/tutors/<id:pk>/available-slots": signed_in(200, _next_week),
    "GET /api/tutors/availability": tutors(200),
    "POST /api/tutors/availability": tutors(201, _window),
    "POST /api/tutors/availability/bulk": tutors(201, _slots),
    "DELETE /api/tutors/availability/<id:pk>": host_alone(204),
    "PUT /api/tutors/me/availability": tutors(200, _week),
    "GET /api/tutors/availability/overrides": tutors(200),
    "POST /api/tutors/availability/overrides": tutors(201, {"date": "2030-12-24", "slots": []}),
    "DELETE /api/tutors/availability/overrides/<id:pk>": host_alone(204),
    "GET /api/tutors/availability/time-off": tutors(200),
    "POST /api/tutors/availability/time-off": tutors(201, _time_off),
    "DELETE /api/tutors/availability/time-off/<id:pk>": host_alone(204),
    "GET /api/tutors/me/booking-terms": tutors(200),
    "PATCH /api/tutors/me/booking-terms": tutors(200, {"bookings_per_day": 3}),
    "POST /api/bookings/holds": students(201, _hold),
    "POST /api/bookings/holds/<id:pk>/extend": students(404, student=200),
    "DELETE /api/bookings/holds/<id:pk>": students(404, student=204),
}
