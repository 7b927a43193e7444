"""Bookings over HTTP: parse, call, answer."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import EmailNotVerified
from accounts.permissions import IsStudent, IsTutor
from accounts.requests import SignedInRequest
from bookings import errors
from bookings.models import Booking
from bookings.presenters import bookings as presenter
from bookings.querysets import BookingQuerySet
from bookings.serializers.bookings import (
    AcceptSerializer,
    BookingCancelSerializer,
    BookingCardSerializer,
    BookingEventSerializer,
    BookingInputSerializer,
    BookingQuerySerializer,
    BookingSerializer,
    CancellationQuoteSerializer,
    ConfirmSerializer,
    ReasonSerializer,
    RescheduleSerializer,
    StatementSerializer,
    StudentAbsentSerializer,
)
from bookings.services import access, answering, attendance, cancelling, creating, no_shows, rescheduling
from common.conditional import expected_version
from common.errors import InvalidTransition, NotFound
from sessions_app.errors import TooEarly

SLOT_REFUSALS = (
    *(errors.OutsideAvailability, errors.TooSoon, errors.TooFar, errors.LimitReached, errors.SlotTaken),
    *(errors.BufferConflict, errors.StudentConflict, errors.TutorUnavailable),
)
ANSWERING = (errors.NoOpenProposal, errors.NotYourPart, InvalidTransition)
NO_SHOWS = (errors.GracePeriod, errors.NoShowWindowClosed, errors.DisputeOpen, errors.NoShowReported)


class IsTutorOrAdmin(IsTutor):
    """The tutor's side of a booking; the services say what of it an admin may do, too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) or bool(request.user.is_authenticated and request.user.is_admin)


class BookingViews(viewsets.GenericViewSet):
    """What both families of paths share. Strangers find nothing there."""

    request: SignedInRequest
    queryset = Booking.objects.none()
    filter_backends = ()
    lookup_value_converter = "id"
    inputs: dict[str, type[serializers.Serializer]] = {}

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def _read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _known(self) -> dict[str, Any]:
        """Who asks, and which version of the booking they know."""
        return {"actor": self.request.user, "version": expected_version(self.request)}

    def _answer(self, booking: Booking) -> Response:
        return Response(presenter.detail(booking.pk))


class BookingViewSet(BookingViews):
    """A student's and a tutor's bookings. An admin sees all of them."""

    idempotent_actions = frozenset({"create"})
    versioned_actions = frozenset(
        {"cancel", "reschedule", "accept", "decline", "withdraw", "join", "leave", "contest_no_show"}
    )
    inputs = {
        "create": BookingInputSerializer,
        "cancel": BookingCancelSerializer,
        "reschedule": RescheduleSerializer,
        "accept": AcceptSerializer,
        "contest_no_show": StatementSerializer,
    }
    queries = {"list": BookingQuerySerializer}
    answers = {
        "list": BookingCardSerializer(many=True),
        **dict.fromkeys(("create", "retrieve", *versioned_actions), BookingSerializer),
        "history": BookingEventSerializer(many=True),
        "cancellation_quote": CancellationQuoteSerializer,
    }
    refusals = {
        "create": (EmailNotVerified, NotFound, errors.DurationNotOffered, errors.InsufficientCredits, *SLOT_REFUSALS),
        "cancel": (InvalidTransition, errors.BookingStarted, errors.QuoteExpired),
        "cancellation_quote": (InvalidTransition, errors.BookingStarted),
        "reschedule": (
            *(InvalidTransition, errors.NotYourPart, errors.BookingStarted, errors.MoveLimitReached, errors.SameTime),
            *(errors.ProposalOpen, errors.TooLateToMove, *SLOT_REFUSALS),
        ),
        "accept": (*ANSWERING, errors.NotProposed, errors.SlotTaken, errors.StudentConflict),
        **dict.fromkeys(("decline", "withdraw"), ANSWERING),
        "join": (InvalidTransition, errors.NotYourPart, TooEarly),
        "leave": (errors.NotInLesson, errors.NotYourPart),
        "contest_no_show": (
            *(errors.NotYourPart, errors.NothingToContest, errors.DisputeOpen, errors.NoShowWindowClosed),
        ),
    }

    @property
    def conflict_status(self) -> int | None:
        """The document has 400 for a time that cannot be booked; it is silent about the rest."""
        return status.HTTP_400_BAD_REQUEST if self.action == "create" else None

    def get_permissions(self) -> list[BasePermission]:
        return [IsStudent()] if self.action == "create" else [IsAuthenticated()]

    def get_queryset(self) -> BookingQuerySet:
        return Booking.objects.visible_to(self.request.user)

    def list(self, request: SignedInRequest) -> Response:
        """The caller's bookings, latest start first."""
        asked = BookingQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        word, role = asked.validated_data.get("status", ""), asked.validated_data.get("role", "")
        found = Booking.objects.of(request.user, role=role).in_state(word, now=timezone.now())
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenter.cards(page))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One booking, with its terms of cancellation and open proposal."""
        return self._answer(access.find(pk, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """Book a lesson; students only. It is PENDING until the tutor confirms it, or CONFIRMED at once where the
        tutor's bookings need no confirmation.
        """
        booking = creating.create_booking(student=request.user, **self._read())
        return Response(presenter.detail(booking.pk), status=status.HTTP_201_CREATED)

    @action(detail=True)
    def history(self, request: SignedInRequest, pk: int) -> Response:
        """What has happened to a booking, oldest first."""
        return Response(presenter.history(access.find(pk, request.user)))

    @action(detail=True, url_path="cancellation-quote")
    def cancellation_quote(self, request: SignedInRequest, pk: int) -> Response:
        """What cancelling would give back now; with its `quote_id` it gives just that for two minutes."""
        booking, quote = cancelling.quote_cancellation(pk, actor=request.user)
        return Response(presenter.quote(booking, quote))

    @action(detail=True, methods=["post"])
    def cancel(self, request: SignedInRequest, pk: int) -> Response:
        """Cancel a booking before it begins. The policy decides what the student gets back; for an admin, the admin."""
        sent = self._read()
        waiver: dict[str, Any] = {"reason": sent.get("reason", ""), "refund_percent": 100, "release_credit": True}
        waiver |= {name: sent.pop(name) for name in ("refund_percent", "release_credit") if name in sent}
        if not request.user.is_admin:
            return self._answer(cancelling.cancel_booking(pk, **self._known(), **sent))
        return self._answer(cancelling.cancel_with_waiver(pk, **self._known(), **waiver))

    @action(detail=True, methods=["post"])
    def reschedule(self, request: SignedInRequest, pk: int) -> Response:
        """Move a booking, or propose up to three other times. Where the other side has to agree, `reschedule_request`
        has the proposal, and the booking stays where it is.
        """
        return self._answer(rescheduling.reschedule_booking(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"], url_path="reschedule/accept")
    def accept(self, request: SignedInRequest, pk: int) -> Response:
        """Agree to one of the proposed times."""
        return self._answer(rescheduling.accept_proposal(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"], url_path="reschedule/decline")
    def decline(self, request: SignedInRequest, pk: int) -> Response:
        """Refuse the proposed times: the booking stays where it is."""
        return self._answer(rescheduling.decline_proposal(pk, **self._known()))

    @action(detail=True, methods=["post"], url_path="reschedule/withdraw")
    def withdraw(self, request: SignedInRequest, pk: int) -> Response:
        """Take one's own proposal back."""
        return self._answer(rescheduling.withdraw_proposal(pk, **self._known()))

    @action(detail=True, methods=["post"])
    def join(self, request: SignedInRequest, pk: int) -> Response:
        """Come to the lesson, at `join_url`, from a quarter of an hour before its start. Attendance is recorded."""
        return self._answer(attendance.join_lesson(pk, **self._known()))

    @action(detail=True, methods=["post"])
    def leave(self, request: SignedInRequest, pk: int) -> Response:
        """Leave the lesson. One may come back."""
        return self._answer(attendance.leave_lesson(pk, **self._known()))

    @action(detail=True, methods=["post"], url_path="contest-no-show")
    def contest_no_show(self, request: SignedInRequest, pk: int) -> Response:
        """Say that one did come, within three days: the moderators decide."""
        return self._answer(no_shows.contest_no_show(pk, **self._known(), **self._read()))


