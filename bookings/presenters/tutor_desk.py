"""A tutor's desk as the learner_v1 client reads it."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.models import TutorProfile, User
from accounts.presenters.students import person_of
from accounts.presenters.tutors import displayed_rating, full
from bookings.models import Booking, Review
from bookings.presenters import reviews
from bookings.services.earnings import FACTS, Activity, Totals, amounts_of, state_of, with_payouts
from messaging.presenters.people import name_of

_COLUMNS = (
    *("id", "session_id", "student_id", "starts_at", "session__title", *FACTS),
    *(f"student__{name}" for name in ("id", "first_name", "last_name", "deleted_at")),
)


def tutor(profile: TutorProfile, user: User) -> dict[str, Any]:
    """The tutor's own profile; what waits for approval is shown as if it were approved."""
    shown = full(profile, viewer=user)
    person = person_of(user)
    return {
        "id": profile.pk,
        **{name: person[name] for name in ("name", "first_name", "last_name", "email", "role")},
        "avatar": shown["avatar_url"],
        "phone": user.phone,
        "timezone": user.timezone,
        **{name: shown[name] for name in ("title", "headline", "bio", "experience_years", "languages")},
        "subjects": shown["subject_names"],
        **{name: shown[name] for name in ("hourly_rate", "currency", "total_sessions", "version", "created_at")},
        "rating": shown["average_rating"],
        "review_count": shown["total_reviews"],
        "status": shown["profile_status"],
        "user_id": person,
        "user": person,
    }


def overview(profile: TutorProfile, activity: Activity, totals: list[Totals]) -> dict[str, Any]:
    return {
        "total_earnings": _of(profile.currency, totals).total,
        "currency": profile.currency,
        **activity._asdict(),
        "avg_rating": displayed_rating(profile.rating_sum, profile.total_reviews),
        "review_count": profile.total_reviews,
    }


def earnings(profile: TutorProfile, page: QuerySet, totals: list[Totals]) -> dict[str, Any]:
    """The sums, and what each lesson of one page brought."""
    own = _of(profile.currency, totals)
    return {
        "transactions": transactions(page),
        "currency": profile.currency,
        "total_earnings": own.total,
        "this_month": own.this_month,
        "last_month": own.last_month,
        "pending": own.pending,
        "by_currency": [each._asdict() for each in totals],
    }


def transactions(page: QuerySet) -> list[dict[str, Any]]:
    shown = with_payouts(Booking.objects.filter(pk__in=page.values("pk")))
    rows = shown.order_by("-starts_at", "-id").values(*_COLUMNS)
    return [_transaction(row) for row in rows]


def own_reviews(page: QuerySet) -> list[dict[str, Any]]:
    """The reviews of one page, with the answer under the client's name for it, too."""
    return [_own_review(row) for row in reviews.reviews(page)]


def own_review(written: Review) -> dict[str, Any]:
    return _own_review(reviews.review(written))


def _own_review(row: dict[str, Any]) -> dict[str, Any]:
    author = {"id": row["student_id"], "name": row["student_name"]}
    return row | {"student": author, "response": row["tutor_response"]}


def _of(currency: str, totals: list[Totals]) -> Totals:
    nothing = Decimal(0)
    return next(
        (each for each in totals if each.currency == currency),
        Totals(currency, nothing, nothing, nothing, nothing, nothing, 0),
    )


def _transaction(row: dict[str, Any]) -> dict[str, Any]:
    amounts = amounts_of(row)
    return {
        "id": row["id"],
        "booking_id": row["id"],
        "session_id": row["session_id"],
        "student_id": row["student_id"],
        "student": name_of(row, "student__"),
        "session": row["session__title"],
        "date": row["starts_at"],
        "gross": amounts.gross,
        "commission": amounts.commission,
        "amount": amounts.net,
        "currency": row["currency"],
        "status": state_of(row),
    }
