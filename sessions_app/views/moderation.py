"""Sessions for admins: all of them, what was reported of them, and how good they were."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from accounts.errors import NotOnYourself
from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.errors import Forbidden, InvalidTransition, NotFound
from sessions_app.errors import NotYetReviewable
from sessions_app.filters import SessionFilter
from sessions_app.models import ConflictReport, TutoringSession
from sessions_app.moderation import presenters
from sessions_app.moderation.filters import AdminSessionFilter, ConflictFilter
from sessions_app.moderation.serializers import (
    AdminConflictSerializer,
    AdminSessionSerializer,
    ConflictDecisionSerializer,
    QualityReviewInputSerializer,
    QualityReviewSerializer,
)
from sessions_app.serializers import ZoneQuerySerializer
from sessions_app.services import conflicts, quality
from sessions_app.views.sessions import SessionViewSet


class AdminSessionViewSet(SessionViewSet):
    """Everybody's sessions. Admins only."""

    page_size = 20
    filterset_class: type[SessionFilter] = AdminSessionFilter
    queries: dict[str, Any] = {"list": ZoneQuerySerializer}
    answers: dict[str, Any] = {"list": AdminSessionSerializer(many=True)}

    def get_permissions(self) -> list[BasePermission]:
        return [IsAdmin()]

    def list(self, request: SignedInRequest) -> Response:
        """All sessions, private ones too, the newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(TutoringSession.objects.present()))
        return self.get_paginated_response(presenters.cards(page, request.user, zone=self.zone))


class AdminConflictViewSet(viewsets.GenericViewSet):
    """What people have reported. Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = ConflictReport.objects.none()
    serializer_class = ConflictDecisionSerializer
    filterset_class: ClassVar[Any] = ConflictFilter
    inputs: ClassVar[dict[str, Any]] = {"decide": ConflictDecisionSerializer}
    answers: ClassVar[dict[str, Any]] = {"list": AdminConflictSerializer(many=True), "decide": AdminConflictSerializer}
    refusals: ClassVar[dict[str, Any]] = {"decide": (Forbidden, NotFound, InvalidTransition)}

    def list(self, request: SignedInRequest) -> Response:
        """All reports with what was decided, the undecided first, the oldest of them first."""
        people = ("session__creator", "reporter", "reported", "reviewer")
        found = self.filter_queryset(ConflictReport.objects.select_related(*people).order_by())
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenters.conflicts(page, now=timezone.now()))

    def decide(self, request: SignedInRequest) -> Response:
        """Look into a report (`take_up`), `resolve` it with an outcome, or `dismiss` it. Both sides hear of an outcome,
        the reporter of the note as well; nobody else hears who reported, or what.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        pk, note = sent["report_id"], sent["note"]
        if sent["action"] == "take_up":
            report = conflicts.take_up(pk, actor=request.user)
        elif sent["action"] == "resolve":
            report = conflicts.resolve(pk, outcome=sent["outcome"], note=note, actor=request.user)
        else:
            report = conflicts.dismiss(pk, note=note, actor=request.user)
        (shown,) = presenters.conflicts([report], now=timezone.now())
        return Response(shown)


class QualityReviewView(AccountView):
    """How good a session was. Admins only."""

    permission_classes = (IsAdmin,)
    input_serializer = QualityReviewInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": {200: QualityReviewSerializer, 201: QualityReviewSerializer}}
    refusals: ClassVar[dict[str, Any]] = {"post": (NotFound, NotOnYourself, NotYetReviewable)}

    def post(self, request: SignedInRequest) -> Response:
        """Review a session that took place, and is not one's own. Each admin has one review of a session: sent again,
        it is changed (200). Score and notes stay among admins.
        """
        row, is_new = quality.review(actor=request.user, **self.read(request))
        return Response(presenters.review(row), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
