"""The people in a tutor's sessions, and whom they can still take in."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, User
from common.errors import NotFound
from sessions_app.models import JoinRequest, Participant, TutoringSession

# Shorter words would list everybody.
SHORTEST_WORD = 2


def students_of(tutor: User) -> QuerySet[User]:
    """Everybody who has or had a seat in one of the tutor's sessions, by name."""
    return User.objects.active().filter(_sits_with(tutor)).order_by("first_name", "last_name", "id")


def find_students(tutor: User, words: str, *, session_id: int | None = None) -> QuerySet[User]:
    """Students whose name has every word, one's own first; without words one's own.

    With `session_id`, one of the tutor's own sessions, those who have a seat in it are left out. Raises NotFound.
    """
    sought = [word for word in words.split() if len(word) >= SHORTEST_WORD]
    found = User.objects.active().filter(role=Role.STUDENT).annotate(is_own=_sits_with(tutor))
    for word in sought:
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    if not sought:
        found = found.filter(is_own=True)
    if session_id is not None:
        if not TutoringSession.objects.hosted_by(tutor).filter(pk=session_id).exists():
            raise NotFound("Session not found")
        found = found.exclude(seats__in=Participant.objects.joined().filter(session=session_id))
    return found.order_by("-is_own", "first_name", "last_name", "id")


def knows(tutor: User, student: User) -> bool:
    """Whether the student has, had or asked for a seat in one of the tutor's sessions."""
    seats = Participant.objects.filter(user=student, session__creator=tutor)
    return seats.exists() or JoinRequest.objects.filter(user=student, session__creator=tutor).exists()


def _sits_with(tutor: User) -> Any:
    seats = Participant.objects.joined().filter(user=OuterRef("pk"), session__creator=tutor, session__deleted_at=None)
    return Exists(seats)
