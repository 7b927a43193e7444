"""Courses as learners find them, and coming in and out of them."""

from typing import Any

from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import EmailNotVerified
from accounts.models import User
from accounts.permissions import LearnerSide
from accounts.requests import SignedInRequest
from common.errors import InvalidTransition
from common.planning import planned_for_its_values
from courses.errors import (
    AlreadyEnrolled,
    AlreadyWaiting,
    CourseClosed,
    CourseFull,
    NotEnrolled,
    OwnCourse,
    WaitlistFull,
)
from courses.filters import DEFAULT_SORT, CourseFilter
from courses.models import Course
from courses.presenters import courses as presenter
from courses.presenters import enrolments as enrolment_presenter
from courses.serializers.courses import CourseCardSerializer, CourseDetailSerializer
from courses.serializers.enrolments import EnrolmentSerializer, EnrolSerializer
from courses.services import access, enrolling, meetings
from sessions_app.meetings import presenters as meeting_presenter
from sessions_app.meetings.serializers import MeetingSerializer


class CourseViewSet(viewsets.GenericViewSet):
    """Courses on offer. For everybody; who is signed in is told how they stand to each."""

    queryset = Course.objects.none()
    filterset_class = CourseFilter
    lookup_value_converter = "id"
    idempotent_actions = frozenset({"enroll"})
    inputs = {"enroll": EnrolSerializer}
    answers = {
        "list": CourseCardSerializer(many=True),
        "retrieve": CourseDetailSerializer,
        "enroll": {201: EnrolmentSerializer, 202: EnrolmentSerializer},
        "drop": None,
    }
    refusals = {
        "enroll": (
            *(EmailNotVerified, OwnCourse, AlreadyEnrolled, AlreadyWaiting, CourseClosed, CourseFull, WaitlistFull),
        ),
        "drop": (NotEnrolled, InvalidTransition),
    }

    def get_permissions(self) -> list[BasePermission]:
        return [LearnerSide()] if self.action in ("enroll", "drop") else [AllowAny()]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def list(self, request: Request) -> Response:
        """Courses to enrol in, the newest first. Signed in or not."""
        found = Course.objects.on_offer()
        if not CourseFilter.is_asked(request.query_params):  # the form would validate nothing, and cost as much again
            return self._page(found.in_order(DEFAULT_SORT))
        narrowed = self.filter_queryset(found)
        with planned_for_its_values():
            return self._page(narrowed)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One course with its modules. Their content, and the assessments, are for those in it."""
        viewer = self._viewer()
        return Response(presenter.detail(access.find(pk, viewer), viewer))

    @action(detail=True, methods=["post"])
    def enroll(self, request: SignedInRequest, pk: int) -> Response:
        """Enrol in a course. 202 for a place in the queue, with `waitlist` and where no seat is free."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        enrolled = enrolling.enrol(pk, learner=request.user, **serializer.validated_data)
        answer = enrolment_presenter.enrolment(enrolled.enrolment, position=enrolled.position)
        return Response(answer, status=status.HTTP_202_ACCEPTED if enrolled.position else status.HTTP_201_CREATED)

    @enroll.mapping.delete
    def drop(self, request: SignedInRequest, pk: int) -> Response:
        """Leave a course, or its queue. What one has done is kept."""
        enrolling.drop(pk, learner=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _page(self, found: Any) -> Response:
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenter.cards(page, self._viewer()))

    def _viewer(self) -> User | None:
        user: Any = self.request.user
        return user if user.is_authenticated else None


class CourseMeetingViewSet(viewsets.GenericViewSet):
    """The sessions of a course."""

    request: SignedInRequest
    queryset = Course.objects.none()
    permission_classes = (IsAuthenticated,)
    lookup_value_converter = "id"
    answers = {"list": MeetingSerializer(many=True)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The sessions of a course, the earliest first. They are joined as any other."""
        found = meetings.meetings_of(access.find(pk, request.user), request.user)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(meeting_presenter.cards(page, request.user))
