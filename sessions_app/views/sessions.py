"""Sessions and seats over HTTP."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import IsTutor
from accounts.requests import SignedInRequest
from accounts.validators import validate_time_zone
from common.conditional import expected_version
from common.errors import InvalidTransition
from sessions_app import presenters
from sessions_app.errors import (
    AlreadyStarted,
    CapacityBelowParticipants,
    InstructorsOnly,
    MinimumAboveCapacity,
    NotJoined,
    NotTheCreator,
    PastDate,
    PrivateSession,
    TimeConflict,
    TooEarly,
    TutorSuspended,
)
from sessions_app.filters import SessionFilter
from sessions_app.models import TutoringSession
from sessions_app.querysets import SessionQuerySet
from sessions_app.serializers import (
    CancelSerializer,
    DeletedSerializer,
    JoinInputSerializer,
    ParticipantSerializer,
    SessionCardSerializer,
    SessionChangesSerializer,
    SessionDetailSerializer,
    SessionInputSerializer,
    SessionJoinedSerializer,
    SessionMovedSerializer,
    SessionQueuedSerializer,
    ZoneQuerySerializer,
)
from sessions_app.services import access, course, hosting, seats
from sessions_app.views import seat_refusals


class MayHost(IsTutor):
    message = InstructorsOnly.message
    code = InstructorsOnly.code


LISTS = ("list", "my_sessions", "created_sessions", "joined_sessions")


class SessionViewSet(viewsets.GenericViewSet):
    """Group, peer and own private sessions. What the caller may not see does not exist for them."""

    request: SignedInRequest
    queryset = TutoringSession.objects.none()
    filterset_class: type[SessionFilter] = SessionFilter
    lookup_value_converter = "id"
    page_size = 10
    idempotent_actions = frozenset({"create", "join"})
    versioned_actions = frozenset({"update", "destroy", "join", "leave", "cancel", "start", "complete"})
    # What follows says to the description of the API (`api.core.schema`) what the actions read and answer.
    inputs = {
        "create": SessionInputSerializer,
        "update": SessionChangesSerializer,
        "join": JoinInputSerializer,
        "cancel": CancelSerializer,
    }
    queries = dict.fromkeys(
        (*LISTS, "retrieve", "create", "update", "join", "leave", "cancel", "start", "complete"), ZoneQuerySerializer
    )
    answers = {
        **dict.fromkeys(LISTS, SessionCardSerializer(many=True)),
        **dict.fromkeys(("retrieve", "create", "update"), SessionDetailSerializer),
        "destroy": DeletedSerializer,
        "join": {201: SessionJoinedSerializer, 202: SessionQueuedSerializer},
        **dict.fromkeys(("leave", "cancel", "start", "complete"), SessionMovedSerializer),
        "participants": ParticipantSerializer(many=True),
    }
    refusals = {
        "create": (PastDate, MinimumAboveCapacity, TimeConflict, TutorSuspended),
        "update": (
            *(PastDate, MinimumAboveCapacity, TimeConflict, AlreadyStarted, CapacityBelowParticipants),
            *(NotTheCreator, TutorSuspended, InvalidTransition, PrivateSession),
        ),
        **dict.fromkeys(("destroy", "cancel", "complete"), (NotTheCreator, InvalidTransition)),
        "start": (NotTheCreator, TutorSuspended, InvalidTransition, TooEarly),
        "join": seat_refusals.JOINING,
        "leave": (NotJoined, InvalidTransition, PrivateSession),
    }

    def initial(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        super().initial(request, *args, **kwargs)
        self.zone = _zone(request)

    @property
    def viewer(self) -> User:
        """As whom sessions are seen."""
        return self.request.user

    def get_permissions(self) -> list[BasePermission]:
        return [MayHost()] if self.action == "create" else [IsAuthenticated()]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def get_queryset(self) -> SessionQuerySet:
        return TutoringSession.objects.visible_to(self.request.user)

    def filter_queryset(self, queryset: Any) -> Any:
        if self.filterset_class.is_asked(self.request.query_params):
            return super().filter_queryset(queryset)
        # The form would validate nothing, and be a tenth of the work.
        return self.filterset_class.in_order(queryset)

    def list(self, request: SignedInRequest) -> Response:
        """The sessions that the caller may see: group and peer sessions, and own private ones. Newest first."""
        found = self.filter_queryset(TutoringSession.objects.all())
        return self._page(found.visible_to(request.user), counted=found.parts_visible_to(request.user))

    @action(detail=False)
    def my_sessions(self, request: SignedInRequest) -> Response:
        """The sessions that the caller hosts or has joined."""
        return self._page(self.filter_queryset(TutoringSession.objects.mine(request.user)))

    @action(detail=False)
    def created_sessions(self, request: SignedInRequest) -> Response:
        """The sessions that the caller hosts."""
        return self._page(self.filter_queryset(TutoringSession.objects.hosted_by(request.user)))

    @action(detail=False)
    def joined_sessions(self, request: SignedInRequest) -> Response:
        """The sessions that the caller has joined."""
        return self._page(self.filter_queryset(TutoringSession.objects.joined_by(request.user)))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One session, with the people in it."""
        session = access.find(pk, request.user)
        return Response(presenters.detail(session, request.user, zone=self.zone))

    def create(self, request: SignedInRequest) -> Response:
        """Host a session. Instructors only."""
        session = hosting.create_session(creator=request.user, **self._read(request))
        return Response(presenters.detail(session, request.user, zone=self.zone), status=status.HTTP_201_CREATED)

    def update(self, request: SignedInRequest, pk: int) -> Response:
        """Change a session; its creator only. What is left out stays as it is. Everybody in it is told."""
        changes = self._read(request)
        session = hosting.update_session(pk, changes, actor=request.user, version=expected_version(request))
        return Response(presenters.detail(session, request.user, zone=self.zone))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a session that is neither ongoing nor completed; its creator only."""
        hosting.delete_session(pk, actor=request.user, version=expected_version(request))
        return Response({"success": True, "message": "Session deleted successfully"})

    @action(detail=True, methods=["post"])
    def join(self, request: SignedInRequest, pk: int) -> Response:
        """Take a seat. `conflicts` names the caller's other sessions at that time.

        202 for who has no seat yet: with `waitlist` a place in the queue of a full session, or a request to the host of
        one that needs approval. Who has been offered a seat takes it.
        """
        sent, version = self._read(request), expected_version(request)
        joined = seats.join_session(
            pk, user=request.user, version=version, wants_to_wait=sent["waitlist"], asks_first=sent["ask_first"]
        )
        answer, code = self._seated("Successfully joined the session", joined)
        return Response(answer, status=code)

    @action(detail=True, methods=["post"])
    def leave(self, request: SignedInRequest, pk: int) -> Response:
        """Give up one's seat before the session begins, or one's place in the queue, or take a request back."""
        session = seats.leave_session(pk, user=request.user, version=expected_version(request))
        return Response(self._moved("Successfully left the session", session))

    @action(detail=True, methods=["post", "put"])
    def cancel(self, request: SignedInRequest, pk: int) -> Response:
        """Cancel a session that is neither cancelled nor completed; its creator only."""
        sent = self._read(request)
        session = course.cancel_session(pk, actor=request.user, version=expected_version(request), **sent)
        return Response(self._moved("Session cancelled successfully", session))

    @action(detail=True, methods=["post"])
    def start(self, request: SignedInRequest, pk: int) -> Response:
        """Start an upcoming session; its creator only."""
        session = course.start_session(pk, actor=request.user, version=expected_version(request))
        return Response(self._moved("Session started successfully", session))

    @action(detail=True, methods=["post"])
    def complete(self, request: SignedInRequest, pk: int) -> Response:
        """Complete an ongoing session; its creator only."""
        session = course.complete_session(pk, actor=request.user, version=expected_version(request))
        return Response(self._moved("Session completed successfully", session))

    @action(detail=True)
    def participants(self, request: SignedInRequest, pk: int) -> Response:
        """The people in a session. Their addresses are for the host, each other and admins."""
        return Response(presenters.participants(access.find(pk, request.user), request.user))

    def _page(self, queryset: SessionQuerySet, *, counted: Sequence[SessionQuerySet] = ()) -> Response:
        paginator: Any = self.paginator
        paginator.counted = counted
        page: Any = self.paginate_queryset(queryset)
        return self.get_paginated_response(presenters.cards(page, self.viewer, zone=self.zone))

    def _read(self, request: SignedInRequest) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _seated(self, message: str, joined: seats.Joined) -> tuple[dict[str, Any], int]:
        """The answer to who wanted a seat, and its status: 202 for who has none yet."""
        answer = self._moved(message, joined.session) | {"conflicts": joined.conflicts}
        if joined.request is None and joined.place is None:
            return answer, status.HTTP_201_CREATED
        waits = "The host will answer your request" if joined.request else "You are on the waiting list"
        return answer | presenters.waiting(joined.place, joined.request) | {"message": waits}, status.HTTP_202_ACCEPTED

    def _moved(self, message: str, session: TutoringSession) -> dict[str, Any]:
        return {"message": message, "session": presenters.detail(session, self.viewer, zone=self.zone)}


def _zone(request: SignedInRequest) -> ZoneInfo | None:
    """The zone of `?tz=`, in which times are shown besides UTC (R-GEN-2)."""
    name = request.query_params.get("tz")
    if not name:
        return None
    try:
        validate_time_zone(name)
    except DjangoValidationError as error:
        raise serializers.ValidationError({"tz": error.messages}) from error
    return ZoneInfo(name)
