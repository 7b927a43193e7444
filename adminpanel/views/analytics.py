"""The mentor platform's analytics."""

from typing import Any, ClassVar

from django.db.models import Q
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import TutorProfile
from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from adminpanel.analytics import mentors
from adminpanel.analytics.day_book import DayBook, Days
from adminpanel.analytics.money import money_of_steps, total_money
from adminpanel.analytics.overview import overview
from adminpanel.analytics.performance import performance
from adminpanel.analytics.usage import usage
from adminpanel.presenters import analytics as presenter
from adminpanel.serializers.analytics import (
    MentorFiguresSerializer,
    MentorsQuerySerializer,
    OverviewSerializer,
    PeriodQuerySerializer,
    PlatformPerformanceSerializer,
    RevenueQuerySerializer,
    RevenueSerializer,
    UsageSerializer,
)
from adminpanel.views.base import FiguresView
from common.planning import planned_for_its_values


class OverviewView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": PeriodQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": OverviewSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """How the platform stands, what waits for the staff, and what a period has brought: the last 30 days."""
        return Response(presenter.overview(overview(self.asked(request).validated_data["period"])))


class RevenueView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": RevenueQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": RevenueSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """What the ledger says of a period by currency, as a whole and by day, week or month."""
        asked = self.asked(request).validated_data
        book, period = DayBook.open(), asked["period"]
        whole = total_money(book, Days(period.first, period.until))
        return Response(presenter.revenue(period, whole, money_of_steps(book, period), asked.get("currency", "")))


class UsageView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": PeriodQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": UsageSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """What people did in a period, by day, week or month.

        Active users are counted in each step; those of several steps cannot be added up.
        """
        period = self.asked(request).validated_data["period"]
        return Response(presenter.usage(period, usage(period)))


class PerformanceView(FiguresView):
    queries: ClassVar[dict[str, Any]] = {"get": PeriodQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": PlatformPerformanceSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """How well lessons come about: answers to requests, outcomes, ratings; by day, week or month."""
        period = self.asked(request).validated_data["period"]
        return Response(presenter.performance(period, *performance(period)))


class MentorFiguresViewSet(viewsets.GenericViewSet):
    """Mentors beside each other, for admins."""

    request: SignedInRequest
    permission_classes = (IsAuthenticated, IsAdmin)
    queryset = TutorProfile.objects.none()
    serializer_class = Serializer
    queries: ClassVar[dict[str, Any]] = {"list": MentorsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": MentorFiguresSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """What became of each mentor's lessons in a period, by default of 90 days; sorted by any figure."""
        query = MentorsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = self._mentors(asked)
        figures = mentors.of_period(found, asked["period"], min_lessons=asked.get("min_lessons", 0))
        if not asked.get("min_lessons"):
            paginator: Any = self.paginator
            paginator.counted = [found]  # as many, without a look at their lessons
        with planned_for_its_values():
            page: Any = self.paginate_queryset(mentors.in_order(figures, asked["sort"]))
            return self.get_paginated_response(presenter.mentor_list(page, asked["period"]))

    def _mentors(self, asked: dict[str, Any]) -> Any:
        found = TutorProfile.objects.all()
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        for word in asked.get("search", "").split():
            found = found.filter(
                Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
            )
        return found
