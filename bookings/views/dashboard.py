"""A learner's front page: the learner's own, or looked at by an admin; and how far the caller has come."""

from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.permissions import IsStudent
from accounts.requests import SignedInRequest
from accounts.views import AccountView, LearnersOwn
from bookings.presenters.dashboard import dashboard, progress
from bookings.serializers.dashboard import DashboardSerializer, OwnProgressSerializer


class LearnerDashboardView(LearnersOwn, AccountView):
    permission_classes = (IsAuthenticated,)
    answers = {"get": DashboardSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """What comes next, how far the learner has come, and what is new."""
        return Response(dashboard(self.learner, now=timezone.now()))


class OwnProgressView(AccountView):
    permission_classes = (IsStudent,)
    answers = {"get": OwnProgressSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """How far the caller has come: sessions, courses, points, time of study. Students only."""
        return Response(progress(request.user, now=timezone.now()))
