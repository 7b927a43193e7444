"""A learner's own points and certificates over HTTP, and the check of a certificate by anybody."""

from typing import Any

from rest_framework import viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import LearnerSide
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.errors import NotFound
from courses.models import Certificate, PointsEntry
from courses.presenters import certificates as certificate_presenter
from courses.presenters import points as points_presenter
from courses.serializers.points import (
    CertificateSerializer,
    LeaderboardSerializer,
    OwnCertificateSerializer,
    PointsSerializer,
)
from courses.services import certificates, points, study
from courses.services.leaderboard import leaderboard_of
from courses.services.levels import level_of


class PointsViewSet(viewsets.GenericViewSet):
    """The caller's points."""

    request: SignedInRequest
    queryset = PointsEntry.objects.none()
    permission_classes = (LearnerSide,)
    answers = {"history": PointsSerializer}

    def history(self, request: SignedInRequest) -> Response:
        """What the caller has gathered in all, and line by line."""
        lines: Any = self.paginate_queryset(PointsEntry.objects.filter(user=request.user).order_by("-id"))
        page = self.paginator.page  # type: ignore[union-attr]
        total = points.total_of(request.user.pk)
        level = level_of(total)
        return Response(
            {
                "total_points": total,
                "level": level.number,
                "next_level_at": level.next_at,
                "study_minutes": study.minutes_of(request.user.pk),
                "entries": points_presenter.entries(lines),
                "pagination": {"page": page.number, "limit": page.size, "total": page.total},
            }
        )


class LeaderboardViewSet(viewsets.GenericViewSet):
    """Who has learned most in a course this week."""

    request: SignedInRequest
    queryset = PointsEntry.objects.none()
    lookup_value_converter = "id"
    answers = {"retrieve": LeaderboardSerializer}

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """The first fifty of this week, of those who want to be seen. For those in the course, its tutor and admins."""
        return Response(points_presenter.leaderboard(leaderboard_of(pk, request.user)))


class OwnCertificateViewSet(viewsets.GenericViewSet):
    """The caller's certificates."""

    request: SignedInRequest
    queryset = Certificate.objects.none()
    permission_classes = (LearnerSide,)
    answers = {"list": OwnCertificateSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """The certificates of the courses that the caller has completed, newest first."""
        own = Certificate.objects.filter(enrolment__learner=request.user).select_related("enrolment")
        page: Any = self.paginate_queryset(own.order_by("-issued_at", "-id"))
        return self.get_paginated_response(certificate_presenter.certificates(page))


class CertificateView(AccountView):
    """Checks a certificate."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    answers = {"get": CertificateSerializer}
    refusals = {"get": (NotFound,)}

    def get(self, request: Request, code: str) -> Response:
        """What the certificate with this code says. Whoever has the code may ask."""
        return Response(certificate_presenter.certificate(certificates.find(code)))
