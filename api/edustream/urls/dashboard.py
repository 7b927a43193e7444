from django.urls import path

from api.edustream.views import dashboard

urlpatterns = [
    path("api/admin/dashboard/stats", dashboard.StatsView.as_view()),
    path("api/admin/dashboard/session-metrics", dashboard.SessionMetricsView.as_view()),
    path("api/admin/dashboard/subject-distribution", dashboard.SubjectDistributionView.as_view()),
    path("api/admin/dashboard/monthly-revenue", dashboard.MonthlyRevenueView.as_view()),
    path("api/admin/dashboard/user-growth", dashboard.UserGrowthView.as_view()),
    path("api/admin/dashboard/recent-activities", dashboard.RecentActivitiesView.as_view()),
    path("api/admin/dashboard/upcoming-sessions", dashboard.UpcomingSessionsView.as_view()),
]
