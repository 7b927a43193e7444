"""Reviews as data."""

from typing import Any

from django.db.models import QuerySet

from bookings.models import Review
from bookings.models.review import ASPECTS

# What is left of the name of who left (R-REV-8).
FORMER = "Former student"
_PLAIN = ("id", "booking_id", "tutor_id", "student_id", "kind", "rating", *ASPECTS, "comment", "created_at")
_COLUMNS = (
    *(*_PLAIN, "edited_at", "response", "responded_at", "response_edited_at"),
    *("student__first_name", "student__last_name", "student__deleted_at"),
)


def reviews(page: QuerySet) -> list[dict[str, Any]]:
    """The reviews of one page (a sliced queryset), newest first."""
    rows = Review.objects.filter(pk__in=page.values("pk")).order_by("-created_at", "-id")
    return [_review(row) for row in rows.values(*_COLUMNS)]


def review(written: Review) -> dict[str, Any]:
    return reviews(Review.objects.filter(pk=written.pk))[0]


def _review(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _PLAIN} | {
        "student_name": _author(row),
        "edited": row["edited_at"] is not None,
        "edited_at": row["edited_at"],
        "tutor_response": row["response"] or None,
        "responded_at": row["responded_at"],
        "response_edited_at": row["response_edited_at"],
    }


def _author(row: dict[str, Any]) -> str:
    """The full name, as the document's example has it: it wins over R-REV-8's initial."""
    if row["student__deleted_at"]:
        return FORMER
    return f"{row['student__first_name']} {row['student__last_name']}".strip() or FORMER
