"""Assessments over HTTP: learners hand in, the tutor of the course grades."""

from typing import Any

from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from accounts.permissions import LearnerSide, TutorSide
from accounts.requests import SignedInRequest
from courses.errors import AlreadyPassed, CourseArchived, NoAttemptsLeft, NotEnrolled, SubmissionReplaced
from courses.models import Assessment, Submission, SubmissionState
from courses.presenters import assessments as presenter
from courses.serializers.assessments import (
    GradedSubmissionSerializer,
    GradeInputSerializer,
    OwnAssessmentSerializer,
    SubmissionInputSerializer,
    SubmissionQuerySerializer,
    SubmissionSerializer,
)
from courses.services import grading, submissions


class MayGrade(TutorSide):
    """Tutors, and admins in their place."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return super().has_permission(request, view) or bool(request.user.is_authenticated and request.user.is_admin)


class AssessmentViewSet(viewsets.GenericViewSet):
    """Assessments of the caller's courses."""

    request: SignedInRequest
    queryset = Assessment.objects.none()
    lookup_value_converter = "id"
    idempotent_actions = frozenset({"submit"})
    inputs = {"submit": SubmissionInputSerializer}
    answers = {"retrieve": OwnAssessmentSerializer, "submit": {201: SubmissionSerializer}}
    refusals = {"submit": (NotEnrolled, CourseArchived, AlreadyPassed, NoAttemptsLeft)}

    def get_permissions(self) -> list[BasePermission]:
        return [LearnerSide()] if self.action == "submit" else [IsAuthenticated()]

    def get_serializer_class(self) -> type[Any]:
        return SubmissionInputSerializer

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One assessment, with the caller's attempts, grade and feedback. For its course's people and admins."""
        return Response(presenter.assessment(submissions.find_assessment(pk, request.user), request.user))

    @action(detail=True, methods=["post"])
    def submit(self, request: SignedInRequest, pk: int) -> Response:
        """Hand in the link to one's work. Until it is graded, a newer one takes its place."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = submissions.submit(pk, serializer.validated_data["submission_url"], learner=request.user)
        return Response(presenter.submission(made), status=status.HTTP_201_CREATED)


class LearnerAssessmentViewSet(AssessmentViewSet):
    """The same on the learner's side of the client."""

    def get_permissions(self) -> list[BasePermission]:
        return [LearnerSide()]


class GradingViewSet(viewsets.GenericViewSet):
    """What was handed in, for whoever grades it."""

    request: SignedInRequest
    queryset = Submission.objects.none()
    permission_classes = (MayGrade,)
    lookup_value_converter = "id"
    inputs = {"partial_update": GradeInputSerializer}
    queries = {"list": SubmissionQuerySerializer}
    answers = {"list": GradedSubmissionSerializer(many=True), "partial_update": GradedSubmissionSerializer}
    refusals = {"partial_update": (SubmissionReplaced,)}

    def get_serializer_class(self) -> type[Any]:
        return GradeInputSerializer

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """What was handed in for an assessment of one's own course, newest first."""
        query = SubmissionQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = Submission.objects.filter(assessment=grading.assessment_of(pk, request.user))
        state = query.validated_data.get("status")
        found = found.filter(state=state) if state else found.exclude(state=SubmissionState.REPLACED)
        page: Any = self.paginate_queryset(found.order_by("-submitted_at", "-id"))
        return self.get_paginated_response(presenter.submissions(page))

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Grade a submission, or grade it anew: what it was graded before is kept. The learner is told."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(presenter.graded_submission(grading.grade(pk, actor=request.user, **serializer.validated_data)))
