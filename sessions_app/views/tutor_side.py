"""A tutor's side of sessions, as the learner_v1 client has it: the sessions, and the students in them."""

from typing import Any

from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import TutorSide
from accounts.requests import SignedInRequest
from common.conditional import expected_version
from common.errors import InvalidTransition, NotFound
from sessions_app.errors import (
    AlreadyStarted,
    CapacityBelowParticipants,
    MinimumAboveCapacity,
    PastDate,
    PrivateSession,
    TimeConflict,
    TooEarly,
    TutorSuspended,
)
from sessions_app.meetings import presenters, students
from sessions_app.meetings.filters import OwnSessionsFilter
from sessions_app.meetings.serializers import (
    MeetingChangesSerializer,
    MeetingDetailSerializer,
    MeetingInputSerializer,
    MeetingSerializer,
)
from sessions_app.meetings.students import FoundStudentSerializer, StudentQuerySerializer, StudentSerializer
from sessions_app.models import TutoringSession
from sessions_app.services import access, editing, hosting
from sessions_app.services.students import find_students, students_of
from sessions_app.views.meetings import OWN_ON_A_PAGE, NamesTheStart


class TutorMeetingViewSet(NamesTheStart, viewsets.GenericViewSet):
    """The sessions that a tutor hosts. Tutors only; another's does not exist here."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    queryset = TutoringSession.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = OwnSessionsFilter
    lookup_value_converter = "id"
    page_size = OWN_ON_A_PAGE
    idempotent_actions = frozenset({"create"})
    versioned_actions = frozenset({"partial_update", "destroy"})
    inputs = {"create": MeetingInputSerializer, "partial_update": MeetingChangesSerializer}
    answers = {
        "list": MeetingSerializer(many=True),
        **dict.fromkeys(("create", "retrieve", "partial_update"), MeetingDetailSerializer),
        "destroy": None,
    }
    refusals = {
        "create": (PastDate, MinimumAboveCapacity, TimeConflict, TutorSuspended),
        "partial_update": (
            *(PastDate, TimeConflict, AlreadyStarted, CapacityBelowParticipants, MinimumAboveCapacity),
            *(TutorSuspended, InvalidTransition, PrivateSession, TooEarly),
        ),
        "destroy": (InvalidTransition,),
    }

    def list(self, request: SignedInRequest) -> Response:
        """The caller's sessions, booked lessons too, the latest start first."""
        own = TutoringSession.objects.hosted_by(request.user).order_by("-starts_at", "-id")
        page: Any = self.paginate_queryset(self.filter_queryset(own))
        return self.get_paginated_response(presenters.cards(page, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """Publish a session."""
        sent = self._read(MeetingInputSerializer(data=request.data))
        session = hosting.create_session(creator=request.user, **sent)
        return Response(presenters.detail(session, request.user), status=status.HTTP_201_CREATED)

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One of the caller's sessions."""
        return Response(presenters.detail(access.find_hosted(pk, request.user), request.user))

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change a session, or start, complete or cancel it with `status`. Those in it are told."""
        session = access.find_hosted(pk, request.user)
        known = {"starts_at": session.starts_at}
        changes = self._read(MeetingChangesSerializer(data=request.data, context=known))
        edited = editing.edit_session(pk, changes, actor=request.user, version=expected_version(request))
        return Response(presenters.detail(edited, request.user))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a session that is neither ongoing nor completed. Those in it are told."""
        access.find_hosted(pk, request.user)
        hosting.delete_session(pk, actor=request.user, version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(self, serializer: serializers.Serializer) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class TutorStudentViewSet(viewsets.GenericViewSet):
    """The students of a tutor. Tutors only."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    queryset = User.objects.none()
    serializer_class = serializers.Serializer
    page_size = OWN_ON_A_PAGE
    queries = {"search": StudentQuerySerializer}
    refusals = {"search": (NotFound,)}
    answers = {"list": StudentSerializer(many=True), "search": FoundStudentSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """Everybody who has or had a seat in one of the caller's sessions, with those sessions."""
        page: Any = self.paginate_queryset(students_of(request.user))
        return self.get_paginated_response(students.cards(page, request.user))

    @action(detail=False)
    def search(self, request: SignedInRequest) -> Response:
        """Students by name, one's own first; without words one's own. An e-mail address is shown of one's own only."""
        query = StudentQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = find_students(request.user, asked.get("search", ""), session_id=asked.get("session_id"))
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(students.found(page))
