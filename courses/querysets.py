"""Questions about courses, by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import TutorProfile, TutorStatus

if TYPE_CHECKING:
    from accounts.models import User

# How courses are sorted, in the order that is meant where nobody says another. Each is an index of published courses,
# read forwards or backwards; the id makes pages stable.
SORTS: dict[str, tuple[str, str]] = {
    "newest": ("-published_at", "-id"),
    "popular": ("-seats_taken", "-id"),
    "title": ("title", "id"),
}
# How an order is turned round.
DIRECTIONS = ("asc", "desc")


def _teaching() -> Exists:
    """The course's tutor is there and teaches."""
    tutors = TutorProfile.objects.filter(pk=OuterRef("tutor"), user__is_active=True, user__deleted_at=None)
    return Exists(tutors.exclude(status__in=(TutorStatus.SUSPENDED, TutorStatus.CLOSED)))


def _enrolled(**conditions: Any) -> Exists:
    from courses.models import Enrolment

    return Exists(Enrolment.objects.filter(course=OuterRef("pk"), **conditions))


class CourseQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(status="published")

    def on_offer(self) -> Self:
        """Those that everybody finds: published, and their tutor teaches at the moment."""
        return self.published().filter(_teaching())

    def visible_to(self, user: "User | None") -> Self:
        """Those on offer to everybody; any to its tutor, to admins, and to those who are or were in it."""
        if user is None:
            return self.on_offer()
        if user.is_admin:
            return self
        inside = _enrolled(learner=user)
        return self.filter(Q(_teaching(), status="published") | Q(tutor__user=user) | inside)

    def containing(self, parts: Sequence[str]) -> Self:
        """Those in whose text every part occurs; parts are as `accounts.services.listing.sought` makes them."""
        return self.filter(*(Q(search_text__contains=part) for part in parts))

    def in_order(self, sort: str, direction: str = "") -> Self:
        """In an order of `SORTS`; `direction` is one of `DIRECTIONS`, or empty for the usual one."""
        names = SORTS[sort]
        usual = "desc" if names[0].startswith("-") else "asc"
        queryset = self.order_by(*names)
        return queryset if direction in ("", usual) else queryset.reverse()

    def take_seat(self, pk: int, *, now: datetime) -> bool:
        """Count one more seat, if one is free and nobody waits for it: a single conditional UPDATE (R-SEAT-6).

        Its conditions are on the row itself or in subqueries, never in a join: PostgreSQL looks at them again when
        somebody else has just changed the row.
        """
        free = self.on_offer().filter(Q(capacity=None) | Q(seats_taken__lt=F("capacity")), pk=pk)
        free = free.filter(~_enrolled(status="waitlisted"))
        return free.update(seats_taken=F("seats_taken") + 1, updated_at=now) == 1


class EnrolmentQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(status="active")

    def waiting(self) -> Self:
        """First come, first served (R-SEAT-5)."""
        return self.filter(status="waitlisted").order_by("waiting_since", "id")

    def with_access(self) -> Self:
        """Those who may open the course's content."""
        return self.filter(status__in=("active", "completed"))