class TutorBookingViewSet(BookingViews):
    """What the tutor of a booking does with it."""

    versioned_actions = frozenset(
        {"confirm", "decline", "complete", "mark_no_show_student", "mark_no_show_tutor", "waive_late_cancel"}
    )
    inputs = {
        "confirm": ConfirmSerializer,
        "decline": ReasonSerializer,
        "mark_no_show_student": StudentAbsentSerializer,
        "mark_no_show_tutor": StatementSerializer,
    }
    answers = dict.fromkeys(versioned_actions, BookingSerializer)
    refusals = {
        "confirm": (InvalidTransition, errors.NotYourPart, errors.SlotTaken),
        "decline": (InvalidTransition, errors.NotYourPart),
        "complete": (InvalidTransition, errors.NotYourPart, TooEarly, errors.DisputeOpen),
        "mark_no_show_student": (
            *(InvalidTransition, errors.NotYourPart, *NO_SHOWS, errors.StatementRequired, errors.StudentWasPresent),
        ),
        "mark_no_show_tutor": (InvalidTransition, errors.NotYourPart, *NO_SHOWS),
        "waive_late_cancel": (errors.NotYourPart, errors.NothingToWaive, errors.WaiverUsed),
    }

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.action == "mark_no_show_tutor" else [IsTutorOrAdmin()]

    @action(detail=True, methods=["post"])
    def confirm(self, request: SignedInRequest, pk: int) -> Response:
        """Accept a request."""
        return self._answer(answering.confirm_booking(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"])
    def decline(self, request: SignedInRequest, pk: int) -> Response:
        """Refuse a request; the student pays nothing."""
        return self._answer(answering.decline_booking(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"])
    def complete(self, request: SignedInRequest, pk: int) -> Response:
        """Say that the lesson took place, once half of it is over."""
        return self._answer(attendance.complete_booking(pk, **self._known()))

    @action(detail=True, methods=["post"], url_path="mark-no-show-student")
    def mark_no_show_student(self, request: SignedInRequest, pk: int) -> Response:
        """Say that the student did not come. Whom attendance does not show there says so: notes or `was_present`."""
        return self._answer(no_shows.mark_student_absent(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"], url_path="mark-no-show-tutor")
    def mark_no_show_tutor(self, request: SignedInRequest, pk: int) -> Response:
        """Say that the tutor did not come. An admin decides it; the booking's student claims it, and unless the tutor
        contests the claim within a day it is upheld.
        """
        return self._answer(no_shows.mark_tutor_absent(pk, **self._known(), **self._read()))

    @action(detail=True, methods=["post"], url_path="waive-late-cancel")
    def waive_late_cancel(self, request: SignedInRequest, pk: int) -> Response:
        """Forgive the student a late cancellation: everything is given back. Once in 180 days a student."""
        return self._answer(cancelling.waive_late_cancel(pk, **self._known()))
