"""Reports of conflicts over HTTP."""

from typing import Any, ClassVar

from rest_framework import status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from common.errors import NotFound
from sessions_app.errors import ConflictReportedAlready, NotInConflict, NotInSession
from sessions_app.models import ConflictReport
from sessions_app.records import presenters
from sessions_app.records.serializers import ConflictInputSerializer, ConflictQuerySerializer, ConflictSerializer
from sessions_app.services import conflicts


class ConflictViewSet(viewsets.GenericViewSet):
    """What the caller has asked the moderators to look into."""

    request: SignedInRequest
    permission_classes = (IsAuthenticated,)
    queryset = ConflictReport.objects.none()
    serializer_class = ConflictInputSerializer
    filter_backends = ()
    idempotent_actions = frozenset({"create"})
    inputs: ClassVar[dict[str, Any]] = {"create": ConflictInputSerializer}
    queries: ClassVar[dict[str, Any]] = {"list": ConflictQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": ConflictSerializer(many=True), "create": ConflictSerializer}
    refusals: ClassVar[dict[str, Any]] = {"create": (NotFound, NotInSession, NotInConflict, ConflictReportedAlready)}

    def list(self, request: SignedInRequest) -> Response:
        """The caller's own reports and what came of them, the latest first."""
        asked = ConflictQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        own = ConflictReport.objects.filter(reporter=request.user).select_related("session")
        if state := asked.validated_data.get("status"):
            own = own.filter(state=state)
        page: Any = self.paginate_queryset(own.order_by("-created_at", "-id"))
        return self.get_paginated_response(presenters.conflicts(page))

    def create(self, request: SignedInRequest) -> Response:
        """Ask the moderators to look into a session that one is, or was, in. Nobody else sees who asked, or what."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        report = conflicts.report_conflict(reporter=request.user, **serializer.validated_data)
        (answer,) = presenters.conflicts([report])
        return Response(answer, status=status.HTTP_201_CREATED)
