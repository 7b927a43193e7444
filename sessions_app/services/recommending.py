"""Sessions that may suit a learner: by what they are interested in, and by what they have learned already."""

from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import StudentProfile, User
from sessions_app.models import Participant, SessionKind, TutoringSession

Reason = Literal["interest", "subject", "soon"]
_REASONS: dict[int, Reason] = {2: "interest", 1: "subject", 0: "soon"}
# Of somebody's interests only the first so many are looked for.
MOST_INTERESTS = 30


class Recommended(NamedTuple):
    session_id: int
    reason: Reason


def recommend(user: User, *, limit: int, now: datetime) -> list[Recommended]:
    """Up to `limit` sessions with a free seat that the user could join now.

    First those about one of the user's interests, then those of a subject that they have had a session in, then any:
    of equals the soonest first. The same question has the same answer.
    """
    fitting = TutoringSession.objects.open_to(user, now).exclude(kind=SessionKind.PRIVATE)
    fit = Case(
        *([When(_about(interests), then=Value(2))] if (interests := _interests_of(user)) else []),
        When(subject__in=_subjects_of(user), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = fitting.annotate(fit=fit).order_by("-fit", "starts_at", "id").values_list("pk", "fit")[:limit]
    return [Recommended(pk, _REASONS[fit]) for pk, fit in rows]


def _interests_of(user: User) -> list[str]:
    said = StudentProfile.objects.filter(user=user).values_list("interests", flat=True).first() or []
    return [words for each in said if (words := str(each).strip())][:MOST_INTERESTS]


def _about(interests: list[str]) -> Q:
    about = Q()
    for words in interests:
        about |= Q(subject__name__iexact=words) | Q(title__icontains=words)
    return about


def _subjects_of(user: User) -> QuerySet:
    """As a subquery: what the user has or had a seat in."""
    seats = Participant.objects.joined().filter(user=user)
    return seats.exclude(session__subject=None).values("session__subject")
