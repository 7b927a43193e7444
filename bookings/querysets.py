"""The questions that are asked of this app's tables."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import Subject


class PackageQuerySet(models.QuerySet):
    def on_offer(self) -> Self:
        """What anybody may buy: active, of a tutor whom students find."""
        return self.filter(is_active=True, tutor__is_listed=True)

    def visible_to(self, user: "User") -> Self:
        """What is on offer, and one's own whatever its state; everything to an admin."""
        return self if user.is_admin else self.filter(Q(is_active=True, tutor__is_listed=True) | Q(tutor__user=user))


class PurchaseQuerySet(models.QuerySet):
    def in_state(self, status: str, now: datetime) -> Self:
        """Those that are shown with that status: what has run out is expired, written down or not yet."""
        run_out = Q(status="active", expires_at__lte=now)
        if status == "expired":
            return self.filter(Q(status="expired") | run_out)
        return self.filter(~run_out, status=status)

    def visible_to(self, user: "User") -> Self:
        """Its owner's, its tutor's, and an admin's to see."""
        return self if user.is_admin else self.filter(Q(student=user) | Q(tutor__user=user))

    def usable(self, now: datetime) -> Self:
        """Paid, not expired, with a credit left."""
        return self.filter(status="active", expires_at__gt=now, available__gt=0)

    def fitting(self, *, minutes: int, subject: "Subject | None") -> Self:
        """Good for a lesson of that length and subject (R-PKG-3)."""
        return self.filter(Q(subject=None) | Q(subject=subject), duration_minutes=minutes)


# What a word of the document's filter means; any other is an exact state.
_STATES_OF = {
    "cancelled": ("cancelled", "declined", "expired"),
    "no_show": ("no_show_student", "no_show_tutor"),
}


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Its two parties' and the admins' to see (R-GEN-8)."""
        return self if user.is_admin else self.filter(Q(student=user) | Q(tutor__user=user))

    def visible_to_party(self, user: "User") -> Self:
        """Those that the user takes or gives; an admin has no others either."""
        return self.filter(Q(student=user) | Q(tutor__user=user))

    def of(self, user: "User", *, role: str = "") -> Self:
        """What the user booked or was booked for, as `student` or `tutor`. Without a role a tutor's is the tutor's
        own, a student's what they booked; an admin's is everything.
        """
        if user.is_admin:
            return self
        as_tutor = role == "tutor" or (not role and user.is_tutor)
        return self.filter(tutor__user=user) if as_tutor else self.filter(student=user)

    def in_state(self, word: str, *, now: datetime) -> Self:
        """Those that one of the document's words means, or an exact state; in the order that suits it."""
        if word == "upcoming":
            return self.filter(status__in=("pending", "confirmed"), ends_at__gt=now).order_by("starts_at", "id")
        kept = self.filter(status__in=_STATES_OF.get(word, (word,))) if word else self
        return (self.filter(sequence__gt=0) if word == "rescheduled" else kept).order_by("-starts_at", "-id")

    def late_cancellations(self) -> Self:
        """What students called off in the late window: not all of it was given back, and the tutor has not forgiven it
        since (R-CAN-3, R-CAN-6). `Booking.is_late_cancellation` says the same of one.
        """
        return self.filter(status="cancelled", cancelled_by="student", refund_percent__lt=100)

    def overdue_requests(self, now: datetime) -> Self:
        """Requests that nobody answered in time."""
        return self.filter(status="pending", expires_at__lte=now)

    def with_everything(self) -> Self:
        """With the rows that services need to move and tell."""
        return self.select_related("student", "tutor__user", "subject", "session__creator")


class ReviewQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(state="published")

    def counted(self) -> Self:
        """What a tutor's rating is made of: not the hidden, the absent tutor's, nor the refunded (R-RAT-4), nor what is
        said of lessons that turned out not to have taken place.
        """
        lessons = self.published().filter(kind="lesson", booking__status="completed")
        return lessons.exclude(booking__refund_percent=100)
