"""Mentors' own pages, and the search that looks for them by POST."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework import viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.errors import ProfileFrozen, StaleProfile
from accounts.models import TutorProfile
from accounts.permissions import IsTutor, MentorAccess
from accounts.presenters import tutors as tutor_presenters
from accounts.requests import SignedInRequest
from accounts.serializers.tutors import TutorCardSerializer
from accounts.serializers.verification import OfMentorSerializer
from accounts.services.verification import mentor_of
from bookings.errors import OverlappingAvailability, TooManyEntries
from bookings.presenters import availability as presenters
from bookings.presenters.performance import performance
from bookings.serializers.mentors import (
    MentorSearchSerializer,
    PerformanceQuerySerializer,
    PerformanceSerializer,
    TimetableChangesSerializer,
    TimetableSerializer,
)
from bookings.services import exceptions
from bookings.services.open_tutors import found_by
from bookings.services.performance import performance_of
from bookings.services.terms import terms_of
from bookings.views.availability import OwnHoursView, own_profile
from common.errors import Invalid, NotFound


class MentorFinderViewSet(viewsets.GenericViewSet):
    """Approved mentors, found by a form. For everybody."""

    permission_classes = (AllowAny,)
    queryset = TutorProfile.objects.none()
    serializer_class = Serializer
    pages_by_body = True
    inputs: ClassVar[dict[str, Any]] = {"search": MentorSearchSerializer}
    answers: ClassVar[dict[str, Any]] = {"search": {200: TutorCardSerializer(many=True)}}

    def get_serializer_class(self) -> type[Serializer]:
        return MentorSearchSerializer

    def search(self, request: Request) -> Response:
        """The approved mentors that fit, the best rated first.

        With `availableFrom` or `availableTo` it is those of the first 500 who have a free lesson in that time.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        page: Any = self.paginate_queryset(found_by(serializer.validated_data, now=timezone.now()))
        viewer = request.user if request.user.is_authenticated else None
        return self.get_paginated_response(tutor_presenters.cards(tutor_presenters.rows_on(page), viewer=viewer))


class TimetableView(OwnHoursView):
    """Week and single dates of a mentor. Mentors write their own; admins read any."""

    permission_classes = (MentorAccess,)
    queries: ClassVar[dict[str, Any]] = {"get": OfMentorSerializer}
    inputs = {"put": TimetableChangesSerializer}
    answers = dict.fromkeys(("get", "put"), TimetableSerializer)
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotFound, Invalid),
        "put": (StaleProfile, ProfileFrozen, OverlappingAvailability, TooManyEntries),
    }

    def get_permissions(self) -> Any:
        """Nobody but mentors says when they can be booked."""
        return [IsTutor()] if self.request.method == "PUT" else super().get_permissions()

    def get(self, request: SignedInRequest) -> Response:
        """When the caller, or to an admin the mentor that `mentorId` names, can be booked."""
        query = OfMentorSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        mentor = mentor_of(request.user, query.validated_data.get("mentor_id"))
        return Response(presenters.timetable(mentor, now=timezone.now()))

    def put(self, request: SignedInRequest) -> Response:
        """Replace the caller's week and, where they are sent, the overrides from today on. Time off stays."""
        sent = self.read(request)
        overrides = sent.pop("overrides")
        dates = None if overrides is None else {each["date"]: each["slots"] for each in overrides}
        exceptions.replace_timetable(own_profile(request), overrides=dates, now=timezone.now(), **sent)
        return Response(presenters.timetable(own_profile(request), now=timezone.now()))


class PerformanceView(OwnHoursView):
    """How a mentor does. Mentors see their own figures, admins everybody's."""

    permission_classes = (MentorAccess,)
    queries: ClassVar[dict[str, Any]] = {"get": PerformanceQuerySerializer}
    answers = {"get": PerformanceSerializer}
    refusals = {"get": (NotFound, Invalid)}

    def get(self, request: SignedInRequest) -> Response:
        """Answers, lessons, ratings and returning students of a period: the last 90 days, or the one asked for."""
        query = PerformanceQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        mentor = mentor_of(request.user, query.validated_data.get("mentor_id"))
        since, until = query.period(ZoneInfo(terms_of(mentor).timezone), now=timezone.now())
        return Response(performance(mentor, performance_of(mentor, since=since, until=until), since, until))
