"""Free times, and those that are kept for somebody."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsStudent
from accounts.requests import SignedInRequest
from bookings import errors
from bookings.models import SlotHold
from bookings.presenters import availability as presenters
from bookings.serializers.availability import (
    HoldInputSerializer,
    HoldSerializer,
    SlotQuerySerializer,
    SlotSerializer,
)
from bookings.services import holds, slots
from common.errors import NotFound

# What can stand in the way of a time (R-SLOT-11).
SLOT_REFUSALS = (
    errors.DurationNotOffered,
    errors.TutorUnavailable,
    errors.OutsideAvailability,
    errors.TooSoon,
    errors.TooFar,
    errors.LimitReached,
    errors.SlotTaken,
    errors.BufferConflict,
    errors.StudentConflict,
)


class AvailableSlotsView(APIView):
    """When a tutor can be booked."""

    permission_classes = (IsAuthenticated,)
    queries: ClassVar[dict[str, Any]] = {"get": SlotQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": SlotSerializer(many=True)}
    refusals: ClassVar[dict[str, Any]] = {"get": (errors.DurationNotOffered,)}

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The times at which the caller can book the tutor, in order. A booking is judged by the same rules."""
        query = SlotQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        tutor = slots.find_listed(pk)
        if tutor is None:
            raise NotFound("Tutor not found")
        shown = ZoneInfo(asked["tz"]) if asked.get("tz") else None
        found = slots.free_slots(
            tutor,
            first=asked["start_date"],
            last=asked["end_date"],
            zone=shown or ZoneInfo(request.user.timezone),
            minutes=asked["duration_minutes"],
            viewer=request.user,
            now=timezone.now(),
        )
        return Response(presenters.slots(found, minutes=asked["duration_minutes"], zone=shown))


class HoldViewSet(viewsets.GenericViewSet):
    """A time that is kept for a student who is about to book."""

    permission_classes = (IsStudent,)
    queryset = SlotHold.objects.none()
    lookup_value_converter = "id"
    inputs: ClassVar[dict[str, Any]] = {"create": HoldInputSerializer}
    answers: ClassVar[dict[str, Any]] = {"create": HoldSerializer, "extend": HoldSerializer, "destroy": None}
    refusals: ClassVar[dict[str, Any]] = {
        "create": (NotFound, *SLOT_REFUSALS),
        "extend": (errors.HoldExtended,),
    }

    def create(self, request: SignedInRequest) -> Response:
        """Keep a free time for ten minutes: to everybody else it is taken. One at a time with each tutor."""
        serializer = HoldInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        hold = holds.hold_slot(
            sent["tutor_profile_id"],
            student=request.user,
            starts_at=sent["start_at"],
            minutes=sent["duration_minutes"],
            allow_overlap=sent["allow_overlap"],
            now=timezone.now(),
        )
        return Response(presenters.hold(hold), status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def extend(self, request: SignedInRequest, pk: int) -> Response:
        """Keep it until a quarter of an hour after it was made; once."""
        return Response(presenters.hold(holds.extend_hold(pk, student=request.user, now=timezone.now())))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Let others have the time."""
        holds.release_hold(pk, student=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
