"""The caller's own sessions, by time."""

from typing import Any

from django.utils import timezone
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from sessions_app.models import TutoringSession
from sessions_app.serializers import SessionCardSerializer, ZoneQuerySerializer
from sessions_app.views.sessions import SessionViewSet


class AgendaViewSet(SessionViewSet):
    """What the caller hosts or has joined."""

    page_size = 20
    queries: dict[str, Any] = dict.fromkeys(("upcoming", "history"), ZoneQuerySerializer)
    answers: dict[str, Any] = dict.fromkeys(("upcoming", "history"), SessionCardSerializer(many=True))

    def upcoming(self, request: SignedInRequest) -> Response:
        """The caller's sessions that have not ended, as host or participant, the soonest first."""
        own = TutoringSession.objects.mine(request.user).not_over(timezone.now())
        return self._page(self.filter_queryset(own.order_by("starts_at")))

    def history(self, request: SignedInRequest) -> Response:
        """The caller's sessions that are over or were cancelled, as host or participant, the latest first."""
        own = TutoringSession.objects.mine(request.user).over(timezone.now())
        return self._page(self.filter_queryset(own.order_by("-starts_at")))
