"""A tutor's own courses, and what belongs to them. Somebody else's are not there (R-GEN-8)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.permissions import TutorSide
from accounts.requests import SignedInRequest
from common.conditional import expected_version
from common.errors import InvalidTransition
from courses.errors import (
    AssessmentUsed,
    CapacityBelowEnrolled,
    CourseInUse,
    IncompleteOrder,
    SessionInCourse,
    TooManyModules,
)
from courses.filters import CourseLearnerFilter, OwnCourseFilter
from courses.models import Assessment, Course, Enrolment, Module
from courses.presenters import courses as presenter
from courses.presenters import enrolments as enrolment_presenter
from courses.serializers.courses import (
    AssessmentChangesSerializer,
    AssessmentInputSerializer,
    CourseAssessmentSerializer,
    CourseCardSerializer,
    CourseChangesSerializer,
    CourseDetailSerializer,
    CourseInputSerializer,
    ModuleChangesSerializer,
    ModuleInputSerializer,
    ModuleOrderSerializer,
    ModuleSerializer,
    SessionRefSerializer,
)
from courses.serializers.enrolments import CourseLearnerSerializer
from courses.services import access, assessments, authoring, enrolling, meetings, modules
from sessions_app.errors import TutorSuspended
from sessions_app.meetings import presenters as meeting_presenter
from sessions_app.meetings.serializers import MeetingSerializer


class TutorSideViewSet(viewsets.GenericViewSet):
    """What the views of the tutor's side share."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    lookup_value_converter = "id"
    inputs: ClassVar[dict[str, type[serializers.Serializer]]] = {}

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class TutorCourseViewSet(TutorSideViewSet):
    """A tutor's own courses, whatever their state."""

    queryset = Course.objects.none()
    filterset_class = OwnCourseFilter
    idempotent_actions = frozenset({"create"})
    versioned_actions = frozenset({"partial_update", "destroy", "publish", "archive"})
    inputs: ClassVar[dict[str, Any]] = {"create": CourseInputSerializer, "partial_update": CourseChangesSerializer}
    answers: ClassVar[dict[str, Any]] = {
        "list": CourseCardSerializer(many=True),
        **dict.fromkeys(("create", "retrieve", "partial_update", "publish", "archive"), CourseDetailSerializer),
        "destroy": None,
    }
    refusals: ClassVar[dict[str, Any]] = {
        "create": (TutorSuspended,),
        "partial_update": (CapacityBelowEnrolled,),
        "destroy": (CourseInUse,),
        "publish": (InvalidTransition, TutorSuspended),
        "archive": (InvalidTransition,),
    }

    def list(self, request: SignedInRequest) -> Response:
        """One's own courses, the newest first."""
        own = Course.objects.filter(tutor__user=request.user).order_by("-id")
        page: Any = self.paginate_queryset(self.filter_queryset(own))
        return self.get_paginated_response(presenter.cards(page, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """Make a course. It is a draft until it is published."""
        course = authoring.create_course(tutor=request.user, **self.read())
        return Response(presenter.detail(course, request.user), status=status.HTTP_201_CREATED)

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One's own course with all that is in it."""
        return Response(presenter.detail(access.find_own(pk, request.user), request.user))

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's own course. With more seats, who waits first gets in."""
        return self._answer(authoring.update_course(pk, self.read(), **self._who()))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a draft that nobody was ever in."""
        authoring.delete_course(pk, **self._who())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def publish(self, request: SignedInRequest, pk: int) -> Response:
        """Let everybody find a draft, or an archived course again."""
        return self._answer(authoring.publish_course(pk, **self._who()))

    @action(detail=True, methods=["post"])
    def archive(self, request: SignedInRequest, pk: int) -> Response:
        """Take nobody in any more. Those who are in it can still read it."""
        return self._answer(authoring.archive_course(pk, **self._who()))

    def _who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "version": expected_version(self.request)}

    def _answer(self, course: Course) -> Response:
        return Response(presenter.detail(course, self.request.user))


class TutorModuleViewSet(TutorSideViewSet):
    """The modules of a tutor's own course."""

    queryset = Module.objects.none()
    pagination_class = None
    idempotent_actions = frozenset({"create"})
    inputs: ClassVar[dict[str, Any]] = {
        "create": ModuleInputSerializer,
        "partial_update": ModuleChangesSerializer,
        "reorder": ModuleOrderSerializer,
    }
    answers: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("list", "reorder"), ModuleSerializer(many=True)),
        **dict.fromkeys(("create", "partial_update"), ModuleSerializer),
        "destroy": None,
    }
    refusals: ClassVar[dict[str, Any]] = {"create": (TooManyModules,), "reorder": (IncompleteOrder,)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The modules of one's own course, in order."""
        found = modules.present(access.find_own(pk, request.user))
        return Response([presenter.module(module) for module in found])

    def create(self, request: SignedInRequest, pk: int) -> Response:
        """Add a module to one's own course."""
        module = modules.add_module(pk, actor=request.user, **self.read())
        return Response(presenter.module(module), status=status.HTTP_201_CREATED)

    def reorder(self, request: SignedInRequest, pk: int) -> Response:
        """Put the modules of one's own course into another order."""
        ordered = modules.reorder(pk, self.read()["order"], actor=request.user)
        return Response([presenter.module(module) for module in ordered])

    def partial_update(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Change a module of one's own course."""
        return Response(presenter.module(modules.update_module(course_id, pk, self.read(), actor=request.user)))

    def destroy(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Take a module out of one's own course. What learners have done of it stays on record."""
        modules.remove_module(course_id, pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TutorAssessmentViewSet(TutorSideViewSet):
    """The assessments of a tutor's own course."""

    queryset = Assessment.objects.none()
    idempotent_actions = frozenset({"create"})
    inputs: ClassVar[dict[str, Any]] = {
        "create": AssessmentInputSerializer,
        "partial_update": AssessmentChangesSerializer,
    }
    answers: ClassVar[dict[str, Any]] = {
        "list": CourseAssessmentSerializer(many=True),
        **dict.fromkeys(("create", "retrieve", "partial_update"), CourseAssessmentSerializer),
        "destroy": None,
    }
    refusals: ClassVar[dict[str, Any]] = {"destroy": (AssessmentUsed,)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The assessments of one's own course, published or not."""
        found = Assessment.objects.filter(course=access.find_own(pk, request.user)).order_by("id")
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenter.assessments(page))

    def create(self, request: SignedInRequest, pk: int) -> Response:
        """Add an assessment to one's own course."""
        assessment = assessments.add_assessment(pk, actor=request.user, **self.read())
        return Response(presenter.assessment(assessment), status=status.HTTP_201_CREATED)

    def retrieve(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """One assessment of one's own course."""
        return Response(presenter.assessment(assessments.find_own(course_id, pk, request.user)))

    def partial_update(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Change, publish or unpublish an assessment of one's own course."""
        changed = assessments.update_assessment(course_id, pk, self.read(), actor=request.user)
        return Response(presenter.assessment(changed))

    def destroy(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Delete an assessment that no work was handed in for."""
        assessments.remove_assessment(course_id, pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TutorMeetingViewSet(TutorSideViewSet):
    """The sessions of a tutor's own course."""

    queryset = Course.objects.none()
    idempotent_actions = frozenset({"create"})
    inputs: ClassVar[dict[str, Any]] = {"create": SessionRefSerializer}
    answers: ClassVar[dict[str, Any]] = {
        "list": MeetingSerializer(many=True),
        "create": MeetingSerializer,
        "destroy": None,
    }
    refusals: ClassVar[dict[str, Any]] = {"create": (SessionInCourse,)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The sessions of one's own course, the earliest first."""
        found = meetings.meetings_of(access.find_own(pk, request.user), request.user)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(meeting_presenter.cards(page, request.user))

    def create(self, request: SignedInRequest, pk: int) -> Response:
        """Make one of one's own group sessions a session of the course."""
        session = meetings.attach(pk, actor=request.user, **self.read())
        return Response(meeting_presenter.cards_of([session.pk], request.user)[0], status=status.HTTP_201_CREATED)

    def destroy(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Let a session be none of the course's any more. The session itself stays."""
        meetings.detach(course_id, pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CourseLearnerViewSet(TutorSideViewSet):
    """The learners of a tutor's own course."""

    queryset = Enrolment.objects.none()
    filterset_class = CourseLearnerFilter
    answers: ClassVar[dict[str, Any]] = {
        "list": CourseLearnerSerializer(many=True),
        "reset": CourseLearnerSerializer,
    }
    refusals: ClassVar[dict[str, Any]] = {"reset": (InvalidTransition,)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The learners of one's own course: those who came last first."""
        page: Any = self.paginate_queryset(self.filter_queryset(self._enrolments(pk)))
        return self.get_paginated_response(enrolment_presenter.learners(page))

    def reset(self, request: SignedInRequest, course_id: int, pk: int) -> Response:
        """Let a learner begin one's own course anew. What they did before is kept on record."""
        enrolment = enrolling.reset(course_id, pk, actor=request.user)
        return Response(enrolment_presenter.learner(enrolment))

    def _enrolments(self, pk: int) -> QuerySet[Enrolment]:
        course = access.find_own(pk, self.request.user)
        return Enrolment.objects.filter(course=course).order_by("-enrolled_at", "-id")
