"""The platform's figures in the words of the mentor contract."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import TutorProfile
from adminpanel.analytics import mentors
from adminpanel.analytics.dashboard import Outcomes, rate
from adminpanel.analytics.money import NO_MONEY, Money
from adminpanel.analytics.overview import Overview
from adminpanel.analytics.performance import Performance
from adminpanel.analytics.periods import Period, platform_zone
from adminpanel.analytics.usage import Usage
from adminpanel.presenters.dashboard import percent
from messaging.presenters.people import name_of

_COUNTED = ("completed", "missed_by_mentor", "missed_by_student", "cancelled_by_mentor", "cancelled_by_student")
_RATES = ("completion_rate", "cancellation_rate", "no_show_rate")
_FIGURES = ("pk", "time_taught", *_COUNTED, *_RATES)
_MENTOR = (
    *("id", "user_id", "status", "average_rating", "total_reviews"),
    *(f"user__{name}" for name in ("id", "first_name", "last_name", "deleted_at")),
)
_NO_ANSWERS: dict[str, Any] = {"confirmed": 0, "declined": 0, "expired": 0, "waited": None}


def period_of(period: Period) -> dict[str, Any]:
    return {"from": period.first, "to": period.last, "by": period.unit, "timezone": str(platform_zone())}


def money(found: Money) -> dict[str, Any]:
    amounts = found._asdict()
    return amounts | {"net": found.net, "mentor_earnings": amounts.pop("earned")}


def revenue(
    period: Period, whole: Mapping[str, Money], steps: Mapping[date, Mapping[str, Money]], currency: str
) -> dict[str, Any]:
    return {
        "period": period_of(period),
        "currencies": [
            {"currency": code}
            | money(found)
            | {"steps": [{"start": start} | money(of.get(code, NO_MONEY)) for start, of in steps.items()]}
            for code, found in whole.items()
            if currency in ("", code)
        ],
    }


def usage(period: Period, steps: Mapping[date, Usage]) -> dict[str, Any]:
    summed = [name for name in Usage._fields if name != "active_users"]
    return {
        "period": period_of(period),
        "totals": {name: sum(getattr(step, name) for step in steps.values()) for name in summed},
        "steps": [{"start": start} | step._asdict() for start, step in steps.items()],
    }


def performance(period: Period, whole: Performance, steps: Mapping[date, Performance]) -> dict[str, Any]:
    return {
        "period": period_of(period),
        "totals": _performance(whole),
        "steps": [{"start": start} | _performance(step) for start, step in steps.items()],
    }


def overview(found: Overview) -> dict[str, Any]:
    return {
        "period": period_of(found.period),
        "users": {
            "total": found.stats.people.total,
            "students": found.stats.people.students,
            "mentors": found.stats.people.tutors,
            "admins": found.stats.people.admins,
            "new": found.new_users,
            "active_mentors": found.stats.active_tutors,
            "pending_mentors": found.stats.pending_approvals,
        },
        "sessions": found.metrics.sessions._asdict(),
        "lessons": _outcomes(found.metrics.outcomes),
        "revenue": [{"currency": currency} | money(each) for currency, each in found.money.items()],
        "satisfaction": found.stats.satisfaction,
        "waiting": found.waiting._asdict(),
    }


def mentor_list(page: Any, period: Period) -> list[dict[str, Any]]:
    """Of one page (a slice of `mentors.of_period`), in four statements.

    The names come by a statement of their own: grouped by them, too, the first one would be sorted, not hashed.
    """
    figures: Sequence[Mapping[str, Any]] = list(page.values(*_FIGURES))
    ids = [row["pk"] for row in figures]
    people = {row["id"]: row for row in TutorProfile.objects.filter(pk__in=ids).values(*_MENTOR)}
    rows = [{**people[row["pk"]], **row} for row in figures]
    answers, earned = mentors.answers_of(ids, period), mentors.earned_by(ids, period)
    return [_mentor(row, answers.get(row["id"], _NO_ANSWERS), earned.get(row["id"], ()), period) for row in rows]


def _mentor(
    row: Mapping[str, Any], answers: Mapping[str, Any], earned: Iterable[dict[str, Any]], period: Period
) -> dict[str, Any]:
    waited: timedelta | None = answers["waited"]
    average: Decimal = row["average_rating"]
    return {
        "mentor": {
            "id": row["id"],
            "user_id": row["user_id"],
            "name": name_of(dict(row), "user__"),
            "status": row["status"],
        },
        "period_start": period.first,
        "period_end": period.last,
        **{name: row[name] for name in _COUNTED},
        "minutes_taught": int(row["time_taught"].total_seconds() // 60),
        **{name: percent(row[name]) for name in _RATES},
        "confirmed": answers["confirmed"],
        "declined": answers["declined"],
        "unanswered": answers["expired"],
        "confirmation_rate": percent(
            rate(answers["confirmed"], answers["confirmed"] + answers["declined"] + answers["expired"])
        ),
        "response_minutes": None if waited is None else round(waited.total_seconds() / 60, 1),
        "average_rating": average if row["total_reviews"] else None,
        "total_reviews": row["total_reviews"],
        "earned": list(earned),
    }


def _performance(found: Performance) -> dict[str, Any]:
    answers, ratings = found.answers, found.ratings
    return _outcomes(found.outcomes) | {
        "confirmed": answers.confirmed,
        "declined": answers.declined,
        "unanswered": answers.expired,
        "confirmation_rate": percent(answers.confirmation_rate),
        "response_minutes": answers.response_minutes,
        "average_rating": ratings.average,
        "reviews": ratings.reviews,
    }


def _outcomes(found: Outcomes) -> dict[str, Any]:
    return {
        "lessons": found.bookings,
        "completed": found.completed,
        "missed_by_student": found.missed_by_student,
        "missed_by_mentor": found.missed_by_tutor,
        "cancelled_by_student": found.cancelled_by_student,
        "cancelled_by_mentor": found.cancelled_by_tutor,
        "cancelled_by_others": found.cancelled_by_others,
        "completion_rate": percent(found.completion_rate),
        "cancellation_rate": percent(found.cancellation_rate),
        "no_show_rate": percent(found.no_show_rate),
    }
