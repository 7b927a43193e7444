"""How a tutor may be booked."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import TutorProfile, User
from audit.services import record
from bookings.models import BookingTerms
from common.compiled import compiled

EDITABLE = frozenset(
    {
        "slot_step_minutes",
        "durations",
        "min_notice_hours",
        "max_advance_days",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "most_a_day",
        "most_a_week",
        "most_minutes_a_day",
        "most_minutes_a_week",
        "cancellation_policy",
        "instant_booking",
        "auto_accept_reschedule",
    }
)


def terms_of(tutor: TutorProfile) -> BookingTerms:
    """The tutor's terms; where there are none yet, the usual ones in the tutor's own zone, not saved."""
    try:
        return tutor.booking_terms
    except BookingTerms.DoesNotExist:
        return BookingTerms(tutor=tutor, timezone=tutor.user.timezone)


def find_listed(tutor_id: int) -> TutorProfile | None:
    """A tutor whom everybody may find, with account and terms."""
    return _listed.first(pk=tutor_id)


@compiled
def _listed(*, pk: Any) -> QuerySet[TutorProfile]:
    return TutorProfile.objects.listed().select_related("user", "booking_terms").filter(pk=pk).order_by()


def ensure_terms(tutor: TutorProfile) -> BookingTerms:
    """The tutor's terms as a row, for whoever wants to write or to lock it."""
    terms, _ = BookingTerms.objects.get_or_create(tutor=tutor, defaults={"timezone": tutor.user.timezone})
    return terms


@transaction.atomic
def change_terms(tutor: TutorProfile, changes: dict[str, Any], *, actor: User) -> BookingTerms:
    """Write the valid `changes`. What is booked already keeps the terms that it was booked under (R-BOOK-1)."""
    ensure_terms(tutor)
    terms = BookingTerms.objects.select_for_update(of=("self",)).get(tutor=tutor)
    after = {field: value for field, value in changes.items() if field in EDITABLE and getattr(terms, field) != value}
    if after:
        before = {field: getattr(terms, field) for field in after}
        for field, value in after.items():
            setattr(terms, field, value)
        terms.save(update_fields=[*after, "updated_at"])
        record("terms.changed", actor=actor, obj=terms, before=before, after=after)
    return terms
