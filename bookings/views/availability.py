"""A tutor's hours, exceptions and terms."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.errors import ProfileFrozen, StaleProfile
from accounts.models import TutorProfile
from accounts.permissions import IsTutor
from accounts.presenters import tutors
from accounts.requests import SignedInRequest
from accounts.serializers.tutors import TutorProfileSerializer
from bookings.errors import OverlappingAvailability, TooManyEntries
from bookings.models import DateOverride, TimeOff
from bookings.presenters import availability as presenters
from bookings.serializers.availability import (
    AddedWindowSerializer,
    BulkWindowsSerializer,
    NewWindowSerializer,
    OverrideInputSerializer,
    OverrideSerializer,
    TermsChangesSerializer,
    TermsSerializer,
    TimeOffInputSerializer,
    TimeOffSerializer,
    WeekSerializer,
    WindowSerializer,
)
from bookings.services import exceptions, hours
from bookings.services.terms import change_terms, terms_of


class OwnHoursView(APIView):
    """For tutors, about themselves."""

    permission_classes = (IsTutor,)
    inputs: ClassVar[dict[str, type[Serializer]]] = {}
    answers: ClassVar[dict[str, Any]]
    refusals: ClassVar[dict[str, Any]] = {}

    def read(self, request: Request) -> dict[str, Any]:
        action = getattr(self, "action", None) or str(request.method).lower()
        serializer = self.inputs[action](data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class OwnListViewSet(OwnHoursView, viewsets.GenericViewSet):
    lookup_value_converter = "id"

    def get_serializer_class(self) -> type[Serializer]:
        return self.inputs.get(self.action, Serializer)


def own_profile(request: SignedInRequest) -> TutorProfile:
    """The caller's tutor side; made if there is none yet, as for somebody who became a tutor by hand."""
    profile, _ = TutorProfile.objects.select_related("user", "booking_terms").get_or_create(user=request.user)
    return profile


class AvailabilityView(OwnHoursView):
    inputs = {"post": NewWindowSerializer}
    answers = {"get": WindowSerializer(many=True), "post": {201: AddedWindowSerializer}}
    refusals = {"post": (ProfileFrozen, OverlappingAvailability, TooManyEntries)}

    def get(self, request: SignedInRequest) -> Response:
        """The caller's own hours, from Monday on. Those of single dates are there until the date is over."""
        return Response(presenters.windows(hours.present_windows(own_profile(request), now=timezone.now())))

    def post(self, request: SignedInRequest) -> Response:
        """Add hours on a day of the week. An end before the start is on the next day."""
        rows = hours.add_windows(own_profile(request), **self.read(request), now=timezone.now())
        return Response(presenters.added(rows), status=status.HTTP_201_CREATED)


class AvailabilityWindowView(OwnHoursView):
    answers = {"delete": None}
    refusals = {"delete": (ProfileFrozen,)}

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """Take hours away. What is booked stays booked."""
        hours.remove_window(pk, tutor=own_profile(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BulkAvailabilityView(OwnHoursView):
    inputs = {"post": BulkWindowsSerializer}
    answers = {"post": {201: WindowSerializer(many=True)}}
    refusals = {"post": (ProfileFrozen, OverlappingAvailability, TooManyEntries)}

    def post(self, request: SignedInRequest) -> Response:
        """Add hours on several days: all of them, or none."""
        sent = self.read(request)
        rows = hours.add_windows(own_profile(request), sent["slots"], merge=sent["merge"], now=timezone.now())
        return Response(presenters.windows(rows), status=status.HTTP_201_CREATED)


class WeekView(OwnHoursView):
    inputs = {"put": WeekSerializer}
    answers = {"put": TutorProfileSerializer}
    refusals = {"put": (StaleProfile, ProfileFrozen, OverlappingAvailability, TooManyEntries)}

    def put(self, request: SignedInRequest) -> Response:
        """Replace the caller's weekly hours, and say in which zone they are. Overrides and time off stay."""
        profile = own_profile(request)
        hours.replace_week(profile, **self.read(request), now=timezone.now())
        return Response(tutors.full(own_profile(request), viewer=request.user))


class TermsView(OwnHoursView):
    inputs = {"patch": TermsChangesSerializer}
    answers = {"get": TermsSerializer, "patch": TermsSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """How the caller may be booked."""
        return Response(presenters.terms(terms_of(own_profile(request))))

    def patch(self, request: SignedInRequest) -> Response:
        """Change how the caller may be booked. What is booked keeps the terms that it was booked under."""
        terms = change_terms(own_profile(request), self.read(request), actor=request.user)
        return Response(presenters.terms(terms))


class OverrideViewSet(OwnListViewSet):
    """Other hours than the week's on single dates."""

    queryset = DateOverride.objects.none()
    inputs = {"create": OverrideInputSerializer}
    answers = {"list": OverrideSerializer(many=True), "create": OverrideSerializer, "destroy": None}
    refusals = {"create": (ProfileFrozen, TooManyEntries), "destroy": (ProfileFrozen,)}

    def list(self, request: SignedInRequest) -> Response:
        """The caller's own overrides, by date."""
        page: Any = self.paginate_queryset(DateOverride.objects.filter(tutor__user=request.user))
        return self.get_paginated_response([presenters.override(row) for row in page])

    def create(self, request: SignedInRequest) -> Response:
        """Set the hours of one date; without any it is a day off. It replaces what was set for that date before."""
        sent = self.read(request)
        override = exceptions.set_override(own_profile(request), sent["date"], sent["slots"])
        return Response(presenters.override(override), status=status.HTTP_201_CREATED)

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Let the weekly hours hold on that date again."""
        exceptions.remove_override(pk, tutor=own_profile(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TimeOffViewSet(OwnListViewSet):
    """When a tutor cannot be booked, whatever the hours say."""

    queryset = TimeOff.objects.none()
    inputs = {"create": TimeOffInputSerializer}
    answers = {"list": TimeOffSerializer(many=True), "create": TimeOffSerializer, "destroy": None}
    refusals = {"create": (ProfileFrozen, TooManyEntries), "destroy": (ProfileFrozen,)}

    def list(self, request: SignedInRequest) -> Response:
        """The caller's own time off, by its start."""
        page: Any = self.paginate_queryset(TimeOff.objects.filter(tutor__user=request.user).order_by("starts_at", "pk"))
        return self.get_paginated_response([presenters.time_off(row) for row in page])

    def create(self, request: SignedInRequest) -> Response:
        """Take time off. What is booked in it already stays booked."""
        time_off = exceptions.take_time_off(own_profile(request), **self.read(request))
        return Response(presenters.time_off(time_off), status=status.HTTP_201_CREATED)

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Be there after all."""
        exceptions.cancel_time_off(pk, tutor=own_profile(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
