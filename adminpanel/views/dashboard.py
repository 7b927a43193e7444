"""The edustream dashboard."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from adminpanel.analytics import dashboard, news
from adminpanel.analytics.day_book import DayBook
from adminpanel.presenters import dashboard as presenter
from adminpanel.serializers.dashboard import (
    ActivitySerializer,
    ComingSessionSerializer,
    CurrencyQuerySerializer,
    GrowthSerializer,
    MetricSerializer,
    MetricsQuerySerializer,
    MonthlyRevenueQuerySerializer,
    MonthlyRevenueSerializer,
    MonthsQuerySerializer,
    RowsQuerySerializer,
    SessionMetricsSerializer,
    StatsSerializer,
    SubjectShareSerializer,
)
from adminpanel.views.base import FiguresView


class StatsView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": CurrencyQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": StatsSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """The figures of the platform: people, sessions, money and how content students are."""
        currency = self.asked(request).validated_data.get("currency", "")
        return Response(presenter.stats(dashboard.stats(), currency))


class SessionMetricsView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": MetricsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {
        "get": PolymorphicProxySerializer(
            component_name="SessionMetricsAnswer",
            serializers=[SessionMetricsSerializer, MetricSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        )
    }

    def get(self, request: SignedInRequest) -> Response:
        """What became of all sessions, as an object; with `format=list` as an array with changes."""
        book = DayBook.open()
        found = dashboard.session_metrics(book=book)
        if self.asked(request).validated_data["format"] == "object":
            return Response(presenter.session_metrics(found))
        lately, before = (dashboard.session_metrics(days, book) for days in dashboard.lately())
        return Response(presenter.metrics(found, lately, before))


class SubjectDistributionView(FiguresView):
    answers: ClassVar[dict[str, Any]] = {"get": SubjectShareSerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """How many sessions each subject has, the most frequent first. Those that were called off do not count."""
        return Response(presenter.subjects(dashboard.subject_distribution()))


class MonthlyRevenueView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": MonthlyRevenueQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": MonthlyRevenueSerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """What students paid in each month, less what they got back, in one currency; and its sessions.

        A refund counts in the month in which it is given. Months begin at midnight of the platform's zone.
        """
        asked = self.asked(request).validated_data
        found = dashboard.monthly_revenue(asked["months"], asked.get("currency", ""))
        return Response(presenter.months(found))


class UserGrowthView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": MonthsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": GrowthSerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """The new accounts of each month by role, and how many there were at its end."""
        return Response(presenter.growth(dashboard.user_growth(self.asked(request).validated_data["months"])))


class RecentActivitiesView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": RowsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": ActivitySerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """What was done last, by whom, as the audit log has it; the newest first."""
        return Response(presenter.activities(news.recent(self.asked(request).number)))


class UpcomingSessionsView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": RowsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": ComingSessionSerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """The next sessions of all kinds that are to begin."""
        return Response(presenter.coming(news.coming(self.asked(request).number, now=timezone.now())))
