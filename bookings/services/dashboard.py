"""The figures of a learner's front page, in one statement."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from bookings.models import Booking, BookingStatus
from bookings.services.reviews import REVIEW_WINDOW
from common.compiled import compiled, somebody
from courses.models import Enrolment, EnrolmentStatus, PointsEntry
from notifications.models import Notification
from sessions_app.models import SessionStatus, TutoringSession
from sessions_app.querysets import SessionQuerySet


@dataclass(frozen=True)
class Figures:
    """`unreviewed` is the latest lesson that the learner may still review: `{id, first_name, last_name}`, the names
    being its tutor's; `unreviewed_ended_at` is when it ended. Both are None without one. The rest of the profile is
    None for a student without a student side.
    """

    upcoming_sessions: int
    sessions_to_host: int
    completed_sessions: int
    active_courses: int
    completed_courses: int
    unread_notifications: int
    points_total: int
    unreviewed: dict[str, Any] | None
    unreviewed_ended_at: datetime | None
    first_name: str
    bio: str | None
    interests: list[str] | None
    learning_goals: list[str] | None


class _Count(Subquery):
    """How many rows a queryset has."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows.order_by().values("pk"))


def figures_of(learner: User, *, now: datetime) -> Figures:
    return Figures(**_figures.first(learner=learner.pk, now=now, review_since=now - REVIEW_WINDOW))


@compiled
def _figures(*, learner: Any, now: Any, review_since: Any) -> Any:
    mine = TutoringSession.objects.mine(somebody(learner))
    enrolments = Enrolment.objects.filter(learner=learner)
    unreviewed = _reviewable(learner, since=review_since)
    points = PointsEntry.objects.filter(user=learner).order_by().values("user").annotate(total=Sum("points"))
    name = {part: F(f"tutor__user__{part}") for part in ("first_name", "last_name")}
    row = (
        User.objects.filter(pk=learner)
        .order_by()
        .annotate(
            upcoming_sessions=_Count(coming(mine, now)),
            sessions_to_host=_Count(coming(TutoringSession.objects.hosted_by(somebody(learner)), now)),
            completed_sessions=_Count(mine.filter(status=SessionStatus.COMPLETED)),
            active_courses=_Count(enrolments.filter(status=EnrolmentStatus.ACTIVE)),
            completed_courses=_Count(enrolments.filter(status=EnrolmentStatus.COMPLETED)),
            unread_notifications=_Count(Notification.objects.of(learner).unread()),
            points_total=Coalesce(Subquery(points.values("total"), output_field=IntegerField()), Value(0)),
            unreviewed=Subquery(unreviewed.values(lesson=JSONObject(id=F("pk"), **name))[:1]),
            unreviewed_ended_at=Subquery(unreviewed.values("ends_at")[:1]),
            bio=F("student_profile__bio"),
            interests=F("student_profile__interests"),
            learning_goals=F("student_profile__learning_goals"),
        )
    )
    return row.values(*(field.name for field in fields(Figures)))


def coming(sessions: SessionQuerySet, now: datetime) -> SessionQuerySet:
    """Those that are going on or still to come, the soonest first."""
    return sessions.live().filter(ends_at__gt=now).order_by("starts_at", "id")


def _reviewable(learner: Any, *, since: Any) -> QuerySet[Booking]:
    """The learner's lessons that took place and have no review yet, within the time for one (R-REV-1)."""
    taken = Booking.objects.filter(student=learner, status=BookingStatus.COMPLETED, review=None)
    return taken.filter(ends_at__gte=since).exclude(refund_percent=100).order_by("-ends_at", "-id")
