"""The way through approval: a tutor's own moves, and what admins decide."""

from typing import Any, ClassVar

from django.db.models import F
from django.utils import timezone
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import (
    LessonsToCome,
    NotOnYourself,
    ProfileIncomplete,
    ResubmittedTooEarly,
    StaleProfile,
    SubmittedTooOften,
)
from accounts.models import TutorProfile, TutorStatus
from accounts.permissions import IsAdmin
from accounts.presenters import tutors as presenters
from accounts.requests import SignedInRequest
from accounts.serializers.tutor_edits import RejectionSerializer, RequestedChangesSerializer, VersionSerializer
from accounts.serializers.tutors import (
    ApprovalCardSerializer,
    TutorDecidedSerializer,
    TutorMovedSerializer,
)
from accounts.services import approval
from accounts.services.tutor_side import Expected
from accounts.views.tutor_edits import MyTutorPart
from common.errors import InvalidTransition

DECISIONS = ("approve", "reject", "request_changes")


class MyMove(MyTutorPart):
    """A move of one's own profile."""

    http_method_names = ("post", "options")
    input_serializer = VersionSerializer
    versioned_actions = frozenset({"post"})
    answers = {"post": TutorMovedSerializer}
    refusals = {"post": (StaleProfile, InvalidTransition)}

    def say(self, request: SignedInRequest, message: str, profile: TutorProfile) -> Response:
        return self.show(request, profile, message=message, status=profile.status)

    def read_expected(self, request: SignedInRequest) -> Expected:
        return self.read_change(request)[1]


class SubmitView(MyMove):
    refusals = {
        "post": (StaleProfile, InvalidTransition, ProfileIncomplete, ResubmittedTooEarly, SubmittedTooOften),
    }

    def post(self, request: SignedInRequest) -> Response:
        """Ask for approval: `missing` names what is not there yet. The profile is frozen until it is decided."""
        profile = approval.submit(request.user, now=timezone.now(), expected=self.read_expected(request))
        return self.say(request, "Profile submitted for review", profile)


class WithdrawView(MyMove):
    def post(self, request: SignedInRequest) -> Response:
        """Take the submitted profile back, to change it."""
        profile = approval.withdraw(request.user, expected=self.read_expected(request))
        return self.say(request, "Profile withdrawn", profile)


class PauseView(MyMove):
    def post(self, request: SignedInRequest) -> Response:
        """Take no new bookings for a while. What is booked stays. Safe to repeat."""
        profile = approval.set_accepting(request.user, False, expected=self.read_expected(request))
        return self.say(request, "Bookings paused", profile)


class ResumeView(MyMove):
    def post(self, request: SignedInRequest) -> Response:
        """Take bookings again. Safe to repeat."""
        profile = approval.set_accepting(request.user, True, expected=self.read_expected(request))
        return self.say(request, "Bookings resumed", profile)


class CloseView(MyMove):
    refusals = {"post": (StaleProfile, InvalidTransition, LessonsToCome)}

    def post(self, request: SignedInRequest) -> Response:
        """Teach no more, for good: no lesson may be to come. Nobody finds the profile; the account stays."""
        profile = approval.close(request.user, expected=self.read_expected(request))
        return self.say(request, "Profile closed", profile)


class ApprovalViewSet(viewsets.GenericViewSet):
    """Tutors whom admins decide on. Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = TutorProfile.objects.none()
    filter_backends = ()
    lookup_value_converter = "id"
    inputs: ClassVar[dict[str, Any]] = {"reject": RejectionSerializer, "request_changes": RequestedChangesSerializer}
    answers: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("pending", "approved"), ApprovalCardSerializer(many=True)),
        **dict.fromkeys(DECISIONS, TutorDecidedSerializer),
    }
    refusals: ClassVar[dict[str, Any]] = dict.fromkeys(DECISIONS, (NotOnYourself, InvalidTransition))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    @action(detail=False)
    def pending(self, request: SignedInRequest) -> Response:
        """The tutors who wait for a decision, the longest first."""
        waiting = TutorProfile.objects.to_approve()
        return self._page(waiting.order_by(F("submitted_at").asc(nulls_last=True), "id"))

    @action(detail=False)
    def approved(self, request: SignedInRequest) -> Response:
        """The tutors who were approved, the newest account first."""
        return self._page(TutorProfile.objects.present().filter(status=TutorStatus.APPROVED).order_by("-id"))

    @action(detail=True, methods=["post"])
    def approve(self, request: SignedInRequest, pk: int) -> Response:
        """Approve a tutor who waits for it, and is not oneself: everybody can find them from now on."""
        profile = approval.approve(pk, actor=request.user, now=timezone.now())
        return self._decided("Tutor approved successfully", profile)

    @action(detail=True, methods=["post"])
    def reject(self, request: SignedInRequest, pk: int) -> Response:
        """Reject a tutor who waits for approval. The tutor reads the reason, and may submit again a day later."""
        reason = self._read(request)["rejection_reason"]
        profile = approval.reject(pk, actor=request.user, reason=reason, now=timezone.now())
        return self._decided("Tutor rejected", profile)

    @action(detail=True, methods=["post"], url_path="request-changes")
    def request_changes(self, request: SignedInRequest, pk: int) -> Response:
        """Send a profile back. The tutor reads the reason and which parts are meant, and may submit again at once."""
        profile = approval.request_changes(pk, actor=request.user, now=timezone.now(), **self._read(request))
        return self._decided("Changes requested", profile)

    def _read(self, request: SignedInRequest) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _page(self, queryset: Any) -> Response:
        page: Any = self.paginate_queryset(queryset)
        return self.get_paginated_response(presenters.approval_cards(page))

    def _decided(self, message: str, profile: TutorProfile) -> Response:
        facts = {"message": message, "tutor_id": profile.pk, "status": profile.status}
        return Response(presenters.full(profile, viewer=self.request.user) | facts)
