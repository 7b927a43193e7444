"""Waiting for a seat, and what a host does about who sits there."""

from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.errors import EmailNotVerified
from accounts.requests import SignedInRequest
from common.errors import InvalidTransition
from sessions_app import presenters
from sessions_app.errors import (
    NoOffer,
    NotJoined,
    NotSeated,
    NotTheCreator,
    NotWaiting,
    PrivateSession,
    SessionFull,
    WaitlistFull,
)
from sessions_app.models import JoinRequest, TutoringSession
from sessions_app.serializers import (
    AttendanceInputSerializer,
    AttendanceSerializer,
    JoinRequestSerializer,
    RemovalSerializer,
    RequestQuerySerializer,
    SessionMovedSerializer,
    WaitlistSerializer,
)
from sessions_app.services import access, attendance, requests, seats, waitlist
from sessions_app.views import seat_refusals

MOST_REQUESTS = 100


class SessionSeatViewSet(viewsets.GenericViewSet):
    """The queue for a session, its seats and who was there."""

    request: SignedInRequest
    queryset = TutoringSession.objects.none()
    permission_classes = (IsAuthenticated,)
    serializer_class = serializers.Serializer
    lookup_value_converter = "id"
    pagination_class = None
    inputs = {"mark": AttendanceInputSerializer}
    queries = {"remove": RemovalSerializer, "requests": RequestQuerySerializer}
    answers = {
        "waitlist": WaitlistSerializer,
        **dict.fromkeys(("withdraw", "accept", "decline", "remove"), SessionMovedSerializer),
        **dict.fromkeys(("attendance", "mark"), AttendanceSerializer(many=True)),
        "requests": JoinRequestSerializer(many=True),
        **dict.fromkeys(("approve", "reject"), JoinRequestSerializer),
    }
    refusals = {
        "withdraw": (NotWaiting,),
        "accept": (EmailNotVerified, NoOffer, *seat_refusals.GUARDS),
        "decline": (NoOffer,),
        "remove": (NotTheCreator, NotJoined, InvalidTransition, PrivateSession),
        "attendance": (NotTheCreator,),
        "mark": (NotTheCreator, NotSeated, InvalidTransition, PrivateSession),
        "requests": (NotTheCreator,),
        "approve": (InvalidTransition, *seat_refusals.GUARDS, SessionFull, WaitlistFull),
        "reject": (InvalidTransition,),
    }

    @action(detail=True)
    def waitlist(self, request: SignedInRequest, pk: int) -> Response:
        """How many wait and the caller's own place; all places for the host and admins."""
        return Response(presenters.waitlist(access.find(pk, request.user), request.user))

    @waitlist.mapping.delete
    def withdraw(self, request: SignedInRequest, pk: int) -> Response:
        """Wait no longer, and leave what is offered to somebody else."""
        return self._moved("You no longer wait for a seat", waitlist.withdraw(pk, user=request.user))

    @action(detail=True, methods=["post"], url_path="waitlist/accept")
    def accept(self, request: SignedInRequest, pk: int) -> Response:
        """Take the seat that is offered."""
        return self._moved("Successfully joined the session", waitlist.accept(pk, user=request.user))

    @action(detail=True, methods=["post"], url_path="waitlist/decline")
    def decline(self, request: SignedInRequest, pk: int) -> Response:
        """Leave the seat that is offered to whoever is next."""
        return self._moved("The seat is offered to the next person", waitlist.decline(pk, user=request.user))

    def remove(self, request: SignedInRequest, pk: int, user_id: int) -> Response:
        """Take a participant out of the session, who cannot come back; its creator and admins only."""
        serializer = RemovalSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        session = seats.remove_participant(pk, user_id, actor=request.user, **serializer.validated_data)
        return self._moved("Participant removed", session)

    @action(detail=True)
    def attendance(self, request: SignedInRequest, pk: int) -> Response:
        """Who was there; its creator and admins only."""
        session = access.find(pk, request.user)
        access.require_creator(session, request.user, "see the attendance of", or_admin=True)
        return Response(presenters.attendance(session))

    @attendance.mapping.put
    def mark(self, request: SignedInRequest, pk: int) -> Response:
        """Say who attended and who was absent, once the session has begun; its creator and admins only."""
        serializer = AttendanceInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        marks = {each["user_id"]: each["state"] for each in serializer.validated_data["attendance"]}
        return Response(presenters.attendance(attendance.mark(pk, marks, actor=request.user)))

    @action(detail=True)
    def requests(self, request: SignedInRequest, pk: int) -> Response:
        """Who asks for a seat, newest first, 100 at most; its creator and admins only."""
        session = access.find(pk, request.user)
        access.require_creator(session, request.user, "see the requests for", or_admin=True)
        query = RequestQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = {"state": query.validated_data["status"]} if "status" in query.validated_data else {}
        found = JoinRequest.objects.filter(session=session, **wanted).select_related("user", "session")
        return Response(presenters.requests(found[:MOST_REQUESTS]))

    def approve(self, request: SignedInRequest, pk: int, join_request_id: int) -> Response:
        """Give the seat that is asked for. Where there is none, who wants to wait waits; others have to ask again."""
        return self._decided(requests.approve(join_request_id, session_id=pk, actor=request.user))

    def reject(self, request: SignedInRequest, pk: int, join_request_id: int) -> Response:
        """Decline a request. That person cannot ask again, but can be given a seat."""
        return self._decided(requests.reject(join_request_id, session_id=pk, actor=request.user))

    def _decided(self, request: JoinRequest) -> Response:
        return Response(presenters.requests([request])[0])

    def _moved(self, message: str, session: TutoringSession) -> Response:
        return Response({"message": message, "session": presenters.detail(session, self.request.user)})
