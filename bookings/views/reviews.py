"""Reviews over HTTP: everybody reads them, students write them, tutors answer."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.response import Response

from accounts.models import TutorProfile
from accounts.permissions import IsStudent, IsTutor
from accounts.requests import SignedInRequest
from bookings.errors import (
    AlreadyAnswered,
    AlreadyReported,
    AlreadyReviewed,
    NotReviewable,
    ResponseRefused,
    ReviewNotEditable,
    ReviewWindowClosed,
)
from bookings.filters import ReviewFilter
from bookings.models import Review
from bookings.presenters import reviews as presenter
from bookings.serializers.reviews import (
    ReportInputSerializer,
    ReportSerializer,
    ResponseChangesSerializer,
    ResponseInputSerializer,
    ReviewChangesSerializer,
    ReviewInputSerializer,
    ReviewSerializer,
)
from bookings.services import reviews
from common.errors import NotFound


class ReviewViewSet(viewsets.GenericViewSet):
    """Writing, changing, answering and reporting reviews."""

    request: SignedInRequest
    queryset = Review.objects.none()
    lookup_value_converter = "id"
    idempotent_actions = frozenset({"create"})
    inputs = {
        "create": ReviewInputSerializer,
        "partial_update": ReviewChangesSerializer,
        "respond": ResponseInputSerializer,
        "change_response": ResponseChangesSerializer,
        "report": ReportInputSerializer,
    }
    answers = {
        **dict.fromkeys(("create", "partial_update", "change_response"), ReviewSerializer),
        "respond": {201: ReviewSerializer},
        "report": {201: ReportSerializer},
    }
    refusals = {
        "create": (NotFound, NotReviewable, AlreadyReviewed, ReviewWindowClosed),
        "partial_update": (ReviewNotEditable,),
        "respond": (AlreadyAnswered, ResponseRefused),
        "change_response": (ResponseRefused,),
        "report": (AlreadyReported,),
    }

    def get_permissions(self) -> list[BasePermission]:
        if self.action in ("create", "partial_update"):
            return [IsStudent()]
        return [IsTutor()] if self.action in ("respond", "change_response") else [IsAuthenticated()]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def create(self, request: SignedInRequest) -> Response:
        """Review a lesson that one had, within 14 days of its end; once a booking."""
        written = reviews.write_review(author=request.user, **self._read())
        return Response(presenter.review(written), status=status.HTTP_201_CREATED)

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's own review, within 48 hours and until the tutor has answered."""
        return Response(presenter.review(reviews.edit_review(pk, self._read(), author=request.user)))

    @action(detail=True, methods=["post"], url_path="response")
    def respond(self, request: SignedInRequest, pk: int) -> Response:
        """Answer a review of oneself, once, within 30 days."""
        answered = reviews.respond(pk, self._read()["response"], actor=request.user)
        return Response(presenter.review(answered), status=status.HTTP_201_CREATED)

    @respond.mapping.patch
    def change_response(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's answer, within 48 hours of giving it."""
        text = self._read().get("response")
        return Response(presenter.review(reviews.edit_response(pk, text, actor=request.user)))

    @action(detail=True, methods=["post"])
    def report(self, request: SignedInRequest, pk: int) -> Response:
        """Ask a moderator to look at a review. Until then it stays as it is."""
        report = reviews.report(pk, self._read()["reason"], reporter=request.user)
        answer = {"message": "Review reported", "id": report.pk, "review_id": pk, "state": report.state}
        return Response(answer, status=status.HTTP_201_CREATED)

    def _read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class TutorReviewViewSet(viewsets.GenericViewSet):
    """What students say of a tutor, newest first."""

    queryset = Review.objects.none()
    authentication_classes = ()
    permission_classes = (AllowAny,)
    filterset_class = ReviewFilter
    lookup_value_converter = "id"
    answers = {"list": ReviewSerializer(many=True)}

    def list(self, request: Any, pk: int) -> Response:
        """What students say of a tutor, newest first."""
        if not TutorProfile.objects.listed().filter(pk=pk).exists():
            raise NotFound("Tutor not found")
        page: Any = self.paginate_queryset(self.filter_queryset(self._published(pk)))
        return self.get_paginated_response(presenter.reviews(page))

    def _published(self, tutor_id: int) -> QuerySet:
        return Review.objects.published().filter(tutor=tutor_id).order_by("-created_at", "-id")
