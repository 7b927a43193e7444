"""The platform's figures are the admins'."""

from tests.authorization.matrix import Rule, signed_in

DASHBOARD = (
    *("stats", "session-metrics", "subject-distribution", "monthly-revenue", "user-growth"),
    *("recent-activities", "upcoming-sessions"),
)
ANALYTICS = ("dashboard", "revenue", "usage", "performance")

RULES: dict[str, Rule] = {
    **{f"GET /api/admin/dashboard/{name}": signed_in(403, admin=200) for name in DASHBOARD},
    **{f"GET /api/admin/analytics/{name}": signed_in(403, admin=200) for name in ANALYTICS},
    "GET /api/admin/mentors/performance": signed_in(403, admin=200),
}
