"""Learners: oneself or, in their place, an admin; to everybody else, tutors included, there is no such learner."""

from typing import Any

from tests.authorization.matrix import Rule, signed_in


def _own(status: int, body: Any = None) -> Rule:
    return signed_in(404, body, student=status, admin=status)


def _session(world: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Algebra together", "date": world["lesson_day"].replace(hour=11), "maxParticipants": 4}


OF_LEARNER = "/api/learners/<id:learner_id>"

RULES: dict[str, Rule] = {
    f"GET {OF_LEARNER}": _own(200),
    f"PUT {OF_LEARNER}": _own(200, {"bio": "I like sums."}),
    f"GET {OF_LEARNER}/profile": _own(200),
    f"PUT {OF_LEARNER}/profile": _own(200, {"bio": "I like sums."}),
    f"GET {OF_LEARNER}/dashboard": _own(200),
    f"GET {OF_LEARNER}/settings": _own(200),
    f"PUT {OF_LEARNER}/settings": _own(200, {"theme": "dark"}),
    f"GET {OF_LEARNER}/notifications": _own(200),
    f"PUT {OF_LEARNER}/notifications/<id:pk>": _own(200),
    f"GET {OF_LEARNER}/sessions": _own(200),
    f"POST {OF_LEARNER}/sessions": _own(201, _session),
    f"PUT {OF_LEARNER}/sessions/<id:pk>": _own(200, {"title": "Better"}),
    f"DELETE {OF_LEARNER}/sessions/<id:pk>": _own(200),
    # The learner has a seat already.
    f"POST {OF_LEARNER}/sessions/<id:pk>/book": _own(409),
    f"DELETE {OF_LEARNER}/sessions/<id:pk>/book": _own(200),
}
