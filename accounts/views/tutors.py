"""Tutors as others find them: the search, one profile, and the scans that only some may see."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.documents import MEDIA_TYPES
from accounts.filters import TutorFilter
from accounts.models import TutorProfile
from accounts.presenters import tutors as presenters
from accounts.querysets import DEFAULT_SORT, TutorQuerySet
from accounts.requests import SignedInRequest
from accounts.serializers.tutor_edits import SpeakersQuerySerializer
from accounts.serializers.tutors import SpeakerCardSerializer, TutorCardSerializer, TutorProfileSerializer
from accounts.services import credentials
from accounts.views.base import OpenView
from common import files
from common.errors import NotFound
from common.planning import planned_for_its_values


class TutorSearchViewSet(viewsets.GenericViewSet):
    """Approved tutors. For everybody; who is signed in is told which are favourites."""

    permission_classes = (AllowAny,)
    queryset = TutorProfile.objects.none()
    serializer_class = serializers.Serializer
    filterset_class: ClassVar[type[TutorFilter] | None] = TutorFilter
    answers: ClassVar[dict[str, Any]] = {"list": TutorCardSerializer(many=True)}

    def list(self, request: Request) -> Response:
        """The approved tutors that fit, the best rated first. Signed in or not."""
        found = TutorProfile.objects.listed().in_order(DEFAULT_SORT)
        if not TutorFilter.is_asked(request.query_params):  # the form would validate nothing, and cost as much again
            return self._page(found)
        narrowed: Any = self.filter_queryset(found)
        with planned_for_its_values():
            rows = presenters.rows_on(self.paginate_queryset(narrowed))
        return self.get_paginated_response(self.cards(rows))

    def _page(self, found: TutorQuerySet) -> Response:
        return self.get_paginated_response(self.cards(presenters.rows_on(self.paginate_queryset(found))))

    def cards(self, rows: Any) -> Any:
        user = self.request.user
        return presenters.cards(rows, viewer=user if user.is_authenticated else None)


class LanguagesViewSet(TutorSearchViewSet):
    """Approved tutors by the languages that they teach in. For everybody."""

    filterset_class = None
    queries: ClassVar[dict[str, Any]] = {"list": SpeakersQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": SpeakerCardSerializer(many=True)}

    def list(self, request: Request) -> Response:
        """The approved tutors who speak `language` at `level` or better, the best rated first; without a language all.
        Each with the languages they teach in, and how well they speak them.
        """
        query = SpeakersQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = TutorProfile.objects.listed().in_order(DEFAULT_SORT)
        if asked := query.validated_data.get("language"):
            found = found.speaking([asked.code], levels=query.validated_data["levels"])
        return self._page(found)

    def cards(self, rows: Any) -> Any:
        return presenters.with_levels(super().cards(rows))


class PublicTutorView(OpenView):
    """One approved tutor, as everybody sees them."""

    answers = {"get": TutorCardSerializer}

    def get(self, request: Request, pk: int) -> Response:
        profile = TutorProfile.objects.listed().filter(pk=pk).first()
        if profile is None:
            raise NotFound("Tutor not found")
        return Response(presenters.card(profile))


class TutorDetailView(APIView):
    """One tutor with all that the profile has."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)
    answers: ClassVar[dict[str, Any]] = {"get": TutorProfileSerializer}

    def get(self, request: Request, pk: int) -> Response:
        """An approved tutor's full profile; one's own and, to admins, everybody's, whatever its state."""
        viewer = request.user if request.user.is_authenticated else None
        profile = presenters.visible_profile(pk, viewer)
        if profile is None:
            raise NotFound("Tutor not found")
        return Response(presenters.full(profile, viewer=viewer))


class OpenTutorDetailView(TutorDetailView):
    """The same for everybody, signed in or not."""

    permission_classes = (AllowAny,)


class ScanView(APIView):
    """A scan that a tutor has sent."""

    permission_classes = (IsAuthenticated,)
    answers: ClassVar[dict[str, Any]] = {"get": serializers.FileField()}
    refusals: ClassVar[dict[str, Any]] = {"get": (files.StorageUnavailable,)}
    produces = tuple(MEDIA_TYPES.values())

    def send(self, row: Any) -> HttpResponse:
        return download(row)


def download(row: Any) -> HttpResponse:
    """A scan to be kept, not shown: what is in it nobody has looked at."""
    key = row.file.name
    kind = key.rsplit(".", 1)[-1]
    answer = HttpResponse(files.fetch(key), content_type=MEDIA_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{row._meta.model_name}-{row.pk}.{kind}"'
    return answer


class CertificationScanView(ScanView):
    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """The scan of a certificate, for its owner and admins."""
        return self.send(credentials.find_certification(pk, request.user))


class DegreeScanView(ScanView):
    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """The scan of a degree, for its owner and admins."""
        return self.send(credentials.find_education(pk, request.user))
