"""Bookings: their student's, their tutor's and the admins'; to everybody else they do not exist."""

from typing import Any

from tests.authorization.matrix import Rule, signed_in


def _new(world: dict[str, Any]) -> dict[str, Any]:
    return {"tutor_profile_id": world["host"].tutor_profile.pk, "start_at": world["lesson_day"].replace(hour=10)}


def _other_time(world: dict[str, Any]) -> dict[str, Any]:
    return {"new_start_time": world["lesson_day"].replace(hour=12)}


def _parties(body: Any = None, *, student: int, host: int, admin: int) -> Rule:
    return signed_in(404, body, student=student, host=host, admin=admin)


def _tutors(body: Any = None, *, host: int, admin: int) -> Rule:
    """Students have no business there, whosever it is."""
    return signed_in(403, body, host=host, other_tutor=404, draft_tutor=404, admin=admin)


RULES: dict[str, Rule] = {
    "GET /api/bookings": signed_in(200),
    "POST /api/bookings": signed_in(403, _new, student=201, stranger=201),
    "GET /api/bookings/<id:pk>": _parties(student=200, host=200, admin=200),
    "GET /api/bookings/<id:pk>/history": _parties(student=200, host=200, admin=200),
    "GET /api/bookings/<id:pk>/cancellation-quote": _parties(student=200, host=200, admin=200),
    "POST /api/bookings/<id:pk>/cancel": _parties({"reason": "Ill."}, student=200, host=200, admin=200),
    "POST /api/bookings/<id:pk>/reschedule": _parties(_other_time, student=200, host=200, admin=403),
    # The student has proposed another time.
    "POST /api/bookings/<id:pk>/reschedule/accept": _parties(student=403, host=200, admin=403),
    "POST /api/bookings/<id:pk>/reschedule/decline": _parties(student=403, host=200, admin=403),
    "POST /api/bookings/<id:pk>/reschedule/withdraw": _parties(student=200, host=403, admin=403),
    # The lesson is running, and the student is in it.
    "POST /api/bookings/<id:pk>/join": _parties(student=200, host=200, admin=403),
    "POST /api/bookings/<id:pk>/leave": _parties(student=200, host=409, admin=403),
    # The student is said not to have come.
    "POST /api/bookings/<id:pk>/contest-no-show": _parties(student=200, host=409, admin=403),
    "POST /api/tutor/bookings/<id:pk>/confirm": _tutors(host=200, admin=200),
    "POST /api/tutor/bookings/<id:pk>/decline": _tutors({"reason": "Ill."}, host=200, admin=403),
    "POST /api/tutor/bookings/<id:pk>/complete": _tutors(host=200, admin=403),
    "POST /api/tutor/bookings/<id:pk>/mark-no-show-student": _tutors({"notes": "I waited."}, host=200, admin=200),
    "POST /api/tutor/bookings/<id:pk>/mark-no-show-tutor": _parties(student=200, host=403, admin=200),
    "POST /api/tutor/bookings/<id:pk>/waive-late-cancel": _tutors(host=200, admin=403),
}
