"""A learner's sessions: the learner's own business, or an admin's in their place."""

from typing import Any

from rest_framework import status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.views import LearnersOwn
from common.conditional import expected_version
from common.errors import InvalidTransition
from sessions_app import presenters
from sessions_app.errors import (
    AlreadyStarted,
    CapacityBelowParticipants,
    MinimumAboveCapacity,
    NotJoined,
    NotTheCreator,
    PastDate,
    PrivateSession,
    TimeConflict,
)
from sessions_app.filters import LearnerSessionFilter
from sessions_app.models import TutoringSession
from sessions_app.querysets import SessionQuerySet
from sessions_app.serializers import (
    BookSerializer,
    DeletedSerializer,
    LearnerOfThePathSerializer,
    SessionBookedSerializer,
    SessionBookingQueuedSerializer,
    SessionCardSerializer,
    SessionChangesSerializer,
    SessionDetailSerializer,
    SessionGivenUpSerializer,
    SessionInputSerializer,
    ZoneQuerySerializer,
)
from sessions_app.services import hosting, seats
from sessions_app.views import seat_refusals
from sessions_app.views.sessions import SessionViewSet


class LearnerSessionViewSet(LearnersOwn, SessionViewSet):
    """The sessions that a learner hosts or has joined, as the learner sees them."""

    filterset_class = LearnerSessionFilter
    page_size = 20
    idempotent_actions = frozenset({"create", "book"})
    versioned_actions = frozenset({"update", "destroy", "book", "give_up"})
    inputs = {
        "create": SessionInputSerializer,
        "update": SessionChangesSerializer,
        "book": BookSerializer,
        "give_up": LearnerOfThePathSerializer,
    }
    queries = dict.fromkeys(("list", "create", "update", "book", "give_up"), ZoneQuerySerializer)
    answers = {
        "list": SessionCardSerializer(many=True),
        **dict.fromkeys(("create", "update"), SessionDetailSerializer),
        "destroy": DeletedSerializer,
        "book": {201: SessionBookedSerializer, 202: SessionBookingQueuedSerializer},
        "give_up": SessionGivenUpSerializer,
    }
    refusals = {
        "create": (PastDate, MinimumAboveCapacity, TimeConflict),
        "update": (
            *(PastDate, TimeConflict, AlreadyStarted, CapacityBelowParticipants, MinimumAboveCapacity),
            *(NotTheCreator, InvalidTransition),
        ),
        "destroy": (NotTheCreator, InvalidTransition),
        "book": seat_refusals.JOINING,
        "give_up": (NotJoined, InvalidTransition, PrivateSession),
    }

    @property
    def viewer(self) -> User:
        return self.learner

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()]

    def get_queryset(self) -> SessionQuerySet:
        return TutoringSession.objects.mine(self.learner)

    def list(self, request: SignedInRequest) -> Response:
        """The sessions that the learner hosts or has joined. Newest first."""
        return self._page(self.filter_queryset(self.get_queryset()))

    def create(self, request: SignedInRequest) -> Response:
        """Host a session for other learners."""
        said = self._read(request)
        with self.in_the_learners_place():
            session = hosting.create_peer_session(creator=self.learner, **said)
        return Response(self._detail(session), status=status.HTTP_201_CREATED)

    def update(self, request: SignedInRequest, pk: int) -> Response:
        """Change a session that the learner hosts. What is left out stays as it is. Everybody in it is told."""
        changes, version = self._read(request), expected_version(request)
        with self.in_the_learners_place():
            session = hosting.update_session(pk, changes, actor=self.learner, version=version)
        return Response(self._detail(session))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a session that the learner hosts and that is neither ongoing nor completed."""
        version = expected_version(request)
        with self.in_the_learners_place():
            hosting.delete_session(pk, actor=self.learner, version=version)
        return Response({"success": True, "message": "Session deleted successfully"})

    def book(self, request: SignedInRequest, pk: int) -> Response:
        """Take a seat in a session. `conflicts` names the learner's other sessions at that time.

        202 for who has no seat yet, as when a session is joined.
        """
        sent, version = self._read(request), expected_version(request)
        with self.in_the_learners_place():
            joined = seats.join_session(
                pk, user=self.learner, version=version, wants_to_wait=sent["waitlist"], asks_first=sent["ask_first"]
            )
        answer, code = self._seated("Session booked successfully", joined)
        return Response({"success": True, **answer}, status=code)

    def give_up(self, request: SignedInRequest, pk: int) -> Response:
        """Give up the learner's seat, before the session begins."""
        self._read(request)
        version = expected_version(request)
        with self.in_the_learners_place():
            session = seats.leave_session(pk, user=self.learner, version=version)
        return Response({"success": True, **self._moved("Booking cancelled successfully", session)})

    def _detail(self, session: TutoringSession) -> dict[str, Any]:
        return presenters.detail(session, self.viewer, zone=self.zone)
