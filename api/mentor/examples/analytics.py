"""Examples of the platform's figures."""

from typing import Any

from api.mentor.examples.shared import ONE_PAGE

_PERIOD = {"from": "2026-01-01", "to": "2026-01-31", "by": "month", "timezone": "UTC"}
_MONEY = {
    "gross": 26000.0,
    "refunded": 900.0,
    "chargedBack": 100.0,
    "net": 25000.0,
    "commission": 4900.0,
    "losses": 0.0,
    "mentorEarnings": 19600.0,
    "paidOut": 18000.0,
    "payments": 540,
}
_OUTCOMES = {
    "lessons": 600,
    "completed": 520,
    "missedByStudent": 12,
    "missedByMentor": 8,
    "cancelledByStudent": 40,
    "cancelledByMentor": 15,
    "cancelledByOthers": 5,
    "completionRate": 86.67,
    "cancellationRate": 10.0,
    "noShowRate": 3.7,
}
_PERFORMANCE = _OUTCOMES | {
    "confirmed": 560,
    "declined": 25,
    "unanswered": 15,
    "confirmationRate": 93.33,
    "responseMinutes": 84.5,
    "averageRating": 4.7,
    "reviews": 210,
}
_USAGE = {"newUsers": 75, "bookings": 640, "sessions": 580, "messages": 9100, "signIns": 3300}
_FIGURES = {
    "mentor": {"id": 5, "userId": 10, "name": "Grace Hopper", "status": "approved"},
    "periodStart": "2025-11-03",
    "periodEnd": "2026-01-31",
    "completed": 42,
    "minutesTaught": 2520,
    "missedByMentor": 0,
    "missedByStudent": 1,
    "cancelledByMentor": 1,
    "cancelledByStudent": 3,
    "completionRate": 97.67,
    "cancellationRate": 2.27,
    "noShowRate": 0.0,
    "confirmed": 45,
    "declined": 2,
    "unanswered": 1,
    "confirmationRate": 93.75,
    "responseMinutes": 61.0,
    "averageRating": 4.8,
    "totalReviews": 42,
    "earned": [{"currency": "USD", "net": 1512.0}],
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/admin/analytics/dashboard": {
        200: {
            "period": _PERIOD,
            "users": {
                "total": 1000,
                "students": 800,
                "mentors": 150,
                "admins": 50,
                "new": 75,
                "activeMentors": 120,
                "pendingMentors": 5,
            },
            "sessions": {"total": 620, "upcoming": 0, "ongoing": 0, "completed": 560, "cancelled": 60},
            "lessons": _OUTCOMES,
            "revenue": [{"currency": "USD"} | _MONEY],
            "satisfaction": 4.7,
            "waiting": {"openTickets": 4, "openDisputes": 1, "openConflicts": 2},
        }
    },
    "GET /api/admin/analytics/revenue": {
        200: {
            "period": _PERIOD,
            "currencies": [{"currency": "USD"} | _MONEY | {"steps": [{"start": "2026-01-01"} | _MONEY]}],
        }
    },
    "GET /api/admin/analytics/usage": {
        200: {
            "period": _PERIOD,
            "totals": _USAGE,
            "steps": [{"start": "2026-01-01", "activeUsers": 610} | _USAGE],
        }
    },
    "GET /api/admin/analytics/performance": {
        200: {
            "period": _PERIOD,
            "totals": _PERFORMANCE,
            "steps": [{"start": "2026-01-01"} | _PERFORMANCE],
        }
    },
    "GET /api/admin/mentors/performance": {200: {"items": [_FIGURES]} | ONE_PAGE},
}
