"""Sessions over HTTP where they may be lessons that somebody books."""

from typing import Any, ClassVar

from rest_framework import serializers, status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import EmailNotVerified, StudentsOnly
from accounts.permissions import IsStudent
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from bookings import errors
from bookings.presenters import bookings as presenter
from bookings.serializers.sessions import (
    NAMES_A_TUTOR,
    NOBODY,
    LessonInputSerializer,
    SessionMadeSerializer,
    SessionMoveSerializer,
    SessionOrLessonInputSerializer,
    SessionRescheduledSerializer,
)
from bookings.services import creating
from bookings.views.bookings import SLOT_REFUSALS
from common.conditional import expected_version
from common.errors import InvalidTransition, NotFound
from sessions_app import presenters
from sessions_app.errors import AlreadyStarted, NotTheCreator, PastDate, TimeConflict, TutorSuspended
from sessions_app.serializers import SessionInputSerializer
from sessions_app.services import access, hosting
from sessions_app.views import SessionViewSet
from sessions_app.views.sessions import MayHost


class MayHostOrBook(MayHost):
    """Tutors host, students book; the body says which of the two it is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated or not books(request):
            return super().has_permission(request, view)
        self.message, self.code = IsStudent.message, IsStudent.code
        return IsStudent().has_permission(request, view)


def books(request: Request) -> bool:
    """Whether the body names a tutor; null and an empty field name nobody."""
    sent: Any = request.data
    return any(sent.get(name) not in NOBODY for name in NAMES_A_TUTOR)


class BookableSessionViewSet(SessionViewSet):
    """Sessions, of which a lesson is made by booking it."""

    inputs: dict[str, Any] = SessionViewSet.inputs | {"create": SessionOrLessonInputSerializer}
    answers: dict[str, Any] = SessionViewSet.answers | {"create": SessionMadeSerializer}
    refusals: dict[str, Any] = SessionViewSet.refusals | {
        "create": (
            *SessionViewSet.refusals["create"],
            *(StudentsOnly, EmailNotVerified, NotFound, errors.DurationNotOffered, errors.InsufficientCredits),
            *SLOT_REFUSALS,
        ),
    }

    def get_permissions(self) -> list[BasePermission]:
        return [MayHostOrBook()] if self.action == "create" else super().get_permissions()

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        """What is read: each of the two that the description of `create` has as one."""
        if self.action != "create":
            return super().get_serializer_class()
        return LessonInputSerializer if books(self.request) else SessionInputSerializer

    def create(self, request: SignedInRequest) -> Response:
        """Host a session, as an instructor; or with `mentor_id` (or `tutor_profile_id`) book a lesson, as a student."""
        if not books(request):
            return super().create(request)
        booking = creating.create_booking(student=request.user, **self._read(request))
        session = access.find(booking.session_id, request.user)
        shown = presenters.detail(session, request.user, zone=self.zone)
        answer = shown | dict.fromkeys(("booking_id", "bookingId"), booking.pk)
        return Response(answer, status=status.HTTP_201_CREATED)


class RescheduleView(AccountView):
    """Another time for a session."""

    permission_classes = (IsAuthenticated,)
    input_serializer = SessionMoveSerializer
    versioned_actions = frozenset({"put"})
    answers: ClassVar[dict[str, Any]] = {"put": SessionRescheduledSerializer}
    refusals: ClassVar[dict[str, Any]] = {
        "put": (
            *(NotTheCreator, TutorSuspended, InvalidTransition, PastDate, AlreadyStarted, TimeConflict),
            *(errors.NotYourPart, errors.BookingStarted, errors.MoveLimitReached, errors.SameTime),
            *(errors.ProposalOpen, errors.TooLateToMove, *SLOT_REFUSALS),
        ),
    }

    def put(self, request: SignedInRequest, pk: int) -> Response:
        """Move a session, as its host: everybody in it is told. A lesson moves as its booking does: at once, or as a
        proposal of one to three times, which `reschedule_request` shows until the other side has answered.
        """
        sent = self.read(request)
        session = hosting.reschedule_session(pk, actor=request.user, version=expected_version(request), **sent)
        return Response(presenters.detail(session, request.user) | presenter.of_session(session.pk))
