"""Whose id stands in a path: what a test must have made before it can ask for it."""

import re
from collections.abc import Mapping
from typing import Any

# By the beginning of the path; the longest one that fits counts.
THINGS = {
    "/api/admin/tutors/": "waiting_tutor",
    "/api/admin/users/": "account",
    "/api/favorites/": "favourite_tutor",
    "/api/learners/<id:learner_id>/notifications/": "notification",
    "/api/learners/<id:learner_id>/sessions/": "peer_session",
    "/api/learners/<id:learner_id>/sessions/<id:pk>/book": "session",
    "/api/matching/feedback/": "saved_tutor",
    "/api/matching/precompute/": "precompute_job",
    "/api/mentors/": "tutor",
    "/api/mentors/payouts/": "payout",
    "/api/mentors/verification/documents/": "document",
    "/api/messages/": "received",
    "/api/messages/<id:pk>": "message",
    "/api/messages/<id:pk>/": "received",
    "/api/messages/attachments/": "attachment",
    "/api/messages/threads/": "friend",
    "/api/messages/users/": "friend",
    "/api/notifications/": "notification",
    "/api/notifications/push/subscriptions/": "browser",
    "/api/v1/notifications/": "notification",
    "/api/sessions/": "session",
    "/api/sessions/<id:pk>/waitlist": "queued_session",
    "/api/sessions/<id:pk>/requests": "asked_session",
    "/api/sessions/<id:pk>/notes/": "noted_session",
    "/api/sessions/<id:pk>/recording": "recorded_session",
    "/api/students/favorites/": "favourite_tutor",
    "/api/subjects/": "subject",
    "/api/support/tickets/": "ticket",
    "/api/uploads/session-recordings/": "recording",
    "/api/tutors/": "tutor",
    "/api/tutors/availability/": "window",
    "/api/tutors/availability/overrides/": "override",
    "/api/tutors/availability/time-off/": "time_off",
    "/api/bookings/": "booking",
    "/api/bookings/holds/": "hold",
    "/api/bookings/<id:pk>/contest-no-show": "missed_lesson",
    "/api/bookings/<id:pk>/join": "running_lesson",
    "/api/bookings/<id:pk>/leave": "running_lesson",
    "/api/bookings/<id:pk>/reschedule/": "asked_lesson",
    "/api/tutor/bookings/": "request",
    "/api/tutor/bookings/<id:pk>/complete": "running_lesson",
    "/api/tutor/bookings/<id:pk>/mark-no-show": "running_lesson",
    "/api/tutor/bookings/<id:pk>/waive-late-cancel": "late_cancelled",
    "/api/packages/": "package",
    "/api/packages/<id:pk>/": "purchase",
    "/api/payments/": "payment",
    "/api/reviews/": "review",
    "/api/users/": "user",
    "/api/v1/chat/conversations/": "conversation",
    "/api/v1/chat/messages/": "message",
    "/api/v1/chat/messages/<id:pk>/": "received",
    "/api/v1/chat/sessions/": "session",
    "/api/v1/assessments/": "assessment",
    "/api/v1/learner/assessments/": "assessment",
    "/api/v1/learner/me/progress/": "course",
    "/api/v1/learner/messages/": "friend",
    "/api/v1/tutor/assessments/": "assessment",
    "/api/v1/tutor/submissions/": "submission",
    "/api/v1/courses/": "course",
    "/api/v1/learner/courses/": "course",
    "/api/v1/tutor/courses/": "course",
    "/api/v1/tutor/courses/<id:course_id>/assessments/": "assessment",
    "/api/v1/tutor/courses/<id:course_id>/learners/": "learner",
    "/api/v1/tutor/courses/<id:course_id>/modules/": "module",
    "/api/v1/tutor/courses/<id:course_id>/sessions/": "meeting",
    "/api/v1/tutor/enrollments/requests/": "join_request",
    "/api/v1/tutor/requests/": "join_request",
    "/api/v1/tutor/sessions/requests/": "join_request",
    "/api/v1/learner/sessions/<id:pk>/rate": "past_session",
    "/api/v1/materials/": "material",
    "/api/v1/tutor/materials/": "material",
    "/api/v1/tutor/reviews/": "review",
    "/api/reviews/tutors/": "tutor",
    "/api/tutors/certifications/": "certification",
    "/api/tutors/education/": "degree",
}


def thing_at(path: str) -> str:
    """The name of the thing whose id the path has, such as `session`."""
    beginnings = [beginning for beginning in THINGS if path.startswith(beginning)]
    return THINGS[max(beginnings, key=len)] if beginnings else "session"


def address_of(path: str, things: Mapping[str, Any]) -> str:
    """The path with ids in it: `<id:pk>` is that of `thing_at`, `<id:course_id>` that of the `course`."""

    def id_of(part: re.Match[str]) -> str:
        thing = thing_at(path) if part[1] == "pk" else part[1].removesuffix("_id")
        return str(things[thing].pk)

    return re.sub(r"<id:(\w+)>", id_of, path)
