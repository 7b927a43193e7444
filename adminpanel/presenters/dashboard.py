"""The figures of the front page in the words of the edustream contract."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from adminpanel.analytics.dashboard import Growth, MonthlyRevenue, SessionMetrics, Stats, SubjectShare
from adminpanel.analytics.money import NO_MONEY, Money

# Told apart by most people, also by those who see fewer colours.
COLORS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#EE8866", "#44BB99", "#DDAA33", "#BBBBBB")
NO_SUBJECT = "No subject"


def stats(found: Stats, currency: str) -> dict[str, Any]:
    currency = currency or settings.PLATFORM_CURRENCY
    return {
        "total_users": found.people.total,
        "total_tutors": found.people.tutors,
        "total_students": found.people.students,
        "pending_approvals": found.pending_approvals,
        "total_bookings": found.outcomes.bookings,
        "revenue_this_month": _net(found.money_this_month, currency),
        "currency": currency,
        "revenue_by_currency": _amounts(found.money),
        "revenue_this_month_by_currency": _amounts(found.money_this_month),
        "totalUsers": found.people.total,
        "activeTutors": found.active_tutors,
        "totalSessions": found.sessions.total,
        "revenue": _net(found.money, currency),
        "satisfaction": found.satisfaction or 0.0,
        "completionRate": percent(found.outcomes.completion_rate) or 0.0,
    }


def session_metrics(found: SessionMetrics) -> dict[str, Any]:
    counts = found.sessions
    return {
        "total_sessions": counts.total,
        "upcoming_sessions": counts.upcoming,
        "ongoing_sessions": counts.ongoing,
        "completed_sessions": counts.completed,
        "cancelled_sessions": counts.cancelled,
        "no_show_rate": found.outcomes.no_show_rate or 0.0,
    }


def metrics(found: SessionMetrics, lately: SessionMetrics, before: SessionMetrics) -> list[dict[str, Any]]:
    """The same as a list, each with how it has changed."""
    counts = [
        ("Total sessions", "total"),
        ("Completed sessions", "completed"),
        ("Cancelled sessions", "cancelled"),
    ]
    rows: list[dict[str, Any]] = [
        {
            "metric": title,
            "value": getattr(found.sessions, name),
            "change": _change(getattr(lately.sessions, name), getattr(before.sessions, name)),
        }
        for title, name in counts
    ]
    points = [percent(each.outcomes.no_show_rate) for each in (found, lately, before)]
    known = points[1] is not None and points[2] is not None
    change = round((points[1] or 0.0) - (points[2] or 0.0), 2) if known else 0.0
    return [*rows, {"metric": "No-show rate (%)", "value": points[0] or 0.0, "change": change}]


def subjects(shares: Iterable[SubjectShare]) -> list[dict[str, Any]]:
    return [
        {"subject": share.subject or NO_SUBJECT, "value": share.sessions, "color": COLORS[number % len(COLORS)]}
        for number, share in enumerate(shares)
    ]


def months(revenue: Iterable[MonthlyRevenue]) -> list[dict[str, Any]]:
    return [
        {
            "month": f"{each.month:%Y-%m}",
            "revenue": each.revenue,
            "sessions": each.sessions,
            "currency": each.currency,
        }
        for each in revenue
    ]


def growth(found: Iterable[Growth]) -> list[dict[str, Any]]:
    return [
        {
            "month": f"{each.month:%Y-%m}",
            "tutors": each.tutors,
            "students": each.students,
            "total_users": each.total,
        }
        for each in found
    ]


def activities(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": entry["id"],
            "user": entry["actor"],
            "user_id": entry["actor_id"],
            "action": entry["action"].replace("_", " ").replace(".", " ").capitalize(),
            "time": entry["created_at"],
            "type": entry["action"].partition(".")[0],
            "object_id": entry["object_id"],
        }
        for entry in entries
    ]


def coming(sessions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "title": row["title"],
            "kind": row["kind"],
            "status": row["status"],
            "subject": row["subject__name"],
            "tutor": row["host"],
            "tutor_id": row["creator_id"],
            "student": row["student"],
            "booking_id": row["booking__id"],
            "start_time": row["starts_at"],
            "end_time": row["ends_at"],
            "duration_minutes": int((row["ends_at"] - row["starts_at"]).total_seconds() // 60),
            "participants": row["seats_taken"],
            "max_participants": row["max_participants"],
        }
        for row in sessions
    ]


def percent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 2)


def _net(money: Mapping[str, Money], currency: str) -> Decimal:
    return money.get(currency, NO_MONEY).net


def _amounts(money: Mapping[str, Money]) -> list[dict[str, Any]]:
    return [{"currency": currency, "amount": each.net} for currency, each in money.items()]


def _change(lately: int, before: int) -> float:
    return round(100 * (lately - before) / before, 1) if before else 0.0
