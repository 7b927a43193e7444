"""The questions that are asked of tutors, each by its name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import OrderBy

if TYPE_CHECKING:
    from accounts.models import User

# How lists of tutors are sorted, the best for a student first: R-RAT-3's score, the cheapest, the most experienced.
# Each is an index of listed tutors, read forwards, or backwards where it is turned round; the id makes pages stable.
SORTS: dict[str, tuple[OrderBy, OrderBy]] = {
    "rating": (F("ranking_score").desc(), F("id").desc()),
    "rate": (F("hourly_rate").asc(nulls_last=True), F("id").asc()),
    "experience": (F("experience_years").desc(), F("id").desc()),
    "-rating": (F("ranking_score").asc(), F("id").asc()),
    "-rate": (F("hourly_rate").desc(nulls_first=True), F("id").desc()),
    "-experience": (F("experience_years").asc(), F("id").asc()),
}
DEFAULT_SORT = "rating"


class TutorQuerySet(models.QuerySet):
    def listed(self) -> Self:
        """Those whom everybody may find."""
        return self.filter(is_listed=True)

    def present(self) -> Self:
        """Those whose account is not closed, or erased."""
        return self.filter(user__deleted_at=None)

    def to_approve(self) -> Self:
        """Those who wait for an admin's decision."""
        from accounts.models.tutor import TO_APPROVE

        return self.filter(**TO_APPROVE)

    def visible_to(self, user: "User | None") -> Self:
        """The listed ones and oneself; everybody to an admin. `None` is who is not signed in."""
        if user is None:
            return self.listed()
        return self if user.is_admin else self.filter(Q(is_listed=True) | Q(user=user.pk))

    def applying(self, user: "User") -> Self:
        """The user's own, if they have applied with it and it is not approved."""
        applications: Any = self.model._meta.get_field("applications").related_model
        applied = Exists(applications.objects.filter(tutor=OuterRef("pk")))
        return self.filter(applied, user=user).exclude(status="approved")

    def teaching(self, subject_id: int) -> Self:
        return self.filter(taught__subject=subject_id)  # which a tutor teaches once: no row comes twice

    def teaching_any(self, subjects: models.QuerySet) -> Self:
        """Those who teach at least one of the subjects."""
        taught: Any = self.model._meta.get_field("taught").related_model
        return self.filter(Exists(taught.objects.filter(tutor=OuterRef("pk"), subject__in=subjects)))

    def speaking(self, codes: Sequence[str], *, levels: Sequence[str] = ()) -> Self:
        """Those who speak at least one of the languages, at one of the levels where some are named."""
        languages: Any = self.model._meta.get_field("languages").related_model
        spoken = languages.objects.filter(tutor=OuterRef("pk"), code__in=codes)
        return self.filter(Exists(spoken.filter(level__in=levels) if levels else spoken))

    def containing(self, parts: Sequence[str]) -> Self:
        """Those in whose text every part occurs; parts are as `accounts.services.listing.sought` makes them."""
        return self.filter(*(Q(search_text__contains=part) for part in parts))

    def in_order(self, sort: str) -> Self:
        """In an order of `SORTS`."""
        return self.order_by(*SORTS[sort])


class CredentialQuerySet(models.QuerySet):
    def approved(self) -> Self:
        """What everybody sees, without what waits in a revision."""
        return self.filter(revision=None)


class FavouriteQuerySet(models.QuerySet):
    def shown_to(self, student: "User") -> Self:
        """The student's own, without tutors whom nobody can find any more."""
        return self.filter(student=student, tutor__is_listed=True)
