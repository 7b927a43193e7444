"""The audit log over HTTP. Whoever reads it is written down as well (R-AUD-5)."""

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework import serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from adminpanel.audit_log import export, presenters
from adminpanel.audit_log.filters import AuditFilter
from adminpanel.audit_log.serializers import (
    AuditEntrySerializer,
    ExportQuerySerializer,
    VerificationQuerySerializer,
    VerificationSerializer,
)
from audit import services
from audit.models import AuditEntry

# About a second's work.
MOST_LINKS = 10_000


def _asked(request: SignedInRequest) -> dict[str, Any]:
    """What the list was narrowed by, for the log."""
    return {name: value for name, value in request.query_params.items() if name in AuditFilter.base_filters and value}


class AuditLogViewSet(viewsets.GenericViewSet):
    """Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = AuditEntry.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = AuditFilter
    page_size = 50
    answers: ClassVar[dict[str, Any]] = {"list": AuditEntrySerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """What was done, the newest first. Each look at it is an entry, too."""
        page: Any = self.paginate_queryset(self.filter_queryset(AuditEntry.objects.order_by("-created_at", "-id")))
        shown = presenters.entries(page)
        services.record("audit.listed", actor=request.user, after=_asked(request))
        return self.get_paginated_response(shown)


class AuditExportViewSet(viewsets.GenericViewSet):
    """Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = AuditEntry.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = AuditFilter
    queries: ClassVar[dict[str, Any]] = {"export": ExportQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"export": serializers.FileField()}
    produces = tuple(export.MEDIA_TYPES.values())

    def export(self, request: SignedInRequest) -> StreamingHttpResponse:
        """What the list's filters let through, as a file. The export is an entry, too."""
        query = ExportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        kind = query.validated_data["type"]
        found: Any = self.filter_queryset(AuditEntry.objects.filter(pk__lte=export.newest_id()))
        services.record("audit.exported", actor=request.user, after=_asked(request) | {"type": kind})
        name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.{kind}"
        return StreamingHttpResponse(
            export.lines(found, kind),
            content_type=export.MEDIA_TYPES[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )


class VerifyAuditView(APIView):
    """Admins only."""

    permission_classes = (IsAdmin,)
    queries: ClassVar[dict[str, Any]] = {"get": VerificationQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": VerificationSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """Replay the hash chain, or a range of it, and say where it first breaks.

        A checkpoint's `last_seq` and `last_hash` show as well that nothing up to there was cut off or reckoned anew.
        At most 10,000 links at once: `next_seq` says where to go on.
        """
        query = VerificationQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        first, last = asked["first_seq"], asked.get("last_seq")
        found, next_seq = services.verify_some(first, last, last_hash=asked.get("last_hash", ""), most=MOST_LINKS)
        end = services.checkpoint()
        services.record(
            "audit.verified", actor=request.user, after={"first_seq": first, "last_seq": last, "ok": found.ok}
        )
        return Response(presenters.verification(found, first_seq=first, next_seq=next_seq, end=end))
