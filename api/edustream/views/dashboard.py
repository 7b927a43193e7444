"""The admins' dashboard."""

from adminpanel.views import dashboard
from api.edustream.views.base import EduStreamMixin


class StatsView(EduStreamMixin, dashboard.StatsView):
    pass


class SessionMetricsView(EduStreamMixin, dashboard.SessionMetricsView):
    pass


class SubjectDistributionView(EduStreamMixin, dashboard.SubjectDistributionView):
    pass


class MonthlyRevenueView(EduStreamMixin, dashboard.MonthlyRevenueView):
    pass


class UserGrowthView(EduStreamMixin, dashboard.UserGrowthView):
    pass


class RecentActivitiesView(EduStreamMixin, dashboard.RecentActivitiesView):
    pass


class UpcomingSessionsView(EduStreamMixin, dashboard.UpcomingSessionsView):
    pass
