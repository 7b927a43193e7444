"""The platform's figures, for admins."""

from adminpanel.views import analytics
from api.mentor.views.base import MentorMixin


class AnalyticsOverviewView(MentorMixin, analytics.OverviewView):
    pass


class RevenueView(MentorMixin, analytics.RevenueView):
    pass


class UsageView(MentorMixin, analytics.UsageView):
    pass


class PlatformPerformanceView(MentorMixin, analytics.PerformanceView):
    pass


class MentorFiguresViewSet(MentorMixin, analytics.MentorFiguresViewSet):
    pass
