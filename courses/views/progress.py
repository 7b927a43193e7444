"""A learner's own progress over HTTP."""

from typing import Any

from rest_framework import viewsets
from rest_framework.response import Response

from accounts.permissions import LearnerSide
from accounts.requests import SignedInRequest
from common.errors import NotFound
from courses.errors import CourseArchived, NotEnrolled
from courses.models import Enrolment, EnrolmentStatus
from courses.presenters import progress as presenter
from courses.serializers.progress import ModuleDoneSerializer, ProgressQuerySerializer, ProgressSerializer
from courses.services import progress


class ProgressViewSet(viewsets.GenericViewSet):
    """How the caller comes along in their courses."""

    request: SignedInRequest
    queryset = Enrolment.objects.none()
    permission_classes = (LearnerSide,)
    page_size = 100  # the client asks for no pages: it shows all there is
    inputs = {"partial_update": ModuleDoneSerializer}
    queries = {"list": ProgressQuerySerializer}
    answers = {
        "list": ProgressSerializer(many=True),
        **dict.fromkeys(("retrieve", "partial_update"), ProgressSerializer),
    }
    refusals = {"partial_update": (NotEnrolled, CourseArchived)}

    def get_serializer_class(self) -> type[Any]:
        return ModuleDoneSerializer

    def list(self, request: SignedInRequest) -> Response:
        """How the caller comes along in all of their courses, the latest enrolment first."""
        query = ProgressQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = self._own().order_by("-enrolled_at", "-id").filter(**query.validated_data)
        return self.get_paginated_response(presenter.progress(self.paginate_queryset(found)))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """How the caller comes along in one course."""
        return self._answer(self._own().filter(course=pk).first())

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Mark a module as done. Repeating it changes nothing; with the last one the course is completed."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        module_id = serializer.validated_data["module_id"]
        return self._answer(progress.complete_module(pk, module_id, learner=request.user))

    def _own(self) -> Any:
        """Who waits for a seat has no progress yet."""
        return Enrolment.objects.filter(learner=self.request.user).exclude(status=EnrolmentStatus.WAITLISTED)

    def _answer(self, enrolment: Enrolment | None) -> Response:
        if enrolment is None:
            raise NotFound("Course not found")
        return Response(presenter.of(enrolment))
