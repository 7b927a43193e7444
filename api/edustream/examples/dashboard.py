"""Examples of the admins' dashboard: the document's own, and the shapes that its client reads."""

from typing import Any

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/admin/dashboard/stats": {
        200: {
            "total_users": 1000,
            "total_tutors": 150,
            "total_students": 800,
            "pending_approvals": 5,
            "total_bookings": 5000,
            "revenue_this_month": 25000.0,
            "currency": "USD",
            "revenue_by_currency": [{"currency": "EUR", "amount": 3200.0}, {"currency": "USD", "amount": 310500.5}],
            "revenue_this_month_by_currency": [{"currency": "USD", "amount": 25000.0}],
            "totalUsers": 1000,
            "activeTutors": 120,
            "totalSessions": 5200,
            "revenue": 310500.5,
            "satisfaction": 4.7,
            "completionRate": 91.5,
        }
    },
    "GET /api/admin/dashboard/session-metrics": {
        200: {
            "total_sessions": 5000,
            "upcoming_sessions": 190,
            "ongoing_sessions": 10,
            "completed_sessions": 4500,
            "cancelled_sessions": 300,
            "no_show_rate": 0.04,
        }
    },
    "GET /api/admin/dashboard/subject-distribution": {
        200: [
            {"subject": "Mathematics", "value": 2100, "color": "#4477AA"},
            {"subject": "Spanish", "value": 900, "color": "#EE6677"},
        ]
    },
    "GET /api/admin/dashboard/monthly-revenue": {
        200: [
            {"month": "2025-12", "revenue": 21000.0, "sessions": 480, "currency": "USD"},
            {"month": "2026-01", "revenue": 25000.0, "sessions": 520, "currency": "USD"},
        ]
    },
    "GET /api/admin/dashboard/user-growth": {
        200: [
            {"month": "2025-12", "tutors": 9, "students": 60, "total_users": 925},
            {"month": "2026-01", "tutors": 12, "students": 63, "total_users": 1000},
        ]
    },
    "GET /api/admin/dashboard/recent-activities": {
        200: [
            {
                "id": 90210,
                "user": "Ada Lovelace",
                "user_id": 42,
                "action": "Booking created",
                "time": "2026-01-31T14:00:00Z",
                "type": "booking",
                "object_id": "12",
            }
        ]
    },
    "GET /api/admin/dashboard/upcoming-sessions": {
        200: [
            {
                "id": 77,
                "title": "Mathematics lesson",
                "kind": "private",
                "status": "upcoming",
                "subject": "Mathematics",
                "tutor": "Grace Hopper",
                "tutor_id": 10,
                "student": "Ada Lovelace",
                "booking_id": 12,
                "start_time": "2026-02-02T14:00:00Z",
                "end_time": "2026-02-02T15:00:00Z",
                "duration_minutes": 60,
                "participants": 1,
                "max_participants": 1,
            }
        ]
    },
}
