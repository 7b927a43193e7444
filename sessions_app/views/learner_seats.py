"""Seats as the learner_v1 client knows them: joining and leaving on the learner's side, requests and students on the
tutor's.
"""

from typing import Any

from rest_framework import serializers, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.permissions import LearnerSide, TutorSide
from accounts.requests import SignedInRequest
from common.errors import InvalidTransition, NotFound
from sessions_app import presenters
from sessions_app.errors import (
    AlreadyWaiting,
    NotJoined,
    NotTheCreator,
    NotYourStudent,
    PrivateSession,
    SessionFull,
    WaitlistFull,
)
from sessions_app.models import JoinRequest, TutoringSession
from sessions_app.querysets import JoinRequestQuerySet
from sessions_app.serializers import (
    AddStudentSerializer,
    JoinInputSerializer,
    JoinRequestSerializer,
    LearnerStandingSerializer,
    RequestQuerySerializer,
    StudentChangedSerializer,
)
from sessions_app.services import access, requests, seats
from sessions_app.views import seat_refusals


class LearnerSeatViewSet(viewsets.GenericViewSet):
    """A learner's own seat, place in the queue or request."""

    request: SignedInRequest
    queryset = TutoringSession.objects.none()
    permission_classes = (IsAuthenticated, LearnerSide)
    serializer_class = JoinInputSerializer
    idempotent_actions = frozenset({"join"})
    inputs = {"join": JoinInputSerializer}
    answers = {
        "join": {201: LearnerStandingSerializer, 202: LearnerStandingSerializer},
        "leave": LearnerStandingSerializer,
    }
    refusals = {"join": seat_refusals.JOINING, "leave": (NotJoined, InvalidTransition, PrivateSession)}

    def join(self, request: SignedInRequest, pk: int) -> Response:
        """Take a seat. `pending` where the tutor has to approve; with `waitlist` where all are taken: `waitlisted`."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        joined = seats.join_session(pk, user=request.user, wants_to_wait=sent["waitlist"], asks_first=sent["ask_first"])
        word = "pending" if joined.request else "waitlisted" if joined.place else "enrolled"
        answer = self._standing(word, pk) | presenters.waiting(joined.place, joined.request)
        has_seat = word == "enrolled"
        code = status.HTTP_201_CREATED if has_seat else status.HTTP_202_ACCEPTED
        return Response(answer | {"conflicts": joined.conflicts}, status=code)

    def leave(self, request: SignedInRequest, pk: int) -> Response:
        """Give up one's seat or place in the queue, or take a request back."""
        seats.leave_session(pk, user=request.user)
        return Response(self._standing("left", pk))

    def _standing(self, word: str, pk: int) -> dict[str, Any]:
        learner = self.request.user.pk
        nothing: dict[str, Any] = {"request_id": None, "position": None, "conflicts": []}
        return {"status": word, "session_id": pk, "learner_id": learner} | nothing


class TutorRequestViewSet(viewsets.GenericViewSet):
    """Who asks the tutor for a seat."""

    request: SignedInRequest
    queryset = JoinRequest.objects.none()
    permission_classes = (IsAuthenticated, TutorSide)
    serializer_class = serializers.Serializer
    page_size = 50
    queries = dict.fromkeys(("list", "of_session"), RequestQuerySerializer)
    answers = {
        **dict.fromkeys(("list", "of_session"), JoinRequestSerializer(many=True)),
        **dict.fromkeys(("approve", "reject"), JoinRequestSerializer),
    }
    refusals = {
        "approve": (NotFound, InvalidTransition, *seat_refusals.GUARDS, SessionFull, WaitlistFull),
        "reject": (NotFound, InvalidTransition),
    }

    def get_queryset(self) -> JoinRequestQuerySet:
        return JoinRequest.objects.decided_by(self.request.user).select_related("user", "session")

    def list(self, request: SignedInRequest) -> Response:
        """All requests for seats in the tutor's sessions, newest first."""
        return self._page(self.get_queryset())

    def of_session(self, request: SignedInRequest, pk: int) -> Response:
        """Those for one session, which the tutor hosts."""
        session = access.find(pk, request.user)
        access.require_creator(session, request.user, "see the requests for")
        return self._page(self.get_queryset().filter(session=session))

    def approve(self, request: SignedInRequest, pk: int) -> Response:
        """Give the seat that is asked for. Where there is none, who wants to wait waits; others have to ask again."""
        return self._decided(requests.approve(pk, actor=request.user))

    def reject(self, request: SignedInRequest, pk: int) -> Response:
        """Decline a request. That person cannot ask again, but can be given a seat."""
        return self._decided(requests.reject(pk, actor=request.user))

    def _page(self, found: JoinRequestQuerySet) -> Response:
        query = RequestQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        if state := query.validated_data.get("status"):
            found = found.filter(state=state)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenters.requests(page))

    def _decided(self, request: JoinRequest) -> Response:
        return Response(presenters.requests([request])[0])


class TutorStudentViewSet(viewsets.GenericViewSet):
    """Whom the tutor puts into a session, and takes out of it."""

    request: SignedInRequest
    queryset = TutoringSession.objects.none()
    permission_classes = (IsAuthenticated, TutorSide)
    serializer_class = AddStudentSerializer
    idempotent_actions = frozenset({"add"})
    inputs = {"add": AddStudentSerializer}
    answers = {"add": {201: StudentChangedSerializer}, "remove": StudentChangedSerializer}
    refusals = {
        "add": (
            *(NotFound, NotTheCreator, PrivateSession, NotYourStudent),
            *(*seat_refusals.GUARDS, AlreadyWaiting, SessionFull),
        ),
        "remove": (NotTheCreator, NotJoined, InvalidTransition, PrivateSession),
    }

    def add(self, request: SignedInRequest, pk: int) -> Response:
        """Give a student a free seat, though not past those who wait for one."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        student = serializer.validated_data["student_id"]
        seats.add_participant(pk, student, actor=request.user)
        return Response(self._changed("Student added", pk, student), status=status.HTTP_201_CREATED)

    def remove(self, request: SignedInRequest, pk: int, student_id: int) -> Response:
        """Take a student out of the session, who cannot come back by themselves."""
        seats.remove_participant(pk, student_id, actor=request.user)
        return Response(self._changed("Student removed", pk, student_id))

    def _changed(self, message: str, pk: int, student: int) -> dict[str, Any]:
        return {"message": message, "session_id": pk, "student_id": student}
