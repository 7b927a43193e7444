"""Sessions."""

from typing import Any

from django.utils import timezone

from sessions_app.services import recordings
from tests.authorization.matrix import Rule, everybody, host_only, signed_in


def _session(world: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Geometry", "date": world["lesson_day"].replace(hour=9), "max_participants": 4}


def _attendance(world: dict[str, Any]) -> dict[str, Any]:
    return {"attendance": [{"user_id": world["student"].pk, "state": "absent"}]}


def _newcomer(world: dict[str, Any]) -> dict[str, Any]:
    """Somebody who has asked the host for a seat elsewhere."""
    return {"studentId": world["join_request"].user_id}


def _elsewhen(world: dict[str, Any]) -> dict[str, Any]:
    return {"newStartAt": world["lesson_day"].replace(hour=9)}


def _conflict(world: dict[str, Any]) -> dict[str, Any]:
    return {"sessionId": world["recorded_session"].pk, "type": "late", "description": "Half an hour."}


def _students_link(world: dict[str, Any]) -> dict[str, Any]:
    link = recordings.link_to(world["recording"].pk, world["student"], now=timezone.now())
    return {"signature": link.url.partition("signature=")[2]}


def inside(status: int, body: Any = None, *, admin: int) -> Rule:
    """For the host and the participants."""
    return signed_in(403, body, host=status, student=status, admin=admin)


def learners(status: int, **others: int) -> Rule:
    """The learner's side: nobody else's, not even an admin's."""
    return signed_in(403, **({"student": status, "stranger": status} | others))


def tutors(status: int, body: Any = None, **others: int) -> Rule:
    """The tutor's side; `others` names what the host of the session, or whoever else, gets."""
    return signed_in(403, body, **({"host": status, "other_tutor": status, "draft_tutor": status} | others))


RULES: dict[str, Rule] = {
    "GET /api/sessions": signed_in(200),
    "GET /api/sessions/my_sessions": signed_in(200),
    "GET /api/sessions/created_sessions": signed_in(200),
    "GET /api/sessions/joined_sessions": signed_in(200),
    "GET /api/sessions/<id:pk>": signed_in(200),
    "GET /api/sessions/<id:pk>/participants": signed_in(200),
    "POST /api/sessions": signed_in(201, _session, student=403, stranger=403, admin=403),
    "PUT /api/sessions/<id:pk>": host_only(200, {"title": "Better"}, admin=200),
    "DELETE /api/sessions/<id:pk>": host_only(200, admin=200),
    "POST /api/sessions/<id:pk>/cancel": host_only(200, admin=200),
    "PUT /api/sessions/<id:pk>/cancel": host_only(200, admin=200),
    "POST /api/sessions/<id:pk>/start": host_only(200, admin=403),
    "POST /api/sessions/<id:pk>/complete": host_only(400, admin=403),  # it has not begun
    "POST /api/sessions/<id:pk>/join": signed_in(201, student=400, host=400),
    "POST /api/sessions/<id:pk>/leave": signed_in(400, student=200),
    # Of the session in which the stranger is offered a seat.
    "GET /api/sessions/<id:pk>/waitlist": signed_in(200),
    "DELETE /api/sessions/<id:pk>/waitlist": signed_in(400, stranger=200),
    "POST /api/sessions/<id:pk>/waitlist/accept": signed_in(400, stranger=200),
    "POST /api/sessions/<id:pk>/waitlist/decline": signed_in(400, stranger=200),
    "DELETE /api/sessions/<id:pk>/participants/<id:user_id>": host_only(200, admin=200),
    "GET /api/sessions/<id:pk>/attendance": host_only(200, admin=200),
    "PUT /api/sessions/<id:pk>/attendance": host_only(400, _attendance, admin=400),  # it has not begun
    "GET /api/sessions/<id:pk>/requests": host_only(200, admin=200),
    # To others there is no such request.
    "POST /api/sessions/<id:pk>/requests/<id:join_request_id>/approve": signed_in(404, host=200, admin=200),
    "POST /api/sessions/<id:pk>/requests/<id:join_request_id>/reject": signed_in(404, host=200, admin=200),
    "PUT /api/sessions/<id:pk>/reschedule": host_only(200, _elsewhen, admin=200),
    # What is kept of sessions.
    "GET /api/sessions/upcoming": signed_in(200),
    "GET /api/sessions/history": signed_in(200),
    "GET /api/sessions/<id:pk>/notes": inside(200, admin=200),
    "POST /api/sessions/<id:pk>/notes": inside(201, {"content": "Bring a ruler."}, admin=403),
    "PUT /api/sessions/<id:pk>/notes/<id:note_id>": host_only(200, {"content": "Better."}, admin=403, student=404),
    "DELETE /api/sessions/<id:pk>/notes/<id:note_id>": host_only(204, admin=403, student=404),
    "GET /api/sessions/<id:pk>/recording": inside(200, admin=200),
    "POST /api/sessions/<id:pk>/recording": host_only(409, {"url": "https://zoom.us/rec/1"}, admin=403),  # has one
    "DELETE /api/sessions/<id:pk>/recording": host_only(204, admin=204),
    "GET /api/sessions/<id:pk>/recording/consent": inside(200, admin=200),
    "PUT /api/sessions/<id:pk>/recording/consent": inside(200, {"consent": True, "textVersion": 1}, admin=403),
    "GET /api/uploads/session-recordings": signed_in(200),
    "GET /api/uploads/session-recordings/<id:pk>/file": everybody(200, _students_link),  # whoever has the link
    "GET /api/sessions/conflicts": signed_in(200),
    "POST /api/sessions/conflicts": inside(201, _conflict, admin=403),
    # The learner's side and the tutor's of the learner_v1 contract.
    "POST /api/v1/learner/sessions/<id:pk>/join": learners(201, student=409),
    "POST /api/v1/learner/sessions/<id:pk>/leave": learners(409, student=200),
    "GET /api/v1/tutor/sessions/requests": tutors(200),
    "GET /api/v1/tutor/sessions/<id:pk>/requests": tutors(403, host=200),
    **{
        f"POST /api/v1/tutor/{prefix}/<id:pk>/{verb}": tutors(404, host=200)
        for prefix in ("sessions/requests", "requests", "enrollments/requests")
        for verb in ("approve", "reject")
    },
    "POST /api/v1/tutor/sessions/<id:pk>/students/add": tutors(403, _newcomer, host=201),
    "DELETE /api/v1/tutor/sessions/<id:pk>/students/<id:student_id>": tutors(403, host=200),
}
